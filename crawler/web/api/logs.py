"""Logs over HTTP: what a run said, or the latest runs of a source. As it grows: follow.py."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from crawler.storage import log_lists, logs
from crawler.storage.tables import LogRow
from crawler.web.api.cursors import next_of, number_of
from crawler.web.api.runs import RunNumber, existing
from crawler.web.api.values import Answer, AskedMoment, Cursor, Limit, Moment, Question, SourceId, Text

LEVEL_NAMES = {number: name for name, number in logs.LEVELS.items()}
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


# --- Questions --------------------------------------------------------------------------------------------------------
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


# --- Answers ----------------------------------------------------------------------------------------------------------
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


# --- Endpoints --------------------------------------------------------------------------------------------------------
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


# --- Parts ------------------------------------------------------------------------------------------------------------
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
