"""The schedulers that are at work, on any machine: each says so every few seconds. Starts and stops none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler import __version__
from crawler.storage.liveness import ProcessIdentity, is_alive
from crawler.storage.tables import SchedulerRow

# A scheduler of another machine that has been silent for so long is gone: 6 heartbeats of 5 s.
SILENCE = timedelta(seconds=30)


def begin(
    session: Session, token: str, *, process: ProcessIdentity, now: datetime, sources: Collection[str] = ()
) -> None:
    """Say that a scheduler has begun its work, for some sources or, where none is named, for all."""
    session.add(
        SchedulerRow(
            token=token,
            worker=process.worker,
            pid=process.pid,
            process_started_at=process.started_at,
            version=__version__,
            started_at=now,
            heartbeat_at=now,
            sources=sorted(sources) or None,
        )
    )


def beat(session: Session, token: str, *, now: datetime) -> None:
    """Say that it is at work still."""
    session.execute(update(SchedulerRow).where(SchedulerRow.token == token).values(heartbeat_at=now))


def end(session: Session, token: str, *, now: datetime) -> None:
    """Say that it has ended its work."""
    session.execute(update(SchedulerRow).where(SchedulerRow.token == token).values(finished_at=now))


def at_work(session: Session, *, now: datetime) -> Sequence[SchedulerRow]:
    """The schedulers that are alive: known on this machine, concluded from their heartbeat on others."""
    rows = session.scalars(
        select(SchedulerRow).where(SchedulerRow.finished_at.is_(None)).order_by(SchedulerRow.started_at)
    )
    return [row for row in rows if _is_at_work(row, now)]


def looks_after(row: SchedulerRow, source_id: str) -> bool:
    """Whether a scheduler was started for a source: by name, or for all."""
    return row.sources is None or source_id in row.sources


def _is_at_work(row: SchedulerRow, now: datetime) -> bool:
    alive = is_alive(ProcessIdentity(row.worker, row.pid, row.process_started_at))
    # A heartbeat of the future is of a clock that was put back since.
    return abs(now - row.heartbeat_at) <= SILENCE if alive is None else alive
