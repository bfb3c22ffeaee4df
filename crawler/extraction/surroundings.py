"""The nodes around the headline, where pages print byline and date. Walks; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

# Nodes (elements and texts) looked at behind and before the headline. Bylines of the corpora stand at most 90 behind.
_BEHIND = 160
_BEFORE = 60
_CLOSED = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "nav", "form", "footer", "select", "video")
)


def behind(node: LexborNode) -> Iterator[LexborNode]:
    """Elements and text nodes behind a headline, in page order."""
    left = _BEHIND
    current: LexborNode | None = _next_outside(node)
    while current is not None and left > 0:
        if current.tag in _CLOSED or current.is_comment_node:
            current = _next_outside(current)
            continue
        left -= 1
        yield current
        current = current.child or _next_outside(current)


def before(node: LexborNode) -> Iterator[LexborNode]:
    """Those before it, nearest first, up to the beginning of the page's main part."""
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
