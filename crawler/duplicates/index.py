"""Which texts may be the same story? The index of sketches in this process, for bulk work; decides nothing.

Crawls use the table `postings` instead (storage/postings.py): they are short, and several write at once. Both give the
same answers (tests/storage/test_postings.py).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.duplicates.matching import CANDIDATES, MOST_SHARED, SHARED_POSTINGS, WINDOW

# Hashes are told apart by 48 of their 63 bits: 16 name the bucket of an empty index, 32 are kept. Among 25 million
# postings a hash meets another one by chance once in ten million look-ups, and one shared posting makes no candidate.
_FIRST_BITS = 16
_FIRST = (1 << _FIRST_BITS) - 1
_KEPT = (1 << 32) - 1
# A posting's place is mixed with its period, so that a look-up meets no older ones. A period is as long as a window,
# which therefore lies in two of them at most.
_REACH = WINDOW.days
_PERIOD = 2 * _REACH + 1
_MIX = 0x9E3779B97F4A7C15
# Postings a bucket when the table grows to four times its size; the chains are then a posting long, and 2 before.
_FULL = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that shares postings with the one that was looked up."""

    number: int
    shared: int
    """Postings in common."""


def day_of(moment: datetime) -> int:
    """The day of a moment, counted from 1970 in UTC: windows are cut by whole days.

    >>> from datetime import UTC
    >>> day_of(datetime(1970, 1, 2, 23, 59, tzinfo=UTC))
    1
    """
    return int(moment.timestamp() // 86_400)


def best(shared: Mapping[int, int]) -> list[Candidate]:
    """Of number -> postings in common the CANDIDATES that have most; the lower number where they have as many."""
    ranked = sorted((-count, number) for number, count in shared.items() if count >= SHARED_POSTINGS)
    return [Candidate(number, -count) for count, number in ranked[:CANDIDATES]]


class Index:
    """Sketches of texts, each with a number of its own and its day.

    At a million texts some 300 bytes a text and 250 µs a look-up (benchmarks/dedup). Growing fourfold takes seconds,
    three times on the way to a million. Nothing is ever removed.

    >>> index = Index()
    >>> index.add(7, (11, 22, 33, 44), day=100)
    >>> index.look_up((11, 22, 55, 66), day=114), index.look_up((11, 22, 55, 66), day=115)
    ([Candidate(number=7, shared=2)], [])
    """

    def __init__(self) -> None:
        # Postings are numbered in the order they come, from 1; 0 ends a chain.
        self._heads = array("I", bytes(4 << _FIRST_BITS))
        self._next = array("I", [0])
        self._keys = array("I", [0])
        self._more_bits = 0
        # Of each text, in the order they come.
        self._starts = array("I", [1])
        self._numbers = array("q")
        self._days = array("i")

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._numbers)

    def add(self, number: int, sketch: Iterable[int], *, day: int) -> None:
        """Take a text in; not under hashes that MOST_SHARED others of the window have already."""
        for hash_ in sketch:
            if sum(1 for _ in self._postings(hash_, day)) >= MOST_SHARED:
                continue
            mixed = hash_ ^ day // _PERIOD * _MIX
            key = mixed >> _FIRST_BITS & _KEPT
            bucket = self._bucket(mixed & _FIRST, key)
            self._next.append(self._heads[bucket])
            self._heads[bucket] = len(self._keys)
            self._keys.append(key)
        self._starts.append(len(self._keys))
        self._numbers.append(number)
        self._days.append(day)
        if len(self._keys) > _FULL * len(self._heads):
            self._grow()

    def look_up(self, sketch: Iterable[int], *, day: int) -> list[Candidate]:
        """The texts of at most WINDOW before or after that share most with a sketch, at least SHARED_POSTINGS."""
        found = Counter(text for hash_ in sketch for text in self._postings(hash_, day))
        return best({self._numbers[text]: count for text, count in found.items() if count >= SHARED_POSTINGS})

    def _postings(self, hash_: int, day: int) -> Iterator[int]:
        """The texts of the window that are indexed under a hash."""
        keys, following, starts, days = self._keys, self._next, self._starts, self._days
        for period in range((day - _REACH) // _PERIOD, (day + _REACH) // _PERIOD + 1):
            mixed = hash_ ^ period * _MIX
            key = mixed >> _FIRST_BITS & _KEPT
            posting = self._heads[self._bucket(mixed & _FIRST, key)]
            while posting:
                if keys[posting] == key:
                    text = bisect_right(starts, posting) - 1
                    if text < len(days) and abs(days[text] - day) <= _REACH:
                        yield text
                posting = following[posting]

    def _bucket(self, first: int, key: int) -> int:
        return first | (key & (1 << self._more_bits) - 1) << _FIRST_BITS

    def _grow(self) -> None:
        """Spread the chains over four times as many buckets."""
        old = self._heads
        self._more_bits += 2
        self._heads = heads = array("I", bytes(4 << _FIRST_BITS + self._more_bits))
        keys, following = self._keys, self._next
        for bucket, head in enumerate(old):
            posting, first = head, bucket & _FIRST
            while posting:
                behind = following[posting]
                place = self._bucket(first, keys[posting])
                following[posting] = heads[place]
                heads[place] = posting
                posting = behind
