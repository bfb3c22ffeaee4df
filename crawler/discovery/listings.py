"""A page that lists articles -> its entries and its next page: HTML, JSON, HTML within JSON. Fetches nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain, islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.articles.text import normalise_text
from crawler.articles.urls import join_url
from crawler.discovery.decoding import decode, unpack
from crawler.discovery.links import Entry
from crawler.discovery.printed_dates import first_date
from crawler.errors import DiscoveryError
from crawler.sources.source import Listing

# Largest page that is parsed, in bytes. Ten times the largest listing seen; at worst it takes some 2 s.
LARGEST_PAGE = 10_485_760
# Most elements that may be open at once. Pages have some dozens; the parser's time grows with the square (100,000 open
# elements: 16 s), and at this number it is still below .1 s.
DEEPEST = 4_000
# Most links that are read of one page: a page that lists more is a site map for people, not a list of news.
MOST_LINKS = 5_000

# Longest title that is kept, in characters: three times the longest headline that a paper would print.
_LONGEST_TITLE = 1_000
_ATTRIBUTE = re.compile(r"@([\w:-]+)$")
# Also within scripts, where an end is written `<\/div>`.
_TAG = re.compile(r"<(\\?/)?([a-z][a-z0-9-]*)", re.IGNORECASE)
# Elements that never stay open: without an end, or closed by what follows.
_NEVER_OPEN = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"),
        *("wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup"),
        *("html", "head", "body"),
    )
)
_Box = LexborHTMLParser | LexborNode
_URL_KEYS = ("url", "link", "href", "permalink", "uri")
_DATE_KEYS = ("published_at", "publishedAt", "datePublished", "date_published", "pubDate", "published", "date", "time")


@dataclass(frozen=True, slots=True)
class ListingContents:
    """What one page of a listing says."""

    entries: tuple[Entry, ...]
    """In the page's order; every link that the selectors find, article or not."""
    next_url: str | None = None
    """Address of the next page. None at the end of the listing, or when the source wants no more pages."""


def read_listing(
    body: bytes,
    url: str,
    listing: Listing,
    *,
    zone: tzinfo | None = None,
    now: datetime | None = None,
    page: int = 1,
    content_type: str | None = None,
) -> ListingContents:
    """Read one page of a listing.

    The links are those of `listing.links`, within each `listing.item` where that is declared (an item may be the link
    itself). Which of them are articles is for `links.select_links` to say. A page after the first may be empty: that is
    the listing's end.

    Args:
        url: of this page; relative links are resolved against it and `<base href>`.
        zone: of dates printed without one. None: UTC.
        now: aware, when the page was fetched; without it relative dates cannot be read.
        page: number of this page, from 1; the one numbered `listing.pages` is the last to be read.

    >>> from crawler.sources.source import Listing
    >>> html = b'<p class="card"><a href="/7-rain/">Rain</a> <i>5 May 2026</i></p><a rel="next" href="?p=2">older</a>'
    >>> cards = Listing(url="https://herald.example/news", item=".card", date="i", next="a[rel=next]")
    >>> contents = read_listing(html, cards.url, cards)
    >>> contents.entries[0].url, contents.entries[0].title, contents.next_url
    ('https://herald.example/7-rain/', 'Rain', 'https://herald.example/news?p=2')

    Raises:
        DiscoveryError: the answer is empty, too large or too deep, or the first page has none of the declared links:
            the site has changed its design, or answers with a challenge to bots.
    """
    text = decode(unpack(body, url, "listing", LARGEST_PAGE), content_type=content_type)
    rows: list[Entry] = []
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        text, rows = _from_json(text, url, zone, now)
    tree = _parsed(text, url)
    base = _base(tree, url)
    entries = tuple(islice(chain(_entries(tree, base, listing, zone, now), rows), MOST_LINKS))
    if not entries and page == 1:
        title = tree.css_first("title")
        words = normalise_text(title.text())[:80] if title else ""
        where = f' of the page "{words}"' if words else ""
        raise DiscoveryError(url, "listing", f"nothing{where} fits `links`: another design, or no listing at all")
    return ListingContents(entries, _next_url(tree, base, url, listing, page) if entries else None)


