"""The paragraphs and pictures inside a box that a source file names, in page order. Knows boxes, not articles.

Everything in the box counts except what was removed: a person has said that this is the article. The generic reader,
which has to judge each block, is in body.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeAlias

from selectolax.lexbor import LexborNode

from crawler.articles.article import Image
from crawler.articles.text import may_hold_credit, normalise_text, split_credit
from crawler.extraction.pictures import address_of

# Most pieces of one article; the longest of the corpora has 900.
_MOST_PIECES = 5_000
_NO_TEXT_TAGS = """
    script style noscript template svg iframe form button select textarea input nav canvas video audio object embed math
    map head meta link
"""
_NO_TEXT = frozenset(_NO_TEXT_TAGS.split())
_INLINE_TAGS = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt ruby s samp small
    span strike strong sub sup time tt u var wbr noindex td th picture
"""
_INLINE = frozenset(_INLINE_TAGS.split())
_EMPHASIS = frozenset(("em", "i", "small", "figcaption"))
_SOCIAL = re.compile(r"\b(?:twitter-tweet|twitter-video|instagram-media|tiktok-embed|fb-post|bluesky-embed)\b")
_POSTED_BY = re.compile(
    r"(?:A (?:post|photo|video) shared by|View this post|Публикация от|Посмотреть эту публикацию)\b"
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# Longest caption, in characters, where it stands in one paragraph with its photo.
_LONGEST_CAPTION = 300


@dataclass(slots=True)
class Text:
    """One paragraph."""

    text: str
    tag: str
    """The block element around it: p, h2, li, blockquote, ..."""
    is_caption: bool = False
    """It stands in a figcaption, or behind a picture in one block element and looks like a caption."""


@dataclass(slots=True)
class Picture:
    """One photo with what the page prints about it."""

    url: str
    title: str | None = None
    captions: list[str] = field(default_factory=list)

    def image(self) -> Image:
        """The photo with caption and credit; `title` speaks only where nothing is printed."""
        caption, credit = split_credit("\n".join(dict.fromkeys(self.captions or ([self.title] if self.title else []))))
        return Image(self.url, caption, credit)


Piece: TypeAlias = Text | Picture


def read_box(box: LexborNode, base: str, *, removed: Collection[int] = (), stops: Collection[int] = ()) -> list[Piece]:
    """The pieces of a box in page order.

    `removed` and `stops` are the `mem_id` of elements: the former are left out with all they hold, before the latter
    the box ends. Two line breaks in a row end a paragraph. Of embedded posts the post's words are kept, not who posted
    them where.
    """
    walk = _Walk(base)
    # The elements around the node, with their tags: what lies behind them comes after its siblings.
    around: list[tuple[LexborNode, str]] = []
    node = box.child
    while node is not None and len(walk.pieces) < _MOST_PIECES:
        tag = node.tag or ""
        inside: LexborNode | None = None
        if tag == "-text":
            walk.add_text(node.text_content or "")
        elif tag == "br":
            walk.line_break()
        elif tag == "img":
            walk.add_picture(node)
        elif not tag or tag[0] in "-!" or tag in _NO_TEXT:
            pass
        elif node.mem_id in stops:
            break
        elif node.mem_id not in removed and not _is_hidden(node):
            walk.enter(node, tag)
            inside = node.child
            if inside is None:
                walk.leave(tag)
        if inside is not None:
            around.append((node, tag))
            node = inside
            continue
        following = node.next
        while following is None and around:
            node, tag = around.pop()
            walk.leave(tag)
            following = node.next
        node = following
    walk.flush()
    return walk.pieces


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


class _Walk:
    """State of one walk: the paragraph that is being collected, and the elements around it."""

    def __init__(self, base: str) -> None:
        self.pieces: list[Piece] = []
        self._base = base
        self._parts: list[str] = []
        self._blocks: list[str] = []
        self._broken = False
        self._caption_depth = 0
        self._post_depth = 0
        self._after_picture = False
        """A picture stands before in the innermost block element."""
        self._emphasis = 0
        self._plain = False
        """Some of the paragraph's words are not emphasised."""

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag in _INLINE:
            if tag in ("td", "th"):
                self._parts.append(" ")
            self._emphasis += tag in _EMPHASIS
            return
        if self._parts:
            self.flush()
        self._blocks.append(tag)
        self._after_picture = False
        if tag == "figcaption":
            self._caption_depth += 1
        if self._post_depth or (tag in ("blockquote", "div") and _SOCIAL.search(node.attrs.get("class") or "")):
            self._post_depth += 1

    def leave(self, tag: str) -> None:
        if tag in _INLINE:
            self._emphasis -= tag in _EMPHASIS
            return
        if self._parts:
            self.flush()
        if self._blocks:
            self._blocks.pop()
        self._after_picture = False
        if tag == "figcaption":
            self._caption_depth -= 1
        if self._post_depth:
            self._post_depth -= 1

    def add_text(self, text: str) -> None:
        if text:
            self._parts.append(text)
            if not text.isspace():
                self._broken = False
                self._plain = self._plain or not self._emphasis

    def line_break(self) -> None:
        if self._broken:
            self.flush()
        else:
            self._broken = True
            self._parts.append("\n")

    def add_picture(self, node: LexborNode) -> None:
        url = address_of(node, self._base)
        if url:
            self.flush()
            attributes = node.attributes
            title = normalise_text(attributes.get("title") or attributes.get("alt") or "")
            self.pieces.append(Picture(url, title or None))
            self._after_picture = True

    def flush(self) -> None:
        if not self._parts:
            return
        text = normalise_text("".join(self._parts))
        plain, self._plain = self._plain, False
        self._parts.clear()
        self._broken = False
        if not text:
            return
        tag = self._blocks[-1] if self._blocks else "div"
        # The words of a post stand in paragraphs; what is loose beside them says who posted it.
        if self._post_depth and (tag != "p" or _POSTED_BY.match(text)):
            return
        labelled = self._after_picture and (not plain or split_credit(text)[1] is not None)
        self.pieces.append(Text(text, tag, self._caption_depth > 0 or (labelled and len(text) <= _LONGEST_CAPTION)))


def take_captions(pieces: list[Piece]) -> tuple[list[Text], list[Picture], str | None]:
    """Separate paragraphs and pictures: captions go to the picture before them, or else to the next one.

    A paragraph that is nothing but a credit ("Фото: МИД") goes to the picture before it, if that has none yet. The
    third value is the first credit that found no picture: it speaks of one outside the box.
    """
    texts: list[Text] = []
    pictures: list[Picture] = []
    waiting: list[str] = []
    stray: str | None = None
    for piece in pieces:
        if isinstance(piece, Picture):
            piece.captions += waiting
            waiting.clear()
            pictures.append(piece)
        elif piece.is_caption and pictures:
            pictures[-1].captions.append(piece.text)
        elif piece.is_caption:
            waiting.append(piece.text)
        elif not is_credit(piece.text):
            texts.append(piece)
        elif pictures and not pictures[-1].captions:
            pictures[-1].captions.append(piece.text)
        elif not pictures:
            stray = stray or piece.text
    return texts, pictures, stray or (waiting[0] if waiting else None)


def is_credit(text: str) -> bool:
    """Whether a paragraph is nothing but the credit of a photo.

    >>> is_credit("Фото: МИД Казахстана"), is_credit("Фото: встреча прошла в столице. Министр рассказал о планах.")
    (True, False)
    """
    if len(text) > 150 or not may_hold_credit(text):
        return False
    caption, credit = split_credit(text)
    return caption is None and credit is not None and not re.search(r"[.!?]\s+\S", credit)
