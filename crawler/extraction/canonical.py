"""Which address is the story's, and which others belong to it. Believes a page about itself only as far as it fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.articles.article import Origin, Translation
from crawler.articles.urls import canonicalise_url, join_url
from crawler.errors import UrlError
from crawler.extraction.found import Found
from crawler.extraction.page import Page
from crawler.sources.address import Address, locate
from crawler.sources.source import Source

# Registries that sell names below a second level: example.co.uk is one site, co.uk is none.
_SECOND_LEVELS = frozenset(("ac", "co", "com", "edu", "gov", "net", "org", "or", "ne", "go"))
_MOST_RELATED = 30
# Boxes that are looked into; a page may give each of its links such a class.
_MOST_BOXES = 20
_LANGUAGE = re.compile(r"^[a-z]{2,3}")
# The last part of a story's path, as far as it tells: words joined, a long number, or a file. And of a section's.
_STORY = re.compile(r"[^/]*(?:[^/-]+-[^/]*[^/-]|[^/_]+_[^/]*[^/_]|\d{5}|\.html?$)[^/]*")
_SECTION = re.compile(r"[^\W\d]{0,20}|\d{1,4}")


@dataclass(frozen=True, slots=True)
class Identity:
    """The addresses of a page's story."""

    canonical_url: str
    site_article_id: str | None
    origin: Origin


def locate_page(url: str, source: Source | None) -> Address | None:
    """Where in `source` a page stands; None without a source, or on a host that is none of its."""
    if source is None:
        return None
    try:
        return locate(url, source)
    except UrlError:
        return None


def identify(url: str, declared: str | None, source: Source | None, address: Address | None) -> Identity:
    """The address under which the story is stored.

    A page's rel=canonical is believed on a host of the same edition and when it fits that edition's article pattern;
    without a source, when it is on the same site and not its front page.
    """
    if source is not None and address is not None:
        told = address if declared == url else locate_page(declared, source) if declared else None
        if told is not None and told.edition.id == address.edition.id and told.is_article:
            return Identity(told.canonical_url, told.article_id or address.article_id, Origin.META)
        return Identity(address.canonical_url, address.article_id, Origin.URL)
    own = _canonical(url)
    theirs = own if declared == url else _canonical(declared) if declared else None
    if theirs and (not own or theirs == own or _is_on_same_site(theirs, own)):
        return Identity(theirs, None, Origin.META)
    return Identity(own or url, None, Origin.URL)


def _is_on_same_site(theirs: str, own: str) -> bool:
    """Whether `theirs` may name the story at `own`: not when it is the front page or the story's section, which some
    give for all stories."""
    if site_of(theirs) != site_of(own):
        return False
    above, path = urlsplit(theirs).path.rstrip("/"), urlsplit(own).path.rstrip("/")
    if not above:
        return not path
    section, story = above.rpartition("/")[2], path.rpartition("/")[2]
    is_above = path.startswith(f"{above}/") and _SECTION.fullmatch(section) and _STORY.fullmatch(story)
    return not is_above


def translations_of(found: Found, url: str, own_language: str | None) -> tuple[Translation, ...]:
    """The same story in other languages, without the page itself and without regional twins of its own language."""
    own = (own_language or "").lower()
    others = []
    for translation in found.translations:
        language = _LANGUAGE.match(translation.language.lower())
        if language and language[0] not in (own, "x") and translation.url.rstrip("/") != url.rstrip("/"):
            others.append(Translation(language[0], translation.url))
    return tuple(dict.fromkeys(others))


def related_links(
    page: Page, source: Source | None, address: Address | None, boxes: Sequence[LexborNode] = ()
) -> tuple[str, ...]:
    """Addresses in the page's boxes of related stories; only the site's own articles where the source tells them.

    `boxes` are those that the source's rules name.
    """
    found: dict[str, None] = {}
    for box in (*page.landmarks.related[:_MOST_BOXES], *boxes[:_MOST_BOXES]):
        for node in box.css("a[href]")[:_MOST_RELATED]:
            link = join_url(page.url, node.attrs.get("href") or "")
            if link and source is not None:
                other = locate_page(link, source)
                is_other = other is not None and (address is None or other.canonical_url != address.canonical_url)
                link = other.url if other is not None and other.is_article and is_other else None
            if link:
                found.setdefault(link)
    return tuple(found)[:_MOST_RELATED]


def site_of(url: str) -> str:
    """The part of a host that one owner has registered, as far as its form tells.

    >>> site_of("https://m.news.example.co.uk/a"), site_of("https://kaz.example.kz/")
    ('example.co.uk', 'example.kz')
    """
    labels = (urlsplit(url).hostname or "").split(".")
    count = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVELS and len(labels[-1]) == 2 else 2
    return ".".join(labels[-count:])


def _canonical(url: str) -> str | None:
    try:
        return canonicalise_url(url)
    except UrlError:
        return None
