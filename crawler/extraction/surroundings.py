"""The nodes around the headline, where pages print byline and date. Walks; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee
from typing import TypeAlias

from selectolax.lexbor import LexborNode

from crawler.articles.text import normalise_text

# Nodes (elements and texts) looked at behind and before the headline. Bylines of the corpora stand at most 90 behind.
_BEHIND = 160
_BEFORE = 60
# Longest text that may hold a byline or a date, in characters, with the blanks of the page's source around it.
_LONGEST_PRINTED = 1_000
_CLOSED = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "nav", "form", "footer", "select", "video")
)


Seen: TypeAlias = tuple[LexborNode, str, str]
"""A node, its tag, and its text, normalised, where it is a text node that holds one and is not too long."""


class Surroundings:
    """The nodes around a headline, each looked at once, by whichever reader comes first."""

    def __init__(self, heading: LexborNode) -> None:
        self._heading = heading
        self._behind, self._before = seen(_nodes_behind(heading)), seen(_nodes_before(heading))

    def behind(self) -> Iterator[Seen]:
        """Elements and text nodes behind the headline, in page order."""
        self._behind, again = tee(self._behind)
        return again

    def before(self) -> Iterator[Seen]:
        """Those before it, nearest first, up to the beginning of the page's main part."""
        self._before, again = tee(self._before)
        return again

    def before_in_its_box(self) -> tuple[list[Seen], list[Seen]]:
        """Those before it that stand in one box of the page with it, and the rest: the page's own head."""
        box = self._heading
        while (around := box.parent) is not None and around.tag not in ("body", "html"):
            box = around
        nodes = list(self.before())
        inside = next((place for place, (node, _, _) in enumerate(nodes) if node.mem_id == box.mem_id), 0)
        return nodes[:inside], nodes[inside:]


def seen(nodes: Iterable[LexborNode]) -> Iterator[Seen]:
    """The nodes with their tags and texts."""
    for node in nodes:
        tag, text = node.tag or "", ""
        if tag == "-text":
            printed = node.text_content or ""
            if len(printed) <= _LONGEST_PRINTED and not printed.isspace():
                text = normalise_text(printed)
        yield node, tag, text


def _nodes_behind(node: LexborNode) -> Iterator[LexborNode]:
    left = _BEHIND
    current: LexborNode | None = _next_outside(node)
    while current is not None and left > 0:
        if current.tag in _CLOSED or current.is_comment_node:
            current = _next_outside(current)
            continue
        left -= 1
        yield current
        current = current.child or _next_outside(current)


def _nodes_before(node: LexborNode) -> Iterator[LexborNode]:
    left = _BEFORE
    current = _previous(node)
    while current is not None and left > 0:
        left -= 1
        tag = current.tag
        if tag in ("body", "main", "header"):
            return
        if tag not in _CLOSED and not current.is_comment_node:
            yield current
        current = _previous(current)


def _next_outside(node: LexborNode) -> LexborNode | None:
    current: LexborNode | None = node
    while current is not None:
        following = current.next
        if following is not None:
            return following
        current = current.parent
    return None


def _previous(node: LexborNode) -> LexborNode | None:
    """The node before in page order; closed elements are not entered."""
    previous = node.prev
    if previous is None:
        return node.parent
    while (last := previous.last_child) is not None and previous.tag not in _CLOSED:
        previous = last
    return previous
