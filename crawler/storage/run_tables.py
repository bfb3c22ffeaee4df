"""The tables of what was done: schedules, runs, attempts, logs, fetches, errors, coverage. Import them from tables.py.

Every column is explained in docs/data-model.md.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crawler.storage.columns import Base, Count, Hash, Json, Key, Word, one_of


class RunKind(StrEnum):
    """What a run is for: new stories, a past window, known articles again."""

    DISCOVERY = "discovery"
    BACKFILL = "backfill"
    REVISIT = "revisit"


class RunState(StrEnum):
    """Where a run stands; how it ended is its outcome."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


class ScheduleRow(Base):
    """State of one source's schedule; what it says is in the source file."""

    __tablename__ = "schedules"

    id: Mapped[Key]
    source_id: Mapped[str]
    kind: Mapped[RunKind] = mapped_column(Word(RunKind), default=RunKind.DISCOVERY, server_default="discovery")
    spec: Mapped[str]
    zone: Mapped[str]
    policy: Mapped[dict[str, Any]]
    spec_hash: Mapped[str]
    next_fire_at: Mapped[datetime | None] = mapped_column(index=True)
    last_fire_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    paused_reason: Mapped[str | None]
    paused_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("source_id", "kind"), one_of("kind", RunKind))


class SchedulerRow(Base):
    """One scheduler process: alive while its heartbeat is fresh."""

    __tablename__ = "schedulers"

    token: Mapped[str] = mapped_column(primary_key=True)
    worker: Mapped[str]
    pid: Mapped[int]
    process_started_at: Mapped[datetime | None]
    version: Mapped[str]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    sources: Mapped[list[str] | None] = mapped_column(Json)


class RunRow(Base):
    """One crawl of one source, wanted or done."""

    __tablename__ = "runs"

    id: Mapped[Key]
    source_id: Mapped[str]
    kind: Mapped[RunKind] = mapped_column(Word(RunKind))
    trigger: Mapped[str]
    schedule_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("schedules.id", ondelete="SET NULL"))
    scheduled_for: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(Word(RunState))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    options: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    start_after: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    cancel_requested_by: Mapped[str | None]
    discovered: Mapped[Count]
    fetched: Mapped[Count]
    new: Mapped[Count]
    revised: Mapped[Count]
    unchanged: Mapped[Count]
    duplicate: Mapped[Count]
    rejected: Mapped[Count]
    failed: Mapped[Count]
    errors: Mapped[Count]
    stats: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("schedule_id", "scheduled_for"),
        one_of("kind", RunKind),
        one_of("state", RunState),
        CheckConstraint(
            "state <> 'finished' OR (outcome IS NOT NULL AND finished_at IS NOT NULL)", name="end_is_known"
        ),
        *(
            Index(
                f"uq_runs_one_{state}",
                "source_id",
                "kind",
                unique=True,
                sqlite_where=text(f"state = '{state}'"),
                postgresql_where=text(f"state = '{state}'"),
            )
            for state in (RunState.RUNNING, RunState.QUEUED)
        ),
        # "The latest runs", overall and of one source.
        Index(None, "created_at", "id"),
        Index(None, "source_id", "created_at", "id"),
        # "The last good run of a source, and how many failed since", and the latest runs that ended in one way.
        Index(None, "source_id", "kind", "outcome", "id"),
        Index(None, "outcome", "created_at", "id"),
        # Skipped runs are many, and the only ones that are pruned.
        Index(
            "ix_runs_skipped",
            "finished_at",
            sqlite_where=text("outcome = 'skipped'"),
            postgresql_where=text("outcome = 'skipped'"),
        ),
        # A finished run's number in logs and exports must never come back as another run's.
        {"sqlite_autoincrement": True},
    )


class AttemptRow(Base):
    """One process that tried to do a run. All it writes is fenced by its token."""

    __tablename__ = "run_attempts"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("runs.id", ondelete="CASCADE"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True)
    worker: Mapped[str]
    pid: Mapped[int | None]
    process_started_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    finish_reason: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    exit_code: Mapped[int | None]
    exit_signal: Mapped[int | None]
    stderr_tail: Mapped[str | None]
    stats: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        # What the reaper looks at.
        Index(
            "ix_run_attempts_unfinished",
            "heartbeat_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )


def _attempt_id() -> Mapped[int]:
    return mapped_column(BigInteger, ForeignKey("run_attempts.id", ondelete="CASCADE"), index=True)


class LogRow(Base):
    """One record of a run's log."""

    __tablename__ = "run_logs"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[int] = _attempt_id()
    at: Mapped[datetime]
    level: Mapped[int]
    logger: Mapped[str]
    message: Mapped[str]
    url: Mapped[str | None]
    exception: Mapped[str | None]

    __table_args__ = (
        Index(None, "run_id", "id"),
        # Warnings and worse of a run with a million lines open at once.
        Index(
            "ix_run_logs_warnings",
            "run_id",
            "id",
            sqlite_where=text("level >= 30"),
            postgresql_where=text("level >= 30"),
        ),
        # Someone who follows a log asks for what came after a number: numbers never come back.
        {"sqlite_autoincrement": True},
    )


class FetchRow(Base):
    """One request of a run and its answer."""

    __tablename__ = "fetches"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[int] = _attempt_id()
    at: Mapped[datetime]
    kind: Mapped[str]
    url: Mapped[str]
    url_hash: Mapped[Hash] = mapped_column(index=True)
    status: Mapped[int | None]
    ms: Mapped[int | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str]
    reason: Mapped[str | None]

    __table_args__ = (Index(None, "run_id", "id"), {"sqlite_autoincrement": True})


class ErrorRow(Base):
    """One kind of failure, grouped across runs by its fingerprint."""

    __tablename__ = "errors"

    id: Mapped[Key]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    logger: Mapped[str | None]
    message: Mapped[str]
    traceback: Mapped[str | None]
    sample_url: Mapped[str | None]
    count: Mapped[Count]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)


class OccurrenceRow(Base):
    """How often one error happened in one attempt."""

    __tablename__ = "error_occurrences"

    id: Mapped[Key]
    error_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("errors.id", ondelete="CASCADE"))
    attempt_id: Mapped[int] = _attempt_id()
    run_id: Mapped[int] = mapped_column(BigInteger)
    source_id: Mapped[str]
    url: Mapped[str | None]
    count: Mapped[Count]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("error_id", "attempt_id"), Index(None, "run_id"))


class CoverageRow(Base):
    """How many articles read on one day had a field: what shows that a site has changed its design."""

    __tablename__ = "coverage_daily"

    day: Mapped[date] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    layout: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    filled: Mapped[Count]
    seen: Mapped[Count]
