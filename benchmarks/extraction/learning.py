"""Learns to keep or drop blocks: features and labels of pages -> boosted trees in two passes. Writes nothing.

What is learned must be used as it was learned: opinions of the first pass that train the second come from models that
have not seen the page's site, and are cut off early by the same rule as at run time (`EXITS`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import lightgbm
import numpy as np

from benchmarks.extraction.corpus import Sample
from benchmarks.extraction.labels import block_labels
from crawler.errors import ExtractionError
from crawler.extraction.body import EXITED, hints_of, kept_blocks
from crawler.extraction.body_blocks import find_blocks
from crawler.extraction.body_context import asked_again, context_rows
from crawler.extraction.body_features import Features
from crawler.extraction.body_numbers import CONTEXT, FIRST
from crawler.extraction.page import Page

# Found by crossvalidate.py; differences under .003 are noise.
TREES = 180
LEAVES = 32
LEARNING_RATE = 0.09
SMALLEST_LEAF = 40
FEATURE_SHARE = 0.6
RIDGE = 5.0
# News publishers are what will be crawled, and a seventh of the pages.
PUBLISHER_WEIGHT = 2.0
# Pages whose text the models find quite elsewhere: mostly the reference is cut off or of another part of the page.
DOUBTFUL_BELOW = 0.6
DOUBTFUL_WEIGHT = 0.3
# Trees of the first groups, and for each pass the scores below and above which a block is decided after them. What the
# first pass decides is final for blocks that it is sure of, so that it must be surer of what it keeps.
GROUPS = (15, 30, 55)
EXITS = (
    ((-1.4, 2.6), (-2.0, 3.2), (-2.0, 3.6)),
    ((-1.9, 1.9), (-2.3, 2.3), (-2.0, 2.0)),
)

Models = list[lightgbm.Booster]


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
    rows: np.ndarray
    """Of the blocks `features.asked`, about which the first pass is asked."""
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
        if not found.text:
            continue
        hints = hints_of(page, None, None)
        features = Features(found, hints)
        labels = np.array(block_labels(found.text, sample.expected["body"]))
        # Longer blocks count more, by the root; every page counts the same, as in the scorer.
        weight = np.sqrt(np.array(features.width) + 15.0)
        weight *= 100.0 / weight.sum() * (PUBLISHER_WEIGHT if sample.corpus == "dev_publishers" else 1.0)
        rows = np.array([features.rows[i] for i in features.asked], dtype=np.float32)
        every = np.array(Features(found, hints, spare=False).rows, dtype=np.float32)
        learned.append(Learned(sample, features, labels, weight, every, rows))
    return learned


def folds(pages: Sequence[Learned], count: int, seed: int) -> list[list[Learned]]:
    """Pages in `count` parts; all pages of one site in the same."""
    sites = sorted({p.sample.site for p in pages})
    random.Random(seed).shuffle(sites)
    part = {site: i % count for i, site in enumerate(sites)}
    return [[p for p in pages if part[p.sample.site] == i] for i in range(count)]


def fit(pages: Sequence[Learned], seed: int, *, second: bool = False) -> lightgbm.Booster:
    """One pass of trees. The same pages and seed give the same trees."""
    rows = [p.both if second else p.every for p in pages]
    labels = [p.labels[p.asked] if second else p.labels for p in pages]
    weights = [p.weight[p.asked] if second else p.weight for p in pages]
    # Thresholds are drawn at random (extra_trees), which keeps trees from learning single pages by heart: worth .004.
    parameters: dict[str, Any] = {
        "objective": "cross_entropy",  # labels are shares of words, not only 0 and 1
        "num_leaves": LEAVES, "learning_rate": LEARNING_RATE, "min_data_in_leaf": SMALLEST_LEAF, "lambda_l2": RIDGE,
        "feature_fraction": FEATURE_SHARE, "extra_trees": True, "bagging_fraction": 0.8, "bagging_freq": 1,
        "max_bin": 63, "seed": seed, "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
    }  # fmt: skip
    data = lightgbm.Dataset(
        np.concatenate(rows),
        np.concatenate(labels),
        weight=np.concatenate(weights),
        feature_name=[*FIRST, *CONTEXT] if second else FIRST,
    )
    return lightgbm.train(parameters, data, TREES)


def opinions(model: lightgbm.Booster, rows: np.ndarray, number: int = 0) -> np.ndarray:
    """Probabilities as the generated module gives them, early exits included."""
    scores = np.zeros(len(rows))
    chances = np.full(len(rows), np.nan)
    undecided = np.arange(len(rows))
    done = 0
    for size, (low, high) in zip((*GROUPS, TREES - sum(GROUPS)), (*EXITS[number], (-np.inf, np.inf)), strict=True):
        if not len(undecided):
            break
        scores[undecided] += model.predict(
            rows[undecided], raw_score=True, start_iteration=done, num_iteration=size, num_threads=1
        )
        done += size
        score = scores[undecided]
        chances[undecided[score > high]] = 1 - EXITED
        chances[undecided[score < low]] = EXITED
        undecided = undecided[(score >= low) & (score <= high)]
    chances[undecided] = 1 / (1 + np.exp(-np.clip(scores[undecided], -30, 30)))
    return chances


def first_opinions(model: lightgbm.Booster, page: Learned) -> np.ndarray:
    """Probabilities of all blocks of a page after the first pass."""
    chances = np.zeros(len(page.labels))
    chances[page.features.asked] = opinions(model, page.rows)
    return chances


def add_context(page: Learned, chances: np.ndarray) -> None:
    """Set `asked` and `both` from the first pass's opinions."""
    listed = chances.tolist()
    page.asked = asked_again(listed)
    context = context_rows(page.features, listed, page.asked)
    both = [page.features.rows[i] + more for i, more in zip(page.asked, context, strict=True)]
    page.both = np.array(both, dtype=np.float32).reshape(-1, len(FIRST) + len(CONTEXT))


def doubtful(page: Learned, chances: np.ndarray) -> bool:
    """Whether a model that has not seen the page finds quite another text than the reference."""
    width = np.array(page.features.width)
    kept = chances >= 0.5
    hit = (width * page.labels)[kept].sum()
    return bool(2 * hit < DOUBTFUL_BELOW * (width[kept].sum() + (width * page.labels).sum()))


def train(pages: Sequence[Learned], seed: int, parts: int = 4) -> Models:
    """Both passes on all `pages`."""
    unseen: dict[str, np.ndarray] = {}
    split = folds(pages, parts, seed)
    for k, held in enumerate(split):
        model = fit([p for i, part in enumerate(split) if i != k for p in part], seed)
        for page in held:
            unseen[page.sample.id] = first_opinions(model, page)
    return finish(pages, unseen, seed)


def finish(pages: Sequence[Learned], unseen: dict[str, np.ndarray], seed: int) -> Models:
    """Both passes, given opinions on `pages` by first passes that had not seen their sites."""
    weights = [p.weight for p in pages]
    for page in pages:
        chances = unseen[page.sample.id]
        add_context(page, chances)
        if doubtful(page, chances):
            page.weight = page.weight * DOUBTFUL_WEIGHT
    models = [fit(pages, seed), fit(pages, seed, second=True)]
    for page, weight in zip(pages, weights, strict=True):
        page.weight = weight
    return models


def apply(models: Models, page: Learned) -> np.ndarray:
    """Probabilities for a page the models have not seen."""
    chances = first_opinions(models[0], page)
    add_context(page, chances)
    if page.asked:
        chances[page.asked] = opinions(models[1], page.both, 1)
    return chances
