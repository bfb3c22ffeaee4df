"""A feed -> its entries: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed. Also defective ones; chooses and fetches nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import unescape
from typing import Any, Literal

from lxml import etree

from crawler.articles.article import Precision
from crawler.articles.text import normalise_text
from crawler.articles.urls import join_url
from crawler.discovery.balance import balance
from crawler.discovery.decoding import decode, unpack
from crawler.discovery.html_instead import html_instead, is_html
from crawler.discovery.links import Entry
from crawler.discovery.printed_dates import first_date
from crawler.discovery.xml_stream import XmlStream, local_name
from crawler.errors import DiscoveryError

# Largest feed that is read, in bytes: 200 articles in full, photos apart, have some 4 MB.
LARGEST_FEED = 10_485_760
# Longest title that is kept, in characters: three times the longest headline that a paper would print.
_LONGEST_TITLE = 1_000
# Most entries that are read of one feed. The longest one seen has 200 (sites.md B); the newest stand first.
MOST_ENTRIES = 10_000

_FORMATS: Mapping[str, Literal["rss", "rdf", "atom"]] = {"rss": "rss", "channel": "rss", "rdf": "rdf", "feed": "atom"}
_RSS = frozenset(
    (
        None,
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
    )
)
_ATOM = {"http://www.w3.org/2005/Atom": "atom", "http://purl.org/atom/ns#": "atom"}
_PREFIXES = {
    **_ATOM,
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}

_CHANGES = ("updated", "modified", "dcterms:modified", "atom:updated")
# Best first. Those of a change are better than nothing.
_DATES = (
    "pubdate",
    "published",
    "issued",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "date",
    "created",
    "atom:published",
    *_CHANGES,
)

_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")

_Parts = Mapping[str, list[etree._Element]]


@dataclass(frozen=True, slots=True)
class FeedContents:
    """What a feed says."""

    entries: tuple[Entry, ...]
    """In the feed's order. An item without any link has an empty address."""
    format: Literal["rss", "rdf", "atom", "json"]
    title: str | None = None
    fault: str | None = None
    """What is wrong with the document although it could be read: a place where it is no XML. None when it is sound."""


def read_feed(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    zone: tzinfo | None = None,
    now: datetime | None = None,
) -> FeedContents:
    """Read a feed. One that is valid and has no items gives no entries and is no error.

    Reads what can be saved of invalid ones: bare ampersands, HTML entities, control characters, junk around the
    document, a wrong encoding declared, an end that is missing. Never expands an entity or opens another address; time
    and memory are bounded by LARGEST_FEED, MOST_ENTRIES and the limits of XmlStream.

    Args:
        url: of the feed; relative links are resolved against it and `xml:base`.
        content_type: the HTTP header; its charset is the last to be believed.
        zone: of dates printed without one. None: UTC.
        now: aware, when the feed was fetched; without it relative dates cannot be read.

    >>> feed = b'<rss><channel><item><link>/a?b=1&c=2</link><title>Rain &amp; wind</title></item></channel></rss>'
    >>> [(entry.url, entry.title) for entry in read_feed(feed, "https://herald.example/rss").entries]
    [('https://herald.example/a?b=1&c=2', 'Rain & wind')]

    Raises:
        DiscoveryError: it is no feed: an HTML page, a sitemap, an empty answer, or broken before its first item.
    """
    text = decode(unpack(body, url, "feed", LARGEST_FEED), content_type=content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text, url, zone, now)
    if is_html(text):
        raise DiscoveryError(url, "feed", html_instead("a feed", text))
    return _read_xml(text, url, zone, now)


def _read_xml(text: str, url: str, zone: tzinfo | None, now: datetime | None) -> FeedContents:
    stream = XmlStream(text, repair=balance)
    format_ = _FORMATS.get(stream.root or "")
    if format_ is None:
        raise DiscoveryError(url, "feed", _no_feed(stream, text))
    plain = {*(_RSS if format_ != "atom" else (None, *_ATOM)), stream.namespace}
    title: str | None = None
    entries: list[Entry] = []
    for element in stream.elements(("item", "entry", "title")):
        if local_name(element) == "title":
            parent = element.getparent()
            if title is None and parent is not None and local_name(parent) in ("channel", "feed"):
                title = _words(element)
        elif len(entries) == MOST_ENTRIES:
            break
        else:
            entries.append(_entry(element, _parts(element, plain), url, zone, now))
    if not entries and stream.fault:
        raise DiscoveryError(url, "feed", f"invalid XML, nothing could be read: {stream.fault}")
    return FeedContents(tuple(entries), format_, title, stream.fault)


