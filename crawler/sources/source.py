"""A news site as declared: what its file may say. Holds declarations; finds, fetches and reads nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crawler.articles.urls import canonicalise_url
from crawler.sources.values import (
    Country,
    Cron,
    Duration,
    EditionId,
    Host,
    HttpUrl,
    Language,
    LayoutName,
    PagedUrl,
    Pattern,
    Patterns,
    Selector,
    SelectorList,
    SourceId,
    SpiderPath,
    Text,
    Zone,
    as_declared,
    one_or_many,
)

# Longest path, in characters, that patterns are tried on. No browser or server in wide use makes or takes longer
# addresses, and it bounds the time of a careless pattern.
MAX_PATH = 2_000


# News is edited in its first hours; what is corrected or taken away later mostly is within three days.
REVISIT = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72))


class Declaration(BaseModel):
    """What all parts of a source file have in common: frozen, and unknown words are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Feed(Declaration):
    """An RSS, Atom or JSON feed."""

    url: HttpUrl


class Sitemap(Declaration):
    """A sitemap, news sitemap or sitemap index."""

    url: HttpUrl
    children: Pattern | None = None
    """Of an index: only the children whose address this pattern finds. None takes all."""
    newest: Literal["last", "first", "lastmod"] = "lastmod"
    """Where the newest child of an index stands; `lastmod` trusts the dates of the index, then its end."""


class Listing(Declaration):
    """A page that lists articles, newest first."""

    url: HttpUrl
    """The first page."""
    next_page: PagedUrl | None = None
    """Address of page N, with `{page}`; None when there is only one page, or a link leads on (`next`)."""
    next: Selector | None = None
    """Selector of the link to the next page."""
    pages: int = Field(3, ge=1, le=500)
    """At most this many pages a run; a page without an unknown link ends the walk earlier."""
    links: SelectorList = ("a[href]",)
    """The links to articles; the edition's `article` pattern judges them anyway."""
    item: Selector | None = None
    """The box around one article's link and date. None: links stand alone."""
    date: SelectorList = ()
    """The printed date inside `item`."""


Feeds = Annotated[tuple[Feed, ...], BeforeValidator(as_declared)]
Sitemaps = Annotated[tuple[Sitemap, ...], BeforeValidator(as_declared)]
Listings = Annotated[tuple[Listing, ...], BeforeValidator(as_declared)]


