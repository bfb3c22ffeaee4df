"""Runs and their attempts: begin, heartbeat, end, and what is asked of them. Judges no outcome; starts no process.

Everything that an attempt writes is fenced by its token: once somebody has declared it dead, it can write no more.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from crawler.storage import hosts, links
from crawler.storage.columns import UtcDateTime, table_of
from crawler.storage.liveness import ProcessIdentity, is_alive
from crawler.storage.tables import AttemptRow, RunKind, RunRow, RunState

# An attempt of another machine is lost when it has been silent this long; 12 default heartbeats.
SILENCE = timedelta(seconds=60)
# A heartbeat so far in the future is no sign of life: the clock was put back since it was written.
AHEAD = timedelta(hours=1)

COUNTS = ("discovered", "fetched", "new", "revised", "unchanged", "duplicate", "rejected", "failed", "errors")
"""The columns of `runs` that count what a run did."""


# Made once: to make an alias takes longer than to ask the question, and a runner asks it every second.
_OTHER = aliased(RunRow)
IS_CRAWLED = exists().where(_OTHER.source_id == RunRow.source_id, _OTHER.state == RunState.RUNNING)
"""Whether a run of the same source is going on, of whatever kind: it has the same hosts."""

# Made once, and of tables instead of classes: each crawl begins and ends with them, and to put a statement of the ORM
# together takes longer than to execute it. The columns that are written are those of the parameters.
_ATTEMPTS, _RUNS = table_of(AttemptRow), table_of(RunRow)
_WRITE_ATTEMPT = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.token == bindparam("where_token"), _ATTEMPTS.c.finished_at.is_(None))
    .returning(_ATTEMPTS.c.run_id, _ATTEMPTS.c.id, _ATTEMPTS.c.number)
)
_COUNT_ATTEMPTS = select(func.count()).select_from(_ATTEMPTS).where(_ATTEMPTS.c.run_id == bindparam("where_run"))
_START = (
    update(RunRow)
    .where(RunRow.id == bindparam("where_id"), RunRow.state == RunState.QUEUED, ~IS_CRAWLED)
    .values(
        state=RunState.RUNNING, started_at=func.coalesce(RunRow.started_at, bindparam("moment", type_=UtcDateTime()))
    )
    .returning(RunRow.id)
)
_END_RUN = update(_RUNS).where(_RUNS.c.id == bindparam("where_id"), _RUNS.c.state == RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to do a run, held by one process."""

    run_id: int
    attempt_id: int
    number: int
    token: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What an attempt learns when it writes its heartbeat."""

    is_ours: bool
    """False: somebody declared this attempt dead; it must stop and write no more."""
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended, as far as it is known."""

    outcome: str
    reason: str | None = None
    finish_reason: str | None = None
    exit_code: int | None = None
    exit_signal: int | None = None
    stderr_tail: str | None = None


