"""Is this article new, changed, or known? Decides; stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an article that was read is to the database."""

    NEW = "new"
    REVISED = "revised"
    """The address is known with another text."""
    UNCHANGED = "unchanged"
    """The address is known with this text."""
    DUPLICATE = "duplicate"
    """The text is known from another address."""


@dataclass(frozen=True, slots=True)
class Known:
    """The article that is stored under the same address."""

    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """The article at another address whose text is the nearest."""

    article_id: int
    similarity: float
    """0..1; 1: the same text, letter for letter."""


def judge(content_hash: bytes, *, same_url: Known | None, nearest: Match | None) -> Verdict:
    """Say what a text is; its address counts for more than its likeness to others.

    >>> judge(b"b", same_url=Known(b"a"), nearest=Match(7, 1.0))
    <Verdict.REVISED: 'revised'>
    """
    if same_url:
        return Verdict.UNCHANGED if same_url.content_hash == content_hash else Verdict.REVISED
    return Verdict.DUPLICATE if nearest else Verdict.NEW
