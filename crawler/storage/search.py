"""Finds articles by filter and words, newest or best first, page by page. How words match: matching.py."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from crawler.errors import QueryError
from crawler.storage.facets import Count, count, facets
from crawler.storage.filters import Filter
from crawler.storage.highlights import Highlights, Piece, highlight
from crawler.storage.matching import matches
from crawler.storage.question import Question, read_filter, read_question
from crawler.storage.tables import ArticleRow

__all__ = [
    "Count", "Cursor", "Filter", "Highlights", "Hit", "Order", "Page", "Piece",
    "count", "facets", "read_filter", "search",
]  # fmt: skip

Order = Literal["newest", "best"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, so that the next one begins there: what arrives meanwhile neither shifts nor repeats."""

    order: Order
    listed_at: datetime
    article_id: int
    score: float | None = None
    """Of "best"; None of "newest"."""
    newest: tuple[datetime, int] | None = None
    """Of "best": the newest article when the first page was made; later ones are not ranked."""

    def encode(self) -> str:
        """As text for links and command lines: letters, digits, `-` and `_`."""
        newest = self.newest and [self.newest[0].astimezone(UTC).isoformat(), self.newest[1]]
        values = [self.order[0], self.listed_at.astimezone(UTC).isoformat(), self.article_id, self.score, newest]
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Read what `encode` wrote.

        Raises:
            QueryError: it is none of ours.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            order, listed_at, article_id, score, newest = json.loads(base64.b64decode(padded, b"-_", validate=True))
            return cls(
                {"n": "newest", "b": "best"}[order],  # type: ignore[arg-type]
                _aware(listed_at),
                int(article_id),
                None if score is None else float(score),
                newest and (_aware(newest[0]), int(newest[1])),
            )
        except (ValueError, TypeError, KeyError, binascii.Error):
            raise QueryError("this is no cursor", query=text[:100], remedy="Take the one of the page before") from None


def _aware(printed: str) -> datetime:
    moment = datetime.fromisoformat(printed)
    if moment.tzinfo is None:
        raise ValueError("naive")
    return moment


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that was found."""

    row: ArticleRow
    highlights: Highlights


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found, in order."""

    hits: tuple[Hit, ...]
    next_cursor: Cursor | None
    """None: this page is the last."""


def search(
    session: Session,
    wanted: Filter,
    *,
    order: Order = "newest",
    after: Cursor | None = None,
    limit: int = 50,
) -> Page:
    """One page of the articles that a filter means.

    "newest": by publication, or by when they were first seen where that is earlier or all there is. "best": headline
    and lead count more than the body; without words it is "newest".

    Raises:
        QueryError: the filter's words have no meaning, or `after` is of the other order.
    """
    question = read_question(wanted.words)
    if not question.all_of:
        order = "newest"
    if after is not None and after.order != order:
        raise QueryError(f"this cursor goes through {after.order} first, not {order} first")
    rows = _newest(session, wanted, question, after, limit + 1)
    hits = tuple(_hit(row, question) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(hits, Cursor(order, last.listed_at, last.id) if last is not None else None)


def _hit(row: ArticleRow, question: Question) -> Hit:
    return Hit(row, highlight(question, row.headline, row.lead, row.body))


def _newest(
    session: Session, wanted: Filter, question: Question, after: Cursor | None, limit: int
) -> Sequence[ArticleRow]:
    asked = select(ArticleRow).where(*replace(wanted, words="").conditions())
    if question.all_of:
        asked = asked.where(matches(session, question))
    if after is not None:
        asked = asked.where(tuple_(ArticleRow.listed_at, ArticleRow.id) < (after.listed_at, after.article_id))
    return session.scalars(asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).limit(limit)).all()
