"""What may be done over HTTP: run now, again, pause, resume, cancel. Words the answers; actions.py does it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request

from crawler.storage.tables import RunState
from crawler.web import actions
from crawler.web.api.runs import RunNumber
from crawler.web.api.sources import SourceName
from crawler.web.api.values import Answer, AskedMoment, Body, Text


class Nothing(Body):
    """Nothing needs to be said."""


class RunWanted(Body):
    """A run of a source."""

    limit: (
        Annotated[
            int, Field(ge=1, le=actions.LARGEST_LIMIT, strict=True, description="Fetch at most so many articles.")
        ]
        | None
    ) = None


class PauseWanted(Body):
    """A pause of a source's schedule."""

    reason: Annotated[Text | None, Field(description="Why; shown wherever a fire is left out.")] = None
    until: Annotated[AskedMoment | None, Field(description="Then it resumes by itself.")] = None


class WaitingRun(Answer):
    """A run that waits for a runner."""

    run_id: int
    source_id: str
    is_new: Annotated[bool, Field(description="False: it was waiting already.")]
    at_work: Annotated[int, Field(description="Schedulers that could take it now.")]


class PauseState(Answer):
    """Whether a source's fires count."""

    source_id: str
    is_paused: bool


class CancelledRun(Answer):
    """A run whose end was asked for."""

    run_id: int
    was: Annotated[RunState, Field(description="queued: it has ended; running: it ends soon; finished: it had.")]


def run_source(question: SourceName, body: RunWanted, request: Request) -> WaitingRun:
    """Let a run of a source wait for the next free place of a runner. Asked again, it still waits once."""
    return WaitingRun.model_validate(actions.run_now(request, question.source_id, limit=body.limit))


def pause_source(question: SourceName, body: PauseWanted, request: Request) -> PauseState:
    """Let the fires of a source pass without a run; asked again, the new reason and end count. What runs goes on."""
    actions.pause(request, question.source_id, reason=body.reason, until=body.until)
    return PauseState(source_id=question.source_id, is_paused=True)


def resume_source(question: SourceName, body: Nothing, request: Request) -> PauseState:
    """Let the fires of a source count again; fires that passed are not caught up. Asked again, nothing happens."""
    actions.resume(request, question.source_id)
    return PauseState(source_id=question.source_id, is_paused=False)


def cancel_run(question: RunNumber, body: Nothing, request: Request) -> CancelledRun:
    """End a run: one that waits ends at once, one that goes on ends cleanly in seconds, an ended one stays."""
    return CancelledRun(run_id=question.run_id, was=actions.cancel(request, question.run_id))


def retry_run(question: RunNumber, body: Nothing, request: Request) -> WaitingRun:
    """Let a run of the same source, with the same options, wait. Asked again, it still waits once."""
    return WaitingRun.model_validate(actions.run_again(request, question.run_id))
