"""Which texts may be the same story? The index of sketches in this process, for bulk work; decides nothing.

Crawls use the table `postings` instead (storage/postings.py): they are short, and several write at once. Both give the
same answers (tests/storage/test_postings.py).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from operator import sub

from crawler.duplicates.matching import CANDIDATES, NEAREST, NEAREST_TO_REPORTS, SHARED_POSTINGS, WINDOW

# Hashes are told apart by 48 of their 63 bits: 16 name the bucket of an empty index, 32 are kept. Among 25 million
# postings a hash meets another one by chance once in ten million look-ups, and one shared posting makes no candidate.
_FIRST_BITS = 16
_FIRST = (1 << _FIRST_BITS) - 1
_KEPT_BITS = 32
_KEPT = (1 << _KEPT_BITS) - 1
_ALL = (1 << _FIRST_BITS + _KEPT_BITS) - 1
# The last three of them tell eight kinds of hashes apart. A bucket's kinds are kept as bits: most hashes of a text are
# nobody else's, and four in five of those need no look at the chain.
_KIND = _FIRST_BITS + _KEPT_BITS - 3
# A posting's place is mixed with its period, so that a look-up meets no older ones. A period is as long as a window,
# which therefore lies in two of them at most.
_REACH = WINDOW.days
_PERIOD = 2 * _REACH + 1
_MIX = 0x9E3779B97F4A7C15
# Postings a bucket when the table grows to four times its size; the chains are then a posting long, and 2 before.
_FULL = 2
# Of each so many postings it is kept which text the first belongs to: some steps from there lead to any other.
_STRIDE_BITS = 4


def day_of(moment: datetime) -> int:
    """The day of a moment, counted from 1970 in UTC: windows are cut by whole days.

    >>> from datetime import UTC
    >>> day_of(datetime(1970, 1, 2, 23, 59, tzinfo=UTC))
    1
    """
    return int(moment.timestamp() // 86_400)


def best(found: Iterable[Sequence[int]]) -> list[int]:
    """Rank what was found under the hashes of a sketch: the CANDIDATES that share most with it.

    A hash counts the less, the more texts have it: what one text shares with nobody else is evidence, a report's mould
    is not. Of those that share as much the later ones come first.

    Args:
        found: for each hash the texts under it, by their numbers.

    >>> best([[7], [7, 8], [8, 9], [8, 9]])
    [8, 7, 9]
    >>> best([[7], [8]])
    []
    """
    shared: dict[int, int] = {}
    weight: dict[int, float] = {}
    for numbers in found:
        if numbers:
            each = 1 / len(numbers)
            for number in numbers:
                shared[number] = shared.get(number, 0) + 1
                weight[number] = weight.get(number, 0.0) + each
    ranked = sorted((-weight[number], -number) for number, count in shared.items() if count >= SHARED_POSTINGS)
    return [-number for _, number in ranked[:CANDIDATES]]


def is_report(found: Sequence[Sequence[int]]) -> bool:
    """Whether most of a text's hashes have more texts than were read: then more must be (NEAREST_TO_REPORTS)."""
    return 2 * sum(len(numbers) == NEAREST for numbers in found) > len(found)


