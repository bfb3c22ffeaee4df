"""The index in the process finds what shares postings, within the window, however large it grows."""

from __future__ import annotations

from random import Random

import pytest

from crawler.duplicates import index as module
from crawler.duplicates.index import Index, best, is_report
from crawler.duplicates.matching import NEAREST

Texts = list[tuple[tuple[int, ...], int]]


def naive(texts: Texts, sketch: tuple[int, ...], day: int) -> list[list[int]]:
    """By looking through all."""
    in_window = sorted((-its_day, -n) for n, (_, its_day) in enumerate(texts) if abs(its_day - day) <= 14)
    return [[-n for _, n in in_window if hash_ in texts[-n][0]][:NEAREST] for hash_ in sketch]


@pytest.mark.parametrize("order", ["in order", "late by some days", "backwards"])
def test_it_answers_as_looking_through_all_does_while_it_grows(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setattr(module, "_FULL", 0.01)
    random, index = Random(3), Index()
    texts: Texts = []
    known = [random.getrandbits(63) for _ in range(120)]
    days = {"in order": lambda n: n // 10, "late by some days": lambda n: n // 10 - random.randrange(5)}
    day_of = days.get(order, lambda n: -n // 10)
    most = 0
    for number in range(600):
        sketch = tuple(sorted(random.sample(known, random.randint(0, 40))))
        day = 20_000 + day_of(number)
        expected = naive(texts, sketch, day)
        assert index.under(sketch, day=day) == expected
        for other_day in (day - 20, day + 10):
            assert index.under(sketch, day=other_day) == naive(texts, sketch, other_day)
        if not is_report(expected):
            assert index.look_up(sketch, day=day) == best(expected)
        index.add(number, sketch, day=day)
        texts.append((sketch, day))
        most = max(most, *map(len, expected), 0)
    assert len(index) == 600
    assert most == NEAREST, "some hashes have more than are read"


def test_the_window_reaches_both_ways() -> None:
    index = Index()
    index.add(1, (5, 6), day=100)
    assert [bool(index.look_up((5, 6), day=day)) for day in (85, 86, 100, 114, 115)] == [False, True, True, True, False]


def test_hashes_that_differ_in_their_low_or_high_bits_are_different() -> None:
    index = Index()
    index.add(1, (2**40 + 1, 2**40 + 2), day=1)
    for lookalikes in ((1, 2), (2**40 + 3, 2**40 + 4), (2**47 + 2**40 + 1, 2**47 + 2**40 + 2)):
        assert index.look_up(lookalikes, day=1) == []


def test_what_few_texts_have_counts_more_than_what_many_have() -> None:
    mould = list(range(10, 30))
    assert best([mould, mould, mould, [3, 29], [3, 28]])[0] == 3
    assert best([mould, mould])[:2] == [29, 28], "of equals the later ones come first"
    assert len(best([list(range(50)), list(range(50))])) == module.CANDIDATES
    assert best([[1], [2], []]) == [], "one hash in common is chance"


def test_the_original_of_a_report_is_found_behind_the_reports_of_a_day() -> None:
    index, mould = Index(), tuple(range(1, 12))
    index.add(0, (*mould, 77), day=100)
    for number in range(1, 4 * NEAREST):
        index.add(number, (*mould, 1_000 + number), day=100)
    assert index.look_up((*mould, 77), day=100)[0] == 0
    rare = (*range(500, 520), *mould)
    assert 0 not in index.look_up(rare, day=100), "of other texts no more is read"
