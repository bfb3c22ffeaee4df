"""What is seen of each candidate block, as numbers for the trees: text, mark-up, neighbours. Decides nothing.

Language-free but for a few phrases of invitation. `FIRST` names the numbers in order; what a first pass of the trees
made of them is added in `body_context`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import accumulate

from crawler.extraction.body_blocks import WITHIN, Blocks
from crawler.extraction.body_words import BEGINNINGS, KIND_NAMES, PHRASES, TELLING, TELLING_WORDS

# Width (letters; signs of scripts without spaces count double) from which a block is a sentence or more.
LONG = 120
# Width below which a block that is all link is a teaser or a menu entry: its words are not compared.
_TEASER = 100
_NOTHING: Set[str] = frozenset()
_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥։።]")
_ENDS = frozenset(".!?…。！？؟۔।॥։።")
_CLOSERS = "\"'”’»“)]』」）"
_OPENING = {**dict.fromkeys("-–—•·*▪►▶→›>✓✔", 1), **dict.fromkeys("\"'“‘«„『「", 2), "©": 4}
_WORDS = re.compile(r"\w+")
_TAG_NAMES = """
    p div h1 h2 h3 h4 h5 h6 li td tr dd dt blockquote figcaption figure section article aside header footer main ul ol
    table tbody pre form label center address body details summary caption
"""
_TAGS = {tag: code for code, tag in enumerate(_TAG_NAMES.split(), 1)}
H1 = _TAGS["h1"]
_LEADING = " \t#*-–—•·|[(»›→▶►\"'“”«„"
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
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


TEXT = """
    width words link_share bold_share links breaks ends ellipsis sentences commas opening word_length repeats seen
    in_headline headline_in in_lead lead_in article_body phrase sign_density images_since
""".split()
_NAMES = [f"kind_{kind}" for kind in KIND_NAMES] + [f"in_{tag}" for tag in WITHIN]
_COLUMN = "depth path_blocks path_width path_mean path_links path_ends path_long path_share".split()
PATH = ["tag", "parent_tag", "grand_tag", *_NAMES, *_COLUMN]
_SUBTREE = ("width", "blocks", "mean", "links", "long")
_AROUND = [f"{name}_{level}" for level in ("own", "parent", "grand", "great") for name in _SUBTREE]
TREE = ["siblings", "parent_siblings", *_AROUND]
PLACE = """
    index reverse index_share width_share from_h1 from_headline h1s_before long_before long_after longs_before
    longs_after from_first_long article_same article_share article_none place_gap place_gap_after heading_level
    heading_distance heading_phrase heading_kinds
""".split()
NEAR = """
    width-2 width-1 width+1 width+2 links-2 links-1 links+1 links+2 links+3 tag-2 tag-1 tag+1 tag+2 ends-1 ends+1
    phrase-1 phrase+1 same_parent-1 same_parent+1 near_links near_width wider_links