class Edition(Declaration):
    """One language or host of a site."""

    id: EditionId
    host: Host
    """Host that articles are stored under, lower case, without scheme."""
    mirrors: Annotated[tuple[Host, ...], BeforeValidator(one_or_many)] = ()
    """Other hosts that serve the same articles; their links are rewritten to `host`."""
    language: Language
    timezone: Zone
    """Zone of the times that the site prints without one."""
    article: Pattern
    """Regular expression that the path of an article fits (searched, escapes decoded). A group `id` is the site's own
    id; groups `year`, `month` and `day` date links of lists that print no date; a group `section` names the section of
    pages that do not say it."""
    not_article: Patterns = ()
    """Paths that fit `article` but are no news: horoscopes, weather."""
    id_is_key: bool = False
    """The id of the pattern alone names an article on this host, whatever slug stands beside it."""
    feeds: Feeds = ()
    sitemaps: Sitemaps = ()
    listings: Listings = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Host and mirrors, folded as in canonical addresses: without `www.`, `m.`, `amp.`."""
        return frozenset(_folded(host) for host in (self.host, *self.mirrors))

    def article_match(self, path: str) -> re.Match[str] | None:
        """The match of `article` in a path (with its query), or None where it is no article of this edition.

        The path is tried with its escapes decoded, then without its query: `?page=2` makes it no other article.
        """
        path = unquote(path)
        match = self._fitting(path)
        return None if match is None or self._excluding(path) is not None else match

    def left_out_by(self, path: str) -> str | None:
        """The pattern of `not_article` that keeps a path from being an article; None where none has to."""
        path = unquote(path)
        return None if self._fitting(path) is None else self._excluding(path)

    def _fitting(self, path: str) -> re.Match[str] | None:
        if len(path) > MAX_PATH:
            return None
        return re.search(self.article, path) or re.search(self.article, path.partition("?")[0])

    def _excluding(self, path: str) -> str | None:
        return next((pattern for pattern in self.not_article if re.search(pattern, path)), None)


class Layout(Declaration):
    """The design of a site's article pages in one period: where each field stands.

    Every selector may be one or a list; the first that finds something wins.
    """

    name: LayoutName
    editions: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    """Ids of the editions that have it; empty means all."""
    since: date | None = None
    """First day of the period, for people; layouts are tried in the order of the file, newest first."""
    until: date | None = None
    article: SelectorList
    """The box around one article; the layout applies to a page on which this finds something."""
    headline: SelectorList = ()
    lead: SelectorList = ()
    body: SelectorList = ()
    """The box whose paragraphs, sub-headlines, lists and quotes are the body."""
    published: SelectorList = ()
    modified: SelectorList = ()
    authors: SelectorList = ()
    section: SelectorList = ()
    tags: SelectorList = ()
    images: SelectorList = ()
    """Images outside the body box, lead image first; those inside the body are found anyway."""
    captions: SelectorList = ()
    """Captions of `images`, in the same order."""
    remove: SelectorList = ()
    """Boxes inside the article that do not belong to it: read-more, share rows."""
    related: SelectorList = ()
    """Boxes that announce related stories: no part of the text either, and their links are kept. Boxes whose class says
    "related" or "read also" need no rule."""
    stop: SelectorList = ()
    """The body ends before the first of these."""
    stop_phrases: Patterns = ()
    """The body ends before a paragraph that begins with one of these (regular expressions)."""
    promo: Patterns = ()
    """Paragraphs that contain one of these (regular expressions) are promotion and are dropped."""


class Politeness(Declaration):
    """How gently the site is asked. Robots.txt and Retry-After are obeyed besides."""

    delay: Duration = Field(timedelta(seconds=1), le=timedelta(hours=1))
    """Least pause between two requests to one host; a longer Crawl-delay wins."""
    verify_tls: bool = True
    """False accepts expired and foreign certificates; for sites that have no valid one."""
    timeout: Duration = Field(timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(minutes=10))
    """Longest wait for an answer."""
    max_bytes: int = Field(10_000_000, ge=10_000, le=100_000_000)
    """Largest answer that is read, in bytes."""


class Policy(Declaration):
    """What becomes of fires and runs in other than fair weather."""

    overlap: Literal["skip", "queue"] = "skip"
    """A fire comes while the source's last run is not over: leave it out, or let one run wait for its turn."""
    catch_up: Literal["none", "latest", "all"] = "latest"
    """Fires that came while no scheduler ran: leave them out, run the last, or run each, one after the other."""
    catch_up_within: Duration = Field(timedelta(days=1), ge=timedelta(minutes=1), le=timedelta(days=30))
    """Fires that are longer ago than this are left out in any case."""
    timeout: Duration | None = Field(None, ge=timedelta(seconds=1), le=timedelta(days=7))
    """A run is stopped after this. None: CRAWLER_RUN_TIMEOUT."""
    stall_after: Duration = Field(timedelta(minutes=10), ge=timedelta(seconds=1), le=timedelta(days=1))
    """A run is stopped when it has done nothing for so long: no request, no answer, no article."""
    retries: int = Field(2, ge=0, le=10)
    """How often a run is begun anew when its process failed. A site that is down is left to the next fire."""
    retry_after: Duration = Field(timedelta(minutes=1), le=timedelta(days=1))
    """Pause before the first of them; it doubles with each."""
    jitter: Duration = Field(timedelta(minutes=1), le=timedelta(days=1))
    """Sources are spread over so much time after each cron time; a source always has the same place in it."""


