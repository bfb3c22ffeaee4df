"""What is seen of each candidate block, as numbers for the trees: mark-up, length, neighbours. Decides nothing but the
plainest: what stands in a column of links or in another article gets no numbers.

Language-free. `body_numbers.STRUCTURE` names the numbers in order; what the words say is added in `body_text` where
these do not decide, what a first pass of the trees made of them in `body_context`.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import accumulate

from crawler.extraction.body_blocks import WITHIN, Blocks
from crawler.extraction.body_text import Hints, Wording
from crawler.extraction.body_words import KIND_NAMES, SENTENCE_ENDS, widths_of

# Width (`widths_of`) from which a block is a sentence or more.
LONG = 120
# Link share of a column that may be a menu or a list of teasers, and of the blocks around from which it is one. A third
# of publishers' blocks and a sixth of others'; .001 % of the text of publishers' articles, .15 % of that of others.
_MENU_LINKS, _MENU_AROUND = 0.8, 0.6
# Width of all blocks from which an element may be an article.
_ARTICLE = 350
_ENDS = frozenset(SENTENCE_ENDS)
_CLOSERS = "\"'”’»“)]』」）"
_TAG_NAMES = """
    p div h1 h2 h3 h4 h5 h6 li td tr dd dt blockquote figcaption figure section article aside header footer main ul ol
    table tbody pre form label center address body details summary caption
