"""What is seen of each candidate block, as numbers for the trees: text, mark-up, neighbours. Decides nothing but the
plainest: what stands in a column of links gets no numbers.

Language-free but for a few phrases of invitation. `body_numbers.FIRST` names the numbers in order; what a first pass
of the trees made of them is added in `body_context`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from crawler.extraction.body_blocks import WITHIN, Blocks
from crawler.extraction.body_numbers import TEXT
from crawler.extraction.body_words import BEGINNINGS, KIND_NAMES, PHRASES, TELLING, TELLING_WORDS, tokens_of, widths_of

# Width (`widths_of`) from which a block is a sentence or more.
LONG = 120
# Width below which a block that is all link is a teaser or a menu entry: its words are not compared.
_TEASER = 100
# Link share and mean width of a column that may be a menu or a list of teasers, and the link share of the blocks around
# from which it is one. A fifth of all blocks; .001 % of the text of publishers' articles, .14 % of that of others.
_MENU_LINKS, _MENU_WIDTH, _MENU_AROUND = 0.8, 80, 0.6
# Widths up to which a block may be a phrase of invitation or the headline, and up to which it may be the lead.
_PHRASE_WIDTH, _LEAD_WIDTH = 400, 1000
_NOTHING: Set[str] = frozenset()
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥։።]")
_ENDS = frozenset(".!?…。！？؟۔।॥։።")
_OPENING = {**dict.fromkeys("-–—•·*▪►▶→›>✓✔", 1), **dict.fromkeys("\"'“‘«„『「", 2), "©": 4}
_CLOSERS = "\"'”’»“)]』」）"
_TAG_NAMES = """
    p div h1 h2 h3 h4 h5 h6 li td tr dd dt blockquote figcaption figure section article aside header footer main ul ol
    table tbody pre form label center address body details summary caption
"""
_TAGS = {tag: code for code, tag in enumerate(_TAG_NAMES.split(), 1)}
H1 = _TAGS["h1"]
_LEADING = " \t#*-–—•·|[(»›→▶►\"'“”«„"
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
HEADINGS = frozenset(_HEADINGS)
# Distance, in blocks, beyond which near and far are the same.
FAR = 30
# Levels up the chain within which the names of elements are asked; further up they say nothing.
_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Hints:
    """What other readers found on the page, to compare blocks with."""

    headline: str = ""
    lead: str = ""
    article_body: str = ""
    """JSON-LD's, when there is one."""


