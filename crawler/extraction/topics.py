"""Section and tags as an unknown site's page prints them: breadcrumbs, and links that call themselves category or tag.

Asked where no mark-up names them. Guesses nothing from words or addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.articles.article import Origin
from crawler.articles.text import name_key, normalise_text
from crawler.articles.urls import join_url
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# Boxes of the way to the story and of its tags, and links that call themselves tag or "category tag": a walk of its
# own, as news pages mostly name both in their head.
_SOUGHT = '[class*="readcrumb"], [class*="ags"], a[rel~="tag"]'
# Boxes with such words in their class hold the site's tags, not the story's.
_OTHER_BOX = re.compile(r"cloud|widget|sidebar|menu|popular|trend|hot|card|related|footer|header|nav", re.IGNORECASE)
_TAG_WORD = re.compile(r"(?:^|[\s_-])tags(?:$|[\s_-]|[A-Z])|[a-z]Tags(?:$|[\s_-]|[A-Z])")
# The way home from a story: "/", "/ru/", "/index.php".
_HOME = re.compile(r"^/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:index\.\w{3,4})?$", re.IGNORECASE)
# Longest name of a section or tag, in characters; longer texts are headlines.
_LONGEST = 60
# Most tags of one story and most elements looked at; a page of a shop may give each of its links such a class.
_MOST_TAGS = 25
_MOST_ELEMENTS = 60
# Elements around a link to look for the menu or box that it stands in.
_DEPTH = 6


def read_topics(page: Page, headline: str | None, *, section: bool, tags: bool) -> Found:
    """What the page prints of the story's section and tags; only what is asked for is read.

    >>> html = b'<p class="breadcrumbs"><a href="/">Home</a> <a href="/sea/">Sea</a></p> <a rel="tag">Pier</a>'
    >>> found = read_topics(Page.read(html, "https://example.com/a"), "A", section=True, tags=True)
    >>> found.section, found.tags
    ('Sea', ('Pier',))
    """
    found = Found(origin=Origin.GENERIC)
    if not (section or tags):
        return found
    places = _Places(page.tree.css(_SOUGHT))
    if section:
        ways = (_described_way(page), *map(_printed_way, places.ways), _marked_way(page))
        found.section = next((name for way in ways if (name := _section_of(way, page, headline))), None)
        found.section = found.section or next((name for link in places.categories if (name := _name(link))), None)
    if tags:
        found.tags = tuple(_tags(places))
    return found


class _Places:
    """Where a page names sections and tags, by kind and in its order."""

    def __init__(self, nodes: list[LexborNode]) -> None:
        self.ways: list[LexborNode] = []
        self.categories: list[LexborNode] = []
        """Links."""
        self.tags: list[LexborNode] = []
        """Links."""
        self.tag_boxes: list[LexborNode] = []
        for node in nodes[:_MOST_ELEMENTS]:
            attributes = node.attributes
            names, rel = attributes.get("class") or "", (attributes.get("rel") or "").split()
            if "tag" in rel:
                (self.categories if "category" in rel else self.tags).append(node)
            elif "readcrumb" in names:
                self.ways.append(node)
            elif _TAG_WORD.search(names) and not _OTHER_BOX.search(names):
                self.tag_boxes.append(node)


# Section


def _described_way(page: Page) -> list[tuple[str, str]]:
    """The way to the story that JSON-LD describes: names and addresses."""
    for described in page.json_ld:
        if described.get("@type") == "BreadcrumbList" and isinstance(described.get("itemListElement"), list):
            steps = [step for step in described["itemListElement"][:_MOST_ELEMENTS] if isinstance(step, dict)]
            return [_step(step) for step in sorted(steps, key=_position)]
    return []


def _position(step: dict[str, Any]) -> int:
    position = str(step.get("position", ""))
    return int(position) if position.isdecimal() and len(position) < 4 else 0


def _step(step: dict[str, Any]) -> tuple[str, str]:
    item = step.get("item")
    name = step.get("name") or (item.get("name") if isinstance(item, dict) else None)
    address = item.get("@id") or item.get("url") if isinstance(item, dict) else item
    return normalise_text(name) if isinstance(name, str) else "", address if isinstance(address, str) else ""


def _printed_way(box: LexborNode) -> list[tuple[str, str]]:
    return [(_text(link), link.attributes.get("href") or "") for link in box.css("a[href]")[:_MOST_ELEMENTS]]


def _marked_way(page: Page) -> list[tuple[str, str]]:
    """The way that microdata marks step by step, whatever the box around it is called."""
    steps = [node for names, node in page.landmarks.microdata[:_MOST_ELEMENTS] if "itemListElement" in names.split()]
    links = [link for step in steps if _is_of_way(step) and (link := step.css_first("a[href]")) is not None]
    return [(_text(link), link.attributes.get("href") or "") for link in links]


def _is_of_way(step: LexborNode) -> bool:
    around = step.parent
    while around is not None and "itemscope" not in around.attributes:
        around = around.parent
    return around is not None and "BreadcrumbList" in (around.attributes.get("itemtype") or "")


def _section_of(way: Iterable[tuple[str, str]], page: Page, headline: str | None) -> str | None:
    """The last step of a way that leads neither home nor to the story itself."""
    own, story = urlsplit(page.url).path.rstrip("/"), name_key(headline or "")
    section = None
    for name, address in way:
        path = urlsplit(join_url(page.url, address) or "").path if address else own
        leads_elsewhere = not _HOME.match(path) and path.rstrip("/") != own
        if leads_elsewhere and name_key(name) not in ("", "home", story) and len(name) <= _LONGEST:
            section = name
    return section


# Tags


def _tags(places: _Places) -> Iterator[str]:
    links = places.tags
    if not links:
        links = next((links for box in places.tag_boxes if (links := box.css("a[href]")[: _MOST_TAGS + 1])), [])
        if len(links) > _MOST_TAGS:
            return  # those of the site
    found = dict.fromkeys(name for link in _together(links) if (name := _name(link)))
    yield from list(found)[:_MOST_TAGS]


def _together(links: list[LexborNode]) -> Iterator[LexborNode]:
    """The links that stand in one box with the first one; others are those of other stories."""
    first: int | None = None
    for link in links:
        box = link.parent
        if box is not None and box.tag in ("li", "span"):
            box = box.parent
        place = box.mem_id if box is not None else 0
        first = place if first is None else first
        if place == first:
            yield link


def _name(link: LexborNode) -> str | None:
    """The text of a link, if it may name a section or tag: none in a menu, or in a footer that is not an article's."""
    around, is_in_footer = link.parent, False
    for _ in range(_DEPTH):
        if around is None or around.tag == "article":
            break
        if around.tag in ("nav", "aside"):
            return None
        is_in_footer = is_in_footer or around.tag == "footer"
        around = around.parent
    if is_in_footer and (around is None or around.tag != "article"):
        return None
    text = _text(link).lstrip("#").rstrip(",;").strip()
    return text if 0 < len(text) <= _LONGEST else None


def _text(node: LexborNode) -> str:
    return normalise_text(node.text(deep=True, separator=" "))
