"""Reads the lists of a source: feeds, else sitemaps, else listings; stores new links. Fetches no article."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crawler.discovery.feeds import read_feed
from crawler.discovery.links import Entry, Link, Order, Via, select_links
from crawler.discovery.listings import read_listing
from crawler.discovery.sitemaps import choose_children, read_sitemap
from crawler.errors import DatabaseError, DiscoveryError
from crawler.middlewares.failures import failure_of
from crawler.middlewares.refusals import EndingError
from crawler.sources.source import Edition, Feed, Listing, Sitemap
from crawler.spiders.clock import utc_now
from crawler.spiders.patience import transact
from crawler.storage import feeds, links
from crawler.storage.links import Registered

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)
T = TypeVar("T")
_Way = Callable[..., Awaitable["Poll"]]

# Children of a sitemap index that are read in one run: the newest, and the one before it, for the turn of a month.
CHILDREN = 2
# Indexes may name indexes; sites nest two deep at most (kursiv.media).
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Poll:
    """What reading one list brought."""

    answered: bool
    """False: it is dead now, and the next way has to serve."""
    found: int = 0
    """Links within the horizon; 0 also when the list has not changed."""
    new: int = 0
    is_empty: bool = False
    """Nothing at all stands in it: it says nothing about what there is."""

    @property
    def suffices(self) -> bool:
        """Whether no other list has to be asked.

        Of one in which nothing was known nobody can tell whether it reaches back to the last visit.
        """
        return self.answered and not self.is_empty and not (self.found > 0 and self.new == self.found)


class Discoverer:
    """One walk over the lists of a source."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._source = spider.horizon_source
        self._stats = spider.crawler.stats
        # Whoever asks for older links wants the lists read even when they have not changed.
        self._conditional = spider.options.since is None
        self._is_over = False
        """The crawl ends: nothing is asked for any more."""
        self._polled: dict[tuple[Feed | Sitemap | Listing, str], Poll] = {}

    async def run(self) -> None:
        """Read the lists of every edition."""
        for edition in self._source.editions:
            await self._edition(edition)

    async def _edition(self, edition: Edition) -> None:
        """Ask one way after the other until one answers and reaches back to what is known."""
        ways: tuple[tuple[Sequence[Feed | Sitemap | Listing], _Way], ...] = (
            (edition.feeds, self._feed),
            (edition.sitemaps, self._sitemap),
            (edition.listings, self._listing),
        )
        answered = False
        for declared, read in ways:
            polls = [await self._poll(read, one, edition) for one in declared]
            answered = answered or any(poll.answered for poll in polls)
            if any(poll.suffices for poll in polls):
                return
        if not answered and not self._is_over:
            self._stats.inc_value("crawler/editions_without_list")
            logger.error(
                "No list of %s/%s can be read: its feeds, sitemaps and listings are all dead or blocked. "
                "See the warnings above, and run: crawler source check %s",
                self._source.id,
                edition.id,
                self._source.id,
            )

    async def _poll(self, read: _Way, declared: Feed | Sitemap | Listing, edition: Edition) -> Poll:
        """Read one list; what is wrong with it, or with our reading of it, must not keep us from the others.

        Editions may share a list: links go to the edition whose pattern they fit, so it is read once.
        """
        key = declared, edition.timezone
        if key not in self._polled:
            self._polled[key] = await self._read(read, declared, edition)
        return self._polled[key]

    async def _read(self, read: _Way, declared: Feed | Sitemap | Listing, edition: Edition) -> Poll:
        try:
            return await read(declared, edition)
        except (DatabaseError, SQLAlchemyError):
            raise
        except Exception:
            logger.exception("Cannot read %s", declared.url, extra={"url": declared.url})
            self._stats.inc_value("crawler/lists_dead/error")
            return Poll(answered=False)

    # --- The three ways -----------------------------------------------------------------------------------------------
    async def _feed(self, feed: Feed, edition: Edition) -> Poll:
        response = await self._get(feed.url, "feed", conditional=True)
        if response is None or response.status == 304:
            return Poll(answered=response is not None)
        try:
            contents = read_feed(
                response.body, response.url, content_type=_content_type(response), zone=edition.zone, now=utc_now()
            )
        except DiscoveryError as error:
            return await self._dead(feed.url, "feed", "unreadable", error.reason, response)
        return await self._take(feed.url, "feed", response, contents.entries, fault=contents.fault)

    async def _sitemap(self, sitemap: Sitemap, edition: Edition) -> Poll:
        return await self._read_map(sitemap.url, sitemap, edition, depth=1)

    async def _read_map(self, url: str, sitemap: Sitemap, edition: Edition, depth: int) -> Poll:
        response = await self._get(url, "sitemap", conditional=True)
        if response is None or response.status == 304:
            return Poll(answered=response is not None)
        try:
            contents = read_sitemap(
                response.body, response.url, content_type=_content_type(response), zone=edition.zone, now=utc_now()
            )
        except DiscoveryError as error:
            return await self._dead(url, "sitemap", "unreadable", error.reason, response)
        if not contents.children:
            return await self._take(url, "sitemap", response, contents.entries, order="unknown", fault=contents.fault)
        self._end(response, "sitemap", f"index of {len(contents.children)}")
        if depth >= DEEPEST:
            return Poll(answered=False)
        polls = [
            await self._read_map(child.url, sitemap, edition, depth + 1)
            for child in choose_children(contents.children, sitemap, CHILDREN)
        ]
        return Poll(
            any(poll.answered for poll in polls), sum(poll.found for poll in polls), sum(poll.new for poll in polls)
        )

    async def _listing(self, listing: Listing, edition: Edition) -> Poll:
        url: str | None = listing.url
        total = Poll(answered=False)
        for page in range(1, listing.pages + 1):
            if url is None:
                break
            response = await self._get(url, "listing")
            if response is None:
                break
            try:
                contents = read_listing(
                    response.body,
                    response.url,
                    listing,
                    zone=edition.zone,
                    now=utc_now(),
                    page=page,
                    content_type=_content_type(response),
                )
            except DiscoveryError as error:
                await self._dead(url, "listing", "unreadable", error.reason, response)
                break
            poll = await self._take(url, "listing", response, contents.entries)
            total = Poll(True, total.found + poll.found, total.new + poll.new)
            if poll.new == 0:
                break
            url = contents.next_url
        return total

    # --- Parts --------------------------------------------------------------------------------------------------------
    async def _get(self, url: str, kind: Via, *, conditional: bool = False) -> Response | None:
        """Fetch a list; None, after writing down why, when there is no answer that can be read."""
        headers: dict[str, str] = {}
        if conditional and self._conditional:
            known = await self._in_database(lambda session: feeds.get(session, self._source.id, url))
            if known is not None and not feeds.wants_whole(known, utc_now()):
                headers = {"If-None-Match": known.etag or "", "If-Modified-Since": known.last_modified or ""}
        request = Request(
            url,
            headers={name: value for name, value in headers.items() if value},
            callback=NO_CALLBACK,
            meta={"kind": kind, "handle_httpstatus_list": [304, *range(400, 600)]},
        )
        if self._is_over:
            return None
        try:
            response = await self._spider.crawler.engine.download_async(request)
        except EndingError:
            self._is_over = True
            return None
        except Exception as error:  # whatever it was, it is one list of several: say why and go on
            failure = failure_of(error)
            await self._dead(url, kind, failure.kind, failure.text, None)
            return None
        if response.status == 304:
            self._stats.inc_value("crawler/lists_unchanged")
            self._end(response, kind, "not_modified")
            await self._in_database(lambda session: feeds.unchanged(session, self._source.id, url, now=utc_now()))
            return response
        if not 200 <= response.status < 300:
            await self._dead(url, kind, f"http_{response.status}", f"HTTP status {response.status}", response)
            return None
        return response

    async def _take(
        self,
        url: str,
        kind: Via,
        response: Response,
        entries: Sequence[Entry],
        *,
        order: Order = "newest_first",
        fault: str | None = None,
    ) -> Poll:
        """Store the links of a list together with its validators."""
        is_empty = not any(entry.url for entry in entries)
        if fault and is_empty:
            return await self._dead(url, kind, "unreadable", fault, response)
        if fault:
            logger.warning("%s is broken but could be read: %s", kind.capitalize(), fault, extra={"url": url})
        selection = select_links(
            entries, self._source, via=kind, via_url=response.url, now=utc_now(), known_order=order
        )
        for reason, count in selection.dropped.items():
            self._stats.inc_value(f"crawler/dropped/{reason}", count)
        found = await self._in_database(lambda session: self._save(session, url, kind, response, selection.links))
        self._stats.inc_value("crawler/discovered", found.new)
        self._stats.inc_value("crawler/known", found.known)
        self._stats.inc_value("crawler/changed", found.changed)
        self._end(response, kind, "read")
        logger.info(
            "%s: %d links, %d new, %d changed; left out: %s",
            kind.capitalize(),
            len(selection.links),
            found.new,
            found.changed,
            ", ".join(f"{count} {reason}" for reason, count in sorted(selection.dropped.items())) or "none",
            extra={"url": url},
        )
        return Poll(answered=True, found=len(selection.links), new=found.new, is_empty=is_empty)

    def _save(self, session: Session, url: str, kind: Via, response: Response, found: Sequence[Link]) -> Registered:
        registered = links.register(
            session, found, source_id=self._source.id, run_id=self._spider.attempt.run_id, now=utc_now()
        )
        feeds.succeeded(
            session,
            self._source.id,
            url,
            kind=kind,
            now=utc_now(),
            etag=_header(response, b"ETag"),
            last_modified=_header(response, b"Last-Modified"),
            body_hash=hashlib.blake2b(response.body, digest_size=16).digest(),
            new=registered.new,
        )
        return registered

    async def _dead(self, url: str, kind: Via, word: str, reason: str, response: Response | None) -> Poll:
        """Write down why a list cannot be used; the next one has to serve."""
        self._stats.inc_value(f"crawler/lists_dead/{word}")
        logger.warning("%s cannot be used: %s: %s", kind.capitalize(), url, reason, extra={"url": url})
        self._spider.fetches.end(response.url if response else url, kind=kind, outcome=word, reason=reason)
        await self._in_database(
            lambda session: feeds.failed(
                session, self._source.id, url, kind=kind, now=utc_now(), error=f"{word}: {reason}"
            )
        )
        return Poll(answered=False)

    def _end(self, response: Response, kind: Via, outcome: str) -> None:
        self._stats.inc_value("crawler/lists_read")
        self._spider.fetches.end(response.url, kind=kind, outcome=outcome)

    async def _in_database(self, ask: Callable[[Session], T]) -> T:
        return await transact(self._spider.database, ask)


def _content_type(response: Response) -> str | None:
    return _header(response, b"Content-Type")


def _header(response: Response, name: bytes) -> str | None:
    value: bytes | None = response.headers.get(name)
    return value.decode("latin-1") if value else None
