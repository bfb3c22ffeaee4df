"""Learns to keep or drop blocks: features and labels of pages -> boosted trees in two passes. Writes nothing.

The first pass has two stages: a few early trees that see the structure only, and the others, which go on from their
score and see the words too. What is learned must be used as it was learned: opinions of the first pass that train the
second come from models that have not seen the page's site, and are cut off early by the same rule as at run time
(`EXITS`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

from benchmarks.extraction.pages import Learned, mixed
from crawler.extraction.body import EXITED
from crawler.extraction.body_context import asked_again, context_rows
from crawler.extraction.body_numbers import CONTEXT, FIRST, STRUCTURE

# Found by crossvalidate.py; differences under .003 are noise.
LEAVES = 32
# Of the early trees, and of all others.
EARLY_RATE, LEARNING_RATE = 0.25, 0.1
SMALLEST_LEAF = 40
FEATURE_SHARE = 0.6
RIDGE = 5.0
# Pages whose text the models find quite elsewhere: mostly the reference is cut off or of another part of the page.
DOUBTFUL_BELOW = 0.6
DOUBTFUL_WEIGHT = 0.3
# For each stage (early, first pass, second pass) the trees of its groups, and the scores below and above which a block
# is decided after each. What the first pass decides is final for blocks that it is sure of, so that it must be surer of
# what it keeps. The last bounds of a pass are those of the exponential.
GROUPS = ((12,), (25, 45, 50), (15, 30, 55, 80))
EXITS = (
    ((-2.2, 2.9),),
    ((-2.0, 3.2), (-2.0, 3.6), (-30.0, 30.0)),
    ((-1.9, 1.9), (-2.3, 2.3), (-2.0, 2.0), (-30.0, 30.0)),
)
_EARLY, _FIRST, _SECOND = range(3)
# Stands for the score of a block that was decided early: beyond all that the trees give.
_DECIDED = 1e6

Models = list[lightgbm.Booster]
"""One a stage."""


def folds(pages: Sequence[Learned], count: int, seed: int) -> list[list[Learned]]:
    """Pages in `count` parts; all pages of one site in the same."""
    sites = sorted({p.sample.site for p in pages})
    random.Random(seed).shuffle(sites)
    part = {site: i % count for i, site in enumerate(sites)}
    return [[p for p in pages if part[p.sample.site] == i] for i in range(count)]


def fit(pages: Sequence[Learned], seed: int) -> Models:
    """The two stages of the first pass. The same pages and seed give the same trees."""
    rows = np.concatenate([p.every for p in pages])
    labels = np.concatenate([p.labels for p in pages])
    weights = np.concatenate([p.weight for p in pages])
    structure = rows[:, : len(STRUCTURE)]
    early = _boosted(structure, labels, weights, STRUCTURE, seed, _EARLY)
    scores = np.asarray(early.predict(structure, raw_score=True, num_threads=1))
    return [early, _boosted(rows, labels, weights, FIRST, seed, _FIRST, scores)]


def fit_second(pages: Sequence[Learned], seed: int) -> lightgbm.Booster:
    """The second pass, from the rows `both`."""
    return _boosted(
        np.concatenate([p.both for p in pages]),
        np.concatenate([p.labels[p.asked] for p in pages]),
        np.concatenate([p.weight[p.asked] for p in pages]),
        [*FIRST, *CONTEXT],
        seed,
        _SECOND,
    )


def _boosted(
    rows: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    names: list[str],
    seed: int,
    stage: int,
    scores: np.ndarray | None = None,
) -> lightgbm.Booster:
    # Thresholds are drawn at random (extra_trees), which keeps trees from learning single pages by heart: worth .004.
    parameters: dict[str, Any] = {
        "objective": "cross_entropy",  # labels are shares of words, not only 0 and 1
        "num_leaves": LEAVES, "learning_rate": LEARNING_RATE if stage else EARLY_RATE,
        "min_data_in_leaf": SMALLEST_LEAF, "lambda_l2": RIDGE,
        "feature_fraction": FEATURE_SHARE, "extra_trees": True, "bagging_fraction": 0.8, "bagging_freq": 1,
        "max_bin": 63, "seed": seed, "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
    }  # fmt: skip
    data = lightgbm.Dataset(rows, labels, weight=weights, init_score=scores, feature_name=names)
    return lightgbm.train(parameters, data, sum(GROUPS[stage]))


def opinions(model: lightgbm.Booster, rows: np.ndarray, stage: int, scores: np.ndarray | None = None) -> np.ndarray:
    """Scores as the generated module gives them; of blocks that are decided early those of `EXITED`."""
    scores = np.zeros(len(rows)) if scores is None else scores.copy()
    undecided = np.flatnonzero(np.abs(scores) < _DECIDED)
    done = 0
    for size, (low, high) in zip(GROUPS[stage], EXITS[stage], strict=True):
        if not len(undecided):
            break
        scores[undecided] += model.predict(
            rows[undecided], raw_score=True, start_iteration=done, num_iteration=size, num_threads=1
        )
        done += size
        score = scores[undecided]
        scores[undecided[score > high]] = _DECIDED
        scores[undecided[score < low]] = -_DECIDED
        undecided = undecided[(score >= low) & (score <= high)]
    return scores


def chances_of(scores: np.ndarray) -> np.ndarray:
    """Probabilities for scores."""
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    chances[scores >= _DECIDED] = 1 - EXITED
    chances[scores <= -_DECIDED] = EXITED
    return chances


def first_opinions(models: Models, page: Learned) -> np.ndarray:
    """Probabilities of all blocks of a page after the first pass."""
    asked = page.features.asked
    rows = page.every[asked]
    scores = opinions(models[_EARLY], rows[:, : len(STRUCTURE)], _EARLY)
    chances = np.zeros(len(page.labels))
    chances[asked] = chances_of(opinions(models[_FIRST], rows, _FIRST, scores))
    return chances


def add_context(page: Learned, chances: np.ndarray) -> None:
    """Set `asked` and `both` from the first pass's opinions."""
    listed = chances.tolist()
    page.asked = asked_again(listed)
    context = np.array(context_rows(page.features, listed, page.asked), dtype=np.float32)
    page.both = np.hstack([page.every[page.asked], context.reshape(-1, len(CONTEXT))])


