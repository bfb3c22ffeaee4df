"""Runs over HTTP: which there were, how each ended, what it said and asked for; errors of all. Changes none."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.errors import QueryError
from crawler.storage import log_lists, logs, run_lists, runs
from crawler.storage.outcome import Outcome
from crawler.storage.tables import ErrorRow, LogRow, RunKind, RunRow, RunState
from crawler.web.api.values import (
    LARGEST,
    Answer,
    AskedMoment,
    Cursor,
    Flag,
    Limit,
    Moment,
    Number,
    Question,
    SourceId,
    Text,
)

LEVEL_NAMES = {number: name for name, number in logs.LEVELS.items()}
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
# Occurrences of one error that are shown, the latest.
OCCURRENCES = 100


# --- Questions --------------------------------------------------------------------------------------------------------
class RunsQuestion(Question):
    """A page of runs."""

    source: SourceId | None = None
    kind: Annotated[RunKind | None, Field(description="What the run is for.")] = None
    state: Annotated[RunState | None, Field(description="Where it stands.")] = None
    outcome: Annotated[Outcome | None, Field(description="How it ended; `skipped` shows fires that were left out.")] = (
        None
    )
    after: Cursor | None = None
    limit: Limit = 50


class RunNumber(Question):
    """One run."""

    run_id: Annotated[Number, Field(description="Number of a run.", examples=[1])]


class LogFilter(Question):
    """Which records are meant."""

    level: Annotated[Level, Field(description="Least severity.")] = "DEBUG"
    text: Annotated[Text | None, Field(description="Text that the message or the traceback contains.")] = None
    url: Annotated[Text | None, Field(description="Text that the address contains.")] = None
    since: Annotated[AskedMoment | None, Field(description="Only records from then on.")] = None


class RunLogQuestion(LogFilter, RunNumber):
    """A page of a run's log, the oldest first."""

    after: Cursor | None = None
    limit: Limit = 100


class FollowQuestion(LogFilter, RunNumber):
    """A run's log as it grows."""

    after: Annotated[
        Cursor | None, Field(description="Number of the last record that is known; `Last-Event-ID` counts before it.")
    ] = None


class SourceLogQuestion(LogFilter):
    """A page of the log of a source's latest runs, the newest first."""

    source: SourceId
    after: Cursor | None = None
    limit: Limit = 100


class FetchesQuestion(RunNumber):
    """A page of what a run asked for, in order."""

    only_failed: Annotated[
        Flag, Field(description="Only what was not answered, or with a status of 400 and above.")
    ] = False
    after: Cursor | None = None
    limit: Limit = 100


class ErrorsQuestion(Question):
    """A page of kinds of errors."""

    source: SourceId | None = None
    after: Cursor | None = None
    limit: Limit = 50


class ErrorNumber(Question):
    """One kind of error."""

    error_id: Annotated[Number, Field(description="Number of an error.", examples=[1])]


# --- Answers ----------------------------------------------------------------------------------------------------------
class RunSummary(Answer):
    """A run with its counts."""

    id: int
    source_id: str
    kind: RunKind
    trigger: str
    state: RunState
    outcome: str | None
    reason: str | None
    options: dict[str, Any] | None
    scheduled_for: Moment | None
    created_at: Moment
    start_after: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    cancel_requested_at: Moment | None
    cancel_requested_by: str | None
    discovered: int
    fetched: int
    new: int
    revised: int
    unchanged: int
    duplicate: int
    rejected: int
    failed: int
    errors: int


class RunPage(Answer):
    """A page of runs, the latest first."""

    runs: list[RunSummary]
    next: str | None


class Attempt(Answer):
    """A process that tried to do a run, with what its end left behind."""

    number: int
    worker: str
    pid: int | None
    started_at: Moment
    heartbeat_at: Moment
    finished_at: Moment | None
    finish_reason: str | None
    outcome: str | None
    reason: str | None
    exit_code: int | None
    exit_signal: int | None
    stderr_tail: str | None


class Phase(Answer):
    """What a run asked for of one kind."""

    kind: str
    requests: int
    good: int
    bytes: int
    ms: Annotated[float | None, Field(description="Mean time of an answer.")]
    first_at: Moment
    last_at: Moment


class FullRun(RunSummary):
    """A run with its statistics, attempts and phases."""

    stats: dict[str, Any] | None
    attempts: list[Attempt]
    phases: list[Phase]


class LogRecord(Answer):
    """One record of a log."""

    id: int
    run_id: int
    at: Moment
    level: str
    logger: str
    message: str
    url: str | None
    exception: str | None


class LogPage(Answer):
    """A page of a log."""

    records: list[LogRecord]
    next: str | None


class Fetch(Answer):
    """One request of a run and its answer."""

    id: int
    at: Moment
    kind: str
    url: str
    status: int | None
    ms: int | None
    bytes: int | None
    outcome: str
    reason: str | None


class FetchPage(Answer):
    """A page of requests."""

    fetches: list[Fetch]
    next: str | None


class ErrorSummary(Answer):
    """One kind of failure, grouped across runs."""

    id: int
    kind: str
    logger: str | None
    message: str
    sample_url: str | None
    count: int
    first_seen_at: Moment
    last_seen_at: Moment
    sources: list[str]


class ErrorPage(Answer):
    """A page of kinds of errors, the latest first."""

    errors: list[ErrorSummary]
    next: str | None


class Occurrence(Answer):
    """How often an error happened in one attempt of a run."""

    run_id: int
    source_id: str
    url: str | None
    count: int
    first_at: Moment
    last_at: Moment


