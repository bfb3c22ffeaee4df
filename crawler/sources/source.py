"""A news site as declared: what its file may say. Holds declarations; finds, fetches and reads nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from selectolax.lexbor import LexborHTMLParser

_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$")
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        match = _DURATION.match(value)
        if not match:
            raise ValueError("write a number and a unit: 500ms, 30s, 15m, 48h or 7d")
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError("write the unit, too: 500ms, 30s, 15m, 48h or 7d")
    return value


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an absolute address that begins with https:// or http://")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _selector(value: str) -> str:
    """CSS, optionally followed by `@attribute`."""
    css = value.partition("@")[0] if re.search(r"@[\w:-]+$", value) else value
    try:
        _SELECTOR_PROBE.css(css)
    except Exception:
        raise ValueError("not a CSS selector (to take an attribute, write CSS@attribute: time@datetime)") from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception:
        raise ValueError("not a time zone; write a name such as Asia/Almaty or Europe/London") from None
    return value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, (str, dict)) else value


_SELECTOR_PROBE = LexborHTMLParser("<p></p>")

Duration = Annotated[timedelta, BeforeValidator(_duration)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]
"""CSS that lexbor understands; `CSS@attribute` takes an attribute instead of the text."""
Selectors_ = Annotated[tuple[Selector, ...], BeforeValidator(_one_or_many)]
"""One selector or a list of them: the first that finds something wins."""
Phrases = Annotated[tuple[Pattern, ...], BeforeValidator(_one_or_many)]


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
    next_page: str | None = None
    """Address of page N, with `{page}`; None when there is only one page, or a link leads on (`next`)."""
    next: Selector | None = None
    """Selector of the link to the next page."""
    pages: int = Field(3, ge=1, le=500)
    """At most this many pages a run; a page without an unknown link ends the walk earlier."""
    links: Selectors_ = ("a[href]",)
    """The links to articles; the edition's `article` pattern judges them anyway."""
    item: Selector | None = None
    """The box around one article's link and date. None: links stand alone."""
    date: Selectors_ = ()
    """The printed date inside `item`."""


Feeds = Annotated[tuple[Feed, ...], BeforeValidator(lambda v: _as_declared(v))]
Sitemaps = Annotated[tuple[Sitemap, ...], BeforeValidator(lambda v: _as_declared(v))]
Listings = Annotated[tuple[Listing, ...], BeforeValidator(lambda v: _as_declared(v))]


def _as_declared(value: Any) -> Any:
    """A plain address stands for a declaration with nothing but an address."""
    value = _one_or_many(value)
    return tuple({"url": v} if isinstance(v, str) else v for v in value) if isinstance(value, (list, tuple)) else value


class Edition(Declaration):
    """One language or host of a site."""

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    host: str = Field(pattern=r"^[a-z0-9.-]+(:\d+)?$")
    """Host that articles are stored under, lower case, without scheme."""
    mirrors: tuple[str, ...] = ()
    """Other hosts that serve the same articles; their links are rewritten to `host`."""
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    timezone: Annotated[str, AfterValidator(_zone)]
    """Zone of the times that the site prints without one."""
    article: Pattern
    """Regular expression that the path of an article fits (searched); a group `id` is the site's own id."""
    not_article: Phrases = ()
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
        return frozenset((self.host, *self.mirrors))

    def article_match(self, path: str) -> re.Match[str] | None:
        """The match of `article` in a path (with its query), or None where it is no article of this edition."""
        match = re.search(self.article, path)
        return None if match is None or any(re.search(p, path) for p in self.not_article) else match


class Layout(Declaration):
    """The design of a site's article pages in one period: where each field stands.

    Every selector may be one or a list; the first that finds something wins.
    """

    name: str = Field(pattern=r"^[a-z0-9._-]+$")
    editions: tuple[str, ...] = ()
    """Ids of the editions that have it; empty means all."""
    since: date | None = None
    """First day of the period, for people; layouts are tried in the order of the file, newest first."""
    until: date | None = None
    article: Selectors_
    """The box around one article; the layout applies to a page on which this finds something."""
    headline: Selectors_ = ()
    lead: Selectors_ = ()
    body: Selectors_ = ()
    """The box whose paragraphs, sub-headlines, lists and quotes are the body."""
    published: Selectors_ = ()
    modified: Selectors_ = ()
    authors: Selectors_ = ()
    section: Selectors_ = ()
    tags: Selectors_ = ()
    images: Selectors_ = ()
    """Images outside the body box, lead image first; those inside the body are found anyway."""
    captions: Selectors_ = ()
    """Captions of `images`, in the same order."""
    remove: Selectors_ = ()
    """Boxes inside the article that do not belong to it: read-more, share rows."""
    stop: Selectors_ = ()
    """The body ends before the first of these."""
    stop_phrases: Phrases = ()
    """The body ends before a paragraph that begins with one of these (regular expressions)."""
    promo: Phrases = ()
    """Paragraphs that contain one of these (regular expressions) are promotion and are dropped."""


class Politeness(Declaration):
    """How gently the site is asked. Robots.txt and Retry-After are obeyed besides."""

    delay: Duration = timedelta(seconds=1)
    """Least pause between two requests to one host; a longer Crawl-delay wins."""
    verify_tls: bool = True
    timeout: Duration = timedelta(seconds=30)
    max_bytes: int = Field(10_000_000, ge=10_000, le=100_000_000)
    """Largest answer that is read, in bytes."""


class Source(Declaration):
    """One news site as declared in `<id>.toml`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    name: str
    home: HttpUrl
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    terms: str | None = None
    """What the site permits, in words, with the day it was read."""
    schedule: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = ()
    """Cron lines in the zone of the source; empty: only by hand."""
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    """Zone of the schedule. None: that of the first edition."""
    max_age: Duration = timedelta(hours=48)
    """Horizon: links whose date is older are counted, not stored."""
    max_undated: int = Field(100, ge=1)
    """Horizon of a list without dates: its newest entries."""
    politeness: Politeness = Politeness()
    spider: str | None = Field(None, pattern=r"^[\w.]+:\w+$")
    """Escape hatch: `package.module:Spider`, a subclass of NewsSpider."""
    editions: tuple[Edition, ...] = Field(min_length=1)
    layouts: tuple[Layout, ...] = ()

    @model_validator(mode="after")
    def _ids_are_known(self) -> Source:
        ids = [edition.id for edition in self.editions]
        if len(set(ids)) != len(ids):
            raise ValueError("two editions have the same id; give each its own")
        for layout in self.layouts:
            for name in layout.editions:
                if name not in ids:
                    raise ValueError(f"layout {layout.name!r} names the edition {name!r}; there are: {', '.join(ids)}")
        return self

    @cached_property
    def schedule_zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or self.editions[0].timezone)

    def edition_of(self, host: str) -> Edition | None:
        """The edition that a host belongs to, mirrors included; a leading `www.` does not matter."""
        bare = host.lower().removeprefix("www.")
        for edition in self.editions:
            if any(bare == known.removeprefix("www.") for known in edition.hosts):
                return edition
        return None

    def layouts_of(self, edition: Edition) -> tuple[Layout, ...]:
        """The layouts of an edition, in the order to try them."""
        return tuple(layout for layout in self.layouts if not layout.editions or edition.id in layout.editions)