def doubtful(page: Learned, chances: np.ndarray) -> bool:
    """Whether a model that has not seen the page finds quite another text than the reference."""
    width = np.array(page.features.width)
    kept = chances >= 0.5
    hit = (width * page.labels)[kept].sum()
    return bool(2 * hit < DOUBTFUL_BELOW * (width[kept].sum() + (width * page.labels).sum()))


def train(pages: Sequence[Learned], seed: int, parts: int = 4) -> Models:
    """Both passes on all `pages`, and on what `mixed` makes of them."""
    unseen: dict[str, np.ndarray] = {}
    split = [[*part, *mixed(part, seed)] for part in folds(pages, parts, seed)]
    for k, held in enumerate(split):
        model = fit([p for i, part in enumerate(split) if i != k for p in part], seed)
        for page in held:
            unseen[page.sample.id] = first_opinions(model, page)
    return finish([p for part in split for p in part], unseen, seed)


def finish(pages: Sequence[Learned], unseen: dict[str, np.ndarray], seed: int) -> Models:
    """Both passes, given opinions on `pages` by first passes that had not seen their sites."""
    weights = [p.weight for p in pages]
    for page in pages:
        chances = unseen[page.sample.id]
        add_context(page, chances)
        if doubtful(page, chances):
            page.weight = page.weight * DOUBTFUL_WEIGHT
    models = [*fit(pages, seed), fit_second(pages, seed)]
    for page, weight in zip(pages, weights, strict=True):
        page.weight = weight
    return models


def apply(models: Models, page: Learned) -> np.ndarray:
    """Probabilities for a page the models have not seen."""
    chances = first_opinions(models, page)
    add_context(page, chances)
    if page.asked:
        chances[page.asked] = chances_of(opinions(models[_SECOND], page.both, _SECOND))
    return chances
