"""The methods that are compared: ours, and what others use. Each says of a text, as it comes, which earlier it joins.

datasketch and rensa are asked where they are installed (`make bench`); they get words, the window and the best match
as ours does, so that what differs is the method.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.dedup.stream import Text
from benchmarks.near_duplicates import NearDuplicates
from crawler.duplicates.matching import WINDOW
from crawler.duplicates.sketch import read

Method = Callable[[Text], int | None]
"""Takes the next text; the place of the one that it joins."""


def methods() -> Iterator[tuple[str, Callable[[], Method]]]:
    """Name and maker of each method that can be run here."""
    yield "equal text (sha256)", _Equal
    if find_spec("datasketch"):
        yield "datasketch MinHashLSH 128, .5", lambda: _Datasketch(0.5)
        yield "datasketch MinHashLSH 128, .3", lambda: _Datasketch(0.3)
    if find_spec("rensa"):
        yield "rensa 126 in 42 bands, Jaccard .3", lambda: _Rensa(0.3)
    yield "ours", Ours


class Ours:
    """`benchmarks.adapters.NearDuplicates`."""

    def __init__(self) -> None:
        self.found = NearDuplicates()

    def __call__(self, text: Text) -> int | None:
        ids = self.found.add(text.id, text.text, text.published_at)
        return int(ids[0]) if ids else None


class _Equal:
    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}

    def __call__(self, text: Text) -> int | None:
        key = hashlib.sha256(" ".join(read(text.text).words).encode()).digest()
        earlier = self._places.get(key)
        self._places.setdefault(key, int(text.id))
        return earlier


class _Recent:
    """The texts of the window, for methods that have none: the best of what the index names, if it is like enough."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._kept: dict[int, tuple[Any, Text]] = {}

    def best(self, named: list[int], marks: Any, text: Text) -> int | None:
        likeness = [
            (self._kept[one][0].jaccard(marks), -one)
            for one in named
            if text.published_at - self._kept[one][1].published_at <= WINDOW
        ]
        self._kept[int(text.id)] = marks, text
        best = max(likeness, default=(0.0, 0))
        return -best[1] if best[0] >= self._threshold else None


class _Datasketch:
    def __init__(self, threshold: float) -> None:
        from datasketch import MinHashLSH

        self._lsh = MinHashLSH(threshold=threshold, num_perm=128)
        self._recent = _Recent(threshold)

    def __call__(self, text: Text) -> int | None:
        from datasketch import MinHash

        marks = MinHash(num_perm=128)
        marks.update_batch([one.encode() for one in _shingles(text)])
        named = list(self._lsh.query(marks))
        self._lsh.insert(int(text.id), marks)
        return self._recent.best(named, marks, text)


class _Rensa:
    def __init__(self, threshold: float) -> None:
        from rensa import RMinHashLSH

        self._lsh = RMinHashLSH(threshold=threshold, num_perm=126, num_bands=42)
        self._recent = _Recent(threshold)

    def __call__(self, text: Text) -> int | None:
        from rensa import RMinHash

        marks = RMinHash(num_perm=126, seed=42)
        marks.update(_shingles(text))
        named = self._lsh.query(marks)
        self._lsh.insert(int(text.id), marks)
        return self._recent.best(named, marks, text)


def _shingles(text: Text) -> list[str]:
    words = read(text.text).words
    return [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