class Features:
    """Rows of `body_numbers.FIRST` for the blocks of a page, and what `body_context` needs to go on."""

    def __init__(self, found: Blocks, hints: Hints, *, spare: bool = True) -> None:
        """Measure all blocks; with `spare` none of what can only be a menu."""
        self.found = found
        self.hints = hints
        self.path = [found.elements.path[e] for e in found.element]
        self.rows: list[list[float]] = [[]] * len(found)
        """Empty for a block that is ruled out without them."""
        self.asked: list[int] = []
        """The others."""
        self._tokens: dict[int, Set[str]] = {}
        self._measure()
        if found.text:
            self.asked = self._worth_a_row() if spare else [*range(len(found))]
            self._fill_rows()

    def tokens(self, i: int) -> Set[str]:
        """The words of block `i`; none of a teaser."""
        own = self._tokens.get(i)
        if own is None:
            text = self.found.text[i]
            if self.width[i] < _TEASER and self.link_share[i] >= 0.9:
                own = _NOTHING
            else:
                own = tokens_of(text, self.width[i] - len(text))
            self._tokens[i] = own
        return own

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
                columns[path] = [1, w, link, end, is_long]
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
        """All blocks but menus and lists of teasers, unless the page holds nothing else."""
        n, width, width_until, link_until = len(self.width), self.width, self._width_until, self._link_until
        menus = {
            path
            for path, (count, w, link, _, _) in self._columns.items()
            if link > _MENU_LINKS * w and w < _MENU_WIDTH * count
        }
        worth = []
        for i, (path, w) in enumerate(zip(self.path, width, strict=True)):
            if w < LONG and path in menus:
                low, high = i - 3 if i > 3 else 0, i + 4 if i + 4 < n else n
                if link_until[high] - link_until[low] > _MENU_AROUND * (width_until[high] - width_until[low]):
                    continue
            worth.append(i)
        return worth or [*range(n)]

    def _text_rows(self) -> list[tuple[float, ...]]:
        """Numbers of `TEXT` for the blocks `asked`."""
        found, hints, width = self.found, self.hints, self.width
        texts, tokens = found.text, self._tokens
        headline_width, lead_width = widths_of((hints.headline, hints.lead))
        headline = tokens_of(hints.headline, headline_width - len(hints.headline))
        lead = tokens_of(hints.lead, lead_width - len(hints.lead))
        article = " ".join(hints.article_body.split())
        repeats = Counter(texts)
        seen: dict[str, int] = {}
        rows: list[tuple[float, ...]] = []
        for i in self.asked:
            text, w, link_share = texts[i], width[i], self.link_share[i]
            chars = len(text)
            in_headline = headline_in = in_lead = lead_in = 0.0
            phrase = 0
            if w < _PHRASE_WIDTH:
                match = BEGINNINGS.match(text[:80].lstrip(_LEADING).casefold())
                if match:
                    phrase = PHRASES[match.lastgroup or "read"]
            if w < _LEAD_WIDTH and (w >= _TEASER or link_share < 0.9):
                own = tokens[i] = tokens_of(text, w - chars)
                size = len(own) or 1
                if w < _PHRASE_WIDTH:
                    if headline:
                        common = len(own & headline)
                        in_headline, headline_in = common / size, common / len(headline)
                    if not phrase:
                        said = own & TELLING_WORDS
                        if said:
                            phrase = min(TELLING[word] for word in said)
                if lead:
                    common = len(own & lead)
                    in_lead, lead_in = common / size, common / len(lead)
            inside = -1
            if article:
                middle = max(0, chars // 2 - 20)
                inside = 1 if text[middle : middle + 40] in article else 0
            words = text.count(" ") + 1
            if text.isascii():
                sentences = text.count(".") + text.count("!") + text.count("?")
            else:
                sentences = len(_SENTENCE_END.findall(text))
            repeated, before = repeats[text], 0
            if repeated > 1:
                before = seen.get(text, 0)
                seen[text] = before + 1
            rows.append((
                w, words, link_share, min(1.0, found.bold[i] / chars), found.links[i], found.breaks[i], self.ends[i],
                1 if text[-1] == "…" or text.endswith(("...", "…]", "...]")) else 0, sentences, text.count(","),
                _OPENING.get(text[0]) or (3 if text[0].isdigit() else 0), chars / words, repeated, before,
                in_headline, headline_in, in_lead, lead_in, inside, phrase, sentences / words,
                found.images[i] - found.images[i - 1] if i else found.images[i],
            ))  # fmt: skip
        return rows

    def _path_row(self, e: int) -> tuple[float, ...]:
        """Numbers of `PATH` for a column, of which `e` is the first element met."""
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
        count, width, link, ends, long = self._columns[elements.path[e]]
        code = _TAGS.get
        return (
            code(tags[e], 0), code(tags[up], 0), code(tags[max(parents[up], 0)], 0), *distance,
            *_bits_of(elements.within[e]), elements.depth[e],
            count, width, width / count, link / (width or 1), ends / count, long, width / (self._width_until[-1] or 1),
        )  # fmt: skip

    def _fill_rows(self) -> None:
        """All numbers of a block in one row: its text, its column, its ancestors, its place."""
        found, width, long, path, ends = self.found, self.width, self.long, self.path, self.ends
        elements = found.elements
        articles, parents, all_children = elements.article, elements.parent, elements.children
        n, m = len(width), len(elements)
        width_until, link_until = self._width_until, self._link_until
        total = width_until[-1] or 1
        tags = [elements.tag[e] for e in found.element]
        text_rows: list[tuple[float, ...] | None] = [None] * n
        h1 = tags.index("h1") if "h1" in tags else -FAR
        headline_at = -1
        pp = [0] * (n + 2)
        for i, numbers in zip(self.asked, self._text_rows(), strict=True):
            text_rows[i] = numbers
            pp[i + 1] = int(numbers[_PHRASE])
            if headline_at < 0 and numbers[_HEADLINE_IN] >= 0.9 and numbers[_IN_HEADLINE] >= 0.7:
                headline_at = i
        if headline_at < 0:
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
        ll = [1.0, 1.0, *self.link_share, 1.0, 1.0, 1.0]
        code = _TAGS.get
        tt = [-1, -1, *(code(tag, 0) for tag in tags), -1, -1]
        ee = [-1, *ends, -1]
        place = found.place
        around = [-5, *(parents[e] for e in found.element), -6]
        page = (
            n, total, longs, total / n, len(article_width), tags.count("h1"),
            1 if self.hints.article_body else 0, 1 if self.hints.lead else 0,
        )  # fmt: skip
        subtree_widths, subtree_blocks, subtree_links, subtree_longs = self._subtrees
        subtree_rows: list[tuple[float, ...] | None] = [None] * m

        def subtree_row(e: int) -> tuple[float, ...]:
            row = subtree_rows[e]
            if row is None:
                w, k = subtree_widths[e], subtree_blocks[e] or 1
                row = subtree_rows[e] = (w / total, k, w / k, subtree_links[e] / (w or 1), subtree_longs[e])
            return row

        path_rows: dict[int, tuple[float, ...]] = {}
        heading, heading_row, h1s_before = -FAR, (0, 0, 0), 0
        for i, (e, text_row) in enumerate(zip(found.element, text_rows, strict=True)):
            if text_row is not None:
                p = path[i]
                path_row = path_rows.get(p)
                if path_row is None:
                    path_row = path_rows[p] = self._path_row(e)
                up = max(parents[e], 0)
                grand = max(parents[up], 0)
                article = articles[e]
                low, high = i - 3 if i > 3 else 0, i + 4 if i + 4 < n else n
                low8, high8 = i - 8 if i > 8 else 0, i + 9 if i + 9 < n else n
                near = width_until[high] - width_until[low]
                self.rows[i] = [
                    *text_row, *path_row, all_children[up], all_children[grand],
                    *subtree_row(e), *subtree_row(up), *subtree_row(grand), *subtree_row(max(parents[grand], 0)),
                    i, n - i, i / n, width_until[i + 1] / total, i - h1, i - headline_at, h1s_before,
                    long_before[i], long_after[i], longs_until[i], longs - longs_until[i + 1], i - first_long,
                    1 if article == home else 0, article_width[article] / total, 1 if article < 0 else 0,
                    place[i] - place[i - 1] if i else FAR, place[i + 1] - place[i] if i + 1 < n else FAR,
                    heading_row[0], i - heading, heading_row[1], heading_row[2],
                    ww[i], ww[i + 1], ww[i + 3], ww[i + 4], ll[i], ll[i + 1], ll[i + 3], ll[i + 4], ll[i + 5],
                    tt[i], tt[i + 1], tt[i + 3], tt[i + 4], ee[i], ee[i + 2], pp[i], pp[i + 2],
                    1 if around[i] == parents[e] else 0, 1 if around[i + 2] == parents[e] else 0,
                    (link_until[high] - link_until[low]) / near, near,
                    (link_until[high8] - link_until[low8]) / (width_until[high8] - width_until[low8]), *page,
                ]  # fmt: skip
            level = _HEADINGS.get(tags[i], 0)
            if level == 1:
                h1s_before += 1
            if level or (width[i] < 80 and not ends[i] and found.bold[i] > 0.9 * len(found.text[i])):
                heading, heading_row = i, (level or 7, pp[i + 1], elements.kinds[e])


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
_IN_HEADLINE, _HEADLINE_IN, _PHRASE = map(TEXT.index, ("in_headline", "headline_in", "phrase"))
