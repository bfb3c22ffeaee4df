"""Refuses pages that would cost the parser more than any news page is worth. Judges cost, never content.

lexbor follows the HTML standard, and the standard has three forms whose cost grows with the square of their number:
elements nested in each other, attributes of one tag, and formatting elements that are never closed (each is
repeated in every later paragraph). Two passes: a count of a few signs that clears every ordinary page in a fraction
of a millisecond, and a walk over the tags for the few that look suspicious. Neither believes an end tag that may close
nothing: `<div></x>` nests as deep as `<div>`.
"""

from __future__ import annotations

import re
from collections import Counter

# Largest page that is parsed, in bytes. Real article pages reach 3 MB; 20 MB take lexbor half a second.
MAX_BYTES = 20_000_000

# Deepest nesting. 10,000 cost lexbor 0.1 s, 100,000 cost 13 s; real pages stay below 200.
MAX_DEPTH = 10_000

# Most steps over open elements: each tag may ask all of them. 10,000 elements nested in each other take 50 million, and
# 200 million take half a second; real pages stay below a million.
MAX_STEPS = 200_000_000

# Most attributes of one tag. 10,000 cost 0.2 s, a million would take half an hour; real tags stay below 100.
MAX_ATTRIBUTES = 10_000

# Most copies of unclosed formatting elements that the parser adds to the tree: two million took 2 s and 700 MB.
MAX_REPEATED = 500_000

# A page with fewer tags is cleared at once: 1,500 unclosed elements before 1,500 others make a million copies, 1 s.
_ALWAYS_CLEAR = 3_000
# A stretch of so many bytes without the end or the beginning of a tag is looked at.
_STEP = 16_384

# One comment, tag or declaration, as the standard reads it from its beginning. Every branch ends at the end of the text
# at the latest, so that the walk is linear.
_TAG = re.compile(
    rb"""
    <!--(?:-?>|.*?(?:--!?>|\Z))
    |<(?P<close>/?)(?P<name>[a-z][^ \t\n\f\r/>]*+)
        (?P<attributes>(?:
            [ \t\n\f\r/]++
            |[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+
                (?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>]*+))?+
        )*+)(?:>|\Z)
    |<[!?/][^>]*+
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb"""[^\s"'=/]+(?:\s*=\s*(?:"[^"]*"?|'[^']*'?|[^\s"']+))?""")
_FORMATTING = frozenset(
    (b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u")
)
# Equal formatting elements that are repeated ("Noah's Ark clause" of the standard); of links one: each ends the other.
_MOST_EQUAL, _MOST_LINKS = 3, 1
# The beginning of a formatting element, unless it is well formed, and plain text and its own end follow: such a one is
# left open nowhere. Links are not among them: each closes the one before. The look at the first letter halves the time.
_LEFT_OPEN = re.compile(
    rb"""<(?=[bcefinstu])(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])"""
    rb"""(?!(?:\s+[\w:.-]+(?:="[^"<>]*+"|='[^'<>]*+')?+)*+\s*+>[^<]*+</\1>)""",
    re.IGNORECASE,
)
# Elements without content, and those that a following one of their kind closes.
_VOID = "area base br col embed hr img input link meta source wbr"
_SELF_CLOSING = "p li dt dd option tr td th thead tbody html head body"
_FLAT = frozenset(f"{_VOID} {_SELF_CLOSING}".encode().split())
# Elements whose content is no mark-up, but in drawings, each with what ends it.
_RAW = {
    name: re.compile(rb"</%s(?=[ \t\n\f\r/>])" % name, re.IGNORECASE)
    for name in b"script style textarea title xmp iframe noembed noframes".split()
}
# In drawings and formulas `<path/>` is a whole element; elsewhere the slash means nothing.
_FOREIGN = (b"svg", b"math")


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
    """Walk over the tags and keep account of what may be open.

    An end tag is believed where it ends the element that was opened last. What it does elsewhere depends on the names
    of all that are open; pages that need it leave a few elements more on the account, and hostile ones all.
    """
    opened = _Opened()
    position = steps = repeated = 0
    while tag := _TAG.search(html, position):
        position = tag.end()
        if tag["name"] is None:
            continue
        name, attributes = tag["name"].lower(), tag["attributes"]
        if tag["close"]:
            opened.close(name)
            continue
        if _count_attributes(attributes) > MAX_ATTRIBUTES:
            return f"a tag has more than {MAX_ATTRIBUTES} attributes"
        depth = len(opened.elements)
        steps += depth
        if depth > MAX_DEPTH:
            return f"elements are nested more than {MAX_DEPTH} deep"
        if steps > MAX_STEPS:
            return "too many elements are nested thousands deep"
        repeated += 0 if name in _FORMATTING else opened.formatting
        if repeated > MAX_REPEATED:
            return "formatting elements are left open and would be repeated without end"
        if name in _RAW and not opened.foreign:
            end = _RAW[name].search(html, position)
            position = end.end() if end else len(html)
        elif name not in _FLAT and not (opened.foreign and attributes.endswith(b"/")):
            opened.open(name, attributes)
    return None


class _Opened:
    """The elements that may be open at one place of a page."""

    def __init__(self) -> None:
        self.elements: list[tuple[bytes, bytes]] = []
        """Name and attributes, newest last; links all alike."""
        self.formatting = 0
        """Those that the parser would repeat."""
        self.foreign = 0
        """Drawings and formulas among them."""
        self._equal: Counter[tuple[bytes, bytes]] = Counter()

    def open(self, name: bytes, attributes: bytes) -> None:
        element = name, b"" if name == b"a" else attributes
        self.elements.append(element)
        self.foreign += name in _FOREIGN
        if name in _FORMATTING:
            self.formatting += self._is_repeated(element)
            self._equal[element] += 1

    def close(self, name: bytes) -> None:
        """End the newest element, if that is its name."""
        if not self.elements or self.elements[-1][0] != name:
            return
        element = self.elements.pop()
        self.foreign -= name in _FOREIGN
        if name in _FORMATTING:
            self._equal[element] -= 1
            self.formatting -= self._is_repeated(element)

    def _is_repeated(self, element: tuple[bytes, bytes]) -> bool:
        return self._equal[element] < (_MOST_LINKS if element[0] == b"a" else _MOST_EQUAL)
