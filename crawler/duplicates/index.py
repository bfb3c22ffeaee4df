"""Which texts may be the same story? The index of sketches in this process, for bulk work; decides nothing.

Crawls use the table `postings` instead (storage/postings.py): they are short, and several write at once. Both give the
same answers (tests/storage/test_postings.py).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime

from crawler.duplicates.matching import CANDIDATES, NEAREST, NEAREST_TO_REPORTS, SHARED_POSTINGS, WINDOW

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
# Of each so many postings it is kept which text the first belongs to: some steps from there lead to any other.
_STRIDE_BITS = 4
_STRIDE = 1 << _STRIDE_BITS


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

    At a million texts some 320 bytes a text (benchmarks/dedup). Growing fourfold takes seconds, three times on the way
    to a million. Made for texts that come in order: one of an earlier day takes the longer to add and to look up, the
    more later texts have its phrases. Nothing is ever removed.

    >>> index = Index()
    >>> index.add(7, (11, 22, 33, 44), day=100)
    >>> index.look_up((11, 22, 55, 66), day=114), index.look_up((11, 22, 55, 66), day=115)
    ([7], [])
    """

    def __init__(self) -> None:
        # Postings are numbered in the order they come, from 1; 0 ends a chain. Chains begin with the latest day.
        self._heads = array("I", bytes(4 << _FIRST_BITS))
        self._next = array("I", [0])
        self._keys = array("I", [0])
        self._more_bits = 0
        # Of each text, in the order they come.
        self._starts = array("I", [1])
        self._numbers = array("q")
        self._days = array("i")
        self._latest = 0
        self._landmarks = array("I", [0])

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._numbers)

    def add(self, number: int, sketch: Iterable[int], *, day: int) -> None:
        """Take a text in."""
        heads, following, keys = self._heads, self._next, self._keys
        mix, mask = day // _PERIOD * _MIX, (1 << self._more_bits) - 1
        text, is_late = len(self._numbers), day < self._latest
        self._numbers.append(number)
        self._days.append(day)
        self._starts.append(_KEPT)  # no posting lies behind it yet
        for hash_ in sketch:
            mixed = hash_ ^ mix
            key = mixed >> _FIRST_BITS & _KEPT
            bucket = mixed & _FIRST | (key & mask) << _FIRST_BITS
            posting, behind = len(keys), heads[bucket]
            if not posting & _STRIDE - 1:
                self._landmarks.append(text)
            before = 0
            while is_late and behind and self._days[self._text(behind)] > day:
                before, behind = behind, following[behind]
            following.append(behind)
            keys.append(key)
            if before:
                following[before] = posting
            else:
                heads[bucket] = posting
        self._starts[-1] = len(keys)
        self._latest = max(self._latest, day)
        if len(keys) > _FULL * len(heads):
            self._grow()

    def look_up(self, sketch: Sequence[int], *, day: int) -> list[int]:
        """The texts of at most WINDOW before or after that share most with a sketch (`best`)."""
        found = self.under(sketch, day=day)
        return best(self.under(sketch, day=day, most=NEAREST_TO_REPORTS) if is_report(found) else found)

    def under(self, sketch: Sequence[int], *, day: int, most: int = NEAREST) -> list[list[int]]:
        """For each hash of a sketch the texts of the window under it, the latest day first."""
        heads, keys, following = self._heads, self._keys, self._next
        starts, landmarks, days, numbers = self._starts, self._landmarks, self._days, self._numbers
        first_day, last_day, mask = day - _REACH, day + _REACH, (1 << self._more_bits) - 1
        mixes = [period * _MIX for period in range(last_day // _PERIOD, first_day // _PERIOD - 1, -1)]
        every = []
        for hash_ in sketch:
            found: list[int] = []
            for mix in mixes:
                mixed = hash_ ^ mix
                key = mixed >> _FIRST_BITS & _KEPT
                posting = heads[mixed & _FIRST | (key & mask) << _FIRST_BITS]
                while posting:
                    if keys[posting] == key:
                        text = landmarks[posting >> _STRIDE_BITS]
                        while starts[text + 1] <= posting:
                            text += 1
                        if days[text] < first_day:
                            break
                        if days[text] <= last_day:
                            found.append(numbers[text])
                            if len(found) == most:
                                break
                    posting = following[posting]
                if len(found) == most:
                    break
            every.append(found)
        return every

    def _text(self, posting: int) -> int:
        text = self._landmarks[posting >> _STRIDE_BITS]
        while self._starts[text + 1] <= posting:
            text += 1
        return text

    def _grow(self) -> None:
        """Spread the chains over four times as many buckets, each in the order that it has."""
        old = self._heads
        self._more_bits += 2
        self._heads = heads = array("I", bytes(4 << _FIRST_BITS + self._more_bits))
        keys, following, mask = self._keys, self._next, (1 << self._more_bits) - 1
        for bucket, head in enumerate(old):
            posting, first = head, bucket & _FIRST
            last: dict[int, int] = {}
            while posting:
                behind = following[posting]
                place = first | (keys[posting] & mask) << _FIRST_BITS
                if place in last:
                    following[last[place]] = posting
                else:
                    heads[place] = posting
                last[place] = posting
                following[posting] = 0
                posting = behind
