"""What a first opinion of all blocks says about each of them: neighbours, column, parents, place in what is kept.

The second pass of the trees sees these numbers, named by `CONTEXT`, after those of `body_features.FIRST`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain

from crawler.extraction.body_blocks import Element
from crawler.extraction.body_features import FAR, HEADINGS, Features, gaps

CONTEXT = """
    p p-3 p-2 p-1 p+1 p+2 p+3 near_p path_p path_kept parent_p grand_p great_p kept_before kept_after kept_share
    gap_before gap_after gap_wide_before gap_wide_after article_p after_first level below kept_width page_sure
    from_first heading_p section_p next_heading_p shared_words shared_often kept_path_share
""".split()
# Letters of a block that count at most when opinions are averaged: one giant block must not decide for a page.
_MOST_WEIGHT = 600
# Share of what is likely kept that the smallest common element must hold to be taken for the article's box.
_BOX = 0.8
# Blocks around a kept one that are asked again, and the probability below which others are not.
_CLOSE = 3
_RULED_OUT = 0.03
# Words with fewer letters are no topic.
_TOPIC_LETTERS = 4


def asked_again(p: Sequence[float]) -> list[int]:
    """The blocks that are worth a second look: not ruled out, or close to something that is kept."""
    n = len(p)
    asked = bytearray(n)
    for i, chance in enumerate(p):
        if chance >= 0.5:
            low, high = max(0, i - _CLOSE), min(n, i + _CLOSE + 1)
            asked[low:high] = b"\x01" * (high - low)
        elif chance > _RULED_OUT:
            asked[i] = 1
    return [i for i in range(n) if asked[i]]


def context_rows(features: Features, p: Sequence[float], asked: Sequence[int]) -> list[list[float]]:
    """Rows of `CONTEXT` for the blocks `asked`, given the probabilities `p` of all blocks."""
    blocks, elements = features.found.blocks, features.found.elements
    n, m = len(blocks), len(elements)
    weight = [min(w, _MOST_WEIGHT) + 10 for w in features.width]
    mass = [q * w for q, w in zip(p, weight, strict=True)]
    column_mass: dict[int, float] = {}
    column_weight: dict[int, float] = {}
    tree_mass, tree_weight = [0.0] * m, [0.0] * m
    article_mass: dict[int, float] = {}
    article_weight: dict[int, float] = {}
    for b, key, q, w in zip(blocks, features.path, mass, weight, strict=True):
        column_mass[key] = column_mass.get(key, 0.0) + q
        column_weight[key] = column_weight.get(key, 0.0) + w
        tree_mass[b.element] += q
        tree_weight[b.element] += w
        a = elements[b.element].article
        article_mass[a] = article_mass.get(a, 0.0) + q
        article_weight[a] = article_weight.get(a, 0.0) + w
    for e in range(m - 1, 0, -1):
        if tree_weight[e]:
            up = elements[e].parent
            tree_mass[up] += tree_mass[e]
            tree_weight[up] += tree_weight[e]
    total = tree_mass[0] or 1.0
    level, below = _levels(elements, tree_mass)
    kept = [q >= 0.5 for q in p]
    kept_until = [0, *accumulate(w if k else 0 for k, w in zip(kept, weight, strict=True))]
    all_kept = kept_until[-1] or 1
    gap_before, wide_before = gaps(kept, weight)
    gap_after, wide_after = (side[::-1] for side in gaps(kept[::-1], weight[::-1]))
    first = kept.index(True) if any(kept) else 0
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
        e = blocks[i].element
        element = elements[e]
        q, w, key, a, s = mass[i], weight[i], features.path[i], element.article, section_of[i]
        up = max(element.parent, 0)
        grand = max(elements[up].parent, 0)
        great = max(elements[grand].parent, 0)
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
            (article_mass[a] - q) / (article_weight[a] - w or 1), i >= first, level[e], below[e], all_kept,
            total / all_kept, i - first,
            heading_p[s], (section_mass[s] - q) / (section_weight[s] - w or 1), heading_p[s + 1],
            shared_once, shared_often, (kept_paths.get(key, 0) - (w if kept[i] else 0)) / all_kept,
        ])  # fmt: skip
    return rows


def _levels(elements: Sequence[Element], tree_mass: Sequence[float]) -> tuple[list[int], list[int]]:
    """For each element how far up the article's box their chains part, and how far below that it stands."""
    m = len(elements)
    box = next((e for e in range(m - 1, -1, -1) if tree_mass[e] >= _BOX * tree_mass[0]), 0)
    level = [FAR] * m
    below = [0] * m
    step, e = 0, box
    while e >= 0:
        level[e] = -step
        step += 1
        e = elements[e].parent
    for e in range(1, m):
        if level[e] == FAR:
            up = elements[e].parent
            level[e] = level[up]
            below[e] = below[up] + 1
    return level, below


def _sections(
    features: Features, p: Sequence[float], mass: Sequence[float], weight: Sequence[int]
) -> tuple[list[int], list[float], list[float], list[float]]:
    """What stands between two headings, together."""
    elements = features.found.elements
    section_of: list[int] = []
    section_mass, section_weight, heading_p = [0.0], [0.0], [-1.0]
    for i, b in enumerate(features.found.blocks):
        if elements[b.element].tag in HEADINGS:
            section_mass.append(0.0)
            section_weight.append(0.0)
            heading_p.append(p[i])
        section_of.append(len(heading_p) - 1)
        section_mass[-1] += mass[i]
        section_weight[-1] += weight[i]
    heading_p.append(-1.0)
    return section_of, section_mass, section_weight, heading_p


def _shared_words(features: Features, kept: Sequence[bool], asked: Sequence[int]) -> list[tuple[float, float]]:
    """The share of a block's words that are longer and stand in other kept blocks, once and more often: one topic?"""
    all_tokens = features.tokens
    known = Counter(chain.from_iterable(tokens for is_kept, tokens in zip(kept, all_tokens, strict=True) if is_kept))
    topics = [(t, count) for t, count in known.items() if len(t) >= _TOPIC_LETTERS or not t.isascii()]
    in_blocks = [{t for t, count in topics if count > least} for least in range(4)]
    shared = []
    for i in asked:
        tokens = all_tokens[i]
        size = len(tokens) or 1
        own = 1 if kept[i] else 0
        shared.append((len(tokens & in_blocks[own]) / size, len(tokens & in_blocks[own + 2]) / size))
    return shared
