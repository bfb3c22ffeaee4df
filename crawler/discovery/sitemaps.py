"""A sitemap -> its entries, or the sitemaps it names: index, plain, news, text, gzip. Fetches nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from lxml import etree

from crawler.articles.article import Precision
from crawler.articles.text import normalise_text
from crawler.articles.urls import join_url
from crawler.discovery.decoding import decode, unpack
from crawler.discovery.feeds import read_feed
from crawler.discovery.html_instead import html_instead, is_html
from crawler.discovery.links import BELIEVABLE_FUTURE, Entry
from crawler.discovery.printed_dates import first_date
from crawler.discovery.xml_stream import XmlStream, local_name
from crawler.errors import DiscoveryError
from crawler.sources.source import Sitemap

# Largest sitemap that is read, in bytes after unpacking: what the protocol allows one file.
LARGEST_SITEMAP = 52_428_800
# Most addresses that are read of one file. The protocol allows 50,000; generators that never split exceed it.
MOST_ADDRESSES = 200_000

# A change to the second that so many pages share is the moment at which the map was made, no page's own: no site has
# ever published this many articles in one second.
_MADE_TOGETHER = 50

_LINE = re.compile(r"^\s*(https?://\S{1,8000})\s*$", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names."""

    url: str
    """Absolute."""
    modified_at: datetime | None = None
    """Aware, UTC. None when the index states no believable date."""


@dataclass(frozen=True, slots=True)
class SitemapContents:
    """What one sitemap file says. An index has children, the others entries."""

    entries: tuple[Entry, ...]
    """In the file's order. `published_at` is the news date where there is one, else the last change."""
    children: tuple[Child, ...]
    """In the index's order."""
    fault: str | None = None
    """What is wrong with the document although it could be read. None when it is sound."""


def read_sitemap(
    body: bytes, url: str, *, now: datetime, zone: tzinfo | None = None, content_type: str | None = None
) -> SitemapContents:
    """Read one sitemap file of whatever kind. One that is valid and empty is no error.

    Addresses are made absolute and repaired; dates that are no dates, before 1990 or ahead of `now` become None, and so
    does a last change that fifty pages share to the second. Alternates of other languages, images and videos are passed
    over. Time and memory are bounded by LARGEST_SITEMAP, MOST_ADDRESSES and the limits of XmlStream.

    Args:
        now: aware; when the file was fetched.
        zone: of dates printed without one. None: UTC.

    >>> from datetime import UTC, datetime
    >>> index = b"<sitemapindex><sitemap><loc>/sitemap-news-7.xml</loc></sitemap></sitemapindex>"
    >>> read_sitemap(index, "https://herald.example/map.xml", now=datetime(2026, 11, 22, tzinfo=UTC)).children
    (Child(url='https://herald.example/sitemap-news-7.xml', modified_at=None),)

    Raises:
        DiscoveryError: it is no sitemap (an HTML page, an empty answer), too large, or broken before its first address.
    """
    text = decode(unpack(body, url, "sitemap", LARGEST_SITEMAP), content_type=content_type)
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return _read_lines(text, url)
    if is_html(text):
        raise DiscoveryError(url, "sitemap", html_instead("a sitemap", text))
    stream = XmlStream(text)
    if stream.root in ("rss", "rdf", "feed"):  # the protocol allows feeds as sitemaps
        feed = read_feed(body, url, content_type=content_type, zone=zone, now=now)
        return SitemapContents(feed.entries, (), feed.fault)
    if stream.root not in ("urlset", "sitemapindex"):
        raise DiscoveryError(url, "sitemap", _no_sitemap(stream, text))
    entries: list[Entry] = []
    dated_by_change: list[bool] = []
    children: list[Child] = []
    for element in stream.elements(("url", "sitemap")):
        if len(entries) + len(children) >= MOST_ADDRESSES:
            raise DiscoveryError(url, "sitemap", f"more than {MOST_ADDRESSES} addresses")
        if local_name(element) == "sitemap":
            children.append(_child(element, url, zone, now))
        else:
            entry, by_change = _entry(element, url, zone, now)
            entries.append(entry)
            dated_by_change.append(by_change)
    if not entries and not children and stream.fault:
        raise DiscoveryError(url, "sitemap", f"invalid XML, nothing could be read: {stream.fault}")
    return SitemapContents(tuple(_believed(entries, dated_by_change)), tuple(children), stream.fault)


