"""Counts, per day, how many of the articles read had each field: what shows that a site has changed its design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

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