def _no_feed(stream: XmlStream, text: str) -> str:
    if stream.root == "html":
        return html_instead("a feed", text)
    if stream.root in ("urlset", "sitemapindex"):
        return "a sitemap instead of a feed; declare it under `sitemaps`"
    if stream.root is None:
        return f"neither XML nor JSON ({stream.fault or 'no element'})"
    return f"XML, but no feed: its root is <{stream.root}>"


def _parts(entry: etree._Element, plain: set[str | None]) -> _Parts:
    """The children of an entry by name; those of other vocabularies with the usual prefix, or `?:` where unknown."""
    parts: dict[str, list[etree._Element]] = {}
    for child in entry:
        namespace, brace, name = str(child.tag).rpartition("}")
        namespace = namespace.removeprefix("{")
        if brace and namespace not in plain:
            name = f"{_PREFIXES.get(namespace, '?')}:{name}"
        parts.setdefault(name.lower(), []).append(child)
    return parts


def _entry(element: etree._Element, parts: _Parts, url: str, zone: tzinfo | None, now: datetime | None) -> Entry:
    dates, changes = ([_text(part) for name in names for part in parts.get(name, ())] for names in (_DATES, _CHANGES))
    at, precision = first_date(dates, zone=zone, now=now)
    titles = (_words(part) for name in ("title", "dc:title", "atom:title") for part in parts.get(name, ()))
    links = (join_url(join_url(url, origin.base or "") or url, href) for href, origin in _links(element, parts))
    return Entry(
        url=next(filter(None, links), ""),
        published_at=at,
        title=next(filter(None, titles), None),
        precision=precision,
        changed_at=_moment(changes, zone=zone, now=now),
    )


def _moment(texts: Sequence[str], *, zone: tzinfo | None, now: datetime | None) -> datetime | None:
    """The first date, where it has a time: a day alone says nothing to whoever read the article on that day."""
    at, precision = first_date(texts, zone=zone, now=now)
    return None if precision is Precision.DAY else at


def _links(element: etree._Element, parts: _Parts) -> Iterator[tuple[str, etree._Element]]:
    """What may be the article's address, best first, with the element whose `xml:base` holds for it."""
    for part in parts.get("feedburner:origlink", ()):
        yield _text(part), part
    for part in parts.get("link", ()):  # RSS: the address is the text
        if not part.get("href"):
            yield _text(part), part
    alternates = [
        p for n in ("link", "atom:link") for p in parts.get(n, ()) if p.get("rel", "alternate") == "alternate"
    ]
    for part in sorted(alternates, key=lambda p: "html" not in p.get("type", "text/html")):
        yield part.get("href", ""), part
    for part in parts.get("guid", ()):
        if part.get("isPermaLink", "true").lower() != "false" or _is_absolute(_text(part)):
            yield _text(part), part
    for part in parts.get("id", ()):
        if _is_absolute(_text(part)):
            yield _text(part), part
    yield element.get(_RDF_ABOUT, ""), element


def _is_absolute(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext()).strip()


def _words(element: etree._Element) -> str | None:
    """The text for people: without the tags and entities that a title holds as CDATA or escaped once too often."""
    return _without_markup(_text(element))


def _without_markup(text: str) -> str | None:
    return normalise_text(_TAG.sub(" ", unescape(text[:_LONGEST_TITLE]))) or None


def _read_json(text: str, url: str, zone: tzinfo | None, now: datetime | None) -> FeedContents:
    try:
        document: Any = json.loads(text.lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise DiscoveryError(url, "feed", f"invalid JSON: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise DiscoveryError(url, "feed", "JSON, but no JSON Feed: it has no list of `items`")
    entries = tuple(_json_entry(item, url, zone, now) for item in items[:MOST_ENTRIES] if isinstance(item, dict))
    return FeedContents(entries, "json", _json_words(document, "title"))


def _json_entry(item: Mapping[str, Any], url: str, zone: tzinfo | None, now: datetime | None) -> Entry:
    said = {name: value for name, value in item.items() if isinstance(value, str)}
    hrefs = (said.get("url", ""), *(said[n] for n in ("external_url", "id") if _is_absolute(said.get(n, ""))))
    links = (join_url(url, href) for href in hrefs)
    dates, changes = (
        [said[name] for name in names if name in said]
        for names in (("date_published", "date_modified"), ("date_modified",))
    )
    at, precision = first_date(dates, zone=zone, now=now)
    changed_at = _moment(changes, zone=zone, now=now)
    return Entry(next(filter(None, links), ""), at, _json_words(item, "title"), precision, changed_at)


def _json_words(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return _without_markup(value) if isinstance(value, str) else None
