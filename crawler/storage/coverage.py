"""Counts, per day, how many of the articles read had each field: what shows that a site has changed its design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from crawler.storage.identity import Reading
from crawler.storage.tables import CoverageRow
from crawler.storage.upsert import insert

FIELDS = (
    "headline",
    "lead",
    "body",
    "published_at",
    "modified_at",
    "authors",
    "section",
    "tags",
    "images",
    "language",
)


def count(session: Session, readings: Iterable[Reading], *, day: date) -> None:
    """Add what was read to the day's counts; `layout` is empty where none matched."""
    seen: Counter[tuple[str, str]] = Counter()
    filled: Counter[tuple[str, str, str]] = Counter()
    for reading in readings:
        key = (reading.source_id, reading.article.layout or "")
        seen[key] += 1
        filled.update((*key, field) for field in FIELDS if getattr(reading.article, field))
    rows = [
        {
            "day": day,
            "source_id": source_id,
            "layout": layout,
            "field": field,
            "filled": filled[source_id, layout, field],
            "seen": seen[source_id, layout],
        }
        # Everyone writes in the same order, so that two batches cannot wait for each other.
        for source_id, layout in sorted(seen)
        for field in sorted(FIELDS)
    ]
    if rows:
        statement = insert(session, CoverageRow)
        statement = statement.on_conflict_do_update(
            index_elements=["day", "source_id", "layout", "field"],
            set_={
                "filled": CoverageRow.filled + statement.excluded.filled,
                "seen": CoverageRow.seen + statement.excluded.seen,
            },
        )
        session.execute(statement, rows)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the articles that were read had a field, lately and before."""

    source_id: str
    field: str
    filled: int
    seen: int
    filled_before: int
    seen_before: int


def fallen(
    session: Session, *, lately: Collection[date], before: Collection[date], least_before: float, below: float
) -> list[Share]:
    """The fields of all sources that on some days before were filled in most of the articles, and lately in few.

    Args:
        least_before: before, in at least this share of the articles.
        below: lately, in less than this share.
    """
    before_sums = _sums(before).having(func.sum(CoverageRow.filled) >= least_before * func.sum(CoverageRow.seen))
    lately_sums = _sums(lately).having(func.sum(CoverageRow.filled) < below * func.sum(CoverageRow.seen))
    old, new = before_sums.subquery("old"), lately_sums.subquery("new")
    asked = select(new.c.source_id, new.c.field, new.c.filled, new.c.seen, old.c.filled, old.c.seen).join(
        old, and_(old.c.source_id == new.c.source_id, old.c.field == new.c.field)
    )
    return [Share(*row) for row in session.execute(asked)]


def _sums(days: Collection[date]) -> Select[str, str, int, int]:
    """The counts of some days, by source and field."""
    return (
        select(
            CoverageRow.source_id,
            CoverageRow.field,
            func.sum(CoverageRow.filled).label("filled"),
            func.sum(CoverageRow.seen).label("seen"),
        )
        .where(CoverageRow.day.in_(days))
        .group_by(CoverageRow.source_id, CoverageRow.field)
    )


def by_day(session: Session, source_id: str, *, since: date) -> Sequence[CoverageRow]:
    """A source's counts of each day from `since` on, of each layout and field, in this order."""
    asked = select(CoverageRow).where(CoverageRow.source_id == source_id, CoverageRow.day >= since)
    return session.scalars(asked.order_by(CoverageRow.day, CoverageRow.layout, CoverageRow.field)).all()
