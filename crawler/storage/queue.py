"""Runs that wait, and how one is taken: what stands between a schedule and the process that crawls.

Decides neither when a source is due nor how a run ended. Callers own the transaction and bring the time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crawler.storage import hosts, runs
from crawler.storage.liveness import ProcessIdentity
from crawler.storage.outcome import Outcome
from crawler.storage.runs import Attempt
from crawler.storage.tables import RunKind, RunRow, RunState
from crawler.storage.upsert import insert

ON_SCHEDULE, ON_REQUEST = "schedule", "request"
QUEUED_TRIGGERS = (ON_SCHEDULE, ON_REQUEST)
"""Triggers of the runs that a runner does; all others are crawls that somebody has started by hand."""

# No run waits for longer before another try: by then its source's next fire is nearer. A later moment was written by a
# clock that was ahead.
LONGEST_PAUSE = timedelta(days=1)


# --- Into the queue ---------------------------------------------------------------------------------------------------
def enqueue(
    session: Session,
    source_id: str,
    *,
    now: datetime,
    trigger: str = ON_REQUEST,
    kind: RunKind = RunKind.DISCOVERY,
    schedule_id: int | None = None,
    scheduled_for: datetime | None = None,
    options: Mapping[str, Any] | None = None,
) -> int | None:
    """Let a run wait for a runner and return its number; None when one of that source and kind waits already."""
    run = RunRow(
        source_id=source_id,
        kind=kind,
        trigger=trigger,
        schedule_id=schedule_id,
        scheduled_for=scheduled_for,
        state=RunState.QUEUED,
        options=dict(options) if options else None,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:  # the index that allows one queued, or the one that allows a fire once
        return None
    return run.id


def skip(
    session: Session,
    source_id: str,
    left_out: Sequence[tuple[datetime, str]],
    *,
    now: datetime,
    schedule_id: int,
    kind: RunKind = RunKind.DISCOVERY,
) -> None:
    """Write down fires that were left out, each with its reason; a fire that has its run already stays as it is."""
    rows = [
        {
            "source_id": source_id,
            "kind": kind,
            "trigger": ON_SCHEDULE,
            "schedule_id": schedule_id,
            "scheduled_for": fire,
            "state": RunState.FINISHED,
            "outcome": Outcome.SKIPPED,
            "reason": reason,
            "created_at": now,
            "finished_at": now,
        }
        for fire, reason in left_out
    ]
    if rows:
        session.execute(insert(session, RunRow).on_conflict_do_nothing(), rows)


def active(session: Session, source_id: str, kind: RunKind = RunKind.DISCOVERY) -> dict[RunState, int]:
    """The numbers of the runs of a source that are queued or running: at most one of each."""
    asked = select(RunRow.state, RunRow.id).where(
        RunRow.source_id == source_id,
        RunRow.kind == kind,
        RunRow.state != RunState.FINISHED,
        RunRow.outcome.is_(None),  # says the same, and is in the index: a source has a year of runs
    )
    return dict(session.execute(asked).all())


def cancel(session: Session, run_id: int, *, by: str, now: datetime) -> RunState | None:
    """Ask for the end of a run: a queued one ends at once, a running one when its crawl hears of it.

    Returns the state that the run was in; None when there is no such run.
    """
    run = session.get(RunRow, run_id, with_for_update=True)
    if run is None:
        return None
    state = run.state
    if state != RunState.FINISHED:
        run.cancel_requested_at, run.cancel_requested_by = now, by
    if state == RunState.QUEUED:
        run.state, run.outcome, run.finished_at = RunState.FINISHED, Outcome.CANCELLED, now
        run.reason = f"cancelled by {by} before it began"
    return state


# --- Out of the queue -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that may begin now."""

    run_id: int
    source_id: str
    kind: RunKind
    options: Mapping[str, Any]


def waiting(session: Session, *, now: datetime, limit: int, only: Collection[str] = ()) -> list[Waiting]:
    """Runs that may begin now, those that were due first before the others.

    Left out: runs whose pause before another try is not over, and runs of a source that is being crawled.

    Args:
        only: ids of sources; none means all.
    """
    asked = _WAITING.where(RunRow.source_id.in_(only)) if only else _WAITING
    found = session.execute(asked, {"now": now, "latest": now + LONGEST_PAUSE, "most": limit})
    return [Waiting(run_id, source_id, kind, options or {}) for run_id, source_id, kind, options in found]


_WAITING = (  # made once: a runner asks it every second
    select(RunRow.id, RunRow.source_id, RunRow.kind, RunRow.options)
    .where(
        RunRow.state == RunState.QUEUED,
        or_(
            RunRow.start_after.is_(None),
            RunRow.start_after <= bindparam("now"),
            RunRow.start_after > bindparam("latest"),
        ),
        ~runs.IS_CRAWLED,
    )
    .order_by(func.coalesce(RunRow.scheduled_for, RunRow.created_at), RunRow.id)
    .limit(bindparam("most"))
)


def take(
    session: Session, run_id: int, *, process: ProcessIdentity, names: Sequence[str], now: datetime, lease: timedelta
) -> Attempt | None:
    """Begin a queued run together with the lease of its hosts; None when another took it, or a host is being crawled.

    Args:
        names: the hosts of its source.
        lease: how long the hosts stay ours without a heartbeat.
    """
    nothing_taken = session.begin_nested()
    attempt = runs.start(session, run_id, process=process, now=now)
    # In one order, so that two runners never wait for each other.
    if attempt and all(
        hosts.lease(session, name, token=attempt.token, run_id=run_id, now=now, lease=lease) for name in sorted(names)
    ):
        nothing_taken.commit()
        return attempt
    nothing_taken.rollback()
    return None
