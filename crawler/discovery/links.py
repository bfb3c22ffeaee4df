"""The raw entries of one list -> the links worth fetching, newest first. Decides; fetches and stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from operator import itemgetter
from typing import Literal

from crawler.articles.article import Precision
from crawler.articles.urls import join_url
from crawler.errors import UrlError
from crawler.sources.address import Address, locate
from crawler.sources.source import Source

Via = Literal["feed", "sitemap", "listing", "spider"]
Order = Literal["newest_first", "newest_last", "unknown"]

# A date further ahead than this is a mistake of the site (wrong year, day and month swapped), not an embargo or a clock
# that is fast: no zone is more than 14 hours away, and a page that prints the next day has been seen.
BELIEVABLE_FUTURE = timedelta(days=1)
# A change is believed only where it has happened, give or take the site's clock: an article whose change lies ahead
# would be fetched at every visit until then.
CLOCK_SKEW = timedelta(minutes=5)


class Drop(StrEnum):
    """Why an entry is no link of ours."""

    OTHER_HOST = "other_host"
    """On a host that is no edition's: a sister site, an advertisement."""
    NOT_ARTICLE = "not_article"
    """On our host, but its path fits no edition's article pattern: navigation, weather, a tag."""
    TOO_OLD = "too_old"
    """Dated beyond the source's `max_age`."""
    OVER_LIMIT = "over_limit"
    """Undated, and beyond the newest `max_undated` of its list."""
    INVALID = "invalid"
    """No http(s) address at all."""
    REPEATED = "repeated"
    """The same article stood in the list before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a feed, sitemap or listing, as it stands there."""

    url: str
    """Absolute, or relative to the list's own address."""
    published_at: datetime | None = None
    """Aware, UTC. None when the list states no date that can be read."""
    title: str | None = None
    precision: Precision | None = None
    """DAY when the list prints no time: the article may be as young as the end of that day."""
    changed_at: datetime | None = None
    """Aware, UTC: the last change of the article. None when the list says nothing of it, or only the day."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that was discovered and not yet fetched."""

    url: str
    """To fetch: absolute, on the production host, repaired."""
    canonical_url: str
    """The form under which an article is stored."""
    edition: str
    """Id of the edition to which it belongs; not always that of the list it stands in."""
    via: Via
    via_url: str
    """Address of the list."""
    published_hint: datetime | None = None
    """Aware, UTC: what the list says, of a sitemap perhaps only the last change. None when nothing believable."""
    title: str | None = None
    changed_at: datetime | None = None
    """Aware, UTC: when the list says that the article was changed. None when nothing believable."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What became of the entries of one list."""

    links: tuple[Link, ...]
    """Unique, newest first."""
    dropped: Counter[Drop]
    """Reason -> number of entries. With the links they make up all entries."""


@dataclass(slots=True)
class _Candidate:
    link: Link
    article_id: str | None
    latest: datetime | None
    """The latest moment at which it may have been published. None: undated."""


def select_links(
    entries: Iterable[Entry],
    source: Source,
    *,
    via: Via,
    via_url: str,
    now: datetime,
    known_order: Order = "newest_first",
) -> Selection:
    """Choose from one list the links worth fetching.

    Addresses are made absolute, repaired, led from mirrors to the production host and canonicalised. An entry belongs
    to the edition whose host and article pattern it fits, whichever edition's list it stands in. The horizon is applied
    to each list by itself: dated entries up to `source.max_age`, and of those without a (believable) date the newest
    `source.max_undated`. Links come newest first: the dated by date, then the undated in the list's order.

    Args:
        now: aware; when the list was fetched.
        known_order: how the list is sorted; `unknown` judges by the numbers in the articles' addresses.

    >>> from datetime import UTC, datetime
    >>> from crawler.sources.source import Source
    >>> herald = Source.model_validate({"id": "herald", "name": "The Herald", "home": "https://herald.example/",
    ...     "editions": [{"id": "en", "host": "herald.example", "language": "en", "timezone": "Europe/London",
    ...                   "article": r"/(?P<id>\\d+)-[a-z-]+/$"}]})
    >>> chosen = select_links([Entry("/7-rain/#top"), Entry("/about/")], herald, via="listing",
    ...     via_url="https://www.herald.example/news/", now=datetime(2026, 11, 22, tzinfo=UTC))
    >>> [link.url for link in chosen.links], dict(chosen.dropped)
    (['https://herald.example/7-rain/'], {<Drop.NOT_ARTICLE: 'not_article'>: 1})
    """
    dropped: Counter[Drop] = Counter()
    candidates: dict[object, _Candidate] = {}
    for entry in entries:
        address = _address(entry, source, via_url)
        if isinstance(address, Drop):
            dropped[address] += 1
            continue
        by_id = address.edition.id_is_key and address.article_id
        key = (address.edition.host, address.article_id) if by_id else address.canonical_url
        candidate = _candidate(entry, address, via=via, via_url=via_url, now=now)
        if key in candidates:
            dropped[Drop.REPEATED] += 1
            _complete(candidates[key], candidate)
        else:
            candidates[key] = candidate
    links = _within_horizon(_newest_first(list(candidates.values()), known_order), source, now, dropped)
    return Selection(links, dropped)