def begin(
    session: Session,
    source_id: str,
    *,
    process: ProcessIdentity,
    now: datetime,
    kind: RunKind = RunKind.DISCOVERY,
    trigger: str = "manual",
    options: Mapping[str, Any] | None = None,
) -> Attempt | None:
    """Begin a run at once; None when another one of that source is going on, of whatever kind: it has its hosts."""
    going_on = select(RunRow.id).where(RunRow.source_id == source_id, RunRow.state == RunState.RUNNING).limit(1)
    if session.scalar(going_on) is not None:
        return None
    run = RunRow(
        source_id=source_id,
        kind=kind,
        trigger=trigger,
        state=RunState.RUNNING,
        options=dict(options) if options else None,
        created_at=now,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:  # the index that allows one running
        return None
    return _add_attempt(session, run.id, process, now)


def start(session: Session, run_id: int, *, process: ProcessIdentity, now: datetime) -> Attempt | None:
    """Turn a queued run into a running one; None when it is no longer queued or another one is going on."""
    try:
        with session.begin_nested():
            taken = session.execute(_START, {"where_id": run_id, "moment": now}).first()
    except IntegrityError:
        return None
    return _add_attempt(session, run_id, process, now) if taken else None


def attach(session: Session, token: str, *, process: ProcessIdentity, now: datetime) -> Attempt | None:
    """Take over, in the child, the attempt that its runner has begun; None when it was ended meanwhile."""
    values = {"worker": process.worker, "pid": process.pid, "process_started_at": process.started_at}
    row = session.execute(_WRITE_ATTEMPT, {"where_token": token, "heartbeat_at": now, **values}).first()
    return Attempt(row.run_id, row.id, row.number, token) if row else None


def _add_attempt(session: Session, run_id: int, process: ProcessIdentity, now: datetime) -> Attempt:
    before = session.scalar(_COUNT_ATTEMPTS, {"where_run": run_id}) or 0
    row = AttemptRow(
        run_id=run_id,
        number=before + 1,
        token=secrets.token_hex(16),
        worker=process.worker,
        pid=process.pid,
        process_started_at=process.started_at,
        started_at=now,
        heartbeat_at=now,
    )
    session.add(row)
    session.flush()
    return Attempt(run_id, row.id, row.number, row.token)


def heartbeat(
    session: Session,
    attempt: Attempt,
    *,
    counts: Mapping[str, int],
    stats: Mapping[str, Any],
    now: datetime,
    lease: timedelta = hosts.LEASE,
) -> Standing:
    """Say that the attempt lives and what it has done so far; keep its hosts, if it has any, for `lease`."""
    ours = session.execute(
        update(AttemptRow)
        .where(AttemptRow.token == attempt.token, AttemptRow.finished_at.is_(None))
        .values(heartbeat_at=now, stats=dict(stats))
        .returning(AttemptRow.id)
    ).first()
    if not ours:
        return Standing(is_ours=False, cancel_requested=False)
    hosts.prolong(session, attempt.token, until=now + lease)
    cancel = session.execute(
        update(RunRow).where(RunRow.id == attempt.run_id).values(**counts).returning(RunRow.cancel_requested_at)
    ).scalar_one()
    return Standing(is_ours=True, cancel_requested=cancel is not None)


def finish(
    session: Session,
    attempt: Attempt,
    ending: Ending,
    *,
    now: datetime,
    counts: Mapping[str, int] | None = None,
    stats: Mapping[str, Any] | None = None,
) -> bool:
    """End an attempt and its run, and give back the links and hosts that it had; False when it had ended before."""
    ours = session.execute(
        _WRITE_ATTEMPT,
        {
            "where_token": attempt.token,
            "finished_at": now,
            "outcome": ending.outcome,
            "reason": ending.reason,
            "finish_reason": ending.finish_reason,
            "exit_code": ending.exit_code,
            "exit_signal": ending.exit_signal,
            "stderr_tail": ending.stderr_tail,
            **({"stats": dict(stats), "heartbeat_at": now} if stats is not None else {}),
        },
    ).first()
    if not ours:
        return False
    session.execute(
        _END_RUN,
        {
            "where_id": attempt.run_id,
            "state": RunState.FINISHED,
            "finished_at": now,
            "outcome": ending.outcome,
            "reason": ending.reason,
            **(counts or {}),
            **({"stats": dict(stats)} if stats is not None else {}),
        },
    )
    links.release_run(session, attempt.run_id)
    hosts.release(session, attempt.token)
    return True


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An attempt that has not ended, with the process that holds it."""

    attempt: Attempt
    source_id: str
    process: ProcessIdentity
    heartbeat_at: datetime


def unfinished(session: Session, *, source_id: str | None = None, kind: RunKind | None = None) -> list[Unfinished]:
    """The attempts that have not ended, oldest first."""
    asked = (
        select(AttemptRow, RunRow.source_id)
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .where(AttemptRow.finished_at.is_(None))
        # By the index of those that have not ended; in the order of their numbers SQLite would read all attempts.
        .order_by(AttemptRow.heartbeat_at)
    )
    if source_id is not None:
        asked = asked.where(RunRow.source_id == source_id)
    if kind is not None:
        asked = asked.where(RunRow.kind == kind)
    found = [
        Unfinished(
            Attempt(row.run_id, row.id, row.number, row.token),
            source,
            ProcessIdentity(row.worker, row.pid or 0, row.process_started_at),
            row.heartbeat_at,
        )
        for row, source in session.execute(asked)
    ]
    return sorted(found, key=lambda one: one.attempt.attempt_id)


def is_lost(one: Unfinished, now: datetime) -> bool:
    """Whether its process is gone: known on this machine, concluded from long silence on another one."""
    alive = is_alive(one.process)
    if alive is None:
        return not -AHEAD <= now - one.heartbeat_at <= SILENCE
    return not alive


def bury_lost(session: Session, *, now: datetime, source_id: str | None = None) -> list[Unfinished]:
    """End the attempts whose process is gone as `lost`; their links are free again."""
    lost = [one for one in unfinished(session, source_id=source_id) if is_lost(one, now)]
    for one in lost:
        where = f"process {one.process.pid} on {one.process.worker}"
        reason = f"{where} is gone without a last word; last heartbeat {one.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC"
        finish(session, one.attempt, Ending("lost", reason), now=now)
    return lost


def get(session: Session, run_id: int) -> RunRow | None:
    """One run by its number."""
    return session.get(RunRow, run_id)


def attempts(session: Session, run_id: int) -> Sequence[AttemptRow]:
    """The attempts of a run, first to last."""
    return session.scalars(select(AttemptRow).where(AttemptRow.run_id == run_id).order_by(AttemptRow.number)).all()
