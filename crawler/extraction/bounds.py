"""Refuses pages that would cost the parser more than any news page is worth. Judges cost, never content.

lexbor follows the HTML standard, and the standard has three forms whose cost grows with the square of their number:
elements nested in each other, attributes of one tag, and formatting elements that are never closed (each is
repeated in every later paragraph). Two passes: a count of a few signs that clears every ordinary page in a fraction
of a millisecond, and a walk over the tags for the few that look suspicious. The count believes no end tag but one that
cannot belong elsewhere: `<div></x>` nests as deep as `<div>`.
"""

from __future__ import annotations

import re
from collections import Counter

# Largest page that is parsed, in bytes. Real article pages reach 3 MB; 20 MB take lexbor half a second.
MAX_BYTES = 20_000_000

# Deepest nesting. 10,000 cost lexbor 0.1 s, 100,000 cost 13 s; real pages stay below 200.
MAX_DEPTH = 10_000

# Most attributes of one tag. 10,000 cost 0.2 s, a million would take half an hour; real tags stay below 100.
MAX_ATTRIBUTES = 10_000

# Most copies of unclosed formatting elements that the parser adds to the tree: two million took 2 s and 700 MB.
MAX_REPEATED = 500_000

# A page with fewer tags is cleared at once: 1,500 unclosed elements before 1,500 others make a million copies, 1 s.
_ALWAYS_CLEAR = 3_000
# A stretch of so many bytes without the end or the beginning of a tag is looked at.
_STEP = 16_384

# What is no mark-up although it holds angle brackets, or one tag. Every branch ends at the end of the text at the
# latest, so that the walk is linear.
_TAG = re.compile(
    rb"""<!--.*?(?:-->|\Z)"""
    rb"""|<(?P<raw>script|style|textarea|title)\b.*?(?:</(?P=raw)|\Z)"""
    rb"""|<(?P<close>/?)(?P<name>[a-z][^\s/>]*+)(?P<attributes>(?:[^>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(rb"""[^\s"'=/]+(?:\s*=\s*(?:"[^"]*"?|'[^']*'?|[^\s"']+))?""")
_FORMATTING = frozenset(
    (b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u")
)
# The beginning of a formatting element, unless it is well formed, and plain text and its own end follow: such a one is
# left open nowhere. Links are not among them: each closes the one before.
_LEFT_OPEN = re.compile(
    rb"""<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])"""
    rb"""(?!(?:\s+[\w:.-]+(?:="[^"<>]*+"|='[^'<>]*+')?+)*+\s*+>[^<]*+</\1>)""",
    re.IGNORECASE,
)
# Elements without content, and those that a following one of their kind closes.
_VOID = (b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"source", b"wbr")
_SELF_CLOSING = (
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"option",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"html",
    b"head",
    b"body",
)
_FLAT = frozenset((*_VOID, *_SELF_CLOSING))


def excess_of(html: bytes) -> str | None:
    """Say in words what makes `html` (UTF-8) too costly to parse; None for a page that may be parsed.

    >>> excess_of(b"<p>Short.</p>") is None
    True
    >>> excess_of(b"<div>" * 100_000)
    'elements are nested more than 10000 deep'
    """
    return _excess_of_tags(html) if _is_suspicious(html) else None


def _is_suspicious(html: bytes) -> bool:
    tags = html.count(b"<")
    if tags > MAX_DEPTH or (tags > _ALWAYS_CLEAR and tags * _most_unclosed(html) > MAX_REPEATED):
        return True
    looked_at = 0
    for end in range(_STEP, len(html) + _STEP, _STEP):
        start = end - _STEP
        if end > looked_at and (html.find(b">", start, end) < 0 or html.find(b"<", start, end) < 0):
            attributes, looked_at = _attributes_before(html, end)
            if attributes > MAX_ATTRIBUTES:
                return True
    return False


def _most_unclosed(html: bytes) -> int:
    """How many formatting elements can be open at once: those that are not closed at once, and one link."""
    return 1 + sum(1 for _ in _LEFT_OPEN.finditer(html))


def _attributes_before(html: bytes, end: int) -> tuple[int, int]:
    """How many attributes the tag has that begins last before `end`, and where it ends.

    0 where the stretch without brackets that led here is a script, a comment or prose.
    """
    last = html.rfind(b"<", 0, end)
    if last < 0:
        return 0, end
    for raw in (b"script", b"style"):
        if html[last + 1 : last + 7].lower().startswith(raw):
            closed = html.find(b"</" + raw, last)
            return 0, closed if closed > 0 else len(html)
    match = _TAG.match(html, last)
    if match is None:
        return 0, end
    return _count_attributes(match["attributes"] or b""), match.end()


def _count_attributes(attributes: bytes) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(attributes)) if len(attributes) > MAX_ATTRIBUTES else 0


def _excess_of_tags(html: bytes) -> str | None:
    """Walk over the tags: open elements per name, attributes per tag, unclosed formatting elements."""
    depth = repeated = formatting = 0
    opened: Counter[bytes] = Counter()
    # Unclosed formatting elements by name and attributes, newest last.
    unclosed: Counter[tuple[bytes, bytes]] = Counter()
    for match in _TAG.finditer(html):
        if match["name"] is None:
            continue
        name, attributes = match["name"].lower(), match["attributes"]
        if _count_attributes(attributes) > MAX_ATTRIBUTES:
            return f"a tag has more than {MAX_ATTRIBUTES} attributes"
        if name in _FORMATTING:
            formatting += _closed(unclosed, name) if match["close"] else _opened(unclosed, name, attributes)
        elif not match["close"]:
            repeated += formatting
            if repeated > MAX_REPEATED:
                return "formatting elements are left open and would be repeated without end"
        if name in _FLAT:
            continue
        if not match["close"]:
            opened[name] += 1
            depth += 1
            if depth > MAX_DEPTH:
                return f"elements are nested more than {MAX_DEPTH} deep"
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return None


def _opened(unclosed: Counter[tuple[bytes, bytes]], name: bytes, attributes: bytes) -> int:
    # The standard repeats at most three equal elements ("Noah's Ark clause"), and a link closes the one before.
    if unclosed[name, attributes] >= 3 or (name == b"a" and any(key[0] == b"a" for key in unclosed)):
        return 0
    unclosed[name, attributes] += 1
    return 1


def _closed(unclosed: Counter[tuple[bytes, bytes]], name: bytes) -> int:
    for key in reversed(unclosed):
        if key[0] == name:
            unclosed[key] -= 1
            if not unclosed[key]:
                del unclosed[key]
            return -1
    return 0
