"""An article's fields in the one form in which they are stored. Merges and cleans; adds nothing, reads no page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from crawler.articles.article import Article, Image
from crawler.articles.text import may_hold_credit, normalise_paragraphs, normalise_text, split_credit

_BLANK_LINE = re.compile(r"\n\s*\n")
# Signs and spaces; not `\W`, which takes the vowels from Indian scripts.
_SIGNS = re.compile(r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u3000-\u303f]+")
# "АСТАНА. 27 августа. АГЕНТСТВО – " in front of a lead: ends with one of these, and is not longer than this, in
# characters of the folded text: room for two cities, a day and an agency, not for a sentence.
_DATELINE_END = re.compile(r"[-–—:.)]\s*$")
_MAX_DATELINE = 70
# Labels around a caption and a credit ("Иллюстративное фото: ") are not longer than this, in characters.
_MAX_LABELS = 40
# Characters at the end of two texts that are compared first.
_END = 40
# A lead this short, in characters of the folded text, stands at the end of a longer paragraph by chance.
_MIN_LEAD_BEHIND_DATELINE = 30


def normalise_article(article: Article) -> Article:
    """Return `article` in its stored form; normalising twice changes nothing.

    Texts are cleaned by `normalise_text`; paragraphs that say nothing or repeat an image's caption or credit are
    dropped, as is the lead where the body begins with it, with or without a dateline. Of authors, tags, images and
    links each is kept once, in order; an image keeps the caption and the credit that any mention of it had. Moments
    are turned to UTC.
    A lead from meta data that the body begins with is a printed one: `lead_on_page` says so afterwards.

    >>> url = "https://example.kz/1"
    >>> article = Article(url=url, canonical_url=url, lead="It rains.", body="It rains.\\n\\n It  pours.")
    >>> normalise_article(article).body
    'It pours.'

    Raises:
        ValueError: a moment is naive.
    """
    images = _images(article.images)
    lead = _text(article.lead)
    captions = _Captions(images)
    paragraphs = [
        paragraph for paragraph in normalise_paragraphs(_BLANK_LINE.split(article.body)) if not captions.hold(paragraph)
    ]
    repeated = 0
    while lead and repeated < len(paragraphs) and _repeats(paragraphs[repeated], lead):
        repeated += 1
    lead_on_page = article.lead_on_page
    if repeated and not lead_on_page:
        # Printed after all. If nothing else is, it is the body of a short story and not its lead.
        lead, repeated = (lead, repeated) if repeated < len(paragraphs) else (None, repeated - 1)
        lead_on_page = True
    said: dict[str, Any] = {
        "headline": _text(article.headline),
        "lead": lead,
        "lead_on_page": lead_on_page,
        "body": "\n\n".join(paragraphs[repeated:]),
        "language": _text(article.language),
        "section": _text(article.section),
        "authors": _unique(article.authors),
        "tags": _unique(normalise_text(tag).lstrip("# ") for tag in article.tags),
        "images": images,
        "published_at": _utc(article.published_at),
        "published_raw": _text(article.published_raw),
        "modified_at": _utc(article.modified_at),
        "translations": tuple(dict.fromkeys(article.translations)),
        "related_links": tuple(dict.fromkeys(article.related_links)),
        "fetched_at": _utc(article.fetched_at),
    }
    values = {field: getattr(article, field, None) for field in article.origins} | said
    origins = {field: origin for field, origin in article.origins.items() if values[field] not in (None, "", ())}
    return replace(article, **said, origins=origins)


def _text(value: str | None) -> str | None:
    return normalise_text(value) or None if value else None


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment} is naive; articles hold aware moments")
    return moment.astimezone(UTC)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values cleaned, each once; of spellings that differ in case the first one."""
    kept: dict[str, str] = {}
    for value in normalise_paragraphs(values):
        kept.setdefault(value.casefold(), value)
    return tuple(kept.values())


def _images(images: Iterable[Image]) -> tuple[Image, ...]:
    kept: dict[str, Image] = {}
    for image in images:
        url = image.url.strip()
        caption, credit = split_credit(image.caption or "")
        if image.credit:
            rest, maker = split_credit(image.credit)
            credit = maker or rest
        known = kept.get(url)
        if known:
            kept[url] = Image(url, known.caption or caption, known.credit or credit)
        elif url:
            kept[url] = Image(url, caption, credit)
    return tuple(kept.values())


def _texts_of(image: Image) -> Iterator[str]:
    """The forms in which a caption also stands in a paragraph."""
    if image.caption:
        yield image.caption
    if image.credit:
        yield image.credit
    if image.caption and image.credit:
        yield f"{image.caption} {image.credit}"


class _Captions:
    """What is printed with an article's images, to know it among its paragraphs."""

    def __init__(self, images: Iterable[Image]) -> None:
        self._shown = {_fold(text) for image in images for text in _texts_of(image)} - {""}
        self._longest = max(map(len, self._shown), default=-_MAX_LABELS) + _MAX_LABELS
        self._beginnings = {"", *(text[0] for text in self._shown)}

    def hold(self, paragraph: str) -> bool:
        """Whether a paragraph is one of these texts, with or without labels such as `Фото:`."""
        if len(paragraph) > 2 * self._longest:
            return False
        # Nearly all begin otherwise, and have no sign of a credit: they need not be folded.
        if _first_sign(paragraph[:1]) in self._beginnings and _fold(paragraph) in self._shown:
            return True
        if not may_hold_credit(paragraph):
            return False
        folded = _fold(paragraph)
        if len(folded) > self._longest or not any(text in folded for text in self._shown):
            return False
        caption, credit = split_credit(paragraph)
        return (
            credit is not None and _fold(credit) in self._shown and (caption is None or _fold(caption) in self._shown)
        )


def _repeats(paragraph: str, lead: str) -> bool:
    """Whether a paragraph says what the lead says; a dateline in front of either makes no difference."""
    ends = _fold(paragraph[-_END:]), _fold(lead[-_END:])
    letters = min(map(len, ends))
    if letters and ends[0][-letters:] != ends[1][-letters:]:
        return False  # nearly always, and told without folding all of both
    one, other = _fold(paragraph), _fold(lead)
    if one == other:
        return True
    longer, shorter, printed = (one, other, paragraph) if len(one) > len(other) else (other, one, lead)
    dateline = len(longer) - len(shorter)
    if len(shorter) < _MIN_LEAD_BEHIND_DATELINE or dateline > _MAX_DATELINE or not longer.endswith(shorter):
        return False
    return bool(_DATELINE_END.search(_before(printed, shorter)))


def _before(printed: str, folded_end: str) -> str:
    """The beginning of `printed` that is not part of `folded_end`, which its folded form ends with."""
    letters = len(folded_end)
    position = len(printed)
    while letters > 0:
        position -= 1
        letters -= len(_fold(printed[position]))
    return printed[:position].rstrip("«\"“„‘'([ ")


@lru_cache(maxsize=1024)  # paragraphs begin with a few dozen letters
def _first_sign(letter: str) -> str:
    return _fold(letter)[:1]


def _fold(text: str) -> str:
    """Letters and numbers only: typography makes no difference."""
    return _SIGNS.sub("", text.casefold())