class Index:
    """Sketches of texts, each with a number of its own, higher than those before it, and its day.

    At a million texts some 350 bytes a text (benchmarks/dedup). Growing fourfold takes seconds, three times on the way
    to a million. Made for texts that come in order: after one of an earlier day every look-up takes longer, and such a
    one itself takes the longer to add, the more later texts have its phrases. Nothing is ever removed.

    >>> index = Index()
    >>> index.add(7, (11, 22, 33, 44), day=100)
    >>> index.look_up((11, 22, 55, 66), day=114), index.look_up((11, 22, 55, 66), day=115)
    ([7], [])
    """

    def __init__(self) -> None:
        # Postings are numbered in the order they come, from 1; 0 ends a chain. Chains begin with the latest day.
        self._heads = array("I", bytes(4 << _FIRST_BITS))
        self._kinds = bytearray(1 << _FIRST_BITS)
        self._next = array("I", [0])
        self._keys = array("I", [0])
        # Of each text, in the order they come.
        self._starts = array("I", [1])
        self._numbers = array("q")
        self._days = array("i")
        self._latest = 0
        self._is_ordered = True
        self._longest = 0
        self._landmarks = array("I", [0])

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._numbers)

    def add(self, number: int, sketch: Iterable[int], *, day: int) -> None:
        """Take a text in."""
        heads, kinds, following, keys = self._heads, self._kinds, self._next, self._keys
        mix, last = day // _PERIOD * _MIX & _ALL, len(heads) - 1
        mixed = [hash_ & _ALL ^ mix for hash_ in sketch]
        first, text, is_late = len(keys), len(self._numbers), day < self._latest
        keys.extend([one >> _FIRST_BITS for one in mixed])
        self._numbers.append(number)
        self._days.append(day)
        self._starts.append(len(keys))
        self._landmarks.extend([text] * ((len(keys) - 1 >> _STRIDE_BITS) + 1 - len(self._landmarks)))
        for posting, one in enumerate(mixed, first):
            bucket = one & last
            kinds[bucket] |= 1 << (one >> _KIND)
            behind = heads[bucket]
            if is_late and behind and self._days[self._text(behind)] > day:
                self._insert(posting, behind, day)
            else:
                following.append(behind)
                heads[bucket] = posting
        self._longest = max(self._longest, len(mixed))
        self._is_ordered, self._latest = self._is_ordered and not is_late, max(self._latest, day)
        if len(keys) > _FULL * len(heads):
            self._grow()

    def look_up(self, sketch: Sequence[int], *, day: int) -> list[int]:
        """The texts of at most WINDOW before or after that share most with a sketch (`best`)."""
        found = self._postings(sketch, day, NEAREST)
        if is_report(found):
            found = self._postings(sketch, day, NEAREST_TO_REPORTS)
        # A text's postings lie together. Where no two are as near as that, no text was found twice.
        every = sorted(chain.from_iterable(found))
        if not any(map(self._longest.__gt__, map(sub, every[1:], every))):
            return []
        return best(self._numbered(found, every))

    def under(self, sketch: Sequence[int], *, day: int, most: int = NEAREST) -> list[list[int]]:
        """For each hash of a sketch the texts of the window under it, the latest day first."""
        found = self._postings(sketch, day, most)
        return self._numbered(found, sorted(chain.from_iterable(found)))

    def _postings(self, sketch: Sequence[int], day: int, most: int) -> list[list[int]]:
        """For each hash of a sketch its postings in the window, the latest day first."""
        heads, kinds, keys, following = self._heads, self._kinds, self._keys, self._next
        landmarks, starts, days = self._landmarks, self._starts, self._days
        first_day, last_day, last = day - _REACH, day + _REACH, len(heads) - 1
        begin, end, is_ordered = self._bounds(first_day, last_day)
        every: list[list[int]] = [[] for _ in sketch]
        for period in range(min(last_day, self._latest) // _PERIOD, first_day // _PERIOD - 1, -1):
            mix = period * _MIX & _ALL
            for hash_, found in zip(sketch, every, strict=True):
                mixed = hash_ & _ALL ^ mix
                bucket = mixed & last
                if not kinds[bucket] >> (mixed >> _KIND) & 1:
                    continue
                posting, key = heads[bucket], mixed >> _FIRST_BITS
                while posting >= begin and len(found) < most:
                    if posting < end and keys[posting] == key:
                        its_day = day
                        if not is_ordered:
                            # As `_text`, which would be called too often.
                            text = landmarks[posting >> _STRIDE_BITS]
                            while starts[text + 1] <= posting:
                                text += 1
                            its_day = days[text]
                        if its_day < first_day:
                            break
                        if its_day <= last_day:
                            found.append(posting)
                    posting = following[posting]
        return every

    def _bounds(self, first_day: int, last_day: int) -> tuple[int, int, bool]:
        """Where the postings of these days begin and end, and whether there are no others between."""
        if not self._is_ordered:
            return 1, len(self._keys), False
        begin, end = bisect_left(self._days, first_day), len(self._days)
        if last_day < self._latest:
            end = bisect_right(self._days, last_day, begin)
        return self._starts[begin], self._starts[end], True

    def _insert(self, posting: int, before: int, day: int) -> None:
        """Put a new posting, whose day it is, into the chain of a later one: before those that are not later."""
        following, behind = self._next, self._next[before]
        while behind and self._days[self._text(behind)] > day:
            before, behind = behind, following[behind]
        following.append(behind)
        following[before] = posting

    def _numbered(self, found: Iterable[Iterable[int]], every: Iterable[int]) -> list[list[int]]:
        """The numbers of the texts that have these postings, of which `every` has all, ascending."""
        number = behind = 0
        numbers = {}
        for posting in every:
            if posting >= behind:
                text = self._text(posting)
                number, behind = self._numbers[text], self._starts[text + 1]
            numbers[posting] = number
        return [[numbers[posting] for posting in postings] for postings in found]

    def _text(self, posting: int) -> int:
        text = self._landmarks[posting >> _STRIDE_BITS]
        while self._starts[text + 1] <= posting:
            text += 1
        return text

    def _grow(self) -> None:
        """Spread the chains over four times as many buckets, each in the order that it has."""
        old = self._heads
        self._heads = heads = array("I", bytes(16 * len(old)))
        self._kinds = kinds = bytearray(len(heads))
        keys, following, mask = self._keys, self._next, len(heads) - 1 >> _FIRST_BITS
        for bucket, head in enumerate(old):
            posting, first = head, bucket & _FIRST
            last: dict[int, int] = {}
            while posting:
                behind = following[posting]
                place = first | (keys[posting] & mask) << _FIRST_BITS
                kinds[place] |= 1 << (keys[posting] >> _KIND - _FIRST_BITS)
                if place in last:
                    following[last[place]] = posting
                else:
                    heads[place] = posting
                last[place] = posting
                following[posting] = 0
                posting = behind
