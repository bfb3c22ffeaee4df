"""Scores a clustering against the labels: pairs, adjusted Rand index, each class of edit, stories of one mould."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from benchmarks.dedup.stream import ORIGINALS, Text


@dataclass(frozen=True, slots=True)
class Score:
    """How well texts were put together; shares, 0..1."""

    precision: float
    """Pairs of texts put together that are one story."""
    recall: float
    """Pairs of texts of one story that were put together."""
    ari: float
    """Adjusted Rand index: 1 is perfect, 0 is chance."""
    moulded: int
    """Texts of stories of one mould, and how many of them were put together with another story."""
    moulded_wrong: int
    by_kind: dict[str, tuple[int, float, float]]
    """Kind of edit -> number of texts; precision: of those joined, to their own story; recall: of all, with it."""

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(texts: Sequence[Text], joined: Sequence[int | None]) -> Score:
    """Score a clustering.

    Args:
        joined: of each text the place of the earlier text that it was joined to; None where it stood alone.
    """
    clusters: list[int] = []
    for place, other in enumerate(joined):
        clusters.append(place if other is None else clusters[other])
    labels = [text.story for text in texts]
    right = _pairs(Counter(zip(labels, clusters, strict=True)))
    put, wanted, every = _pairs(Counter(clusters)), _pairs(Counter(labels)), comb(len(texts), 2)
    chance = put * wanted / every
    stories: defaultdict[int, set[int]] = defaultdict(set)
    for label, cluster in zip(labels, clusters, strict=True):
        stories[cluster].add(label)
    mixed = [len(stories[cluster]) > 1 for cluster in clusters]
    moulded = [wrong for text, wrong in zip(texts, mixed, strict=True) if text.is_moulded]
    return Score(
        precision=right / put if put else 1.0,
        recall=right / wanted,
        ari=(right - chance) / ((put + wanted) / 2 - chance),
        moulded=len(moulded),
        moulded_wrong=sum(moulded),
        by_kind=_by_kind(texts, joined, clusters),
    )


def _by_kind(
    texts: Sequence[Text], joined: Sequence[int | None], clusters: Sequence[int]
) -> dict[str, tuple[int, float, float]]:
    seen: defaultdict[int, set[int]] = defaultdict(set)
    number, tried, right, found = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for text, other, cluster in zip(texts, joined, clusters, strict=True):
        number[text.kind] += 1
        tried[text.kind] += other is not None
        right[text.kind] += other is not None and texts[other].story == text.story
        # An original has nothing to be found with: standing alone is right.
        found[text.kind] += other is None if text.kind in ORIGINALS else cluster in seen[text.story]
        seen[text.story].add(cluster)
    return {
        kind: (number[kind], right[kind] / tried[kind] if tried[kind] else 1.0, found[kind] / number[kind])
        for kind in sorted(number)
    }


def _pairs(sizes: Counter[int] | Counter[tuple[int, int]]) -> int:
    return sum(comb(size, 2) for size in sizes.values())