class Source(Declaration):
    """One news site as declared in `<id>.toml`."""

    id: SourceId
    name: Text
    home: HttpUrl
    country: Country | None = None
    terms: str | None = None
    """What the site permits, in words, with the day it was read."""
    schedule: Annotated[tuple[Cron, ...], BeforeValidator(one_or_many)] = ()
    """Cron lines in the zone of the source; empty: only by hand."""
    timezone: Zone | None = None
    """Zone of the schedule. None: that of the first edition."""
    policy: Policy = Policy()
    max_age: Duration = Field(timedelta(hours=48), ge=timedelta(minutes=1), le=timedelta(days=36_500))
    """Horizon: links whose date is older are counted, not stored."""
    max_undated: int = Field(100, ge=1)
    """Horizon of a list without dates: its newest entries."""
    revisit: Annotated[tuple[Duration, ...], BeforeValidator(one_or_many)] = REVISIT
    """Ages at which an article is looked at again for edits and removal, ascending; empty: never."""
    politeness: Politeness = Politeness()
    spider: SpiderPath | None = None
    """Escape hatch: `package.module:Spider`, a subclass of NewsSpider."""
    editions: tuple[Edition, ...] = Field(min_length=1)
    layouts: tuple[Layout, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Source:
        found = tuple(_contradictions(self))
        if found:
            raise Contradictions(found)
        return self

    @cached_property
    def schedule_zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or self.editions[0].timezone)

    def editions_on(self, host: str) -> tuple[Edition, ...]:
        """The editions that a host belongs to, mirrors included; a leading `www.` or `m.` does not matter.

        Raises:
            UrlError: `host` is no host.
        """
        folded = _folded(host)
        return tuple(edition for edition in self.editions if folded in edition.hosts)

    def edition_of(self, host: str) -> Edition | None:
        """The first edition on a host; where several share it, `sources.address.locate` tells them apart by path."""
        return next(iter(self.editions_on(host)), None)

    def layouts_of(self, edition: Edition) -> tuple[Layout, ...]:
        """The layouts of an edition, in the order to try them."""
        return tuple(layout for layout in self.layouts if not layout.editions or edition.id in layout.editions)


def _folded(host: str) -> str:
    return canonicalise_url(f"https://{host}/").removeprefix("https://").rstrip("/")


class Contradiction(NamedTuple):
    """Two values of a file that are right by themselves and cannot both be meant."""

    path: tuple[str | int, ...]
    """Where the second one stands: `("editions", 1, "id")`."""
    remedy: str


class Contradictions(ValueError):
    """A source contradicts itself. Carries every place, not only the first."""

    def __init__(self, found: tuple[Contradiction, ...]) -> None:
        super().__init__("; ".join(each.remedy for each in found))
        self.found = found


def _contradictions(source: Source) -> Iterator[Contradiction]:
    ids = [edition.id for edition in source.editions]
    for i, edition in enumerate(source.editions):
        if edition.id in ids[:i]:
            yield Contradiction(("editions", i, "id"), "another edition has this id; give each its own")
        if edition.id_is_key and "id" not in re.compile(edition.article).groupindex:
            remedy = r"the pattern `article` needs a group (?P<id>\d+) to take the id from, or write false"
            yield Contradiction(("editions", i, "id_is_key"), remedy)
        for j, listing in enumerate(edition.listings):
            if listing.date and listing.item is None:
                remedy = (
                    "the date is looked for inside `item`; write the selector of the box around link and date there"
                )
                yield Contradiction(("editions", i, "listings", j, "date"), remedy)
            if listing.next and listing.next_page:
                remedy = "`next_page` says already where the next page is; leave one of them out"
                yield Contradiction(("editions", i, "listings", j, "next"), remedy)
    names = [layout.name for layout in source.layouts]
    for i, layout in enumerate(source.layouts):
        if layout.name in names[:i]:
            yield Contradiction(("layouts", i, "name"), "another layout has this name; give each its own")
        if layout.since and layout.until and layout.since > layout.until:
            yield Contradiction(("layouts", i, "until"), "the period ends before it begins; swap `since` and `until`")
        for j, name in enumerate(layout.editions):
            if name not in ids:
                remedy = f"no edition has this id; there are: {', '.join(ids)}"
                yield Contradiction(("layouts", i, "editions", j), remedy)
