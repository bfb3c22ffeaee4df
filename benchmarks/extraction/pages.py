"""Real pages as the trees see them: features, labels and weights of their blocks. Learns nothing.

Also pages between the surroundings of others: menus, teasers and footers differ more between sites than stories do, and
pages of publishers with a reference text are few.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.extraction.corpus import Sample
from benchmarks.extraction.labels import block_labels
from crawler.errors import ExtractionError
from crawler.extraction.body import hints_of, kept_blocks
from crawler.extraction.body_blocks import Blocks, Elements, find_blocks
from crawler.extraction.body_features import Features
from crawler.extraction.body_text import Hints
from crawler.extraction.page import Page

PUBLISHERS = "dev_publishers"
# News publishers are what will be crawled, and a seventh of the pages.
PUBLISHER_WEIGHT = 1.5
# Copies of each publisher's page between surroundings of others, the weight of each beside the page's own, and the
# blocks of surroundings from which such a page is worth learning from. Worth .003 in body F1 on publishers' pages.
MIXED_COPIES, MIXED_WEIGHT, FEWEST_AROUND = 2, 0.25, 10
# Share of these in which surroundings stand above the story, too, and not only below it.
MIXED_ABOVE = 0.5


@dataclass(slots=True)
class Learned:
    """One page as the trees see it."""

    sample: Sample
    features: Features
    labels: np.ndarray
    weight: np.ndarray
    """Of all blocks, as `labels`."""
    every: np.ndarray
    """Rows of all blocks: the first pass learns from menus as well, though it is not asked about them."""
    both: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    """Rows with the context of the first pass's opinions, of the blocks `asked` again."""
    asked: list[int] = field(default_factory=list)

    def kept_text(self, chances: np.ndarray) -> str:
        """The text that is kept for these probabilities, lead and all, in page order."""
        texts = self.features.found.text
        return "\n".join(texts[i] for i in kept_blocks(self.features, chances.tolist()))


def learn_pages(pages: Sequence[Sample]) -> list[Learned]:
    """Features and labels of all pages that can be read and have text."""
    learned = []
    for sample in pages:
        try:
            page = Page.read(sample.html, sample.url)
        except ExtractionError:
            continue
        found = find_blocks(page.tree.body or page.root)
        if found.text:
            labels = np.array(block_labels(found.text, sample.expected["body"]))
            learned.append(_learned(sample, found, hints_of(page, None, None), labels))
    return learned


def _learned(sample: Sample, found: Blocks, hints: Hints, labels: np.ndarray, weight: float = 1.0) -> Learned:
    features = Features(found, hints)
    # Longer blocks count more, by the root; every page counts the same, as in the scorer.
    weights = np.sqrt(np.array(features.width) + 15.0)
    weights *= 100.0 / weights.sum() * weight * (PUBLISHER_WEIGHT if sample.corpus == PUBLISHERS else 1.0)
    whole = Features(found, hints, spare=False)
    rows = [row + whole.wording.row(i, whole.heading[i]) for i, row in enumerate(whole.rows)]
    return Learned(sample, features, labels, weights, np.array(rows, dtype=np.float32))


def mixed(pages: Sequence[Learned], seed: int) -> list[Learned]:
    """Stories of publishers' `pages` between the surroundings of others of them. The same pages and seed, the same."""
    draw = random.Random(seed)
    publishers = [p for p in pages if p.sample.corpus == PUBLISHERS]
    mixtures = []
    for story in publishers:
        for copy in range(MIXED_COPIES):
            other = draw.choice(publishers)
            above = draw.random() < MIXED_ABOVE
            texts = np.flatnonzero(other.labels >= 0.5)
            if other.sample.site == story.sample.site or not len(texts):
                continue
            first, last = (int(texts[0]) if above else 0), int(texts[-1])
            below = len(other.labels) - last - 1
            if first + below < FEWEST_AROUND:
                continue
            found = _between(story.features.found, other.features.found, first, last)
            labels = np.concatenate([np.zeros(first), story.labels, np.zeros(below)])
            sample = dataclasses.replace(story.sample, id=f"{story.sample.id}+{copy}")
            mixtures.append(_learned(sample, found, story.features.hints, labels, MIXED_WEIGHT))
    return mixtures


def _between(story: Blocks, other: Blocks, first: int, last: int) -> Blocks:
    """All blocks of `story` between those of `other` that stand before its block `first` and after its block `last`."""
    elements = _side_by_side(story.elements, other.elements)
    moved = len(story.elements)
    found = Blocks(elements, story.pictures)
    images = place = 0
    for page, numbers in ((other, range(first)), (story, range(len(story))), (other, range(last + 1, len(other)))):
        for i in numbers:
            found.text.append(page.text[i])
            found.element.append(page.element[i] + (moved if page is other else 0))
            for column in ("link", "bold", "links", "breaks"):
                getattr(found, column).append(getattr(page, column)[i])
            # These two count what was met before: what lies between two blocks stays the same.
            images += page.images[i] - (page.images[i - 1] if i else 0)
            place += page.place[i] - (page.place[i - 1] if i else 0)
            found.images.append(images)
            found.place.append(place)
    return found


def _side_by_side(story: Elements, other: Elements) -> Elements:
    """The elements of both pages, those of `other` in an element of their own in the body of `story`."""
    both = Elements()
    moved, paths = len(story), max(story.path) + 1
    for column in Elements.__slots__:
        setattr(both, column, [*getattr(story, column), *getattr(other, column)])
    for e in range(moved, len(both)):
        both.parent[e] = both.parent[e] + moved if e > moved else 0
        both.path[e] += paths
        both.depth[e] += 1
        for column in (both.article, both.figure):
            if column[e] >= 0:
                column[e] += moved
    both.tag[moved] = "div"
    both.children[0] += 1
    return both
