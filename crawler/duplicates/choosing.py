"""Of the texts that share hashes with a new one: which does it repeat, which does it contain? Reads nothing by itself.

First by what the index keeps of them, sketches and facts; then exactly, the most alike first, and no more of them than
the answer needs: what is costly is the fingerprint of a stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from crawler.duplicates.matching import (
    COMPARED,
    CONTAINED,
    CONTAINER,
    SHARED_POSTINGS,
    SHARED_SKETCH,
    compare,
    tell_the_same,
)
from crawler.duplicates.sketch import LEAST, Fingerprint

# How far a likeness that is estimated from sketches may lie from the true one: twice the deviation of 25 hashes.
UNSURE = 0.2


@dataclass(frozen=True, slots=True)
class Prospect:
    """A text that is worth an exact comparison."""

    number: int
    days_apart: int
    """Between the publications of the two."""
    similarity: float
    """As estimated from the sketches; 0..1."""
    may_be_contained: bool
    """Or contain the other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a new text has to do with others, by their numbers."""

    same: tuple[tuple[float, int], ...] = ()
    """(similarity, number) of those found that tell the same story, the most alike first, the earlier of equals.

    Not all: others of a story that is found already are left out.
    """
    contains: tuple[int, ...] = ()
    """Shorter ones that stand in it."""
    contained_in: tuple[int, ...] = ()


def prospects(
    sketch: Sequence[int], facts: Set[int], day: int, others: Iterable[tuple[int, Sequence[int], Set[int], int]]
) -> list[Prospect]:
    """Those of `others` (number, sketch, facts, day) that are worth an exact comparison, at most COMPARED.

    The most alike come first.

    >>> prospects((1, 2, 3, 4), {9}, 100, [(7, (3, 4, 5), {9}, 98), (8, (4, 5, 6), {9}, 100)])
    [Prospect(number=7, days_apart=2, similarity=0.4, may_be_contained=True)]
    """
    own, found = frozenset(sketch), []
    for number, other, its_facts, its_day in others:
        shared = len(own.intersection(other))
        smaller, larger = sorted((len(sketch), len(other)))
        if shared >= SHARED_POSTINGS and shared >= SHARED_SKETCH * smaller and tell_the_same(facts, its_facts):
            may_be_contained = smaller <= LEAST or (
                # The sketch of a short text is a sample of another kind, and tells little of a longer one.
                shared >= (CONTAINED - UNSURE) * smaller and shared < (CONTAINER + UNSURE) * larger
            )
            similarity = shared / (smaller + larger - shared)
            found.append(Prospect(number, abs(day - its_day), similarity, may_be_contained))
    found.sort(key=lambda one: (-one.similarity, one.number))
    return found[:COMPARED]


def choose(
    text: Fingerprint,
    found: Iterable[Prospect],
    *,
    fingerprint_of: Callable[[int], Fingerprint],
    story_of: Callable[[int], int],
) -> Choice:
    """Compare a text exactly with those that may be the same story, or stand in it.

    Args:
        story_of: what tells stories apart, of texts that are joined already.
    """
    same: list[tuple[float, int]] = []
    contains: list[int] = []
    contained_in: list[int] = []
    stories: set[int] = set()
    best = 0.0
    for one in found:
        is_settled = story_of(one.number) in stories or one.similarity + UNSURE < best
        if is_settled and not one.may_be_contained:
            continue
        other = fingerprint_of(one.number)
        comparison = compare(text, other, days_apart=one.days_apart)
        if comparison.is_same_story:
            same.append((comparison.similarity, one.number))
            stories.add(story_of(one.number))
            best = max(best, comparison.similarity)
        if comparison.is_contained:
            (contains if len(text.shingles) > len(other.shingles) else contained_in).append(one.number)
    return Choice(tuple(sorted(same, key=lambda pair: (-pair[0], pair[1]))), tuple(contains), tuple(contained_in))
