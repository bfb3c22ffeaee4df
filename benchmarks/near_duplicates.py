"""Near-duplicates as scorers call them: a text in, the ids of its story out.

The same method, thresholds and look-up as the store transaction (crawler/storage/nearest.py), in this process.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict, deque
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from crawler.duplicates.choosing import choose, prospects
from crawler.duplicates.index import Index, day_of
from crawler.duplicates.matching import WINDOW
from crawler.duplicates.sketch import Fingerprint, fingerprint, pack_facts, pack_sketch, unpack_facts, unpack_sketch

# Fingerprints kept ready for the exact comparison, some 20 kB each; the others are made anew of their texts.
READY = 2_000


class _Kept(NamedTuple):
    """What is kept of a text, packed."""

    text: bytes
    sketch: bytes
    facts: bytes
    day: int


class NearDuplicates:
    """Decides of each text, as it comes, which earlier ones tell the same story.

    >>> found = NearDuplicates()
    >>> text = "The bridge over the Tas reopened on Monday after 5 months, said Dina Omarova of the road office."
    >>> found.add("a", text, None), found.add("b", "As reported, " + text, None)
    ([], ['a'])
    """

    def __init__(self) -> None:
        self._index = Index()
        self._ids: list[str] = []
        self._clusters: list[list[int]] = []
        """Of each text, the numbers of all that tell its story."""
        self._texts: dict[int, _Kept] = {}
        """Of those that a copy can still come of."""
        self._by_day: deque[tuple[int, int]] = deque()
        self._ready: OrderedDict[int, Fingerprint] = OrderedDict()
        self._equal: dict[str, int] = {}
        self._latest = datetime.fromtimestamp(0, UTC)
        self._numbers = count()

    def add(self, doc_id: str, text: str, published_at: datetime | None = None) -> list[str]:
        """Take a text in; return the ids of its story, the most alike first, then whatever else is in its cluster.

        Args:
            published_at: without a zone it is meant in UTC. None: as late as the latest so far.
        """
        moment = published_at or self._latest
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self._latest = max(self._latest, moment)
        number, marks, day = next(self._numbers), fingerprint(text), day_of(moment)
        alike = self._alike(marks, day) if marks.is_enough else self._same(text)
        cluster = self._clusters[alike[0]] if alike else []
        found = [*(one for one in alike if one in cluster), *(one for one in reversed(cluster) if one not in alike)]
        cluster.append(number)
        self._clusters.append(cluster)
        self._ids.append(doc_id)
        self._keep(number, text, marks, day)
        return [self._ids[one] for one in found if self._ids[one] != doc_id]

    def _alike(self, marks: Fingerprint, day: int) -> list[int]:
        """Those that tell the same story, the most alike first."""
        near = (number for number in self._index.look_up(marks.sketch, day=day) if number in self._texts)
        known = (
            (number, unpack_sketch(kept.sketch), frozenset(unpack_facts(kept.facts)), kept.day)
            for number, kept in ((number, self._texts[number]) for number in near)
        )
        choice = choose(
            marks,
            prospects(marks.sketch, marks.facts, day, known),
            fingerprint_of=self._fingerprint,
            story_of=lambda number: id(self._clusters[number]),
        )
        return [number for _, number in choice.same]

    def _same(self, text: str) -> list[int]:
        """An equal text, of those too short to be compared."""
        key = " ".join(text.split())
        return [self._equal[key]] if key in self._equal else []

    def _keep(self, number: int, text: str, marks: Fingerprint, day: int) -> None:
        if not marks.is_enough:
            self._equal.setdefault(" ".join(text.split()), number)
            return
        self._index.add(number, marks.sketch, day=day)
        self._texts[number] = _Kept(
            zlib.compress(text.encode("utf-8", "surrogatepass"), 1),
            pack_sketch(marks.sketch),
            pack_facts(marks.facts),
            day,
        )
        self._make_ready(number, marks)
        self._by_day.append((day, number))
        # Twice the window, for texts that come late.
        while self._by_day[0][0] < day_of(self._latest) - 2 * WINDOW.days:
            del self._texts[self._by_day.popleft()[1]]

    def _fingerprint(self, number: int) -> Fingerprint:
        marks = self._ready.get(number)
        if marks is None:
            marks = fingerprint(zlib.decompress(self._texts[number].text).decode("utf-8", "surrogatepass"))
        self._make_ready(number, marks)
        return marks

    def _make_ready(self, number: int, marks: Fingerprint) -> None:
        self._ready[number] = marks
        self._ready.move_to_end(number)
        if len(self._ready) > READY:
            self._ready.popitem(last=False)
