"""What is known of each candidate block, as numbers for the trees. Language-free but for a few promo phrases.

`FIRST` names what the first pass sees: text, mark-up, neighbours. `SECOND` adds what the first pass thought of the
block, its neighbours, its column (same path), its parents and its place in what is kept so far.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from crawler.extraction.body_blocks import KIND_NAMES, WITHIN, Blocks

# Width (letters; signs of scripts without spaces count double) from which a block is a sentence or more.
LONG = 120
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥։።]")
_ENDS = frozenset(".!?…。！？؟۔।॥։።")
_CLOSERS = "\"'”’»“)]』」）"
_OPENERS = frozenset("\"'“‘«„『「")
_BULLETS = frozenset("-–—•·*▪►▶→›>✓✔")
_SEPARATORS = re.compile(r"[|•·/>»›→]")
_WORDS = re.compile(r"\w+")
# Phrases of invitations rather than of articles, by kind; looked for in short blocks only.
_PHRASES = re.compile(
    r"(?P<read>^\W*(?:read (?:more|also|next|full|on\b)|also read|see also|more (?:from|on|about|stories|news)|related|recommended|you (?:may|might) (?:also )?(?:like|enjoy)|don.t miss|up next|next (?:article|post|story)|previous (?:article|post|story)|trending|most (?:read|popular)|popular|latest|watch:|listen:|keep reading|continue reading|click here|learn more|share this|in this article|table of contents|key (?:takeaways|points)|"
    r"читайте|читать|смотрите также|см\. также|подробнее|также по теме|по теме|другие новости|ранее мы|оқи отыр|тағы да|сондай-ақ оқы|толығырақ|"
    r"lesen sie|mehr (?:zum|zu|dazu|aus)|lies (?:auch|mehr)|das könnte|auch interessant|les også|läs (?:också|mer)|læs også|lue myös|lire aussi|à lire|lisez|voir aussi|sur le même|lea (?:también|más)|te puede|leer más|leia (?:também|mais)|veja também|leggi anche|potrebbe|approfondi|czytaj|zobacz|lees ook|skaityti|xem thêm|đọc thêm|関連|相关|延伸閱讀|更多))"
    r"|(?P<join>subscri|sign up|newsletter|follow us|join (?:us|our)|get the latest|download (?:the|our)|подпи(?:сы|ш|са)|telegram[ -]?кан|в telegram|жазыл|telegram-канал|abonn|iscriviti|suscr[ií]b|inscri|zapisz si|nyhetsbrev|prenumer|donate|support (?:us|our)|become a)"
    r"|(?P<wall>log ?in|sign in|already (?:a|have)|to continue|register|create (?:a|an) (?:free )?account|войти|авторизу|регистр|anmelden|einloggen|connectez|inicia(?:r)? ses|accedi|zaloguj)"
    r"|(?P<ad>^\W*(?:advertis|sponsored|реклам|жарнама|anzeige|werbung|publicit|publicidad|pubblicit|annonse|annons|mainos|reklam|advertentie|affiliate|ad\b))"
    r"|(?P<photo>^\W*(?:photo|image|picture|foto|bild|фото|сурет|видео|video|credit|illustration|getty|shutterstock|файл|source|quelle|источник|copyright|©|\(c\))|getty images|/reuters|shutterstock|unsplash|all rights reserved|все права)"
    r"|(?P<talk>^\W*(?:\d+ )?(?:comment|комментар|пікір|kommentar|commentaire|comentario|commenti|leave a (?:reply|comment)|reply|post a|join the (?:conversation|discussion))|your email address)"
    r"|(?P<cookie>cookie|javascript|privacy policy|terms of (?:use|service)|datenschutz|персональных данных)"
    r"|(?P<byline>^\W*(?:by\b|written by|posted|published|updated|last (?:updated|modified)|author|about the author|автор|редактор|опубликован|обновлен|von\b|par\b|por\b|text:|текст:|мәтін|жариялан|stand:)|\d+ ?(?:min|minutes?|мин)\b(?: read)?)"
)
_PHRASE_CODES = {name: code for name, code in _PHRASES.groupindex.items()}

_TAGS = {
    tag: code
    for code, tag in enumerate(
        "p div h1 h2 h3 h4 h5 h6 li td tr dd dt blockquote figcaption figure section article aside header footer main ul ol "
        "table tbody pre form label center address body details summary caption".split(),
        1,
    )
}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_FAR = 30


@dataclass(frozen=True, slots=True)
class Hints:
    """What other readers found on the page, to compare blocks with."""

    headline: str = ""
    lead: str = ""
    article_body: str = ""
    """JSON-LD's, when there is one."""


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