"""
_TAGS = {tag: code for code, tag in enumerate(_TAG_NAMES.split(), 1)}
H1 = _TAGS["h1"]
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
HEADINGS = frozenset(_HEADINGS)
# Distance, in blocks, beyond which near and far are the same.
FAR = 30
# Levels up the chain within which the names of elements are asked; further up they say nothing.
_LEVELS = 8
# Elements whose subtrees are measured for a block: its own and three above.
_SUBTREES = 4


class Features:
    """Rows of `body_numbers.STRUCTURE` for the blocks of a page, and what `body_context` needs to go on."""

    def __init__(self, found: Blocks, hints: Hints, *, spare: bool = True) -> None:
        """Measure all blocks; with `spare` none of what can only be a menu or another article."""
        self.found = found
        self.hints = hints
        self.path = [found.elements.path[e] for e in found.element]
        self.tags = [found.elements.tag[e] for e in found.element]
        self.rows: list[list[float]] = [[]] * len(found)
        """Empty for a block that is ruled out without them."""
        self.heading = [-1] * len(found)
        """For each block that has a row the block of the heading above, below 0 for none."""
        self.asked: list[int] = []
        """The blocks that have rows."""
        self._measure()
        self.wording = Wording(found.text, self.width, self.link_share, hints)
        if found.text:
            self.asked = self._worth_a_row() if spare else [*range(len(found))]
            self._fill_rows()

    def _measure(self) -> None:
        """What every block is asked, and what columns and subtrees hold together."""
        found, parents = self.found, self.found.elements.parent
        texts = found.text
        self.width = widths_of(texts)
        self.link_share = [min(1.0, link / len(text)) for link, text in zip(found.link, texts, strict=True)]
        self.ends = [1 if _last_sign(text) in _ENDS else 0 for text in texts]
        self.long = [
            1 if w >= LONG and share < 0.5 else 0 for w, share in zip(self.width, self.link_share, strict=True)
        ]
        m = len(parents)
        columns: dict[int, list[int]] = {}
        self._columns = columns
        widths, counts, links, longs = [0] * m, [0] * m, [0] * m, [0] * m
        for path, e, w, link, end, is_long in zip(
            self.path, found.element, self.width, found.link, self.ends, self.long, strict=True
        ):
            widths[e] += w
            counts[e] += 1
            links[e] += link
            longs[e] += is_long
            column = columns.get(path)
            if column is None:
                columns[path] = [1, w, link, end, is_long, e]
            else:
                column[0] += 1
                column[1] += w
                column[2] += link
                column[3] += end
                column[4] += is_long
        for e in range(m - 1, 0, -1):
            if counts[e]:
                up = parents[e]
                widths[up] += widths[e]
                counts[up] += counts[e]
                links[up] += links[e]
                longs[up] += longs[e]
        self._subtrees = widths, counts, links, longs
        self._width_until = [0, *accumulate(self.width)]
        self._link_until = [0, *accumulate(found.link)]

    def _worth_a_row(self) -> list[int]:
        """All blocks but menus, lists of teasers and other articles, unless the page holds nothing else."""
        n, width, width_until, link_until = len(self.width), self.width, self._width_until, self._link_until
        others = self._other_articles() if self.tags.count("h1") > 1 else ()
        menus = {
            path for path, (count, w, link, *_) in self._columns.items() if link > _MENU_LINKS * w and w < LONG * count
        }
        worth = []
        for i, (path, w) in enumerate(zip(self.path, width, strict=True)):
            if w < LONG and path in menus:
                low, high = i - 3 if i > 3 else 0, i + 4 if i + 4 < n else n
                if link_until[high] - link_until[low] > _MENU_AROUND * (width_until[high] - width_until[low]):
                    continue
            if others and self.found.elements.article[self.found.element[i]] in others:
                continue
            worth.append(i)
        return worth or [*range(n)]

    def _other_articles(self) -> Set[int]:
        """The elements `article` that stand on the page to read on: with a top heading of their own, and around neither
        the headline nor its text. None where the headline stands in no `article` that holds a text."""
        element, articles, parents = self.found.element, self.found.elements.article, self.found.elements.parent
        home = [articles[e] for e in element]

        def around(i: int) -> set[int]:
            a, found = home[i], set()
            while a >= 0:
                found.add(a)
                a = articles[parents[a]]
            return found

        headline_at = self.wording.headline_at()
        own = around(self.tags.index("h1") if headline_at is None else headline_at)
        if sum(w for a, w in zip(home, self.width, strict=True) if a in own) < _ARTICLE:
            return set()
        headed = {home[i] for i, tag in enumerate(self.tags) if tag == "h1" and not self.wording.is_headline(i)} - own
        return {home[i] for i in range(len(home)) if not headed.isdisjoint(around(i))}

    def _path_row(self, path: int) -> tuple[float, ...]:
        """Numbers of `PATH` for a column, by the first element that has text in it."""
        count, width, link, ends, long, e = self._columns[path]
        elements = self.found.elements
        tags, parents, kinds = elements.tag, elements.parent, elements.kinds
        up = max(parents[e], 0)
        distance = [_LEVELS] * len(KIND_NAMES)
        missing = _ALL_KINDS
        step = e
        for level in range(_LEVELS):
            new = kinds[step] & missing
            if new:
                missing &= ~new
                for i in _kinds_in(new):
                    distance[i] = level
            step = parents[step]
            if step < 0:
                break
        code = _TAGS.get
        return (
            code(tags[e], 0), code(tags[up], 0), code(tags[max(parents[up], 0)], 0), *distance,
            *_bits_of(elements.within[e]), elements.depth[e],
            count, width, width / count, link / (width or 1), ends / count, long, width / (self._width_until[-1] or 1),
        )  # fmt: skip

    def _fill_rows(self) -> None:
        """All numbers of a block in one row: its own, its column's, its ancestors', its place."""
        found, width, long, path, ends = self.found, self.width, self.long, self.path, self.ends
        texts, link_share, bold, images = found.text, self.link_share, found.bold, found.images
        elements = found.elements
        articles, parents = elements.article, elements.parent
        n = len(width)
        width_until, link_until = self._width_until, self._link_until
        total = width_until[-1] or 1
        tags = self.tags
        h1 = tags.index("h1") if "h1" in tags else -FAR
        headline_at = self.wording.headline_at()
        if headline_at is None:
            headline_at = h1
        longs = sum(long)
        first_long = long.index(1) if longs else 0
        home = articles[found.element[first_long]]
        article_width: dict[int, int] = {}
        for e, w in zip(found.element, width, strict=True):
            a = articles[e]
            article_width[a] = article_width.get(a, 0) + w
        long_before, long_after = gaps(long), gaps(long[::-1])[::-1]
        longs_until = [0, *accumulate(long)]
        ww = [-1, -1, *width, -1, -1]
        ll = [1.0, 1.0, *link_share, 1.0, 1.0, 1.0]
        code = _TAGS.get
        tt = [-1, -1, *(code(tag, 0) for tag in tags), -1, -1]
        ee = [-1, *ends, -1]
        place = found.place
        around = [-5, *(parents[e] for e in found.element), -6]
        page = (
            n, total, longs, total / n, len(article_width), tags.count("h1"),
            1 if self.hints.article_body else 0, 1 if self.hints.lead else 0,
        )  # fmt: skip
        subtree_rows: dict[int, tuple[float, ...]] = {}
        path_rows: dict[int, tuple[float, ...]] = {}
        heading, heading_row, h1s_before, asked = -FAR, (0, 0), 0, iter([*self.asked, n])
        following = next(asked)
        for i, e in enumerate(found.element):
            w, chars = width[i], len(texts[i])
            if i == following:
                following = next(asked)
                p = path[i]
                path_row = path_rows.get(p)
                if path_row is None:
                    path_row = path_rows[p] = self._path_row(p)
                tree_row = subtree_rows.get(e)
                if tree_row is None:
                    tree_row = subtree_rows[e] = self._tree_row(e)
                parent = parents[e]
                article = articles[e]
                low, high = i - 3 if i > 3 else 0, i + 4 if i + 4 < n else n
                low8, high8 = i - 8 if i > 8 else 0, i + 9 if i + 9 < n else n
                near = width_until[high] - width_until[low]
                self.heading[i] = heading
                self.rows[i] = [
                    w, link_share[i], bold[i] / chars if bold[i] < chars else 1.0, found.links[i], found.breaks[i],
                    ends[i], images[i] - images[i - 1] if i else images[i], *path_row, *tree_row,
                    i, n - i, i / n, width_until[i + 1] / total, i - h1, i - headline_at, h1s_before,
                    long_before[i], long_after[i], longs_until[i], longs - longs_until[i + 1], i - first_long,
                    1 if article == home else 0, article_width[article] / total, 1 if article < 0 else 0,
                    place[i] - place[i - 1] if i else FAR, place[i + 1] - place[i] if i + 1 < n else FAR,
                    heading_row[0], i - heading, heading_row[1],
                    ww[i], ww[i + 1], ww[i + 3], ww[i + 4], ll[i], ll[i + 1], ll[i + 3], ll[i + 4], ll[i + 5],
                    tt[i], tt[i + 1], tt[i + 3], tt[i + 4], ee[i], ee[i + 2],
                    1 if around[i] == parent else 0, 1 if around[i + 2] == parent else 0,
                    (link_until[high] - link_until[low]) / near, near,
                    (link_until[high8] - link_until[low8]) / (width_until[high8] - width_until[low8]), *page,
                ]  # fmt: skip
            level = _HEADINGS.get(tags[i], 0)
            if level == 1:
                h1s_before += 1
            if level or (w < 80 and not ends[i] and bold[i] > 0.9 * chars):
                heading, heading_row = i, (level or 7, elements.kinds[e])

    def _tree_row(self, e: int) -> tuple[float, ...]:
        """Numbers of `TREE` for the blocks of an element: its siblings, and the subtrees from it upwards."""
        parents, children = self.found.elements.parent, self.found.elements.children
        total = self._width_until[-1] or 1
        widths, blocks, links, longs = self._subtrees
        up = parents[e] if e else 0
        numbers: list[float] = [children[up], children[max(parents[up], 0)]]
        step = e
        for _ in range(_SUBTREES):
            w, k = widths[step], blocks[step] or 1
            numbers += (w / total, k, w / k, links[step] / (w or 1), longs[step])
            step = parents[step] if step else 0
        return tuple(numbers)


def gaps(marked: Sequence[int]) -> list[int]:
    """For each block the distance to the last marked one before it, in blocks."""
    blocks = []
    since = FAR
    for is_marked in marked:
        blocks.append(since)
        if is_marked:
            since = 0
        if since < FAR:
            since += 1
    return blocks


def _last_sign(text: str) -> str:
    last = text[-1]
    return text.rstrip(_CLOSERS)[-1:] if last in _CLOSERS else last


@lru_cache(maxsize=4_096)
def _bits_of(within: int) -> tuple[int, ...]:
    return tuple(within >> i & 1 for i in range(len(WITHIN)))


@lru_cache(maxsize=4_096)
def _kinds_in(bits: int) -> tuple[int, ...]:
    return tuple(i for i in range(len(KIND_NAMES)) if bits >> i & 1)


_ALL_KINDS = (1 << len(KIND_NAMES)) - 1
