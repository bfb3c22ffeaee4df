"""Are two texts one story? Compares two texts exactly; knows no index and no database."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta

from crawler.duplicates.sketch import Figures, Fingerprint

# How far apart in time two texts may be published and still be one story. Agencies' texts are copied within days; with
# a window twice as long more reports of one mould meet, and fewer copies are gained than wrong pairs.
WINDOW = timedelta(days=14)

# Texts of one window that are read under one hash: those of the latest days. What more have is a phrase of the
# language, a closing line of a site, a report's mould, or a story copied so often that any copy leads to it. Without a
# bound a look-up would cost more with every text that has the phrase; those of the latest days, because copies come
# within days: with the earliest instead, copies of reports of one mould were lost (benchmarks/dedup, seed 7).
NEAREST = 32
# Of a report, most of whose hashes have so many texts, as many are read: all that is rare in it may lie outside of its
# sketch, and its original behind the reports of a day.
NEAREST_TO_REPORTS = 256

# What makes a candidate: hashes in common, as a number and as a share of the smaller sketch. One alone is chance: any
# two texts of one field share a phrase.
SHARED_POSTINGS = 2
SHARED_SKETCH = 0.12
# Candidates whose sketches and facts are looked at, and those of them that are compared exactly: the most alike. A
# story has few true copies in reach.
CANDIDATES = 24
COMPARED = 12

# Containment: the share of one text's shingles that stand in the other, of the longer (least) and the shorter (most).
# One word in five changed leaves about half of the shingles; a story cut to a third leaves .33 of the longer.
LEAST_CONTAINMENT = 0.22
MOST_CONTAINMENT = 0.35
# Share of the smaller set of facts that two texts of one story have in common. Below .5 accidents of different days
# become one story; no limit on containment could tell them from a true edit (benchmarks/dedup, seed 7).
SAME_FACTS = 0.6
# With fewer facts than this in one of the texts they prove nothing.
ENOUGH_FACTS = 3
# Of the places of numbers (the words around them) that both texts have, the share where they have the same number. A
# weather report or a table has the same names every day, and the day's small numbers occur in other days' as well, but
# not at the same place: two days of one mould agree at .2 of them, 1 % at .7 or more; true edits at .8 or more, for
# what an edit changes or adds is a place of its own. One number of four may be an update.
SAME_FIGURES = 0.75
# A correction or a new death toll comes soon, another report of one mould mostly later. Texts of neighbouring days may
# always differ in one number, and in two of at least so many (the dead and the injured).
SOON = timedelta(days=1)
ENOUGH_FOR_TWO = 4

# The longer text contains the shorter: nearly all of it, and at least as much again.
CONTAINED = 0.9
CONTAINER = 0.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts have in common."""

    similarity: float
    """Shingles in both, as a share of those in either; 0..1."""
    least: float
    """Share of the longer text's shingles that stand in the shorter; 0..1."""
    most: float
    """Share of the shorter text's shingles that stand in the longer; 0..1."""
    facts: float | None
    """Share of the smaller set of facts that both have. None when one has too few to tell."""
    figures: int
    """Numbers that both texts have at a common place."""
    other_figures: int
    """Numbers that differ at a common place."""
    days_apart: int
    """Between their publications."""
    can_be_judged: bool
    """False when one of the texts is too short to be known again by its likeness."""

    @property
    def is_same_story(self) -> bool:
        """Whether one is a copy or an edit of the other."""
        return (
            self.can_be_judged
            and self.least >= LEAST_CONTAINMENT
            and self.most >= MOST_CONTAINMENT
            and (self.facts is None or self.facts >= SAME_FACTS)
            and self._has_the_same_figures
        )

    @property
    def _has_the_same_figures(self) -> bool:
        every = self.figures + self.other_figures
        free = 2 if every >= ENOUGH_FOR_TWO else 1
        is_soon = self.days_apart <= SOON.days
        return (is_soon and self.other_figures <= free) or self.figures >= SAME_FIGURES * every

    @property
    def is_contained(self) -> bool:
        """Whether the longer text has the shorter one in it, beside as much of its own: a digest, a merged story."""
        return self.can_be_judged and self.most >= CONTAINED and self.least < CONTAINER


def compare(one: Fingerprint, other: Fingerprint, *, days_apart: int = 0) -> Comparison:
    """Compare two texts; the order makes no difference.

    Args:
        days_apart: between their publications.

    >>> from crawler.duplicates.sketch import fingerprint
    >>> original = "The bridge over the Tas reopened on Monday after 5 months, said Dina Omarova of the roads."
    >>> copy = "As reported, the bridge over the Tas reopened on Monday after 5 months, said Dina Omarova."
    >>> compare(fingerprint(original), fingerprint(copy)).is_same_story
    True
    """
    shared = len(one.shingles & other.shingles)
    sizes = sorted((len(one.shingles), len(other.shingles)))
    figures, other_figures = _figures(one.figures, other.figures)
    return Comparison(
        similarity=shared / (sum(sizes) - shared) if shared else 0.0,
        least=shared / sizes[1] if shared else 0.0,
        most=shared / sizes[0] if shared else 0.0,
        facts=_facts(one.facts, other.facts),
        figures=figures,
        other_figures=other_figures,
        days_apart=days_apart,
        can_be_judged=one.is_enough and other.is_enough,
    )


def tell_the_same(one: Set[int], other: Set[int]) -> bool:
    """Whether two sets of facts may belong to one story; true as well when they are too few to tell."""
    common = _facts(one, other)
    return common is None or common >= SAME_FACTS


def _facts(one: Set[int], other: Set[int]) -> float | None:
    smaller = min(len(one), len(other))
    return None if smaller < ENOUGH_FACTS else len(one & other) / smaller


def _figures(one: Figures, other: Figures) -> tuple[int, int]:
    places = [(one[place], other[place]) for place in one.keys() & other.keys()]
    same = sum(len(here & there) for here, there in places)
    return same, sum(min(len(here), len(there)) for here, there in places) - same
