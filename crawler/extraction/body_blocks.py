"""One walk over a parsed page: every run of text as a candidate block. Judges nothing; drops only what is never text.

A block is a run of text and inline elements inside one block element, cut at two line breaks in a row. The walk follows
the tree's own pointers, so that nesting of any depth costs no stack, and stops at `MOST_BLOCKS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborNode

from crawler.extraction.body_words import CONSENT_ID, KIND_OF_WORD

# Blocks of one page. The longest page of the corpus has 4,100; the rest of a page beyond this is a list without end.
MOST_BLOCKS = 12_000
# Characters of one page's blocks: fifty times the longest article of the corpus; bounds the time on made-up pages.
MOST_TEXT = 5_000_000
# Elements of one page that are remembered as ancestors; the text of later ones is taken for their parent's. The largest
# page of the corpus has 9,000.
MOST_ELEMENTS = 200_000

_SKIPPED_TAGS = """
    script style noscript template svg iframe head select option datalist textarea input canvas video audio object embed
    map math nav dialog meter progress source track link meta button
"""
SKIPPED = frozenset(_SKIPPED_TAGS.split())
_INLINE_TAGS = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rb rp rt ruby s samp
    small span strike strong sub sup time tt u var wbr o:p
"""
INLINE = frozenset(_INLINE_TAGS.split())
BOLD = frozenset(("b", "strong"))
CELLS = frozenset(("td", "th"))

_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Longer class strings are generated noise (utility classes); their tail says nothing.
_NAME_LENGTH = 300

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@lru_cache(maxsize=16_384)
def kinds_of(names: str) -> int:
    """The kinds that the words of an element's names speak of, as bits in the order of `KIND_NAMES`.

    >>> kinds_of("relatedPosts") == 1 << KIND_NAMES.index("related")
    True
    """
    bits = 0
    for word in _NAME_WORD.findall(names[:_NAME_LENGTH]):
        bits |= KIND_OF_WORD.get(word.lower(), 0)
    return bits


# Attributes whose words name an element, beside its class.
_NAMING = frozenset(("id", "role", "itemprop", "data-testid", "data-component", "data-type"))


@dataclass(slots=True)
class Element:
    """A block element on the way to some text; ancestors form a chain by `parent`."""

    parent: int
    tag: str
    path: int
    """Number of its chain of tags and classes: equal for the paragraphs of one column."""
    kinds: int
    article: int
    """Nearest enclosing `<article>`, -1 outside of any."""
    figure: int
    """Nearest enclosing `<figure>`, -1 outside of any."""
    within: int
    """Bits of the tags it stands in, in the order of `WITHIN`."""
    depth: int
    blocks: int = 0
    """Blocks directly inside."""
    children: int = 0


WITHIN = (
    "header",
    "footer",
    "aside",
    "figure",
    "figcaption",
    "ul",
    "ol",
    "table",
    "form",
    "blockquote",
    "main",
    "section",
    "dl",
    "details",
    "_hidden",
    "_aria",
    "_link",
)
_WITHIN_BIT = {tag: 1 << bit for bit, tag in enumerate(WITHIN)}
_HIDDEN = _WITHIN_BIT["_hidden"]
_ARIA = _WITHIN_BIT["_aria"]
_LINKED = _WITHIN_BIT["_link"]
_ARTICLE_RESETS = ~_WITHIN_BIT["header"] & ~_WITHIN_BIT["footer"]


@dataclass(slots=True)
class Block:
    """One candidate paragraph."""

    text: str
    element: int
    link: int
    """Characters inside links."""
    bold: int
    links: int
    images: int
    """Images met on the page before this block."""
    breaks: int
    """Line breaks inside."""
    place: int
    """Elements met before it: a measure of the distance in mark-up."""


@dataclass(slots=True)
class Picture:
    """One `<img>` with what is needed to name it."""

    attributes: dict[str, str | None]
    element: int
    before: int
    """Number of blocks met before it."""


