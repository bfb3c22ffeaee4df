"""Attempts that a runner has begun: how far they are, and their end as their parent saw it. Starts and stops none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crawler.storage import hosts, links, runs
from crawler.storage.columns import table_of
from crawler.storage.liveness import ProcessIdentity
from crawler.storage.outcome import RETRIED_OUTCOMES, Judgement, Outcome, ProcessEnd, judge_outcome
from crawler.storage.runs import Attempt, Ending, Unfinished
from crawler.storage.tables import AttemptRow, RunRow, RunState


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an attempt is, by its own last word."""

    pid: int | None
    heartbeat_at: datetime
    stats: Mapping[str, Any]
    ended: bool
    """It has written its final record; its process should end at once."""
    cancel_requested: bool


def progress(session: Session, attempt_ids: Collection[int]) -> dict[int, Progress]:
    """How far attempts are; those whose record was deleted are left out."""
    asked = (
        select(AttemptRow, RunRow.cancel_requested_at)
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .where(AttemptRow.id.in_(attempt_ids))
    )
    return {
        row.id: Progress(row.pid, row.heartbeat_at, row.stats or {}, row.finished_at is not None, cancelled is not None)
        for row, cancelled in session.execute(asked)
    }


@dataclass(frozen=True, slots=True)
class Unattended:
    """An attempt that has not ended, as one sees it who did not begin it."""

    one: Unfinished
    trigger: str
    began: bool
    """Its crawl has taken it over: the process in the record is the crawl's, no longer the runner's."""
    started_at: datetime


def unattended(session: Session, *, mine: Collection[int]) -> list[Unattended]:
    """The attempts that have not ended, without mine, oldest first."""
    asked = (
        select(AttemptRow, RunRow)
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .where(AttemptRow.finished_at.is_(None), AttemptRow.id.not_in(mine))
        .order_by(AttemptRow.id)
    )
    return [
        Unattended(
            Unfinished(
                Attempt(row.run_id, row.id, row.number, row.token),
                run.source_id,
                ProcessIdentity(row.worker, row.pid or 0, row.process_started_at),
                row.heartbeat_at,
            ),
            trigger=run.trigger,
            # Equal until the crawl takes it over. Not a comparison of clocks: the two moments come from two machines.
            began=row.heartbeat_at != row.started_at,
            started_at=row.started_at,
        )
        for row, run in session.execute(asked)
    ]


# --- The end ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt whose process is gone."""

    judgement: Judgement
    retry_at: datetime | None
    """When the run is tried again; None when that was its end."""


def settle(
    session: Session,
    attempt: Attempt,
    process: ProcessEnd,
    *,
    now: datetime,
    pid: int | None = None,
    stderr_tail: str | None = None,
    retry_after: timedelta | None = None,
) -> Settled:
    """Write down the end of an attempt: what its parent saw, beside what the crawl itself has recorded.

    Args:
        pid: number of the crawl's process; it had begun when the record names it, whatever `process` says.
        retry_after: an attempt that left no record of its end is tried again after so long; None: that was the run.
    """
    row = session.get(AttemptRow, attempt.attempt_id, with_for_update=True, populate_existing=True)
    if row is None:  # pruned
        hosts.release(session, attempt.token)
        return Settled(Judgement(Outcome.LOST, "its record was deleted"), None)
    process = replace(process, began=process.began or (pid is not None and row.pid == pid))
    judgement = judge_outcome(finish_reason=row.finish_reason, stats=row.stats or {}, process=process)
    if row.finished_at is None:
        ending = Ending(
            judgement.outcome,
            judgement.reason,
            exit_code=process.exit_code,
            exit_signal=process.signal,
            stderr_tail=stderr_tail,
        )
        wanted = judgement.outcome in RETRIED_OUTCOMES
        if (
            retry_after is not None
            and wanted
            and _retry(session, attempt, ending, now=now, start_after=now + retry_after)
        ):
            return Settled(judgement, now + retry_after)
        runs.finish(session, attempt, ending, now=now)
        session.execute(update(RunRow).where(RunRow.id == attempt.run_id).values(stats=row.stats))
        return Settled(judgement, None)
    if process.exit_code is not None or process.signal is not None:
        row.exit_code, row.exit_signal, row.stderr_tail = process.exit_code, process.signal, stderr_tail
    if row.finish_reason is None:  # another process had declared it dead; that stands
        return Settled(Judgement(Outcome(row.outcome or Outcome.LOST), row.reason), None)
    row.outcome, row.reason = judgement.outcome, judgement.reason
    last_word = {"outcome": judgement.outcome, "reason": judgement.reason}
    session.execute(_LAST_WORD, {"where_id": attempt.run_id, **last_word})
    return Settled(judgement, None)


_RUNS = table_of(RunRow)
_LAST_WORD = (  # made once; see storage/runs.py
    update(_RUNS).where(_RUNS.c.id == bindparam("where_id"), _RUNS.c.state == RunState.FINISHED)
)


def _retry(session: Session, attempt: Attempt, ending: Ending, *, now: datetime, start_after: datetime) -> bool:
    """End an attempt and let its run wait again; False, with nothing changed, when another run of it waits already."""
    again = update(RunRow).where(
        RunRow.id == attempt.run_id, RunRow.state == RunState.RUNNING, RunRow.cancel_requested_at.is_(None)
    )
    reason = f"attempt {attempt.number} {ending.outcome}: {ending.reason}"
    try:
        with session.begin_nested():
            waits = session.execute(
                again.values(state=RunState.QUEUED, start_after=start_after, reason=reason).returning(RunRow.id)
            ).first()
    except IntegrityError:  # the index that allows one queued
        return False
    if waits is None:
        return False
    session.execute(
        update(AttemptRow)
        .where(AttemptRow.id == attempt.attempt_id)
        .values(
            finished_at=now,
            outcome=ending.outcome,
            reason=ending.reason,
            exit_code=ending.exit_code,
            exit_signal=ending.exit_signal,
            stderr_tail=ending.stderr_tail,
        )
    )
    links.release_run(session, attempt.run_id)
    hosts.release(session, attempt.token)
    return True
