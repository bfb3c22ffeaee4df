"""One walk over a parsed page: every run of text as a candidate block. Judges nothing; drops only what is never text.

A block is a run of text and inline elements inside one block element, cut at two line breaks in a row. The walk follows
the tree's own pointers, so that nesting of any depth costs no stack, and stops at `MOST_BLOCKS`. What it finds is kept
in columns: a page has hundreds of elements, and to make an object of each costs more than to find it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.body_words import CONSENT_ID, KIND_NAMES, KIND_OF_WORD

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
_INLINE_TAGS = """
    abbr acronym bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rb rp rt ruby s samp
    small span strike sub sup time tt u var wbr o:p
"""
_BLOCK_TAGS = """
    p div h1 h2 h3 h4 h5 h6 ul ol dl dd dt table tbody thead tfoot tr caption blockquote figcaption section aside header
    main pre form center address body details summary fieldset legend picture html li figure article footer td th
"""
_TEXT, _INLINE, _LINK, _BOLD, _BREAK, _IMAGE, _RULE, _SKIPPED, _BLOCK, _CELL, _FOOTER, _UNKNOWN = range(12)
_ROLES = {
    **dict.fromkeys(_SKIPPED_TAGS.split(), _SKIPPED),
    **dict.fromkeys(_INLINE_TAGS.split(), _INLINE),
    **dict.fromkeys(_BLOCK_TAGS.split(), _BLOCK),
    "a": _LINK,
    **dict.fromkeys(("b", "strong"), _BOLD),
    "br": _BREAK,
    "img": _IMAGE,
    "hr": _RULE,
    **dict.fromkeys(("td", "th"), _CELL),
    "footer": _FOOTER,
}


def _roles_by_number() -> dict[int, tuple[int, str]]:
    """Role and name of each known tag by lexbor's number for it, which costs a third of asking its name."""
    parser = LexborHTMLParser("<p>.<!-- . -->")
    numbers = {parser.create_node(tag).tag_id: (role, tag) for tag, role in _ROLES.items() if ":" not in tag}
    for node in parser.root.traverse(include_text=True) if parser.root else ():
        if node.tag and node.tag[0] == "-":
            numbers[node.tag_id] = (_TEXT if node.is_text_node else _SKIPPED), ""
    return numbers


_ROLE_OF = _roles_by_number()

_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Longer class strings are generated noise; their tail says nothing.
_NAME_LENGTH = 160
# Elements named so hold what opens on a click, never text of the article: a fifteenth of all blocks.
_NEVER = 1 << len(KIND_NAMES)
_NEVER_TEXT = "dropdown dropdowns submenu submenus megamenu modal modals hamburger".split()
_KIND_OF_FORM = {
    form: bits
    for word, bits in (*KIND_OF_WORD.items(), *((word, _NEVER) for word in _NEVER_TEXT))
    for form in (word, word.capitalize(), word.upper())
}
_FORMS = frozenset(_KIND_OF_FORM)

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@lru_cache(maxsize=16_384)
def kinds_of(names: str) -> int:
    """The kinds that the words of an element's names speak of, as bits in the order of `KIND_NAMES`.

    >>> kinds_of("relatedPosts") == 1 << KIND_NAMES.index("related")
    True
    """
    bits = 0
    for word in _FORMS.intersection(_NAME_WORD.findall(names[:_NAME_LENGTH])):
        bits |= _KIND_OF_FORM[word]
    return bits


# Attributes whose words name an element, beside its class.
_NAMING = frozenset(("id", "role", "itemprop", "data-testid", "data-component", "data-type"))
# These and those that hide: most elements have none of them.
_TELLING = _NAMING | {"hidden", "aria-hidden", "style"}

_WITHIN = """
    header footer aside figure figcaption ul ol table form blockquote main section dl details _hidden _aria _link
"""
WITHIN = tuple(_WITHIN.split())
_WITHIN_BIT = {tag: 1 << bit for bit, tag in enumerate(WITHIN)}
_HIDDEN = _WITHIN_BIT["_hidden"]
_ARIA = _WITHIN_BIT["_aria"]
_LINKED = _WITHIN_BIT["_link"]
_ARTICLE_RESETS = ~_WITHIN_BIT["header"] & ~_WITHIN_BIT["footer"]
# Letters of a table cell from which it is a block of its own; shorter ones make one block with the rest of their row.
_LONG_CELL = 80


class Elements:
    """The block elements on the way to some text, as columns. Number 0 is the page's body."""

    __slots__ = ("article", "children", "depth", "figure", "kinds", "parent", "path", "tag", "within")

    def __init__(self) -> None:
        self.parent = [-1]
        self.tag = ["body"]
        self.path = [0]
        """Number of its chain of tags and classes: equal for the paragraphs of one column."""
        self.kinds = [0]
        self.article = [-1]
        """Nearest enclosing `<article>`, -1 outside of any."""
        self.figure = [-1]
        """Nearest enclosing `<figure>`, -1 outside of any."""
        self.within = [0]
        """Bits of the tags it stands in, in the order of `WITHIN`."""
        self.depth = [0]
        self.children = [0]

    def __len__(self) -> int:
        return len(self.parent)


@dataclass(slots=True)
class Picture:
    """One `<img>` with what is needed to name it."""

    attributes: dict[str, str | None]
    element: int
    before: int
    """Number of blocks met before it."""


