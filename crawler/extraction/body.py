"""The generic body reader: candidate blocks, keep or drop for each, then paragraphs. Knows no site.

The blocks come from `body_blocks`, what is known of each from `body_features`, `body_text` and `body_context`, the
weights from `body_model`, which `benchmarks/extraction/train.py` writes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.extraction import body_model
from crawler.extraction.body_blocks import Blocks, Picture, find_blocks
from crawler.extraction.body_context import asked_again, context_rows
from crawler.extraction.body_features import H1, Features
from crawler.extraction.body_numbers import STRUCTURE
from crawler.extraction.body_text import Hints
from crawler.extraction.body_words import KIND_NAMES, READ, SIGN_UP
from crawler.extraction.page import Page

# What a block that is decided early counts as: sure, but not proof.
EXITED = 0.01
# Letters below which a body is doubtful and other places of the page are asked.
_LITTLE = 350
# Bounds of the threshold: below the first nothing is likely text, above the second nothing is doubtful.
_LOWEST, _HIGHEST = 0.15, 0.6

# Letters from which a text that comes again is a repetition, and below which a block may be an invitation.
_REPEATED, _SHORT = 60, 250
_IN_FIGCAPTION, _TAG, _LINK_SHARE, _KIND_PROMO, _KIND_HIDDEN = map(
    STRUCTURE.index, ("in_figcaption", "tag", "link_share", "kind_promo", "kind_hidden")
)
# The stages as groups of trees with the scores beyond which a block is decided; after the last group of a pass there is
# no doubt left to wait for, only bounds for the exponential.
_EARLY, _FIRST, _SECOND = (
    tuple((group, low, high) for group, (low, high) in zip(groups, exits, strict=True))
    for groups, exits in zip(body_model.STAGES, body_model.EXITS, strict=True)
)
_LEAD_BIT = 1 << KIND_NAMES.index("lead")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class BodyImage:
    """An image among the kept blocks."""

    src: str
    """As printed: may be relative."""
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The visible article as far as it could be told from what stands around it."""

    paragraphs: tuple[str, ...] = ()
    """In page order, without the lead."""
    lead: str | None = None
    """The standfirst, where it is printed as a block of its own. It then stands before the paragraphs."""
    images: tuple[BodyImage, ...] = ()
    confidence: float = 0.0
    """0..1: how sure the decisions are that matter, and whether there is enough text for an article."""

    @property
    def text(self) -> str:
        """Lead and paragraphs, one a line."""
        return "\n".join((self.lead, *self.paragraphs) if self.lead else self.paragraphs)


def read_body(page: Page, *, headline: str | None = None, lead: str | None = None) -> Body:
    """Find the article's text on a page of any site.

    `headline` and `lead` are what meta data say, to compare blocks with. Never fails; a page without text gives an
    empty body.

    >>> page = Page.read(b"<article><p>" + b"The council met on Monday and decided. " * 9 + b"</p></article>", "")
    >>> len(read_body(page).paragraphs)
    1
    """
    found = find_blocks(page.tree.body or page.root)
    features = Features(found, hints_of(page, headline, lead))
    chances = probabilities(features)
    return _assemble(found, features, chances, kept_blocks(features, chances))


def hints_of(page: Page, headline: str | None, lead: str | None) -> Hints:
    """What meta data say about the article; the page's own first, so that a source's rules change no decision here."""
    body = title = description = ""
    for thing in page.json_ld:
        value = thing.get("articleBody")
        if isinstance(value, str) and len(value) > len(body):
            body = value
        value = thing.get("headline")
        if isinstance(value, str) and not title:
            title = value
        value = thing.get("description")
        if isinstance(value, str) and not description and "rticle" in str(thing.get("@type")):
            description = value
    title = title or page.meta.first("og:title", "twitter:title") or headline or ""
    if not title:
        nodes = page.landmarks.headings or page.landmarks.titles
        title = nodes[0].text() if nodes else ""
    description = page.meta.first("og:description", "description", "twitter:description") or description or lead or ""
    return Hints(title, description, body)


def probabilities(features: Features) -> list[float]:
    """For each block how likely it belongs to the article."""
    rows, words_row, heading = features.rows, features.wording.row, features.heading
    chances = [0.0] * len(rows)
    ((early, low, high),) = _EARLY
    for i in features.asked:
        row = rows[i]
        score = early(*row)
        if score > high:
            chances[i] = 1 - EXITED
        elif score < low:
            chances[i] = EXITED
        else:
            row += words_row(i, heading[i])
            chances[i] = _chance(row, score, _FIRST)
    asked = asked_again(chances)
    for i, context in zip(asked, context_rows(features, chances, asked), strict=True):
        chances[i] = _chance(rows[i] + context, 0.0, _SECOND)
    return chances


