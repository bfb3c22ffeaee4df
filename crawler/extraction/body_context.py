"""What a first opinion of all blocks says about each of them: neighbours, column, parents, place in what is kept.

The second pass of the trees sees these numbers, named by `body_numbers.CONTEXT`, after those of `body_features`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain

from crawler.extraction.body_features import FAR, HEADINGS, Features, gaps

# Letters of a block that count at most when opinions are averaged: one giant block must not decide for a page.
_MOST_WEIGHT = 600
# Share of what is likely kept that the smallest common element must hold to be taken for the article's box.
_BOX = 0.8
# Probabilities between which a block gets a second look.
_RULED_OUT, _SURE = 0.02, 0.985
# Words with fewer letters are no topic.
_TOPIC_LETTERS = 4


def asked_again(p: Sequence[float]) -> list[int]:
    """The blocks that are worth a second look: those of which the first pass is not sure."""
    return [i for i, chance in enumerate(p) if _RULED_OUT < chance < _SURE]


def context_rows(features: Features, p: Sequence[float], asked: Sequence[int]) -> list[list[float]]:
    """Rows of `body_numbers.CONTEXT` for the blocks `asked`, given the probabilities `p` of all blocks."""
    if not asked:
        return []
    own_element, elements = features.found.element, features.found.elements
    articles, parents = elements.article, elements.parent
    n, m = len(own_element), len(elements)
    weight = [min(w, _MOST_WEIGHT) + 10 for w in features.width]
    mass = [q * w for q, w in zip(p, weight, strict=True)]
    column_mass: dict[int, float] = {}
    column_weight: dict[int, float] = {}
    tree_mass, tree_weight = [0.0] * m, [0.0] * m
    article_mass: dict[int, float] = {}
    article_weight: dict[int, float] = {}
    for e, key, q, w in zip(own_element, features.path, mass, weight, strict=True):
        column_mass[key] = column_mass.get(key, 0.0) + q
        column_weight[key] = column_weight.get(key, 0.0) + w
        tree_mass[e] += q
        tree_weight[e] += w
        a = articles[e]
        article_mass[a] = article_mass.get(a, 0.0) + q
        article_weight[a] = article_weight.get(a, 0.0) + w
    for e in range(m - 1, 0, -1):
        if tree_weight[e]:
            up = parents[e]
            tree_mass[up] += tree_mass[e]
            tree_weight[up] += tree_weight[e]
    total = tree_mass[0] or 1.0
    level, below = _levels(parents, tree_mass)
    kept = [1 if q >= 0.5 else 0 for q in p]
    kept_until = [0, *accumulate(w if k else 0 for k, w in zip(kept, weight, strict=True))]
    all_kept = kept_until[-1] or 1
    gap_before, gap_after = gaps(kept), gaps(kept[::-1])[::-1]
    wide_before = _letters_since(kept, weight)
    wide_after = _letters_since(kept[::-1], weight[::-1])[::-1]
    first = kept.index(1) if any(kept) else 0
    pp = [-1.0, -1.0, -1.0, *p, -1.0, -1.0, -1.0]
    mass_until = [0.0, *accumulate(mass)]
    weight_until = [0, *accumulate(weight)]
    section_of, section_mass, section_weight, heading_p = _sections(features, p, mass, weight)
    shared = _shared_words(features, kept, asked)
    kept_paths: dict[int, int] = {}
    for key, k, w in zip(features.path, kept, weight, strict=True):
        if k:
            kept_paths[key] = kept_paths.get(key, 0) + w
    rows = []
    for i, (shared_once, shared_often) in zip(asked, shared, strict=True):
        e = own_element[i]
        q, w, key, a, s = mass[i], weight[i], features.path[i], articles[e], section_of[i]
        up = max(parents[e], 0)
        grand = max(parents[up], 0)
        great = max(parents[grand], 0)
        low, high = max(0, i - 4), min(n, i + 5)
        rest = column_weight[key] - w
        rows.append([
            p[i], pp[i], pp[i + 1], pp[i + 2], pp[i + 4], pp[i + 5], pp[i + 6],
            (mass_until[high] - mass_until[low] - q) / (weight_until[high] - weight_until[low] - w or 1),
            (column_mass[key] - q) / rest if rest else -1.0, column_mass[key] - q,
            (tree_mass[up] - q) / (tree_weight[up] - w or 1), (tree_mass[grand] - q) / (tree_weight[grand] - w or 1),
            (tree_mass[great] - q) / (tree_weight[great] - w or 1),
            kept_until[i], all_kept - kept_until[i + 1], kept_until[i] / all_kept,
            gap_before[i], gap_after[i], wide_before[i], wide_after[i],
            (article_mass[a] - q) / (article_weight[a] - w or 1), 1 if i >= first else 0, level[e], below[e], all_kept,
            total / all_kept, i - first,
            heading_p[s], (section_mass[s] - q) / (section_weight[s] - w or 1), heading_p[s + 1],
            shared_once, shared_often, (kept_paths.get(key, 0) - (w if kept[i] else 0)) / all_kept,
        ])  # fmt: skip
    return rows


def _letters_since(kept: Sequence[int], weight: Sequence[int]) -> list[int]:
    """For each block the letters between it and the last kept one before it."""
    letters = []
    gap = 0
    for is_kept, w in zip(kept, weight, strict=True):
        letters.append(gap)
        gap = 0 if is_kept else gap + w
    return letters


def _levels(parents: Sequence[int], tree_mass: Sequence[float]) -> tuple[list[int], list[int]]:
    """For each element how far up the article's box their chains part, and how far below that it stands."""
    m = len(parents)
    box = next((e for e in range(m - 1, -1, -1) if tree_mass[e] >= _BOX * tree_mass[0]), 0)
    level = [FAR] * m
    below = [0] * m
    step, e = 0, box
    while e >= 0:
        level[e] = -step
        step += 1
        e = parents[e]
    for e in range(1, m):
        if level[e] == FAR:
            up = parents[e]
            level[e] = level[up]
            below[e] = below[up] + 1
    return level, below


def _sections(
    features: Features, p: Sequence[float], mass: Sequence[float], weight: Sequence[int]
) -> tuple[list[int], list[float], list[float], list[float]]:
    """What stands between two headings, together."""
    tags = features.found.elements.tag
    section_of: list[int] = []
    section_mass, section_weight, heading_p = [0.0], [0.0], [-1.0]
    for i, e in enumerate(features.found.element):
        if tags[e] in HEADINGS:
            section_mass.append(0.0)
            section_weight.append(0.0)
            heading_p.append(p[i])
        section_of.append(len(heading_p) - 1)
        section_mass[-1] += mass[i]
        section_weight[-1] += weight[i]
    heading_p.append(-1.0)
    return section_of, section_mass, section_weight, heading_p


def _shared_words(features: Features, kept: Sequence[int], asked: Sequence[int]) -> list[tuple[float, float]]:
    """The share of a block's words that are longer and stand in other kept blocks, once and more often: one topic?"""
    words_of = features.wording.tokens
    blocks_with = Counter(chain.from_iterable(words_of(i) for i, is_kept in enumerate(kept) if is_kept))
    shared = []
    for i in asked:
        tokens = words_of(i)
        own = 1 if kept[i] else 0
        once = often = 0
        for token in tokens:
            others = blocks_with.get(token, 0) - own
            if others > 0 and (len(token) >= _TOPIC_LETTERS or not token.isascii()):
                once += 1
                often += others > 2
        size = len(tokens) or 1
        shared.append((once / size, often / size))
    return shared