@dataclass(slots=True)
class Blocks:
    """What one walk found: the candidate paragraphs as columns, in page order."""

    elements: Elements = field(default_factory=Elements)
    pictures: list[Picture] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    element: list[int] = field(default_factory=list)
    link: list[int] = field(default_factory=list)
    """Characters inside links."""
    bold: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    """Images met on the page before."""
    breaks: list[int] = field(default_factory=list)
    """Line breaks inside."""
    place: list[int] = field(default_factory=list)
    """Elements met before: a measure of the distance in mark-up."""

    def __len__(self) -> int:
        return len(self.text)


def find_blocks(root: LexborNode) -> Blocks:
    """All candidate blocks below `root` in page order. Skips scripts, navigation and the page's own footer."""
    found = Blocks()
    texts, owners, pictures = found.text, found.element, found.pictures
    elements = found.elements
    parents, tags, numbers, kinds_column = elements.parent, elements.tag, elements.path, elements.kinds
    articles, figures, withins, depths, children = (
        elements.article, elements.figure, elements.within, elements.depth, elements.children
    )  # fmt: skip
    # Chain of tags and classes -> its number and the kinds of its last names.
    paths: dict[tuple[int, str, str], tuple[int, int]] = {}
    # The way back: each open element with what ends at its end: -1 a link, -2 bold, -3 nothing, else the number of the
    # element around it, doubled, and one more for a table cell.
    frames: list[tuple[LexborNode, int]] = []
    current = linked = emboldened = link = bold = links = breaks = place = total = 0
    pieces: list[str] = []
    broken = False

    def flush() -> None:
        nonlocal link, bold, links, breaks, broken, total
        text = " ".join("".join(pieces).split())
        pieces.clear()
        if text:
            texts.append(text)
            owners.append(current)
            found.link.append(link)
            found.bold.append(bold)
            found.links.append(links)
            found.images.append(len(pictures))
            found.breaks.append(breaks)
            found.place.append(place)
            total += len(text)
        link = bold = links = breaks = 0
        broken = False

    node = root.first_child
    while node is not None:
        role, tag = _ROLE_OF.get(node.tag_id) or _role_by_name(node)
        inside: LexborNode | None = None
        if role == _TEXT:
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
        elif role <= _BOLD:
            place += 1
            inside = node.first_child
            if inside is not None:
                if role == _LINK:
                    linked += 1
                    links += 1
                    frames.append((node, -1))
                elif role == _BOLD:
                    emboldened += 1
                    frames.append((node, -2))
                else:
                    frames.append((node, -3))
        elif role >= _BLOCK:
            place += 1
            cell = role == _CELL
            if cell and sum(map(len, pieces)) <= _LONG_CELL:
                pieces.append(" ")
            elif pieces:
                flush()
            inside = node.first_child
            if inside is not None and (role != _FOOTER or articles[current] >= 0):
                attributes = node.attributes
                names = (attributes.get("class") or "")[:_NAME_LENGTH]
                way = (numbers[current], tag, names)
                known = paths.get(way)
                if known is None:
                    known = paths[way] = len(paths) + 1, kinds_of(names)
                number, kinds = known
                within = 0
                if not _TELLING.isdisjoint(attributes):
                    own_id = attributes.get("id")
                    if own_id and CONSENT_ID.match(own_id):
                        inside = None
                    within = _hidden_bits(attributes, own_id)
                    for key in _NAMING.intersection(attributes):
                        kinds |= kinds_of(attributes[key] or "")
                if kinds & _NEVER:
                    inside = None
            else:
                inside = None
            if inside is not None:
                frames.append((node, current * 2 + cell))
                new = len(parents)
                if new < MOST_ELEMENTS:
                    if linked:
                        within |= _LINKED
                    within |= _WITHIN_BIT.get(tag, 0) | withins[current]
                    article = articles[current]
                    if tag == "article":
                        article = new
                        within = within & _ARTICLE_RESETS
                    children[current] += 1
                    parents.append(current)
                    tags.append(tag)
                    numbers.append(number)
                    kinds_column.append(kinds)
                    articles.append(article)
                    figures.append(new if tag == "figure" else figures[current])
                    withins.append(within)
                    depths.append(depths[current] + 1)
                    children.append(0)
                    current = new
        elif role == _BREAK:
            if broken:
                flush()
            else:
                broken = True
                breaks += 1
                pieces.append("\n")
        elif role == _IMAGE:
            pictures.append(Picture(node.attributes, current, len(texts)))
        elif role == _RULE:
            flush()
        if inside is not None:
            node = inside
            continue
        following = node.next
        while following is None and frames:
            node, kind = frames.pop()
            if kind >= 0:
                if kind & 1:
                    pieces.append(" ")
                    if sum(map(len, pieces)) > _LONG_CELL:
                        flush()
                elif pieces:
                    flush()
                current = kind >> 1
            elif kind == -1:
                linked -= 1
            elif kind == -2:
                emboldened -= 1
            following = node.next
        node = following
        if len(texts) > MOST_BLOCKS or total > MOST_TEXT:
            break
    flush()
    return found


def _role_by_name(node: LexborNode) -> tuple[int, str]:
    """For what has no number of its own: comments are skipped, elements of unknown names are blocks."""
    tag = node.tag
    if tag is None or tag[0] in "-!":
        return _SKIPPED, ""
    return _ROLES.get(tag, _BLOCK), tag


def _hidden_bits(attributes: dict[str, str | None], own_id: str | None) -> int:
    bits = 0
    # React keeps whole articles in hidden elements `S:0`, `S:1` until its script moves them.
    if "hidden" in attributes and not (own_id or "").startswith("S:"):
        bits = _HIDDEN
    if attributes.get("aria-hidden") == "true":
        bits |= _ARIA
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style):
        bits |= _HIDDEN
    return bits