def _chance(row: Sequence[float], score: float, groups: Sequence[tuple[Callable[..., float], float, float]]) -> float:
    for group, low, high in groups:
        score += group(*row)
        if score > high:
            return 1 - EXITED
        if score < low:
            return EXITED
    return 1 / (1 + math.exp(-score))


def kept_blocks(features: Features, chances: Sequence[float]) -> list[int]:
    """The numbers of the blocks that are the article, in page order."""
    threshold = threshold_of(features, chances)
    kept: list[int] = []
    texts: set[str] = set()
    for i, chance in enumerate(chances):
        if chance < threshold or not chance or _is_invitation(features, i):
            continue
        text = features.found.text[i]
        if features.width[i] >= _REPEATED:
            if text in texts:
                continue
            texts.add(text)
        kept.append(i)
    return kept


def _is_invitation(features: Features, i: int) -> bool:
    """Whether it never is the article's text, however well it stands: captions, other stories, the headline."""
    row, wording = features.rows[i], features.wording
    if row[_IN_FIGCAPTION]:
        return True
    if row[_TAG] == H1 and wording.is_headline(i):
        return True
    if features.width[i] >= _SHORT:
        return False
    phrase = wording.phrase(i)
    if phrase == READ and row[_LINK_SHARE] > 0.5:
        return True
    if phrase in SIGN_UP and row[_KIND_PROMO] <= 1:
        return True
    return row[_KIND_HIDDEN] == 0 and wording.copies(i) > 3


def threshold_of(features: Features, chances: Sequence[float]) -> float:
    """The probability from which to keep blocks, so that the page's F1 is as good as can be expected.

    That is half the best F1 one can hope for: on a clear page near .5, lower where all is uncertain.
    """
    likely = [(chance, width) for chance, width in zip(chances, features.width, strict=True) if chance]
    likely.sort(reverse=True)
    hoped = sum(chance * width for chance, width in likely)
    kept = hit = best = 0.0
    for chance, width in likely:
        kept += width
        hit += chance * width
        f1 = 2 * hit / (kept + hoped)
        if f1 < best:
            break
        best = f1
    threshold = min(_HIGHEST, max(_LOWEST, best / 2))
    # A page on which nothing is likely still has a likeliest text: an empty body helps nobody.
    return min(threshold, max(chances, default=0.0) * 0.8)


def _assemble(found: Blocks, features: Features, chances: Sequence[float], kept: list[int]) -> Body:
    texts = found.text
    lead_at = _lead_of(found, features, kept)
    lead = texts[lead_at] if lead_at is not None else None
    paragraphs = tuple(texts[i] for i in kept if i != lead_at)
    return Body(paragraphs, lead, _images(found, kept), _confidence(features, chances, kept))


def _lead_of(found: Blocks, features: Features, kept: Sequence[int]) -> int | None:
    """The standfirst among the first kept blocks: named so, or as meta data have it and set apart from the text."""
    if len(kept) < 3:
        return None
    widths: dict[int, int] = {}
    for i in kept:
        widths[features.path[i]] = widths.get(features.path[i], 0) + features.width[i]
    column = max(widths, key=lambda path: widths[path])
    wanted = set(_WORDS.findall(features.hints.lead.casefold()))
    for i in kept[:3]:
        if not 40 <= features.width[i] <= 800 or features.path[i] == column:
            continue
        e = found.element[i]
        kinds = found.elements.kinds
        if (kinds[e] | kinds[max(found.elements.parent[e], 0)]) & _LEAD_BIT:
            return i
        own = set(_WORDS.findall(found.text[i].casefold()))
        if wanted and len(own & wanted) >= 0.8 * min(len(own), len(wanted)) and len(own) >= 6:
            return i
    return None


def _images(found: Blocks, kept: Sequence[int]) -> tuple[BodyImage, ...]:
    if not kept:
        return ()
    captions = _captions(found)
    first, last = kept[0], kept[-1]
    images: dict[str, BodyImage] = {}
    for picture in found.pictures:
        if not first - 6 <= picture.before <= last + 1:
            continue
        src = _source_of(picture)
        figure = found.elements.figure[picture.element]
        if src and (figure >= 0 or picture.before > first) and src not in images:
            images[src] = BodyImage(src, captions.get(figure))
    return tuple(images.values())


def _captions(found: Blocks) -> dict[int, str]:
    captions: dict[int, str] = {}
    figures = found.elements.figure
    for e, text in zip(found.element, found.text, strict=True):
        if figures[e] >= 0 and len(text) < 1000:
            captions.setdefault(figures[e], text)
    return captions


def _source_of(picture: Picture) -> str | None:
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        value = picture.attributes.get(name)
        if value and not value.startswith("data:"):
            return value.strip()
    return None


def _confidence(features: Features, chances: Sequence[float], kept: Sequence[int]) -> float:
    width = sum(features.width[i] for i in kept)
    if not width:
        return 0.0
    sure = sum(features.width[i] * chances[i] for i in kept) / width
    return round(sure * min(1.0, width / _LITTLE), 3)
