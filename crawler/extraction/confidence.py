"""How far a page's readers agree on its article: a number by which doubtful pages can be seen. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{4,}")
# Letters that a short news item has; less is more often a page that was not understood.
_SHORT_ITEM = 300
# What each question weighs. The body decides: a page with a wrong headline is still worth reading.
_WEIGHTS = (0.25, 0.2, 0.35, 0.2)


def confidence_of(
    headlines: Sequence[str], days: Sequence[str], body: str, body_confidence: float | None, lead: str | None
) -> float:
    """0..1 from four questions; 1 when all readers say the same and the text fits them.

    Do several readers know the headline? Do they state one day? Is there a body, and how sure is its reader
    (`body_confidence`; None when a source's rules have named it)? Does the text speak of what the headline names?

    >>> confidence_of(["A long road"] * 2, ["2024-05-02"] * 2, "A long road. " * 40, None, None)
    1.0
    """
    length = min(1.0, len(body) / _SHORT_ITEM)
    answers = (
        _agreement([_folded(headline) for headline in headlines]),
        _agreement(days),
        length * (1.0 if body_confidence is None else body_confidence),
        _fits(headlines[0] if headlines else "", f"{lead or ''} {body}"),
    )
    return round(sum(weight * answer for weight, answer in zip(_WEIGHTS, answers, strict=True)), 2)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _agreement(values: Sequence[str]) -> float:
    """Share of the readers that say what the first says: .7 for a single witness, 0 for none."""
    if not values:
        return 0.0
    if len(values) == 1:
        return 0.7
    first = values[0]
    return sum(value == first or value in first or first in value for value in values) / len(values)


def _fits(headline: str, text: str) -> float:
    """Share of the headline's longer words whose beginning the text has, too (words are inflected); 1 from half on."""
    words = {word[: max(4, len(word) - 3)] for word in _WORD.findall(headline.casefold())}
    if not words:
        return 0.5
    folded = text.casefold()
    return min(1.0, 2 * sum(word in folded for word in words) / len(words))
