"""State of the schedules: what is due, paused, removed. What they say stands in the source files; computes no fire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunKind, RunRow, ScheduleRow
from crawler.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Declared:
    """The schedule of one source as its file says it."""

    source_id: str
    spec: str
    """Cron lines, one a line."""
    zone: str
    policy: dict[str, Any]
    spec_hash: str
    """Changes with whatever moves a fire; see scheduling/schedule.py."""
    next_fire_at: datetime | None
    """The next fire from now on, for a schedule that is new or has changed."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a comparison of files and rows has changed: ids of sources."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    """Unchanged, but their stored fire lay beyond their next one: the clock was ahead when it was computed."""


def sync(session: Session, declared: Sequence[Declared], *, kept: Collection[str], now: datetime) -> Synced:
    """Make the rows say what the files say. An unchanged schedule keeps its next fire, also one that is overdue.

    Not so a fire that lies beyond the next one from `now` on: it would keep its source silent until then.

    Args:
        kept: ids of sources whose file is broken: their rows stay as they are.
    """
    rows = {row.source_id: row for row in session.scalars(select(ScheduleRow).with_for_update())}
    added: list[str] = []
    changed: list[str] = []
    recalled: list[str] = []
    for one in declared:
        values = {"spec": one.spec, "zone": one.zone, "policy": one.policy, "spec_hash": one.spec_hash}
        row = rows.pop(one.source_id, None)
        if row is None:
            new = insert(session, ScheduleRow).values(
                source_id=one.source_id,
                kind=RunKind.DISCOVERY,
                next_fire_at=one.next_fire_at,
                created_at=now,
                **values,
            )
            session.execute(new.on_conflict_do_nothing())  # another scheduler begins at the same time
            added.append(one.source_id)
        elif row.removed_at is not None or row.spec_hash != one.spec_hash:
            (changed if row.removed_at is None else added).append(one.source_id)
            _change(session, one.source_id, next_fire_at=one.next_fire_at, removed_at=None, **values)
        elif row.next_fire_at and one.next_fire_at and row.next_fire_at > one.next_fire_at:
            recalled.append(one.source_id)
            _change(session, one.source_id, next_fire_at=one.next_fire_at, **values)
            # What was missed in a time that has not come yet is still to come.
            never_missed = (RunRow.outcome == Outcome.SKIPPED, RunRow.scheduled_for > now)
            session.execute(delete(RunRow).where(RunRow.schedule_id == row.id, *never_missed))
        else:
            _change(session, one.source_id, **values)
    removed = [row.source_id for row in rows.values() if row.source_id not in kept and row.removed_at is None]
    for source_id in removed:
        _change(session, source_id, next_fire_at=None, removed_at=now)
    return Synced(tuple(added), tuple(changed), tuple(removed), tuple(recalled))


def due(session: Session, *, now: datetime, only: Collection[str] = ()) -> list[tuple[int, datetime]]:
    """Schedules that have a fire at or before `now`: their ids, and that fire; the longest overdue first.

    Args:
        only: ids of sources; none means all.
    """
    asked = (
        select(ScheduleRow.id, ScheduleRow.next_fire_at)
        .where(ScheduleRow.next_fire_at <= now)
        .order_by(ScheduleRow.next_fire_at, ScheduleRow.id)
    )
    if only:
        asked = asked.where(ScheduleRow.source_id.in_(only))
    return [(schedule_id, fire) for schedule_id, fire in session.execute(asked) if fire is not None]


def claim(session: Session, schedule_id: int, fire: datetime, *, next_fire_at: datetime | None) -> bool:
    """Take a fire: of any number of schedulers that see it, one gets True. The caller writes what becomes of it."""
    taken = session.execute(
        update(ScheduleRow)
        .where(ScheduleRow.id == schedule_id, ScheduleRow.next_fire_at == fire, ScheduleRow.removed_at.is_(None))
        .values(next_fire_at=next_fire_at, last_fire_at=fire)
        .returning(ScheduleRow.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def get(session: Session, source_id: str) -> ScheduleRow | None:
    """The schedule of a source; None when it has none, or has none any more."""
    return session.scalars(
        select(ScheduleRow).where(ScheduleRow.source_id == source_id, ScheduleRow.removed_at.is_(None))
    ).one_or_none()


def listing(session: Session) -> Sequence[ScheduleRow]:
    """All schedules, by source."""
    return session.scalars(
        select(ScheduleRow).where(ScheduleRow.removed_at.is_(None)).order_by(ScheduleRow.source_id)
    ).all()


def pause(
    session: Session, source_id: str, *, by: str, reason: str | None, until: datetime | None, now: datetime
) -> bool:
    """Let the fires of a source pass without a run; False when it has no schedule.

    Args:
        until: from then on fires count again; None: until somebody resumes it.
    """
    if get(session, source_id) is None:
        return False
    return _change(session, source_id, paused_at=now, paused_by=by, paused_reason=reason, paused_until=until)


def resume(session: Session, source_id: str) -> bool:
    """Let fires count again; False when the source has no schedule."""
    if get(session, source_id) is None:
        return False
    return _change(session, source_id, paused_at=None, paused_by=None, paused_reason=None, paused_until=None)


def is_paused(row: ScheduleRow, now: datetime) -> bool:
    """Whether fires of this moment pass without a run."""
    return row.paused_at is not None and (row.paused_until is None or row.paused_until > now)


def _change(session: Session, source_id: str, **values: Any) -> bool:
    changed = session.execute(
        update(ScheduleRow)
        .where(ScheduleRow.source_id == source_id)
        .values(**values)
        .returning(ScheduleRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