TEXT = ["width", "words", "link_share", "bold_share", "links", "breaks", "ends", "sentences", "commas", "lower", "opening", "colon", "separators", "word_length", "digits", "upper", "repeats", "seen", "in_headline", "headline_in", "in_lead", "lead_in", "article_body", "phrase", "inner_byline", "inner_share", "inner_hidden", "inner_caption", "sign_density", "images_since"]
PATH = ["tag", "parent_tag", "grand_tag", *(f"kind_{k}" for k in KIND_NAMES), *(f"in_{w}" for w in WITHIN), "depth", "path_blocks", "path_width", "path_mean", "path_links", "path_ends", "path_long", "path_share"]
SPOT = ["element_blocks", "siblings", "parent_siblings"]
TREE = [f"{name}_{level}" for level in ("own", "parent", "grand", "great") for name in ("width", "blocks", "mean", "links", "long")]
PLACE = ["index", "reverse", "index_share", "width_share", "from_h1", "from_headline", "long_before", "long_after", "wide_before", "wide_after", "longs_before", "longs_after", "from_first_long", "article_same", "article_share", "article_none", "place_gap", "place_gap_after", "heading_level", "heading_distance", "heading_phrase", "heading_kinds", "heading_links"]
NEAR = [f"{name}{at:+d}" for at in (-3, -2, -1, 1, 2, 3) for name in ("width", "links", "tag", "ends")] + [f"same_path{at:+d}" for at in (-2, -1, 1, 2)] + [f"same_parent{at:+d}" for at in (-1, 1)] + ["near_links", "near_width", "wider_links"]
PAGE = ["page_blocks", "page_width", "page_longs", "page_mean", "has_body", "has_lead"]
FIRST = [*TEXT, *PATH, *SPOT, *TREE, *PLACE, *NEAR, *PAGE]