""".split()
PAGE = "page_blocks page_width page_longs page_mean page_articles page_h1s has_body has_lead".split()
FIRST = [*TEXT, *PATH, *TREE, *PLACE, *NEAR, *PAGE]
_PHRASE = TEXT.index("phrase")


def tokens_of(text: str, wide: int = 0) -> Set[str]:
    """The words of a text; pairs of signs where no spaces part them."""
    folded = text.casefold()
    if wide * 2 > len(text):
        return {folded[i : i + 2] for i in range(len(folded) - 1)}
    return set(_WORDS.findall(folded))


class Features:
    """Rows of `FIRST` for the blocks of a page, and what `body_context` needs to go on."""

    def __init__(self, found: Blocks, hints: Hints) -> None:
        self.found = found
        self.hints = hints
        self.width: list[int] = []
        self.tokens: list[Set[str]] = []
        self.path = [found.elements[b.element].path for b in found.blocks]
        self.rows: list[list[float]] = self._text_rows()
        if self.rows:
            self._add_marks()
            self._add_places()

    def _text_rows(self) -> list[list[float]]:
        blocks, hints = self.found.blocks, self.hints
        headline = tokens_of(hints.headline, len(_WIDE.findall(hints.headline)))
        lead = tokens_of(hints.lead, len(_WIDE.findall(hints.lead)))
        article = " ".join(hints.article_body.split())
        repeats = Counter(b.text for b in blocks)
        seen: dict[str, int] = {}
        rows: list[list[float]] = []
        images = 0
        for b in blocks:
            text = b.text
            chars = width = len(text)
            wide = 0
            if not text.isascii():
                wide = len(_WIDE.findall(text))
                width += wide
            link_share = b.link / chars
            own: Set[str] = _NOTHING
            in_headline = headline_in = in_lead = lead_in = 0.0
            phrase = 0
            if width < 400:
                match = BEGINNINGS.match(text[:80].lstrip(_LEADING).casefold())
                if match:
                    phrase = PHRASES[match.lastgroup or "read"]
            if width >= _TEASER or link_share < 0.9:
                own = tokens_of(text, wide)
                size = len(own) or 1
                if width < 400:
                    if headline:
                        common = len(own & headline)
                        in_headline, headline_in = common / size, common / len(headline)
                    if not phrase:
                        said = own & TELLING_WORDS
                        if said:
                            phrase = min(TELLING[word] for word in said)
                if lead and width < 1000:
                    common = len(own & lead)
                    in_lead, lead_in = common / size, common / len(lead)
            inside = -1
            if article:
                middle = max(0, chars // 2 - 20)
                inside = text[middle : middle + 40] in article
            first, last = text[0], text[-1]
            tail = text.rstrip(_CLOSERS)[-1:] if last in _CLOSERS else last
            words = text.count(" ") + 1
            sentences = len(_SENTENCE_END.findall(text))
            before = seen.get(text, 0)
            seen[text] = before + 1
            self.width.append(width)
            self.tokens.append(own)
            rows.append([
                width, words, min(1.0, link_share), min(1.0, b.bold / chars), b.links, b.breaks,
                tail in _ENDS, last == "…" or text.endswith(("...", "…]", "...]")), sentences, text.count(","),
                _OPENING.get(first) or (3 if first.isdigit() else 0),
                chars / words, repeats[text], before, in_headline, headline_in, in_lead, lead_in, inside, phrase,
                sentences / words, b.images - images,
            ])  # fmt: skip
            images = b.images
        return rows

    def _add_marks(self) -> None:
        """What elements say: their own names and tags, the column of equal paths, the subtrees around."""
        blocks, elements, rows, width = self.found.blocks, self.found.elements, self.rows, self.width
        self.long = [row[0] >= LONG and row[2] < 0.5 for row in rows]
        columns: dict[int, list[float]] = {}
        m = len(elements)
        tree_width, tree_blocks, tree_link, tree_long = [0] * m, [0] * m, [0] * m, [0] * m
        for p, w, b, row, is_long in zip(self.path, width, blocks, rows, self.long, strict=True):
            e = b.element
            tree_width[e] += w
            tree_blocks[e] += 1
            tree_link[e] += b.link
            c = columns.get(p)
            if c is None:
                columns[p] = c = [0, 0, 0, 0, 0]
            c[0] += 1
            c[1] += w
            c[2] += b.link
            c[3] += row[6]
            if is_long:
                tree_long[e] += 1
                c[4] += 1
        for e in range(m - 1, 0, -1):
            if tree_blocks[e]:
                up = elements[e].parent
                tree_width[up] += tree_width[e]
                tree_blocks[up] += tree_blocks[e]
                tree_link[up] += tree_link[e]
                tree_long[up] += tree_long[e]
        total = tree_width[0] or 1
        tree_rows: dict[int, tuple[float, ...]] = {}

        def tree_row(e: int) -> tuple[float, ...]:
            row = tree_rows.get(e)
            if row is None:
                w, k = tree_width[e], tree_blocks[e] or 1
                row = tree_rows[e] = (w / total, k, w / k, tree_link[e] / (w or 1), tree_long[e])
            return row

        path_rows: dict[int, tuple[float, ...]] = {}
        element_rows: dict[int, tuple[float, ...]] = {}
        for b, row in zip(blocks, rows, strict=True):
            e = b.element
            element_row = element_rows.get(e)
            if element_row is None:
                element = elements[e]
                p = element.path
                path_row = path_rows.get(p)
                if path_row is None:
                    path_row = path_rows[p] = self._path_row(e, columns[p], total)
                up = max(element.parent, 0)
                grand = max(elements[up].parent, 0)
                great = max(elements[grand].parent, 0)
                element_row = element_rows[e] = (
                    *path_row, elements[up].children, elements[grand].children,
                    *tree_row(e), *tree_row(up), *tree_row(grand), *tree_row(great),
                )  # fmt: skip
            row += element_row

    def _path_row(self, e: int, column: Sequence[float], total: int) -> tuple[float, ...]:
        elements = self.found.elements
        element = elements[e]
        up = elements[max(element.parent, 0)]
        grand = elements[max(up.parent, 0)]
        distance = [_LEVELS] * len(KIND_NAMES)
        level, missing = 0, _ALL_KINDS
        step = element
        while level < _LEVELS and missing:
            new = step.kinds & missing
            if new:
                missing &= ~new
                for i, bit in _KIND_BITS:
                    if new & bit:
                        distance[i] = level
            if step.parent < 0:
                break
            step = elements[step.parent]
            level += 1
        count, width, link, ends, long = column
        within = element.within
        return (
            _TAGS.get(element.tag, 0), _TAGS.get(up.tag, 0), _TAGS.get(grand.tag, 0), *distance,
            *[within >> i & 1 for i in range(len(WITHIN))], element.depth,
            count, width, width / count, link / (width or 1), ends / count, long, width / total,
        )  # fmt: skip

    def _add_places(self) -> None:
        """Where a block stands: in the page, after which heading, between which neighbours."""
        blocks, elements, rows, width, long = self.found.blocks, self.found.elements, self.rows, self.width, self.long
        n = len(blocks)
        longs = sum(long)
        cumulated = list(accumulate(width))
        total = cumulated[-1]
        links = [row[2] for row in rows]
        ends = [row[6] for row in rows]
        phrases = [row[_PHRASE] for row in rows]
        in_headline, headline_in = TEXT.index("in_headline"), TEXT.index("headline_in")
        tags = [elements[b.element].tag for b in blocks]
        first_long = long.index(True) if longs else 0
        home = elements[blocks[first_long].element].article
        article_width: dict[int, int] = {}
        for b, w in zip(blocks, width, strict=True):
            a = elements[b.element].article
            article_width[a] = article_width.get(a, 0) + w
        h1 = tags.index("h1") if "h1" in tags else -FAR
        headline_at = next((i for i, row in enumerate(rows) if row[headline_in] >= 0.9 and row[in_headline] >= 0.7), h1)
        long_before, _ = gaps(long, width)
        long_after = gaps(long[::-1], width[::-1])[0][::-1]
        longs_until = list(accumulate(long))
        link_sum = [0, *accumulate(b.link for b in blocks)]
        width_sum = [0, *cumulated]
        ww = [-1, -1, *width, -1, -1]
        ll = [1.0, 1.0, *links, 1.0, 1.0, 1.0]
        tt = [-1, -1, *(row[len(TEXT)] for row in rows), -1, -1]
        ee = [-1, *ends, -1]
        pp = [0, *phrases, 0]
        parents = [-5, *(elements[b.element].parent for b in blocks), -6]
        h1s = tags.count("h1")
        page = (
            n,
            total,
            longs,
            total / n,
            len(article_width),
            h1s,
            bool(self.hints.article_body),
            bool(self.hints.lead),
        )
        heading = -FAR
        heading_row: tuple[float, ...] = (0, 0, 0)
        h1s_before = 0
        for i, (b, row) in enumerate(zip(blocks, rows, strict=True)):
            element = elements[b.element]
            place, article = b.place, element.article
            low, high = max(0, i - 3), min(n, i + 4)
            low8, high8 = max(0, i - 8), min(n, i + 9)
            near = width_sum[high] - width_sum[low]
            row += (
                i, n - i, i / n, cumulated[i] / total, i - h1, i - headline_at, h1s_before,
                long_before[i], long_after[i],
                longs_until[i] - long[i], longs - longs_until[i], i - first_long,
                article == home, article_width[article] / total, article < 0,
                place - blocks[i - 1].place if i else FAR, blocks[i + 1].place - place if i + 1 < n else FAR,
                heading_row[0], i - heading, heading_row[1], heading_row[2],
                ww[i], ww[i + 1], ww[i + 3], ww[i + 4], ll[i], ll[i + 1], ll[i + 3], ll[i + 4], ll[i + 5],
                tt[i], tt[i + 1], tt[i + 3], tt[i + 4], ee[i], ee[i + 2], pp[i], pp[i + 2],
                parents[i] == element.parent, parents[i + 2] == element.parent,
                (link_sum[high] - link_sum[low]) / near, near,
                (link_sum[high8] - link_sum[low8]) / (width_sum[high8] - width_sum[low8]),
                *page,
            )  # fmt: skip
            level = _HEADINGS.get(tags[i], 0)
            if level == 1:
                h1s_before += 1
            if level or (row[3] > 0.9 and width[i] < 80 and not ends[i]):
                heading, heading_row = i, (level or 7, phrases[i], element.kinds)


def gaps(marked: Sequence[bool], width: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each block the distance to the last marked one before it, in blocks and in letters between."""
    blocks, letters = [], []
    since, gap = FAR, 0
    for is_marked, w in zip(marked, width, strict=True):
        blocks.append(since)
        letters.append(gap)
        if is_marked:
            since = gap = 0
        else:
            gap += w
        if since < FAR:
            since += 1
    return blocks, letters


HEADINGS = frozenset(_HEADINGS)
_KIND_BITS = [(i, 1 << i) for i in range(len(KIND_NAMES))]
_ALL_KINDS = (1 << len(KIND_NAMES)) - 1