def _address(entry: Entry, source: Source, via_url: str) -> Address | Drop:
    absolute = join_url(via_url, entry.url)
    if absolute is None:
        return Drop.INVALID
    try:
        address = locate(absolute, source)
    except UrlError:
        return Drop.INVALID
    if address is None:
        return Drop.OTHER_HOST
    return address if address.is_article else Drop.NOT_ARTICLE


def _candidate(entry: Entry, address: Address, *, via: Via, via_url: str, now: datetime) -> _Candidate:
    published, precision = entry.published_at, entry.precision
    if published is None and address.day is not None:
        published = datetime.combine(address.day, time(), address.edition.zone).astimezone(UTC)
        precision = Precision.DAY
    if published is not None and published > now + BELIEVABLE_FUTURE:
        published = None
    changed = entry.changed_at
    link = Link(
        url=address.url,
        canonical_url=address.canonical_url,
        edition=address.edition.id,
        via=via,
        via_url=via_url,
        published_hint=published,
        title=entry.title or None,
        changed_at=changed if changed is not None and changed <= now + CLOCK_SKEW else None,
    )
    latest = published
    if published is not None and precision is Precision.DAY:
        latest = published + timedelta(days=1)
    return _Candidate(link, address.article_id, latest)


def _complete(first: _Candidate, repeated: _Candidate) -> None:
    """Keep what only the repetition says: a listing links the photo first, and the headline and date after it."""
    if first.latest is None:
        first.latest = repeated.latest
        first.link = replace(first.link, published_hint=repeated.link.published_hint)
    if first.link.title is None:
        first.link = replace(first.link, title=repeated.link.title)
    if first.link.changed_at is None:
        first.link = replace(first.link, changed_at=repeated.link.changed_at)


def _newest_first(candidates: list[_Candidate], order: Order) -> list[_Candidate]:
    if order == "newest_last" or (order == "unknown" and _numbers_rise(candidates)):
        candidates = candidates[::-1]
    dated = [(c.link.published_hint, c) for c in candidates if c.link.published_hint is not None]
    undated = [c for c in candidates if c.link.published_hint is None]
    # Sorting is stable also in reverse: entries of one moment keep the order of the list.
    return [c for _, c in sorted(dated, key=itemgetter(0), reverse=True)] + undated


def _numbers_rise(candidates: Sequence[_Candidate]) -> bool:
    """Sites count upwards: where the numbers rise along the list, its newest stands last."""
    numbers = [int(c.article_id) for c in candidates if c.article_id and c.article_id.isdecimal()]
    rises = sum(1 if b > a else -1 for a, b in pairwise(numbers) if a != b)
    return rises > 0


def _within_horizon(
    candidates: Iterable[_Candidate], source: Source, now: datetime, dropped: Counter[Drop]
) -> tuple[Link, ...]:
    links = []
    undated = 0
    for candidate in candidates:
        if candidate.latest is None:
            undated += 1
            if undated > source.max_undated:
                dropped[Drop.OVER_LIMIT] += 1
                continue
        elif now - candidate.latest > source.max_age:
            dropped[Drop.TOO_OLD] += 1
            continue
        links.append(candidate.link)
    return tuple(links)
