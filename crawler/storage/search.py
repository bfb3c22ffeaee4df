"""Finds articles by filter and words, newest or best first, page by page. How words match: matching.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crawler.errors import QueryError
from crawler.storage.columns import LARGEST_KEY
from crawler.storage.cursors import pack, unpack
from crawler.storage.facets import Count, count, facets
from crawler.storage.filters import Filter
from crawler.storage.highlights import Highlights, Piece, highlight
from crawler.storage.matching import scores
from crawler.storage.newest import Place, newest
from crawler.storage.question import Question, read_filter, read_question
from crawler.storage.sets import each_number, listed
from crawler.storage.tables import ArticleRow

__all__ = [
    "Count", "Cursor", "Filter", "Highlights", "Hit", "Order", "Page", "Piece",
    "count", "facets", "read_filter", "search",
]  # fmt: skip

Order = Literal["newest", "best"]

# Best first ranks so many of the newest that fit: ranking every article that has a common word takes seconds, and what
# a reader looks for among thousands is rarely the oldest. Articles.
RANKED = 1_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, so that the next one begins there: what arrives meanwhile neither shifts nor repeats."""

    order: Order
    listed_at: datetime
    article_id: int
    score: float | None = None
    """Of "best"; None of "newest"."""
    newest: Place | None = None
    """Of "best": the newest article when the first page was made; later ones are not ranked."""

    def encode(self) -> str:
        """As text for links and command lines: letters, digits, `-` and `_`."""
        values: list[object] = [self.order[0], _microseconds(self.listed_at), self.article_id]
        if self.newest is not None:
            values += [self.score, _microseconds(self.newest[0]), self.newest[1]]
        return pack(values)

    @classmethod
    def decode(cls, written: str) -> Cursor:
        """Read what `encode` wrote.

        Raises:
            QueryError: it is none of ours.
        """
        try:
            order, listed_at, number, *best = unpack(written)
            place = _moment(listed_at), _number(number)
            if order == "n":
                return cls("newest", *place)
            score, newest_at, newest = best
            return cls("best", *place, float(score), (_moment(newest_at), _number(newest)))
        except (ValueError, TypeError, OverflowError):
            raise QueryError(
                "this is no cursor", query=written[:100], remedy="Take the one of the page before"
            ) from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def _number(value: int) -> int:
    """An article's number, as a database can have it."""
    if type(value) is not int or not 0 <= value <= LARGEST_KEY:  # a bool is an int, too, but no number to PostgreSQL
        raise ValueError(value)
    return value


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
    and lead count more than the body, among equals the newer one; of more than RANKED articles the newest are ranked.
    Without words it is "newest".

    Raises:
        QueryError: the filter's words have no meaning, or `after` is of the other order.
    """
    question = read_question(wanted.words)
    if not question.all_of:
        order = "newest"
    if after is not None and after.order != order:
        raise QueryError(f"this cursor goes through {after.order} first, not {order} first")
    if order == "best":
        return _best(session, wanted, question, after, limit)
    before = (after.listed_at, after.article_id) if after is not None else None
    places = newest(session, wanted, before=before, limit=limit + 1)
    cursor = Cursor("newest", *places[limit - 1]) if len(places) > limit else None
    return Page(_hits(session, question, [number for _, number in places[:limit]]), cursor)


def _best(session: Session, wanted: Filter, question: Question, after: Cursor | None, limit: int) -> Page:
    """The same RANKED articles are ranked anew for each page: the database keeps no order between two questions."""
    places = newest(session, wanted, until=after.newest if after is not None else None, limit=RANKED)
    score = scores(session, question, [number for _, number in places])
    ranked = sorted(((score.get(place[1], 0.0), *place) for place in places), reverse=True)
    start = _place_after(ranked, after) if after is not None else 0
    shown = ranked[start : start + limit]
    cursor = None
    if start + limit < len(ranked):
        fit, listed_at, number = shown[-1]
        cursor = Cursor("best", listed_at, number, fit, after.newest if after is not None else places[0])
    return Page(_hits(session, question, [number for _, _, number in shown]), cursor)


def _place_after(ranked: Sequence[tuple[float, datetime, int]], after: Cursor) -> int:
    """Behind the last hit of the page before, wherever it stands now: new articles change all scores a little."""
    for place, (_, _, number) in enumerate(ranked):
        if number == after.article_id:
            return place + 1
    last = (after.score or 0.0, after.listed_at, after.article_id)
    return sum(one >= last for one in ranked)  # erased meanwhile


# The numbers as one parameter: a database takes only so many.
_CHOSEN = "articles.id IN (SELECT value FROM {each})"


def _hits(session: Session, question: Question, numbers: Sequence[int]) -> tuple[Hit, ...]:
    chosen = text(_CHOSEN.format(each=each_number(session, "ids"))).bindparams(ids=listed(numbers))
    rows = {row.id: row for row in session.scalars(select(ArticleRow).where(chosen))}
    found = (rows[number] for number in numbers if number in rows)
    return tuple(Hit(row, highlight(question, row.headline, row.lead, row.body)) for row in found)
