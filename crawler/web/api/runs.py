"""Runs over HTTP: which there were, how each ended, what it asked for. What it said: logs.py. Changes none."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.storage import run_lists, runs
from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunKind, RunRow, RunState
from crawler.web.api.cursors import next_of, number_of
from crawler.web.api.values import Answer, Cursor, Flag, Limit, Moment, Number, Question, SourceId


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


class FetchesQuestion(RunNumber):
    """A page of what a run asked for, in order."""

    only_failed: Annotated[
        Flag, Field(description="Only what was not answered, or with a status of 400 and above.")
    ] = False
    after: Cursor | None = None
    limit: Limit = 100


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
