"""How far a page's readers agree on its article: a number by which doubtful pages can be seen. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{4,}")
# Letters that a short news item has; less is more often a page that was not understood.
_SHORT_ITEM = 300
# What a statement is worth that no other reader confirms or contradicts.
_ONE_WITNESS = 0.7
# Letters of a text that nearly always speak of what its headline names: only where they do not, the rest is asked.
_BEGINNING = 1_000
# What each question weighs. The body decides: a page with a wrong headline is still worth reading.
_WEIGHTS = (0.25, 0.2, 0.35, 0.2)


def confidence_of(
    headline: str | None,
    headlines: Sequence[str],
    day: str | None,
    days: Sequence[str],
    body: str,
    body_confidence: float | None,
) -> float:
    """0..1 from four questions; 1 when all readers say the same and the text fits them.

    Do the readers (`headlines`) know the chosen headline? Do they state its `day`? Is there a body (with its lead), and
    how sure is its reader (`body_confidence`; None when a source's rules have named it)? Does the text speak of what
    the headline names?

    >>> confidence_of("A long road", ["A long road"] * 2, "2024-05-02", ["2024-05-02"] * 2, "A long road. " * 40, None)
    1.0
    """
    length = min(1.0, len(body) / _SHORT_ITEM)
    folded = {title: _folded(title) for title in {headline or "", *headlines}}
    answers = (
        _agreement(folded[headline or ""], [folded[other] for other in headlines]),
        _agreement(day or "", days),
        length * (1.0 if body_confidence is None else body_confidence),
        _fits(headline or "", body),
    )
    return round(sum(weight * answer for weight, answer in zip(_WEIGHTS, answers, strict=True)), 2)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _agreement(chosen: str, stated: Sequence[str]) -> float:
    """Share of the readers that say what was chosen; a single witness counts .7, none 0."""
    if not chosen:
        return 0.0
    share = sum(chosen in one or (bool(one) and one in chosen) for one in stated) / (len(stated) or 1)
    return share if len(stated) > 1 else _ONE_WITNESS


def _fits(headline: str, text: str) -> float:
    """Share of the headline's longer words whose beginning the text has, too (words are inflected); 1 from half on."""
    words = {word[: max(4, len(word) - 3)] for word in _WORD.findall(headline.casefold())}
    if not words:
        return 0.5
    share = 0.0
    for part in (text[:_BEGINNING], text):
        folded = part.casefold()
        share = 2 * sum(word in folded for word in words) / len(words)
        if share >= 1:
            return 1.0
    return share