class FullError(ErrorSummary):
    """A kind of error with its traceback and the latest runs it happened in."""

    traceback: str | None
    occurrences: list[Occurrence]


# --- Endpoints --------------------------------------------------------------------------------------------------------
def list_runs(session: Session, question: RunsQuestion, request: Request) -> RunPage:
    """List runs, the latest first. Fires that were left out (`skipped`) are many and shown on request only."""
    found = run_lists.page(
        session,
        source_id=question.source,
        kind=question.kind,
        state=question.state,
        outcome=question.outcome,
        before_id=number_of(question.after) if question.after else None,
        limit=question.limit + 1,
    )
    shown = [RunSummary.model_validate(run) for run in found[: question.limit]]
    return RunPage(runs=shown, next=next_of(found, question.limit))


def get_run(session: Session, question: RunNumber, request: Request) -> FullRun:
    """Show one run: its counts and statistics, what its attempts left behind, what it asked for."""
    run = existing(session, question.run_id)
    parts = {
        "attempts": list(runs.attempts(session, run.id)),
        "phases": run_lists.phases(session, run.id),
        "stats": run.stats,
    }
    return FullRun.model_validate({name: getattr(run, name) for name in RunSummary.model_fields} | parts)


def list_run_logs(session: Session, question: RunLogQuestion, request: Request) -> LogPage:
    """Show the log of a run, the oldest record first."""
    existing(session, question.run_id)
    found = logs.records_of(
        session,
        question.run_id,
        **filters(question),
        after_id=number_of(question.after) if question.after else 0,
        limit=question.limit + 1,
    )
    return LogPage(records=[record(row) for row in found[: question.limit]], next=next_of(found, question.limit))


def list_source_logs(session: Session, question: SourceLogQuestion, request: Request) -> LogPage:
    """Show what the runs of a source said, the newest record first; of its latest 50 runs."""
    found = log_lists.of_source(
        session,
        question.source,
        **filters(question),
        before_id=number_of(question.after) if question.after else None,
        limit=question.limit + 1,
    )
    return LogPage(records=[record(row) for row in found[: question.limit]], next=next_of(found, question.limit))


def list_fetches(session: Session, question: FetchesQuestion, request: Request) -> FetchPage:
    """Show what a run asked for and what came of it, in order."""
    existing(session, question.run_id)
    found = run_lists.requests(
        session,
        question.run_id,
        only_failed=question.only_failed,
        after_id=number_of(question.after) if question.after else 0,
        limit=question.limit + 1,
    )
    shown = [Fetch.model_validate(row) for row in found[: question.limit]]
    return FetchPage(fetches=shown, next=next_of(found, question.limit))


def list_errors(session: Session, question: ErrorsQuestion, request: Request) -> ErrorPage:
    """List the kinds of errors of all runs, the latest first."""
    before = _position(question.after) if question.after else None
    found = log_lists.errors(session, question.source, before=before, limit=question.limit + 1)
    shown = found[: question.limit]
    sources = logs.sources_of_errors(session, [error.id for error in shown])
    last = shown[-1] if len(found) > question.limit else None
    following = f"{last.last_seen_at.isoformat().replace('+00:00', 'Z')}~{last.id}" if last else None
    return ErrorPage(
        errors=[ErrorSummary.model_validate(_error(error, sources[error.id])) for error in shown], next=following
    )


def get_error(session: Session, question: ErrorNumber, request: Request) -> FullError:
    """Show one kind of error: a sample address, its traceback, the latest runs it happened in."""
    error = session.get(ErrorRow, question.error_id)
    if error is None:
        raise HTTPException(404, f"There is no error {question.error_id}.")
    more = {
        "traceback": error.traceback,
        "occurrences": list(logs.occurrences_of(session, error.id, OCCURRENCES)),
    }
    return FullError.model_validate(_error(error, logs.sources_of(session, error.id)) | more)


# --- Parts ------------------------------------------------------------------------------------------------------------
def existing(session: Session, run_id: int) -> RunRow:
    """The run of a number.

    Raises:
        HTTPException: 404, there is none.
    """
    run = runs.get(session, run_id)
    if run is None:
        raise HTTPException(404, f"There is no run {run_id}.")
    return run


def filters(question: LogFilter) -> dict[str, Any]:
    """The same for storage."""
    return {
        "level": logs.LEVELS[question.level],
        "grep": question.text,
        "url": question.url,
        "since": question.since,
    }


def record(row: LogRow) -> LogRecord:
    """A record as answers have it."""
    shown = {name: getattr(row, name) for name in LogRecord.model_fields}
    return LogRecord.model_validate(shown | {"level": LEVEL_NAMES.get(row.level, str(row.level))})


def number_of(cursor: str) -> int:
    """The number in a cursor of lists that go by number.

    Raises:
        QueryError: it is of another list.
    """
    if not (cursor.isascii() and cursor.isdigit() and 0 <= int(cursor[:20]) <= LARGEST):
        raise QueryError("this is no cursor", query=cursor, remedy="Take `next` of the page before")
    return int(cursor)


def next_of(found: Any, limit: int) -> str | None:
    """The cursor of the next page, where one more was found than is shown."""
    return str(found[limit - 1].id) if len(found) > limit else None


def _position(cursor: str) -> tuple[datetime, int]:
    moment, _, number = cursor.rpartition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise QueryError("this is no cursor", query=cursor, remedy="Take `next` of the page before")
    return at, number_of(number)


def _error(error: ErrorRow, sources: list[str]) -> dict[str, Any]:
    names = (name for name in ErrorSummary.model_fields if name != "sources")
    return {name: getattr(error, name) for name in names} | {"sources": sources}