def choose_children(children: Sequence[Child], sitemap: Sitemap, limit: int) -> tuple[Child, ...]:
    """Return at most `limit` children of an index, those with the newest articles first.

    `sitemap.children` filters them by address, `sitemap.newest` says where the newest stands. Children that differ in
    their numbers and stand in no order (1, 10, 11, 2) are put in that of their numbers first. By `lastmod`, the dated
    come before the undated, and of the undated and equally dated the last.

    >>> from crawler.sources.source import Sitemap
    >>> index = [Child(f"https://herald.example/{n}.xml") for n in (1, 10, 11, 2)]
    >>> of = Sitemap(url="https://herald.example/index.xml", newest="last")
    >>> [child.url[-6:] for child in choose_children(index, of, 2)]
    ['11.xml', '10.xml']
    """
    fitting = [child for child in children if sitemap.children is None or re.search(sitemap.children, child.url)]
    ordered = _in_order(fitting)
    if sitemap.newest != "first":
        ordered.reverse()
    if sitemap.newest == "lastmod":
        never = datetime.min.replace(tzinfo=UTC)
        ordered.sort(key=lambda child: child.modified_at or never, reverse=True)
    return tuple(ordered[:limit])


def _in_order(children: list[Child]) -> list[Child]:
    numbers = [tuple(map(int, _NUMBER.findall(child.url))) for child in children]
    alike = len({_NUMBER.sub("0", child.url) for child in children}) == 1
    rising = all(a <= b for a, b in pairwise(numbers))
    falling = all(a >= b for a, b in pairwise(numbers))
    if not alike or rising or falling:
        return list(children)
    return [child for _, child in sorted(zip(numbers, children, strict=True), key=lambda pair: pair[0])]


def _no_sitemap(stream: XmlStream, text: str) -> str:
    if stream.root is None:
        return f"no XML ({stream.fault or 'no element'})"
    if stream.root == "html":
        return html_instead("a sitemap", text)
    return f"XML, but no sitemap: its root is <{stream.root}>"


def _read_lines(text: str, url: str) -> SitemapContents:
    """A sitemap as plain text: one address a line."""
    addresses = _LINE.findall(text)
    if not addresses:
        raise DiscoveryError(url, "sitemap", "neither XML nor a list of addresses")
    if len(addresses) > MOST_ADDRESSES:
        raise DiscoveryError(url, "sitemap", f"more than {MOST_ADDRESSES} addresses")
    return SitemapContents(tuple(Entry(join_url(url, address) or address) for address in addresses), ())


def _child(element: etree._Element, url: str, zone: tzinfo | None, now: datetime) -> Child:
    said = _said(element)
    at, _ = _past_date(said.get("lastmod", ""), zone, now)
    address = said.get("loc", "")
    return Child(join_url(url, address) or address, at)


def _entry(element: etree._Element, url: str, zone: tzinfo | None, now: datetime) -> tuple[Entry, bool]:
    """The entry, and whether its last change is all that dates it."""
    said = _said(element)
    at, precision = _past_date(said.get("publication_date", ""), zone, now)
    changed_at, exactness = _past_date(said.get("lastmod", ""), zone, now)
    by_change = at is None
    if by_change:
        at, precision = changed_at, exactness
    if exactness is Precision.DAY:
        changed_at = None
    address = said.get("loc", "")
    return Entry(join_url(url, address) or address, at, said.get("title") or None, precision, changed_at), by_change


def _said(element: etree._Element) -> dict[str, str]:
    """Address and last change of an entry, title and date of its `news` part; photos and videos have such, too."""
    said: dict[str, str] = {}
    for part in element:
        name = local_name(part) if isinstance(part.tag, str) else ""
        if name in ("loc", "lastmod"):
            said.setdefault(name, (part.text or "").strip())
        elif name == "news":
            for detail in part:
                if isinstance(detail.tag, str) and local_name(detail) in ("title", "publication_date"):
                    said.setdefault(local_name(detail), normalise_text("".join(map(str, detail.itertext()))))
    return said


def _past_date(text: str, zone: tzinfo | None, now: datetime) -> tuple[datetime | None, Precision | None]:
    at, precision = first_date((text,), zone=zone, now=now)
    return (None, None) if at is None or at > now + BELIEVABLE_FUTURE else (at, precision)


def _believed(entries: list[Entry], dated_by_change: list[bool]) -> list[Entry]:
    """The entries without the moment at which the whole map was made."""
    changes = Counter(entry.changed_at for entry in entries if entry.changed_at)
    shared = {at for at, pages in changes.items() if pages >= _MADE_TOGETHER}
    believed = []
    for entry, by_change in zip(entries, dated_by_change, strict=True):
        if entry.changed_at in shared:
            entry = replace(entry, changed_at=None)
            entry = replace(entry, published_at=None, precision=None) if by_change else entry
        believed.append(entry)
    return believed
