"""What a visitor may do, not only look at: for the forms of the pages and the POST requests of the API alike.

Each opens its own transaction and blocks: call it from a thread (a plain `def` endpoint, or `run_in_threadpool`).
Whether the visitor may act was decided before (access.py).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.errors import ConfigError
from crawler.scheduling import requests
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.requests import Queued
from crawler.storage import queue
from crawler.storage.database import now
from crawler.storage.tables import RunState

# A reason is a sentence beside a schedule, not a page. Characters.
LONGEST_REASON = 500
# More articles than any source has; beyond it the number is a mistake.
LARGEST_LIMIT = 1_000_000


def run_now(request: Request, source_id: str, *, limit: str | int | None = None) -> Queued:
    """Let a run of a source wait for the next free place of a runner; asked twice, it waits once.

    Args:
        limit: fetch at most so many articles; as a form has it or as a number.

    Raises:
        HTTPException: 404, no source has this id.
        ConfigError: its file is broken, or `limit` is no number from 1 on.
    """
    declarations = _declaring(request, source_id)
    options: dict[str, Any] = {} if limit is None else {"limit": _limit(limit)}
    done: Queued = request.app.state.database.transact(
        partial(requests.run_now, declarations=declarations, source_id=source_id, options=options)
    )
    return done


def run_again(request: Request, run_id: int) -> Queued:
    """Let a run of the same source and kind, with the same options, wait.

    Raises:
        HTTPException: 404, there is no such run.
    """
    done: Queued | None = request.app.state.database.transact(partial(requests.run_again, run_id=run_id))
    if done is None:
        raise HTTPException(404, f"There is no run {run_id}.")
    return done


def pause(request: Request, source_id: str, *, reason: str | None = None, until: str | datetime | None = None) -> None:
    """Let the fires of a source pass without a run, until it is resumed or `until` comes.

    Args:
        until: a moment, or as a person types it: `2h`, `3d`, `2026-11-20`, `2026-11-20T08:30`.

    Raises:
        HTTPException: 404, no source has this id; 409, it has no schedule.
        ConfigError: `until` cannot be read or is over, the reason is too long, or the source's file is broken.
    """
    declarations = _declaring(request, source_id)
    if reason is not None and len(reason) > LONGEST_REASON:
        raise ConfigError(f"reason: at most {LONGEST_REASON} characters", setting="reason")
    zone = request.app.state.config.zone
    end = requests.read_until(until, zone) if isinstance(until, str) else until
    _scheduled(
        source_id,
        request.app.state.database.transact(
            partial(
                requests.pause,
                declarations=declarations,
                source_ids=[source_id],
                by=visitor_name(request),
                reason=reason,
                until=end,
            )
        ),
    )


def resume(request: Request, source_id: str) -> None:
    """Let the fires of a source count again; nothing happens to one that is not paused.

    Raises:
        HTTPException: 404, no source has this id; 409, it has no schedule.
        ConfigError: its file is broken.
    """
    declarations = _declaring(request, source_id)
    resuming = partial(requests.resume, declarations=declarations, source_ids=[source_id])
    _scheduled(source_id, request.app.state.database.transact(resuming))


def cancel(request: Request, run_id: int) -> RunState:
    """Ask for the end of a run and return the state it was in; a run that has ended stays as it is.

    Raises:
        HTTPException: 404, there is no such run.
    """

    def cancelling(session: Session) -> RunState | None:
        return queue.cancel(session, run_id, by=visitor_name(request), now=now(session))

    was: RunState | None = request.app.state.database.transact(cancelling)
    if was is None:
        raise HTTPException(404, f"There is no run {run_id}.")
    return was


def visitor_name(request: Request) -> str:
    """Who acts, as it is written down: the name of the token, or that it was done on this machine."""
    name: str = getattr(request.state, "visitor_name", "web")
    return name


def _declaring(request: Request, source_id: str) -> Declarations:
    """What the files say, a source of this id included."""
    declarations: Declarations = request.app.state.declarations()
    if source_id not in declarations.sources and source_id not in declarations.broken:
        raise HTTPException(404, f"No source has the id {source_id[:100]!r}.")
    return declarations


def _scheduled(source_id: str, done: list[str]) -> None:
    if not done:
        raise HTTPException(409, f"{source_id} has no schedule; give it one in its file.")


def _limit(value: str | int) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LARGEST_LIMIT):
        raise ConfigError(f"limit {text[:20]!r}: write a whole number from 1 to {LARGEST_LIMIT}", setting="limit")
    return int(text)
