"""Which articles are due to be looked at again, and what such a look found. Callers own the transaction.

Looks become rarer with an article's age and stop when it is quiet (`next_look`). One that is gone keeps its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from crawler.storage.tables import ArticleRow, LinkRow

# An article that is still edited at its last look is looked at again at the same pause, until it is this old.
LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """An article that is due."""

    article_id: int
    url: str
    link_id: int | None
    """The first link that led to it. None when nobody discovered it."""
    last_seen_at: datetime


def next_look(
    steps: Sequence[timedelta], *, told_at: datetime, now: datetime, was_edited: bool = False
) -> datetime | None:
    """When to look again at an article; None: never.

    Args:
        steps: ages at which it is looked at, ascending.
        told_at: when it was published, or first seen.
        was_edited: whether the last look found another text.

    >>> from datetime import UTC
    >>> hours = [timedelta(hours=n) for n in (1, 6)]
    >>> next_look(hours, told_at=datetime(2026, 1, 1, 8, tzinfo=UTC), now=datetime(2026, 1, 1, 10, tzinfo=UTC)).hour
    14
    """
    for step in steps:
        if told_at + step > now:
            return told_at + step
    if was_edited and steps and now < told_at + LONGEST:
        return now + steps[-1]
    return None


def due(session: Session, source_id: str, *, now: datetime, limit: int) -> list[Due]:
    """Articles of a source that are due, the longest due first."""
    return [Due(*row) for row in session.execute(_DUE, {"source": source_id, "now": now, "most": limit})]


_LINK = select(func.min(LinkRow.id)).where(LinkRow.article_id == ArticleRow.id).scalar_subquery()
_DUE = (  # made once; see storage/runs.py
    select(ArticleRow.id, ArticleRow.url, _LINK, ArticleRow.last_seen_at)
    .where(ArticleRow.source_id == bindparam("source"), ArticleRow.revisit_at <= bindparam("now"))
    .order_by(ArticleRow.revisit_at, ArticleRow.id)
    .limit(bindparam("most"))
)


class Finding(Protocol):
    """Writes down what a look found that brought no text."""

    def __call__(self, session: Session, article_id: int, steps: Sequence[timedelta], *, now: datetime) -> None: ...


def unchanged(session: Session, article_id: int, steps: Sequence[timedelta], *, now: datetime) -> None:
    """The site says that the page is as it was."""
    _write(session, article_id, steps, now, last_seen_at=now, gone_at=None)


def gone(session: Session, article_id: int, steps: Sequence[timedelta], *, now: datetime) -> None:
    """The site has taken the page away; its text stays. Looked at again as before: some come back."""
    _write(session, article_id, steps, now, gone_at=func.coalesce(ArticleRow.gone_at, now))


def put_off(session: Session, article_id: int, steps: Sequence[timedelta], *, now: datetime) -> None:
    """Nothing was found out; the next look may."""
    _write(session, article_id, steps, now)


def _write(session: Session, article_id: int, steps: Sequence[timedelta], now: datetime, **values: Any) -> None:
    told_at = session.scalar(select(ArticleRow.listed_at).where(ArticleRow.id == article_id))
    if told_at is not None:
        values["revisit_at"] = next_look(steps, told_at=told_at, now=now)
        session.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(values))