class Features:
    """Rows of `FIRST` for the blocks of a page, and of `SECOND` once there are probabilities."""

    def __init__(self, found: Blocks, hints: Hints) -> None:
        self.found = found
        self.hints = hints
        blocks, elements = found.blocks, found.elements
        n = len(blocks)
        self.width = width = [0] * n
        self.rows: list[list[float]] = []
        if not n:
            return
        tags = [elements[b.element].tag for b in blocks]
        self.path = path = [elements[b.element].path for b in blocks]
        texts = [self._text_row(b.text, b.link, b.bold, i) for i, b in enumerate(blocks)]
        links = [row[2] for row in texts]
        ends = [row[6] for row in texts]
        long = [w >= LONG and share < 0.5 for w, share in zip(width, links, strict=True)]
        self.long = long
        # Columns: blocks of one path.
        columns: dict[int, list[float]] = {}
        for p, w, b, e, is_long in zip(path, width, blocks, ends, long, strict=True):
            c = columns.get(p)
            if c is None:
                columns[p] = [1, w, b.link, e, is_long]
            else:
                c[0] += 1
                c[1] += w
                c[2] += b.link
                c[3] += e
                c[4] += is_long
        # Subtrees.
        m = len(elements)
        tree_width, tree_blocks, tree_link, tree_long = [0] * m, [0] * m, [0] * m, [0] * m
        for i, b in enumerate(blocks):
            e = b.element
            tree_width[e] += width[i]
            tree_blocks[e] += 1
            tree_link[e] += b.link
            tree_long[e] += long[i]
        for e in range(m - 1, 0, -1):
            up = elements[e].parent
            tree_width[up] += tree_width[e]
            tree_blocks[up] += tree_blocks[e]
            tree_link[up] += tree_link[e]
            tree_long[up] += tree_long[e]
        total = tree_width[0] or 1
        self.tree_rows: dict[int, tuple[float, ...]] = {}

        def tree_row(e: int) -> tuple[float, ...]:
            row = self.tree_rows.get(e)
            if row is None:
                w, k = tree_width[e], tree_blocks[e] or 1
                row = self.tree_rows[e] = (w / total, k, w / k, tree_link[e] / (w or 1), tree_long[e])
            return row

        path_rows: dict[int, tuple[float, ...]] = {}
        spot_rows: dict[int, tuple[float, ...]] = {}
        longs = sum(long)
        first_long = next((i for i in range(n) if long[i]), 0)
        home = elements[blocks[first_long].element].article
        article_width: dict[int, int] = {}
        for b, w in zip(blocks, width, strict=True):
            a = elements[b.element].article
            article_width[a] = article_width.get(a, 0) + w
        cumulated = list(accumulate(width))
        h1 = next((i for i in range(n) if tags[i] == "h1"), -_FAR)
        headline_at = next((i for i in range(n) if texts[i][19] >= 0.9 and texts[i][18] >= 0.7), h1)
        long_before, wide_before, long_after, wide_after = [0] * n, [0] * n, [0] * n, [0] * n
        since, gap = _FAR, 0
        for i in range(n):
            long_before[i], wide_before[i] = since, gap
            if long[i]:
                since, gap = 0, 0
            gap += width[i]
            since = min(since + 1, _FAR)
        since, gap = _FAR, 0
        for i in range(n - 1, -1, -1):
            long_after[i], wide_after[i] = since, gap
            if long[i]:
                since, gap = 0, 0
            gap += width[i]
            since = min(since + 1, _FAR)
        longs_until = list(accumulate(long))
        padded_width = [-1, -1, -1, *width, -1, -1, -1]
        padded_links = [1.0, 1.0, 1.0, *links, 1.0, 1.0, 1.0]
        codes = [_TAGS.get(t, 0) for t in tags]
        padded_tags = [-1, -1, -1, *codes, -1, -1, -1]
        padded_ends = [-1, -1, -1, *ends, -1, -1, -1]
        padded_path = [-1, -1, *path, -2, -2]
        parents = [elements[b.element].parent for b in blocks]
        padded_parents = [-5, *parents, -6]
        link_sum = [0, *accumulate(b.link for b in blocks)]
        width_sum = [0, *cumulated]
        page = (n, total, longs, total / n, bool(self.hints.article_body), bool(self.hints.lead))
        heading, heading_row = -_FAR, (0, 0, 0, 0.0)
        pictures_before = 0
        for i, b in enumerate(blocks):
            e = b.element
            element = elements[e]
            row = texts[i]
            row.append(b.images - pictures_before)
            pictures_before = b.images
            p = element.path
            path_row = path_rows.get(p)
            if path_row is None:
                path_row = path_rows[p] = self._path_row(e, columns[p], total)
            spot = spot_rows.get(e)
            up = element.parent if element.parent >= 0 else 0
            grand = elements[up].parent if elements[up].parent >= 0 else 0
            great = elements[grand].parent if elements[grand].parent >= 0 else 0
            if spot is None:
                spot = spot_rows[e] = (
                    element.blocks, elements[up].children, elements[grand].children,
                    *tree_row(e), *tree_row(up), *tree_row(grand), *tree_row(great),
                )  # fmt: skip
            place = b.place
            article = element.article
            row += path_row
            row += spot
            low, high = max(0, i - 3), min(n, i + 4)
            low8, high8 = max(0, i - 8), min(n, i + 9)
            row += (
                i, n - i, i / n, cumulated[i] / total, i - h1, i - headline_at,
                long_before[i], long_after[i], wide_before[i], wide_after[i],
                longs_until[i] - long[i], longs - longs_until[i], i - first_long,
                article == home, article_width[article] / total, article < 0,
                place - blocks[i - 1].place if i else _FAR, blocks[i + 1].place - place if i + 1 < n else _FAR,
                heading_row[0], i - heading, heading_row[1], heading_row[2], heading_row[3],
            )  # fmt: skip
            j = i + 3
            row += (
                padded_width[i], padded_links[i], padded_tags[i], padded_ends[i],
                padded_width[i + 1], padded_links[i + 1], padded_tags[i + 1], padded_ends[i + 1],
                padded_width[i + 2], padded_links[i + 2], padded_tags[i + 2], padded_ends[i + 2],
                padded_width[j + 1], padded_links[j + 1], padded_tags[j + 1], padded_ends[j + 1],
                padded_width[j + 2], padded_links[j + 2], padded_tags[j + 2], padded_ends[j + 2],
                padded_width[j + 3], padded_links[j + 3], padded_tags[j + 3], padded_ends[j + 3],
                padded_path[i] == p, padded_path[i + 1] == p, padded_path[i + 3] == p, padded_path[i + 4] == p,
                padded_parents[i] == element.parent, padded_parents[i + 2] == element.parent,
                (link_sum[high] - link_sum[low]) / (width_sum[high] - width_sum[low] or 1), width_sum[high] - width_sum[low],
                (link_sum[high8] - link_sum[low8]) / (width_sum[high8] - width_sum[low8] or 1),
            )  # fmt: skip
            row += page
            self.rows.append(row)
            level = _HEADINGS.get(tags[i])
            if level or (row[3] > 0.9 and width[i] < 80 and not ends[i]):
                heading, heading_row = i, (level or 7, row[23], element.kinds, links[i])

    def _text_row(self, text: str, link: int, bold: int, i: int) -> list[float]:
        chars = len(text)
        width = chars
        if not text.isascii():
            wide = len(_WIDE.findall(text))
            width += wide
        self.width[i] = width
        words = text.count(" ") + 1
        first, last = text[0], text[-1]
        tail = text.rstrip(_CLOSERS)[-1:] if last in _CLOSERS else last
        short = width < 400
        if i == 0:
            self._prepare()
        repeats = self._repeats[text]
        seen = self._seen.get(text, 0)
        self._seen[text] = seen + 1
        in_headline = headline_in = in_lead = lead_in = 0.0
        phrase = digits = upper = separators = 0
        if short:
            folded = text.casefold()
            match = _PHRASES.search(folded[:200])
            if match:
                phrase = _PHRASE_CODES[match.lastgroup or "read"]
            separators = len(_SEPARATORS.findall(text))
            if width < 200:
                digits = sum(map(str.isdigit, text)) / chars
                upper = sum(map(str.isupper, text)) / chars
        if width < 1000 and (self._headline or self._lead):
            own = set(_WORDS.findall(folded if short else text.casefold()))
            k = len(own) or 1
            if self._headline and short:
                common = len(own & self._headline)
                in_headline, headline_in = common / k, common / len(self._headline)
            if self._lead:
                common = len(own & self._lead)
                in_lead, lead_in = common / k, common / len(self._lead)
        inside = -1
        if self._article:
            middle = max(0, chars // 2 - 20)
            inside = int(text[middle : middle + 40] in self._article)
        inner = self.found.blocks[i].inner
        return [
            width, words, min(1.0, link / chars), min(1.0, bold / chars), self.found.blocks[i].links, self.found.blocks[i].breaks,
            tail in _ENDS, len(_SENTENCE_END.findall(text)), text.count(",") + text.count("،") + text.count("、"), first.islower(),
            2 if first in _OPENERS else 1 if first in _BULLETS else 3 if first.isdigit() else 4 if first == "©" else 0,
            last == ":", separators, chars / words, digits, upper, repeats, seen,
            in_headline, headline_in, in_lead, lead_in, inside, phrase,
            bool(inner & _INNER_BYLINE), bool(inner & _INNER_SHARE), bool(inner & _INNER_HIDDEN), bool(inner & _INNER_CAPTION),
            len(_SENTENCE_END.findall(text)) / words,
        ]  # fmt: skip

    def _prepare(self) -> None:
        self._repeats: dict[str, int] = {}
        for block in self.found.blocks:
            self._repeats[block.text] = self._repeats.get(block.text, 0) + 1
        self._seen: dict[str, int] = {}
        self._headline = set(_WORDS.findall(self.hints.headline.casefold()))
        self._lead = set(_WORDS.findall(self.hints.lead.casefold()))
        self._article = " ".join(self.hints.article_body.split())

    def _path_row(self, e: int, column: Sequence[float], total: int) -> tuple[float, ...]:
        elements = self.found.elements
        element = elements[e]
        up = elements[element.parent] if element.parent >= 0 else element
        grand = elements[up.parent] if up.parent >= 0 else up
        great = elements[grand.parent] if grand.parent >= 0 else grand
        own, k1, k2, k3 = element.kinds, up.kinds, grand.kinds, great.kinds
        kinds = [
            0 if own & bit else 1 if k1 & bit else 2 if k2 & bit else 3 if k3 & bit else 4 for bit in _KIND_BITS
        ]
        count, width, link, ends, long = column
        return (
            _TAGS.get(element.tag, 0), _TAGS.get(up.tag, 0), _TAGS.get(grand.tag, 0), *kinds,
            *[bool(element.within & bit) for bit in _WITHIN_BITS], element.depth,
            count, width, width / count, link / (width or 1), ends / count, long, width / total,
        )  # fmt: skip


_KIND_BITS = [1 << i for i in range(len(KIND_NAMES))]
_WITHIN_BITS = [1 << i for i in range(len(WITHIN))]
_INNER_BYLINE = 1 << KIND_NAMES.index("byline")
_INNER_SHARE = 1 << KIND_NAMES.index("share")
_INNER_HIDDEN = 1 << KIND_NAMES.index("hidden")
_INNER_CAPTION = 1 << KIND_NAMES.index("caption")

SECOND_ONLY = ["own", *(f"p{at:+d}" for at in (-3, -2, -1, 1, 2, 3)), "near", "path_p", "path_kept", "parent_p", "grand_p", "great_p", "kept_before", "kept_after", "kept_before_share", "gap_before", "gap_after", "gap_width_before", "gap_width_after", "run", "article_p", "inside_kept", "level", "up_level", "kept_width", "page_sure", "path_first_gap", "heading_p", "section_p"]
SECOND = [*FIRST, *SECOND_ONLY]


def second_rows(features: Features, p: Sequence[float]) -> list[list[float]]:
    """Rows of `SECOND_ONLY`: what the probabilities `p` of all blocks say about each of them."""
    blocks, elements, width = features.found.blocks, features.found.elements, features.width
    n = len(blocks)
    weight = [min(w, 600) + 10 for w in width]
    mass = [q * w for q, w in zip(p, weight, strict=True)]
    column_mass: dict[int, float] = {}
    column_weight: dict[int, float] = {}
    for key, q, w in zip(features.path, mass, weight, strict=True):
        column_mass[key] = column_mass.get(key, 0.0) + q
        column_weight[key] = column_weight.get(key, 0.0) + w
    m = len(elements)
    tree_mass, tree_weight = [0.0] * m, [0.0] * m
    articles: dict[int, list[float]] = {}
    for i, b in enumerate(blocks):
        tree_mass[b.element] += mass[i]
        tree_weight[b.element] += weight[i]
        a = articles.setdefault(elements[b.element].article, [0.0, 0.0])
        a[0] += mass[i]
        a[1] += weight[i]
    for e in range(m - 1, 0, -1):
        up = elements[e].parent
        tree_mass[up] += tree_mass[e]
        tree_weight[up] += tree_weight[e]
    total = tree_mass[0] or 1.0
    # Smallest element that holds most of what is kept so far, and how far each element is below its chain.
    box = 0
    for e in range(m - 1, -1, -1):
        if tree_mass[e] >= 0.8 * total:
            box = e
            break
    level = [_FAR] * m
    step, e = 0, box
    while e >= 0:
        level[e] = -step
        step += 1
        e = elements[e].parent
    down = [0] * m
    for e in range(1, m):
        up = elements[e].parent
        if level[e] == _FAR:
            level[e] = level[up]
            down[e] = down[up] + 1
    kept = [q >= 0.5 for q in p]
    kept_width = [w if k else 0 for k, w in zip(kept, weight, strict=True)]
    until = [0, *accumulate(kept_width)]
    all_kept = until[-1] or 1
    gap_before, gap_width_before = [0] * n, [0] * n
    since, gap = _FAR, 0
    run = [0] * n
    length = 0
    for i in range(n):
        gap_before[i], gap_width_before[i] = since, gap
        if kept[i]:
            since, gap = 0, 0
            length += 1
        else:
            gap += weight[i]
            length = 0
        run[i] = length
        since = min(since + 1, _FAR)
    gap_after, gap_width_after = [0] * n, [0] * n
    since, gap = _FAR, 0
    for i in range(n - 1, -1, -1):
        gap_after[i], gap_width_after[i] = since, gap
        if kept[i]:
            since, gap = 0, 0
        else:
            gap += weight[i]
        since = min(since + 1, _FAR)
    first = next((i for i in range(n) if kept[i]), 0)
    padded = [-1.0, -1.0, -1.0, *p, -1.0, -1.0, -1.0]
    mass_until = [0.0, *accumulate(mass)]
    weight_until = [0, *accumulate(weight)]
    # Sections: from one heading to the next.
    section_of = [0] * n
    section, sections_mass, sections_weight, heading_p = 0, [0.0], [0.0], [-1.0]
    for i, b in enumerate(blocks):
        if elements[b.element].tag in _HEADINGS:
            section += 1
            sections_mass.append(0.0)
            sections_weight.append(0.0)
            heading_p.append(p[i])
        section_of[i] = section
        sections_mass[section] += mass[i]
        sections_weight[section] += weight[i]
    rows = []
    for i, b in enumerate(blocks):
        e = b.element
        element = elements[e]
        q, w = mass[i], weight[i]
        up = max(element.parent, 0)
        grand = max(elements[up].parent, 0)
        great = max(elements[grand].parent, 0)
        key = features.path[i]
        low, high = max(0, i - 4), min(n, i + 5)
        rest = column_weight[key] - w
        article = articles[element.article]
        s = section_of[i]
        rows.append(
            [
                p[i], padded[i], padded[i + 1], padded[i + 2], padded[i + 4], padded[i + 5], padded[i + 6],
                (mass_until[high] - mass_until[low] - q) / (weight_until[high] - weight_until[low] - w or 1),
                (column_mass[key] - q) / rest if rest else -1.0, column_mass[key] - q,
                (tree_mass[up] - q) / (tree_weight[up] - w or 1), (tree_mass[grand] - q) / (tree_weight[grand] - w or 1),
                (tree_mass[great] - q) / (tree_weight[great] - w or 1),
                until[i], all_kept - until[i + 1], until[i] / all_kept,
                gap_before[i], gap_after[i], gap_width_before[i], gap_width_after[i],
                run[i - 1] if i else 0, (article[0] - q) / (article[1] - w or 1), i >= first,
                level[e], down[e], all_kept, total / all_kept, i - first,
                heading_p[s], (sections_mass[s] - q) / (sections_weight[s] - w or 1),
            ]  # fmt: skip
        )  # fmt: skip
    return rows
