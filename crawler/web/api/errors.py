"""Errors over HTTP: kinds of failures, grouped across runs. Changes none."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.storage import log_lists, logs
from crawler.storage.tables import ErrorRow
from crawler.web.api.cursors import cursor_of, position_of
from crawler.web.api.values import Answer, Cursor, Limit, Moment, Number, Question, SourceId

# Occurrences of one error that are shown, the latest.
OCCURRENCES = 100


# --- Questions --------------------------------------------------------------------------------------------------------
class ErrorsQuestion(Question):
    """A page of kinds of errors."""

    source: SourceId | None = None
    after: Cursor | None = None
    limit: Limit = 50


class ErrorNumber(Question):
    """One kind of error."""

    error_id: Annotated[Number, Field(description="Number of an error.", examples=[1])]


# --- Answers ----------------------------------------------------------------------------------------------------------
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
def list_errors(session: Session, question: ErrorsQuestion, request: Request) -> ErrorPage:
    """List the kinds of errors of all runs, the latest first."""
    before = position_of(question.after) if question.after else None
    found = log_lists.errors(session, question.source, before=before, limit=question.limit + 1)
    shown = found[: question.limit]
    sources = logs.sources_of_errors(session, [error.id for error in shown])
    last = shown[-1] if len(found) > question.limit else None
    following = cursor_of(last.last_seen_at, last.id) if last else None
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


def _error(error: ErrorRow, sources: list[str]) -> dict[str, Any]:
    names = (name for name in ErrorSummary.model_fields if name != "sources")
    return {name: getattr(error, name) for name in names} | {"sources": sources}
