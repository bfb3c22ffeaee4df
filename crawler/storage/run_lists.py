"""Runs as lists show them: page by page, those that go on, what is usual, what one did when. Changes none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import case, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from crawler.storage.outcome import GOOD_OUTCOMES, Outcome
from crawler.storage.tables import FetchRow, RunKind, RunRow, RunState

# What is usual is taken from so many good runs of a source, and looked for among so many of all: with 50 sources every
# 15 minutes the last ten hours.
USUAL_OF, LOOKED_AT = 20, 2_000
# Fewer good runs say nothing of what is usual.
FEWEST = 3


def page(
    session: Session,
    *,
    source_id: str | None = None,
    kind: RunKind | None = None,
    outcome: str | None = None,
    state: RunState | None = None,
    before_id: int | None = None,
    with_skipped: bool = False,
    limit: int = 50,
) -> Sequence[RunRow]:
    """Runs, the latest first; skipped ones only on request, for they are many.

    Args:
        before_id: the last run of the page before; what begins meanwhile neither shifts nor repeats a run.
    """
    asked = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id.desc()).limit(limit)
    for column, value in ((RunRow.source_id, source_id), (RunRow.kind, kind), (RunRow.state, state)):
        if value is not None:
            asked = asked.where(column == value)
    if outcome is not None:
        asked = asked.where(RunRow.outcome == outcome)
    elif not with_skipped:
        asked = asked.where(RunRow.outcome.is_distinct_from(Outcome.SKIPPED))
    if before_id is not None:
        last = session.execute(select(RunRow.created_at, RunRow.id).where(RunRow.id == before_id)).first()
        asked = asked.where(
            RunRow.id < before_id if last is None else tuple_(RunRow.created_at, RunRow.id) < tuple(last)
        )
    return session.scalars(asked).all()


# Words, not parameters, and one after the other: else SQLite reads all runs instead of the two indexes of these few.
_GOING_ON = "SELECT id FROM runs WHERE state = 'running' UNION ALL SELECT id FROM runs WHERE state = 'queued'"


def going_on(session: Session) -> Sequence[RunRow]:
    """The runs that go on or wait, those that go on first."""
    return session.scalars(
        select(RunRow)
        .where(RunRow.id.in_(text(_GOING_ON)))
        .order_by(case((RunRow.state == RunState.RUNNING, 0), else_=1), RunRow.id)
    ).all()


def usual_durations(session: Session, source_id: str | None = None) -> Mapping[tuple[str, RunKind], timedelta]:
    """How long good runs usually take, of one source on request: medians where there were enough of late."""
    newest = session.scalar(select(func.max(RunRow.id))) or 0
    asked = (
        select(RunRow.source_id, RunRow.kind, RunRow.started_at, RunRow.finished_at)
        .where(RunRow.id > newest - LOOKED_AT, RunRow.outcome.in_(sorted(GOOD_OUTCOMES)))
        .order_by(RunRow.id.desc())
    )
    if source_id is not None:
        asked = asked.where(RunRow.source_id == source_id)
    took: dict[tuple[str, RunKind], list[float]] = defaultdict(list)
    for source_id, kind, started_at, finished_at in session.execute(asked):
        durations = took[source_id, kind]
        if started_at is not None and finished_at is not None and len(durations) < USUAL_OF:
            durations.append((finished_at - started_at).total_seconds())
    return {key: timedelta(seconds=median(found)) for key, found in took.items() if len(found) >= FEWEST}


@dataclass(frozen=True, slots=True)
class Phase:
    """What a run asked for of one kind, and from when until when."""

    kind: str
    """robots, feed, sitemap, listing or article."""
    requests: int
    good: int
    """Answered with a status below 400."""
    bytes: int
    ms: float | None
    """Mean time of an answer in milliseconds. None: there was none."""
    first_at: datetime
    last_at: datetime


def phases(session: Session, run_id: int) -> list[Phase]:
    """What a run asked for, by kind, in the order in which it began."""
    first_at = func.min(FetchRow.at)
    asked = (
        select(
            FetchRow.kind,
            func.count(),
            func.coalesce(func.sum(case((FetchRow.status < 400, 1), else_=0)), 0),
            func.coalesce(func.sum(FetchRow.bytes), 0),
            func.avg(FetchRow.ms),
            first_at,
            func.max(FetchRow.at),
        )
        .where(FetchRow.run_id == run_id)
        .group_by(FetchRow.kind)
        .order_by(first_at)
    )
    return [
        Phase(kind, requests, int(good), int(size), None if ms is None else float(ms), first, last)
        for kind, requests, good, size, ms, first, last in session.execute(asked)
    ]


def requests(
    session: Session, run_id: int, *, only_failed: bool = False, after_id: int = 0, limit: int
) -> Sequence[FetchRow]:
    """What a run asked for, in order.

    Args:
        only_failed: those that were not answered, or with a status of 400 and above.
        after_id: the last request of the page before.
    """
    asked = select(FetchRow).where(FetchRow.run_id == run_id, FetchRow.id > after_id).order_by(FetchRow.id)
    if only_failed:
        asked = asked.where(or_(FetchRow.status.is_(None), FetchRow.status >= 400))
    return session.scalars(asked.limit(limit)).all()
