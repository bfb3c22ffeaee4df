"""Which blocks of a page stand in its reference text? Aligns both as word sequences, in order; judges no extractor."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

# As the scorer counts words: scripts without spaces sign by sign, invisible signs dropped.
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_RUN = 4
# Gaps between anchors up to this many word pairs are aligned word by word; larger ones hold another text.
_MOST_PAIRS = 400_000


def words_of(text: str) -> list[str]:
    """The words of a text as the scorer counts them."""
    return _WORD.findall(_UNSPACED.sub(r" \1 ", _INVISIBLE.sub("", text)))


def block_labels(blocks: Sequence[str], truth: str) -> list[float]:
    """For each block the share of its words that the reference text holds at that place."""
    words: list[str] = []
    starts = [0]
    for block in blocks:
        words += words_of(block)
        starts.append(len(words))
    matched = align(words, words_of(truth))
    _moved(words, starts, matched, words_of(truth))
    labels = []
    for start, end in pairwise(starts):
        labels.append(sum(1 for m in matched[start:end] if m >= 0) / (end - start) if end > start else 0.0)
    return labels


def align(page: Sequence[str], truth: Sequence[str]) -> list[int]:
    """For each word of the page its place in the reference text, -1 for none; places only grow."""
    matched = [-1] * len(page)
    anchors = _anchors(page, truth)
    edges = [(-1, -1), *anchors, (len(page), len(truth))]
    for (p0, t0), (p1, t1) in pairwise(edges):
        if p0 >= 0:
            matched[p0] = t0
        a, b, c, d = p0 + 1, p1, t0 + 1, t1
        while a < b and c < d and page[a] == truth[c] and p0 >= 0:
            matched[a] = c
            a, c = a + 1, c + 1
        while a < b and c < d and page[b - 1] == truth[d - 1] and p1 < len(page):
            b, d = b - 1, d - 1
            matched[b] = d
        if a < b and c < d and (b - a) * (d - c) <= _MOST_PAIRS:
            for i, j, size in SequenceMatcher(None, page[a:b], truth[c:d], autojunk=False).get_matching_blocks():
                if size >= 2 or (d - c) <= 3:
                    for k in range(size):
                        matched[a + i + k] = c + j + k
    return matched


def _anchors(page: Sequence[str], truth: Sequence[str]) -> list[tuple[int, int]]:
    """Runs of words that stand once on both sides, as the longest chain that grows on both."""
    page_runs = list(zip(*(page[i:] for i in range(_RUN)), strict=False))
    truth_runs = list(zip(*(truth[i:] for i in range(_RUN)), strict=False))
    page_counts, truth_counts = Counter(page_runs), Counter(truth_runs)
    place = {run: i for i, run in enumerate(page_runs) if page_counts[run] == 1}
    pairs = [(place[run], j) for j, run in enumerate(truth_runs) if truth_counts[run] == 1 and run in place]
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for k, (i, _) in enumerate(pairs):
        at = bisect_left(tails, i)
        before[k] = last[at - 1] if at else -1
        if at == len(tails):
            tails.append(i)
            last.append(k)
        else:
            tails[at] = i
            last[at] = k
    chain = []
    k = last[-1] if last else -1
    while k >= 0:
        chain.append(pairs[k])
        k = before[k]
    return chain[::-1]


def _moved(words: list[str], starts: list[int], matched: list[int], truth: list[str]) -> None:
    """Blocks that stand elsewhere in the reference text: all their runs among what is not matched yet."""
    taken = {m for m in matched if m >= 0}
    left = Counter(run for j, run in enumerate(zip(*(truth[i:] for i in range(_RUN)), strict=False)) if j not in taken)
    for start, end in pairwise(starts):
        if end - start < 6 or sum(1 for m in matched[start:end] if m >= 0) > 0.5 * (end - start):
            continue
        runs = Counter(zip(*(words[start + i : end] for i in range(_RUN)), strict=False))
        if sum((runs & left).values()) >= 0.8 * sum(runs.values()):
            left -= runs
            matched[start:end] = [0] * (end - start)
