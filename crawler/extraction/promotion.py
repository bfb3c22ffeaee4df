"""Which paragraphs of a known site promote something, and where its text ends: the phrases of a layout. Reads no page.

A layout has a dozen phrases and an article a few thousand letters; most paragraphs hold none of them. So each phrase is
asked for by the plain words that it begins with, and only where these stand by its pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crawler.sources.source import Layout

# A pointer to another story at the end of a paragraph, or alone in one.
_POINTERS = (
    "Читайте также", "Читайте ещё", "Читайте еще", "Читать также", "Подробнее", "Смотрите также", "Оқи отырыңыз",
    "Тағы оқыңыз", "Толығырақ", "Read also", "Also read", "See also", "Read more",
)  # fmt: skip
_READ_ALSO = re.compile(rf"(?:^|(?<=[.!?…»\"”])\s+)(?:{'|'.join(_POINTERS)})\s*:.*$", re.IGNORECASE)
_POINTERS_FOLDED = tuple(pointer.lower() for pointer in _POINTERS)
# What a pattern begins with: plain signs and escaped ones, none of which is optional or repeated.
_PLAIN_START = re.compile(r"(?:[^\\.^$*+?{}\[\]()|]|\\[^\w\s])+(?![*+?{|])")
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
# Words shorter than this, in characters, are no faster to find than the pattern.
_SHORTEST = 4


def without_promotion(paragraphs: Iterable[str], layout: Layout) -> Iterator[str]:
    """The paragraphs up to the layout's first stop phrase, without its promotion and without pointers to other stories.

    >>> layout = Layout(name="a", article="body", promo="Subscribe", stop_phrases="Found a mistake")
    >>> list(without_promotion(["It rains. Read more: Sun", "Subscribe!", "Found a mistake?", "Write"], layout))
    ['It rains.']
    """
    stop, promo = _beginnings(layout.stop_phrases), _phrases(layout.promo)
    for text in paragraphs:
        if stop is not None and stop.match(text):
            return
        lower = text.lower()
        if ":" in text and any(pointer in lower for pointer in _POINTERS_FOLDED):
            text = _READ_ALSO.sub("", text)
        if text and not promo.in_text(text, lower):
            yield text


class _Phrases:
    """Patterns that are looked for in many texts, in any case."""

    def __init__(self, patterns: Iterable[str]) -> None:
        first: list[str] = []
        others: list[str] = []
        self._worded: list[tuple[str, re.Pattern[str]]] = []
        for pattern in patterns:
            words = _plain_start(pattern)
            if len(words) >= _SHORTEST:
                self._worded.append((words, re.compile(pattern, re.IGNORECASE)))
            else:
                (first if pattern.startswith("^") and not _has_branches(pattern) else others).append(pattern)
        self._first = _beginnings(tuple(first))
        self._others = _compiled(others)

    def in_text(self, text: str, lower: str) -> bool:
        """Whether any of the patterns stands in `text`, which in lower case is `lower`."""
        if self._first is not None and self._first.match(text):
            return True
        if any(words in lower and pattern.search(text) for words, pattern in self._worded):
            return True
        return self._others is not None and self._others.search(text) is not None


def _plain_start(pattern: str) -> str:
    """The words, in lower case, that a text must hold for `pattern` to stand in it; empty where that is not plain."""
    match = None if _has_branches(pattern) else _PLAIN_START.match(pattern)
    return re.sub(r"\\(.)", r"\1", match[0]).lower() if match else ""


def _has_branches(pattern: str) -> bool:
    """Whether a pattern has `|` outside of brackets."""
    depth = 0
    for sign in _ESCAPED_OR_CLASS.sub("", pattern):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            return True
    return False


@lru_cache(maxsize=256)
def _phrases(patterns: tuple[str, ...]) -> _Phrases:
    return _Phrases(patterns)


@lru_cache(maxsize=512)
def _beginnings(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return _compiled(patterns)


def _compiled(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined, re.IGNORECASE) if joined else None