def _parsed(text: str, url: str) -> LexborHTMLParser:
    if _deepest(text) > DEEPEST:
        raise DiscoveryError(url, "listing", f"elements stand in each other more than {DEEPEST} deep")
    return LexborHTMLParser(text)


def _deepest(text: str) -> int:
    """At least as many elements as are ever open at once; a quick look without parsing."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for end, name in _TAG.findall(text):
        name = name.lower()
        if name in _NEVER_OPEN:
            continue
        if not end:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


def _base(tree: LexborHTMLParser, url: str) -> str:
    declared = tree.css_first("base[href]")
    return join_url(url, declared.attributes.get("href") or "") or url if declared else url


def _entries(
    tree: LexborHTMLParser, base: str, listing: Listing, zone: tzinfo | None, now: datetime | None
) -> Iterator[Entry]:
    items = tree.css(listing.item) if listing.item else []
    if not items:  # none declared, or a new design: then the article pattern alone tells
        for node, href in _first_found(tree, listing.links):
            yield Entry(join_url(base, href) or href, title=_title(node))
    for item in items:
        dates = (text for selector in listing.date for _, text in _found(item, selector))
        at, precision = first_date(dates, zone=zone, now=now)
        for node, href in _first_found(item, listing.links):
            yield Entry(join_url(base, href) or href, at, _title(node), precision)


def _first_found(box: _Box, selectors: Sequence[str]) -> list[tuple[LexborNode, str]]:
    """Links and their addresses by the first selector that finds some."""
    for selector in selectors:
        found = [(node, href) for node, href in _found(box, selector, "href") if href]
        if found:
            return found
    return []


def _found(box: _Box, selector: str, attribute: str | None = None) -> Iterator[tuple[LexborNode, str]]:
    """What `CSS` or `CSS@attribute` finds: element and attribute, or its text where neither names an attribute."""
    match = _ATTRIBUTE.search(selector)
    css = selector[: match.start()] if match else selector
    name = match[1] if match else attribute
    for node in box.css(css):
        if name:
            yield node, (node.attributes.get(name) or "").strip()
        else:
            yield node, normalise_text(node.text(separator=" "))
            yield node, (node.attributes.get("datetime") or "").strip()


def _title(link: LexborNode) -> str | None:
    """The words of a link; those of its photo where it has none of its own."""
    photo = link.css_first("img[alt]")
    words = (link.text(separator=" "), link.attributes.get("title"), photo.attributes.get("alt") if photo else None)
    return next(filter(None, (normalise_text(text[:_LONGEST_TITLE]) for text in words if text)), None)


def _next_url(tree: LexborHTMLParser, base: str, url: str, listing: Listing, page: int) -> str | None:
    if page >= listing.pages:
        return None
    if listing.next_page:
        return listing.next_page.replace("{page}", str(page + 1))
    hrefs = (href for _, href in _found(tree, listing.next, "href")) if listing.next else iter(())
    following = join_url(base, next(hrefs, ""))
    return None if following == url else following


def _from_json(text: str, url: str, zone: tzinfo | None, now: datetime | None) -> tuple[str, list[Entry]]:
    """The HTML that a JSON answer carries in its strings, and the entries that it states as rows."""
    try:
        open_values: list[Any] = [json.loads(text.lstrip("\ufeff \t\r\n"))]
    except (ValueError, RecursionError) as error:
        raise DiscoveryError(url, "listing", f"invalid JSON: {error}") from None
    fragments: list[str] = []
    rows: list[Entry] = []
    while open_values:
        value = open_values.pop()
        if isinstance(value, str) and "<a" in value:
            fragments.append(value)
        elif isinstance(value, list):
            open_values += reversed(value)
        elif isinstance(value, dict):
            open_values += reversed(value.values())
            rows += _row(value, url, zone, now)
    return "\n".join(fragments), rows


def _row(value: Mapping[str, Any], url: str, zone: tzinfo | None, now: datetime | None) -> Iterator[Entry]:
    said = {name: text.strip() for name, text in value.items() if isinstance(text, str)}
    address = next((join_url(url, said[name]) for name in _URL_KEYS if said.get(name)), None)
    if address:
        at, precision = first_date((said.get(name, "") for name in _DATE_KEYS), zone=zone, now=now)
        title = normalise_text(said.get("title", "")[:_LONGEST_TITLE])
        yield Entry(address, at, title or None, precision)
