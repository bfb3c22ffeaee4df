"""The index in the process finds what shares postings, within the window, however large it grows."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from crawler.duplicates import index as module
from crawler.duplicates.index import Candidate, Index, best


def naive(texts: list[tuple[tuple[int, ...], int]], sketch: tuple[int, ...], day: int) -> list[Candidate]:
    return best(
        Counter({n: len(set(sketch) & set(own)) for n, (own, its_day) in enumerate(texts) if abs(its_day - day) <= 14})
    )


def test_it_answers_as_looking_through_all_does_while_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FULL", 0.01)
    random, index = Random(3), Index()
    texts: list[tuple[tuple[int, ...], int]] = []
    known = [random.getrandbits(63) for _ in range(900)]
    for number in range(400):
        sketch = tuple(sorted(random.sample(known, random.randint(1, 40))))
        day = 20_000 + number // 10
        assert index.look_up(sketch, day=day) == naive(texts, sketch, day)
        index.add(number, sketch, day=day)
        texts.append((sketch, day))
    assert len(index) == 400


def test_the_window_reaches_both_ways() -> None:
    index = Index()
    index.add(1, (5, 6), day=100)
    assert [bool(index.look_up((5, 6), day=day)) for day in (85, 86, 100, 114, 115)] == [False, True, True, True, False]


def test_hashes_that_differ_in_their_low_or_high_bits_are_different() -> None:
    index = Index()
    index.add(1, (2**40 + 1, 2**40 + 2), day=1)
    for lookalikes in ((1, 2), (2**40 + 3, 2**40 + 4), (2**47 + 2**40 + 1, 2**47 + 2**40 + 2)):
        assert index.look_up(lookalikes, day=1) == []


def test_those_that_share_most_come_first_then_the_earlier_ones() -> None:
    assert best({9: 3, 4: 5, 2: 3, 7: 1}) == [Candidate(4, 5), Candidate(2, 3), Candidate(9, 3)]
    assert len(best(dict.fromkeys(range(50), 2))) == module.CANDIDATES
