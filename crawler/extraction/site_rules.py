"""Fields by the selectors of a source file: what a person has said about this design of this site.

The first layout whose `article` selector finds something is the page's. Values are as printed; dates are parsed and
all is cleaned in extract.py, as for the other readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborNode

from crawler.articles.article import Image, Origin
from crawler.articles.text import normalise_text
from crawler.articles.urls import join_url
from crawler.extraction.content import Picture, Piece, Text, read_box, take_captions
from crawler.extraction.found import Found
from crawler.extraction.page import Page
from crawler.extraction.pictures import address_of
from crawler.extraction.promotion import without_promotion
from crawler.sources.source import Layout

_SELECTOR = re.compile(r"^(?P<css>.*?)(?:@(?P<attribute>[\w:-]+))?$", re.DOTALL)
_BOLD = frozenset(("strong", "b"))
# Elements between a picture and the figure around it: picture, a, div.
_FIGURE_DEPTH = 4
# Most elements that one selector is asked for: tags and authors of one article.
_MOST_ELEMENTS = 200


@dataclass(frozen=True, slots=True)
class SiteReading:
    """What the rules of one layout found."""

    layout: Layout
    found: Found
    published: tuple[str, ...]
    """Every printed date that the rules find, best first: the first that can be read counts."""
    modified: tuple[str, ...]
    boxes: tuple[LexborNode, ...] = ()
    """Those that announce related stories."""


def read_site_rules(page: Page, layouts: Sequence[Layout]) -> SiteReading | None:
    """What the layout that fits the page finds; None when none fits.

    A layout fits when its `article` selector finds something. The first one that also finds a text is taken, else the
    first one: its other fields still count, and the text is left to the generic reader.
    """
    first: SiteReading | None = None
    for layout in layouts:
        article = _first(page.root, layout.article)
        if article is None:
            continue
        reading = _Reader(page, layout, article).read()
        if reading.found.body or reading.found.lead:
            return reading
        first = first or reading
    return first


class _Reader:
    """Reads one page by one layout."""

    def __init__(self, page: Page, layout: Layout, article: LexborNode) -> None:
        self._page = page
        self._layout = layout
        self._article = article
        self._boxes = _all(page.root, layout.related)
        self._removed = frozenset(box.mem_id for box in (*_all(article, layout.remove), *self._boxes))
        self._used: set[int] = set()
        """Elements that supplied another field: they are no part of the body, where that encloses them."""

    def read(self) -> SiteReading:
        layout = self._layout
        found = Found(origin=Origin.SITE_RULE)
        found.headline = next(self._texts(layout.headline), None)
        published, modified = tuple(self._texts(layout.published)), tuple(self._texts(layout.modified))
        found.published = published[0] if published else None
        found.modified = modified[0] if modified else None
        found.authors = tuple(self._all(layout.authors))
        # The last breadcrumb may be the story itself.
        found.section = next((text for text in self._texts(layout.section) if text != found.headline), None)
        found.tags = tuple(self._all(layout.tags))
        outside = list(self._outside_pictures())
        captions = list(self._all(layout.captions))
        lead, found.lead = self._lead()
        body, inside, stray = self._body(lead)
        found.body = body
        found.images = tuple(_images(outside, captions, inside, stray))
        return SiteReading(layout, found, published, modified, self._boxes)

    def _nodes(self, selector: str) -> list[LexborNode]:
        """Inside the article's box; where it holds nothing, on the whole page. Each once."""
        found = self._article.css(selector) or self._page.tree.css(selector)
        return list({node.mem_id: node for node in found if node.mem_id not in self._removed}.values())

    def _texts(self, selectors: Iterable[str]) -> Iterator[str]:
        """The first text of every selector that finds one."""
        for selector in selectors:
            css, attribute = _split(selector)
            for node in self._nodes(css):
                text = self._value(node, attribute)
                if text:
                    self._used.add(node.mem_id)
                    yield text
                    break

    def _all(self, selectors: Iterable[str]) -> Iterator[str]:
        """All texts of the first selector that finds any."""
        for selector in selectors:
            css, attribute = _split(selector)
            nodes = self._nodes(css)[:_MOST_ELEMENTS]
            texts = [text for node in nodes if (text := self._value(node, attribute))]
            if texts:
                self._used.update(node.mem_id for node in nodes)
                yield from texts
                return

    def _value(self, node: LexborNode, attribute: str | None) -> str:
        if attribute:
            return normalise_text(node.attributes.get(attribute) or "")
        return self._text(node)

    def _text(self, node: LexborNode) -> str:
        """The visible text of an element, without what the layout removes."""
        first = node.child
        if first is not None and first.next is None and first.tag == "-text":  # most date lines and tags
            return normalise_text(first.text_content or "")
        return " ".join(piece.text for piece in self._pieces(node) if isinstance(piece, Text))

    def _lead(self) -> tuple[LexborNode | None, str | None]:
        """The element of the lead and its text: of several the first with words of its own.

        Where the selector names bold type, all of the paragraph must be bold.
        """
        for selector in self._layout.lead:
            for node in self._nodes(_split(selector)[0]):
                text = " ".join(piece.text for piece in take_captions(self._pieces(node))[0])
                if not text:
                    continue
                if node.tag not in _BOLD:
                    return node, text
                if node.parent is not None and self._text(node.parent) == text:
                    return node.parent, text
        return None, None

    def _pieces(self, node: LexborNode) -> list[Piece]:
        return read_box(node, self._page.url, removed=self._removed)

    def _body(self, lead: LexborNode | None) -> tuple[tuple[str, ...], list[Picture], str | None]:
        stops = {node.mem_id for node in _all(self._article, self._layout.stop)}
        removed = self._removed | self._used | ({lead.mem_id} if lead is not None else set())
        for selector in self._layout.body:
            pieces: list[Piece] = []
            for box in self._nodes(_split(selector)[0]):
                pieces += read_box(box, self._page.url, removed=removed, stops=stops)
            texts, pictures, stray = take_captions(pieces)
            if texts or pictures:
                return tuple(without_promotion((piece.text for piece in texts), self._layout)), pictures, stray
        return (), [], None

    def _outside_pictures(self) -> Iterator[Picture]:
        for selector in self._layout.images:
            css, attribute = _split(selector)
            found = False
            for node in self._nodes(css)[:_MOST_ELEMENTS]:
                attributes = node.attributes
                address = attributes.get(attribute) if attribute and attribute != "src" else None
                url = join_url(self._page.url, address) if address else address_of(node, self._page.url)
                if url:
                    found = True
                    self._used.add(node.mem_id)
                    title = normalise_text(attributes.get("title") or attributes.get("alt") or "")
                    yield Picture(url, title or None, self._captions_of(node))
            if found:
                return

    def _captions_of(self, picture: LexborNode) -> list[str]:
        """The caption in the `<figure>` around a picture, if it stands in one."""
        parent = picture.parent
        for _ in range(_FIGURE_DEPTH):
            if parent is None or parent.tag == "figure":
                break
            parent = parent.parent
        if parent is None or parent.tag != "figure":
            return []
        return [text for caption in parent.css("figcaption") if (text := self._text(caption))]


def _images(outside: list[Picture], captions: list[str], inside: list[Picture], stray: str | None) -> Iterator[Image]:
    """Pictures outside the body first, each with the caption at its place in the list."""
    # One picture: all captions are its own (they are printed twice for two screens).
    for position, picture in enumerate(outside):
        picture.captions += captions if len(outside) == 1 else captions[position : position + 1]
    if stray and outside and not outside[0].captions:
        outside[0].captions = [stray]
    for picture in (*outside, *inside):
        yield picture.image()


@lru_cache(maxsize=2048)
def _split(selector: str) -> tuple[str, str | None]:
    match = _SELECTOR.match(selector)
    return (match["css"], match["attribute"]) if match else (selector, None)


def _first(root: LexborNode, selectors: Iterable[str]) -> LexborNode | None:
    for selector in selectors:
        node = root.css_first(selector)
        if node is not None:
            return node
    return None


def _all(root: LexborNode, selectors: Sequence[str]) -> tuple[LexborNode, ...]:
    return tuple(root.css(", ".join(selectors))) if selectors else ()
