"""One spider for all news sites: its lists first, then the articles that are not yet known. Stores nothing itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.articles.article import Article, Origin
from crawler.articles.text import word_count
from crawler.config import load_config
from crawler.errors import ExtractionError
from crawler.extensions.fetch_log import FetchLog
from crawler.extraction import extract
from crawler.middlewares.failures import Failure, failure_of, failure_of_status
from crawler.middlewares.refusals import EndingError
from crawler.sources.address import locate
from crawler.sources.source import Source
from crawler.spiders import revisit
from crawler.spiders.clock import utc_now
from crawler.spiders.discover import Discoverer
from crawler.spiders.items import LinkEnded, PageRead
from crawler.spiders.notices import notice_of
from crawler.spiders.options import CrawlOptions
from crawler.spiders.patience import transact
from crawler.spiders.revisit import Revisitor
from crawler.storage import links
from crawler.storage.database import Database
from crawler.storage.links import PendingLink
from crawler.storage.runs import Attempt
from crawler.storage.tables import LinkState

# Links are taken in portions: what was not reached when a run is stopped is free for the next one at once.
PORTION = 100
# A text of fewer words that no rule of the source names is what a broken page leaves over: a slogan, a footer.
FEWEST_WORDS = 15
# Kind of the failure of a page at which our reading raised what it should not.
TRIPPED = "error"
# All statuses but redirects come to the callback: each says something about a link.
STATUSES = [304, *range(400, 600)]


class NewsSpider(Spider):
    """Crawls one source; `name` and `source` come from the loader.

    Subclasses may override `discover`, `read` or `accept`.
    """

    source: ClassVar[Source]
    database: Database
    """Set by the recorder before the crawl begins, as are `attempt` and `fetches`."""
    attempt: Attempt
    fetches: FetchLog
    waits_for: str | None = None
    """The run that has to end before this one begins, in words; None once it has begun."""
    is_abandoned = False
    """Whoever asked for this crawl is gone."""

    def __init__(self, name: str | None = None, **given: Any) -> None:
        super().__init__(name)
        self.options = CrawlOptions.read(given, load_config().zone)

    @property
    def horizon_source(self) -> Source:
        """The source with the horizon that this crawl was asked for."""
        if self.options.since is None:
            return self.source
        age = utc_now() - self.options.since
        return self.source.model_copy(update={"max_age": max(age, timedelta(0))})

    # --- The way of a crawl -------------------------------------------------------------------------------------------
    async def start(self) -> AsyncIterator[Request]:
        if self.options.revisit:
            self.crawler.stats.set_value("crawler/revisit_only", 1)
            async for request in Revisitor(self).requests(limit=self.options.limit):
                yield request
            return
        await self.discover()
        async for request in self.article_requests():
            yield request
        if self.options.limit is None:
            async for request in Revisitor(self).requests(within=self._time_for_revisits):
                yield request

    @property
    def _time_for_revisits(self) -> timedelta:
        """So long may a run look at known articles again, after the new ones."""
        return min(revisit.LONGEST, self._time_limit / 2)

    @property
    def _time_limit(self) -> timedelta:
        """Of the whole crawl."""
        return timedelta(seconds=self.crawler.settings.getfloat("CLOSESPIDER_TIMEOUT")) or load_config().run_timeout

    async def discover(self) -> None:
        """Read the lists of every edition; links that were not known are in the database afterwards."""
        await Discoverer(self).run()

    async def article_requests(self) -> AsyncIterator[Request]:
        """A request for each due link, newest first, up to the crawl's limit."""
        left = self.options.limit
        while left is None or left > 0:
            portion = await self._claim(PORTION if left is None else min(PORTION, left))
            for link in portion:
                yield self._article_request(link)
            if len(portion) < PORTION:
                return
            left = None if left is None else left - len(portion)

    async def _claim(self, limit: int) -> list[PendingLink]:
        claim = partial(
            links.claim,
            source_id=self.source.id,
            run_id=self.attempt.run_id,
            limit=limit,
            now=utc_now(),
            lease=self._time_limit,
        )
        return await transact(self.database, claim)

    def _article_request(self, link: PendingLink) -> Request:
        return Request(
            link.url,
            callback=self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"link": link},
            meta={"kind": "article", "handle_httpstatus_list": STATUSES},
            dont_filter=True,  # the ledger of links knows better what was fetched
        )

    # --- Answers ------------------------------------------------------------------------------------------------------
    def parse_article(self, response: Response, link: PendingLink) -> Iterator[PageRead | LinkEnded]:
        """Turn an answer into an article, or into the reason why there is none."""
        self.crawler.stats.inc_value("crawler/fetched")
        found = self.understand(response)
        if isinstance(found, Failure):
            yield self._ended(link, response.url, found)
        else:
            yield PageRead(link_id=link.id, url=response.url, article=found)

    def article_failed(self, failure: TwistedFailure) -> Iterator[LinkEnded]:
        """Say why a link brought no answer at all."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        if isinstance(failure.value, EndingError):
            return  # nothing has happened to the link: it is given back with the others at the end of the run
        found = failure_of(failure.value or RuntimeError("no exception was given"))
        if found.state is LinkState.PENDING and locate(request.url, self.source) is None:
            # Redirected to a host that may never be reached again: not a bad day of the site itself.
            found = replace(found, state=LinkState.FAILED)
        yield self._ended(request.cb_kwargs["link"], request.url, found)

    def understand(self, response: Response) -> Article | Failure:
        """The article that an answer brings, or why it brings none that is worth storing."""
        failure = failure_of_status(response.status) or self._misled(response)
        if failure is not None:
            return failure
        try:
            article = self.read(response)
            return notice_of(article) or self.accept(article) or article
        except ExtractionError as error:
            return Failure("unreadable", error.reason, LinkState.REJECTED)
        except Exception as error:
            # A page that trips our reading must not be fetched in every run for ever.
            self.logger.exception("Cannot read %s", response.url, extra={"url": response.url})
            return Failure(TRIPPED, f"{type(error).__name__}: {error}", LinkState.FAILED)

    def read(self, response: Response) -> Article:
        """Read an article from an answer."""
        content_type: bytes | None = response.headers.get(b"Content-Type")
        return extract(
            response.body,
            response.url,
            fetched_at=utc_now(),
            source=self.source,
            content_type=content_type.decode("latin-1") if content_type else None,
        )

    def accept(self, article: Article) -> Failure | None:
        """Why a page is not worth storing; None when it is an article."""
        if not article.headline:
            return Failure("no_headline", "no headline found on the page", LinkState.REJECTED)
        if article.lead and article.lead_on_page and not article.body:
            return None  # a flash: the lead is all there is
        words = word_count(article.body)
        if words == 0 or (words < FEWEST_WORDS and article.origins.get("body") == Origin.GENERIC):
            return Failure("no_body", f"no text of an article found on the page ({words} words)", LinkState.REJECTED)
        return None

    def _misled(self, response: Response) -> Failure | None:
        """Whether a redirect led away from the article."""
        if not response.request or not response.request.meta.get("redirect_urls"):
            return None
        where = locate(response.url, self.source)
        if where is None:
            text = f"redirected to another site: {urlsplit(response.url).netloc}"
            return Failure("redirected_away", text, LinkState.REJECTED)
        if not where.is_article:
            return Failure(
                "redirected_away", f"redirected to a page that is no article: {response.url}", LinkState.GONE
            )
        return None

    def _ended(self, link: PendingLink, url: str, failure: Failure) -> LinkEnded:
        stats = self.crawler.stats
        word = "rejected" if failure.state == LinkState.REJECTED else "failed"
        stats.inc_value(f"crawler/{word}")
        if link.attempts and failure.state in (LinkState.REJECTED, LinkState.GONE):
            stats.inc_value(f"crawler/second_looks/{word}")
        stats.inc_value(f"crawler/reason/{failure.kind}")
        if failure.kind == TRIPPED:
            stats.inc_value(f"crawler/raised/{failure.text.partition(':')[0]}")
        level = logging.INFO if failure.state in (LinkState.REJECTED, LinkState.GONE) else logging.WARNING
        self.logger.log(level, "Not stored: %s (%s)", url, failure.reason, extra={"url": url})
        self.fetches.end(url, kind="article", outcome=failure.kind, reason=failure.text)
        return LinkEnded(
            link_id=link.id, url=url, state=failure.state, reason=failure.reason, retry_at=failure.retry_at
        )
