"""Records and errors as lists of many runs show them, page by page. What one run said: logs.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from crawler.storage.logs import wanted
from crawler.storage.outcome import Outcome
from crawler.storage.tables import ErrorRow, LogRow, OccurrenceRow, RunRow

# Runs whose records count as a source's latest: half a day of a source that is crawled every 15 minutes.
LATEST_RUNS = 50


def of_source(
    session: Session,
    source_id: str,
    *,
    level: int = 0,
    grep: str | None = None,
    url: str | None = None,
    since: datetime | None = None,
    before_id: int | None = None,
    limit: int,
) -> Sequence[LogRow]:
    """What the latest LATEST_RUNS runs of a source said, the newest record first; filters as in `logs.records_of`.

    Args:
        before_id: the last record of the page before.
    """
    latest = (
        select(RunRow.id)
        .where(RunRow.source_id == source_id, RunRow.outcome.is_distinct_from(Outcome.SKIPPED))
        .order_by(RunRow.created_at.desc(), RunRow.id.desc())
        .limit(LATEST_RUNS)
    )
    asked = select(LogRow).where(LogRow.run_id.in_(latest), *wanted(level, grep, url, since))
    if before_id is not None:
        asked = asked.where(LogRow.id < before_id)
    return session.scalars(asked.order_by(LogRow.id.desc()).limit(limit)).all()


def errors(
    session: Session, source_id: str | None = None, *, before: tuple[datetime, int] | None = None, limit: int
) -> Sequence[ErrorRow]:
    """The kinds of errors, of one source on request, the latest first.

    Args:
        before: last_seen_at and id of the last one of the page before. One that happens again moves to the front.
    """
    asked = select(ErrorRow).order_by(ErrorRow.last_seen_at.desc(), ErrorRow.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(tuple_(ErrorRow.last_seen_at, ErrorRow.id) < before)
    if source_id is not None:
        asked = asked.where(
            select(OccurrenceRow.id)
            .where(OccurrenceRow.error_id == ErrorRow.id, OccurrenceRow.source_id == source_id)
            .exists()
        )
    return session.scalars(asked).all()
