"""What a text is known again by when it was edited, cut or merged: shingles, a sketch, facts. Compares nothing.

Two things decide whether two texts are one story. Shingles (three words in a row) say how much of one text stands in
the other; a sketch is the small sample of them by which candidates are found among millions. Facts (numbers and names)
say whether the same is told: another day's weather report shares more words with this one's than an edited story does
with its original, but not its numbers.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from xxhash import xxh3_64_intdigest, xxh32_intdigest

# Of everything that decides about hashes: words, facts, sizes, limits. Marks of two versions are never compared.
METHOD_VERSION = 1

# Words in a row that make a shingle. 3: two sites that write about one event in words of their own share few of them;
# with 2, Russian news of one field does (benchmarks/dedup).
SHINGLE = 3
# A sketch keeps one of so many shingles: some 25 of an ordinary article. 16 saves 40 % of the rows for .001 of F1.
SCALE = 8
# At least so many, for short texts: fewer would estimate nothing.
LEAST = 12
# At most so many, for long texts: a hundred postings would find no more.
MOST = 64
# Shingles below which a text is too short to be judged by its likeness: one changed word is a quarter of them.
ENOUGH = 12

# Letters of the longest abbreviation whose point ends no sentence (`им.`, `Dr.`).
ABBREVIATION = 2

# Hashes have 63 bits, so that they fit the signed integers of SQLite and PostgreSQL.
_LIMIT = (1 << 63) // SCALE

# Ranges instead of \w: twice as fast, and they hold what rides on letters (accents, the vowels of Arabic and India).
_LETTERS = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u060b\u060d-\u061a\u0620-\u06d3\u06d5-\u0963\u0966-\u0dff"
    "\u10a0-\u177f\u1800-\u1fff\uac00-\ud7ff"
)
# Scripts that write words without a space between: each sign counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
_ENDS = ".!?\u2026\n\u06d4\u0964\u3002"
_TOKEN = re.compile(
    rf"[{_LETTERS}][{_LETTERS}0-9]*"
    # 1 200 000, 12,5, 10:30, 24.11.2026: one number.
    r"|\d{1,3}(?:[ \u00a0\u202f]\d\d\d)+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/\u2013-]\d+)*"
    rf"|[{_UNSPACED}]"
    # What ends a sentence, and what opens one inside another: a quotation after its announcement.
    rf'|[{_ENDS}]|[:,] ?["«“„]'
)
_BREAKS = frozenset(_ENDS + ":,")
_SEPARATORS = re.compile(r"\D+")


Figures = Mapping[tuple[str, str], Set[str]]
"""(word before, word behind) -> the numbers that stand between."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The marks of one text."""

    shingles: frozenset[int]
    """A hash (63 bits) of each run of SHINGLE words; for the exact comparison, not stored."""
    sketch: tuple[int, ...]
    """The sample of `shingles` that is stored and looked up, ascending: LEAST to MOST, fewer of a short text."""
    facts: frozenset[int]
    """A hash (32 bits) of each number and of each word with a capital that does not open a sentence."""
    figures: Figures
    """Which numbers stand where; not stored."""

    @property
    def is_enough(self) -> bool:
        """False: too short to be known again by its likeness. Only a text that is equal is the same then."""
        return len(self.shingles) >= ENOUGH


class Words(NamedTuple):
    """A text as it is compared."""

    words: list[str]
    """Lower case, without `ё`; numbers as their digits."""
    names: set[str]
    """The words with a capital that do not open a sentence."""
    numbers: list[int]
    """Places of the numbers in `words`."""


def fingerprint(text: str) -> Fingerprint:
    """Return the marks of a text: the lead and body of an article, paragraphs apart by line breaks.

    Case, `ё`, punctuation and white space make no difference. In scripts without capitals only numbers are facts.

    >>> one, other = fingerprint("Дождь. Всё 12,5 мм - в Алматы."), fingerprint("дождь все 12.5 мм в Алматы")
    >>> one == other
    True
    >>> fingerprint("Too short.").is_enough
    False
    """
    words, names, numbers = read(text)
    shingles = _shingles(words)
    facts = names.union([words[place] for place in numbers])
    return Fingerprint(shingles, _sketch(shingles), _hashes(facts), _figures(words, numbers))


def read(text: str) -> Words:
    """The words of a text, as they are compared, and which of them are facts.

    >>> read("Цена — 1 200 тенге, сообщил Ёров")
    Words(words=['цена', '1200', 'тенге', 'сообщил', 'еров'], names={'еров'}, numbers=[1])
    """
    words: list[str] = []
    names: set[str] = set()
    numbers: list[int] = []
    opens = True
    for token in _TOKEN.findall(text.replace("ё", "е").replace("Ё", "Е")):
        word = token.lower()
        first = word[0]
        if first in _BREAKS:
            # Not the point after an initial, nor of `г.`, `ул.`, `Mr.`.
            opens = first != "." or not words or len(words[-1]) > ABBREVIATION
            continue
        if word != token:
            if not opens and len(word) > 1:
                names.add(word)
        elif first.isdecimal():
            numbers.append(len(words))
            word = _SEPARATORS.sub("", word) if len(word) > 1 else word
        words.append(word)
        opens = False
    return Words(words, names, numbers)


def _shingles(words: list[str]) -> frozenset[int]:
    if len(words) < SHINGLE:
        return frozenset({xxh3_64_intdigest(" ".join(words).encode()) >> 1} if words else ())
    runs = zip(words, words[1:], words[2:], strict=False)
    return frozenset([xxh3_64_intdigest(f"{a} {b} {c}".encode()) >> 1 for a, b, c in runs])


def _sketch(shingles: frozenset[int]) -> tuple[int, ...]:
    low = sorted([hash_ for hash_ in shingles if hash_ < _LIMIT])
    if len(low) < LEAST:
        low = sorted(shingles)[:LEAST]
    return tuple(low[:MOST])


def _figures(words: list[str], numbers: list[int]) -> Figures:
    # A number beside a number is a place, too, whatever its value.
    around = ["", *words, ""]
    for place in numbers:
        around[place + 1] = "0"
    figures: dict[tuple[str, str], set[str]] = {}
    for place in numbers:
        figures.setdefault((around[place], around[place + 2]), set()).add(words[place])
    return figures


def _hashes(facts: Iterable[str]) -> frozenset[int]:
    return frozenset([xxh32_intdigest(fact.encode()) for fact in facts])


# --- Stored form ------------------------------------------------------------------------------------------------------
def _pack(code: str, values: Iterable[int]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpack(code: str, stored: bytes) -> array[int]:
    numbers = array(code)
    numbers.frombytes(stored)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


pack_sketch = partial(_pack, "q")
unpack_sketch = partial(_unpack, "q")
pack_facts = partial(_pack, "I")
unpack_facts = partial(_unpack, "I")