@dataclass(slots=True)
class Blocks:
    """What one walk found."""

    blocks: list[Block] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def find_blocks(root: LexborNode) -> Blocks:
    """All candidate blocks below `root` in page order. Skips scripts, navigation and the page's own footer."""
    found = Blocks()
    blocks, elements, pictures = found.blocks, found.elements, found.pictures
    elements.append(Element(-1, "body", 0, 0, -1, -1, 0, 0))
    paths: dict[tuple[int, str, str], int] = {}
    frames: list[tuple[int, bool]] = []
    current = 0
    pieces: list[str] = []
    link = bold = links = breaks = 0
    linked = emboldened = 0
    place = total = 0
    broken = False

    def flush() -> None:
        nonlocal link, bold, links, breaks, broken, total
        if not pieces:
            links = 0
            return
        text = " ".join("".join(pieces).split())
        pieces.clear()
        if text:
            blocks.append(Block(text, current, link, bold, links, len(pictures), breaks, place))
            elements[current].blocks += 1
            total += len(text)
        link = bold = links = breaks = 0
        broken = False

    node: LexborNode | None = root.child
    while node is not None:
        tag = node.tag
        descend = False
        if tag == "-text":
            text = node.text_content or ""
            if text.isspace():
                if pieces:
                    pieces.append(" ")
            elif text:
                pieces.append(text)
                broken = False
                if linked:
                    link += len(text)
                if emboldened:
                    bold += len(text)
        elif tag == "br":
            if broken:
                flush()
            else:
                broken = True
                breaks += 1
                pieces.append("\n")
        elif tag in INLINE:
            place += 1
            if node.child is not None:
                descend = True
                if tag == "a":
                    linked += 1
                    links += 1
                    frames.append((-1, False))
                elif tag in BOLD:
                    emboldened += 1
                    frames.append((-2, False))
                else:
                    frames.append((-3, False))
        elif tag == "img":
            pictures.append(Picture(node.attributes, current, len(blocks)))
        elif tag == "hr":
            flush()
        elif tag is not None and tag not in SKIPPED and tag[0] not in "-!":
            place += 1
            element = elements[current]
            cell = tag in CELLS
            skipped = tag == "footer" and element.article < 0
            if not cell or sum(map(len, pieces)) > 80:
                flush()
            else:
                pieces.append(" ")
            if node.child is not None and not skipped:
                attributes = node.attributes
                kinds = within = 0
                names = ""
                if attributes:
                    names = naming = attributes.get("class") or ""
                    if len(attributes) > 1 or not names:
                        for key in attributes:
                            if key in _NAMING:
                                naming = f"{attributes[key]} {naming}"
                        own_id = attributes.get("id")
                        if own_id:
                            skipped = CONSENT_ID.match(own_id) is not None
                        if "hidden" in attributes and not (own_id or "").startswith("S:"):
                            within = _HIDDEN
                        if attributes.get("aria-hidden") == "true":
                            within |= _ARIA
                        style = attributes.get("style")
                        if style and _HIDDEN_STYLE.search(style):
                            within |= _HIDDEN
                    if naming:
                        kinds = kinds_of(naming)
                descend = not skipped
            if descend:
                if linked:
                    within |= _LINKED
                within |= _WITHIN_BIT.get(tag, 0)
                frames.append((current, cell))
                if len(elements) < MOST_ELEMENTS:
                    path = paths.setdefault((element.path, tag, names[:_NAME_LENGTH]), len(paths) + 1)
                    element.children += 1
                    new = len(elements)
                    if tag == "article":
                        article, inherited = new, element.within & _ARTICLE_RESETS
                    else:
                        article, inherited = element.article, element.within
                    elements.append(
                        Element(
                            current,
                            tag,
                            path,
                            kinds,
                            article,
                            new if tag == "figure" else element.figure,
                            inherited | within,
                            element.depth + 1,
                        )
                    )
                    current = new
        if descend:
            node = node.child
            continue
        following = node.next
        while following is None:
            node = node.parent
            if node is None or not frames:
                node = None
                break
            kind, cell = frames.pop()
            if kind == -1:
                linked -= 1
            elif kind == -2:
                emboldened -= 1
            elif kind >= 0:
                if cell:
                    pieces.append(" ")
                    if sum(map(len, pieces)) > 80:
                        flush()
                else:
                    flush()
                current = kind
            following = node.next
        else:
            node = following
            if len(blocks) > MOST_BLOCKS or total > MOST_TEXT:
                break
    flush()
    return found
