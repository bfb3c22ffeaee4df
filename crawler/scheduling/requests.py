"""What a person asks of the scheduler: run now, again, pause, resume. The same for the terminal, the API and the pages.

Callers own the transaction, which must be one that writes. Nothing is printed; nothing waits for what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from crawler.errors import ConfigError, SourceError, SourceProblem
from crawler.scheduling.declarations import Declarations
from crawler.sources.values import Duration
from crawler.storage import queue, runs, schedulers, schedules
from crawler.storage.database import now
from crawler.storage.tables import RunKind, RunState


@dataclass(frozen=True, slots=True)
class Queued:
    """A run that waits for a runner."""

    run_id: int
    source_id: str
    is_new: bool
    """False: one of that source and kind was waiting already, and still is."""
    at_work: int
    """Schedulers that could take it now; with none it waits until one is started."""


def run_now(
    session: Session, declarations: Declarations, source_id: str, *, options: Mapping[str, Any] | None = None
) -> Queued:
    """Let a discovery run of a source wait for the next free place of a runner.

    Raises:
        SourceError: no source has this id.
        ConfigError: its file is broken.
    """
    known(declarations, source_id)
    sync(session, declarations)
    return _enqueue(session, source_id, RunKind.DISCOVERY, options)


def run_again(session: Session, run_id: int) -> Queued | None:
    """Let a run of the same source and kind, with the same options, wait; None when there is no such run."""
    found = runs.get(session, run_id)
    return None if found is None else _enqueue(session, found.source_id, found.kind, found.options)


def _enqueue(session: Session, source_id: str, kind: RunKind, options: Mapping[str, Any] | None) -> Queued:
    moment = now(session)
    new = queue.enqueue(session, source_id, kind=kind, options=options, now=moment)
    waiting = new or queue.active(session, source_id, kind)[RunState.QUEUED]
    return Queued(waiting, source_id, new is not None, len(schedulers.at_work(session, now=moment)))


def pause(
    session: Session,
    declarations: Declarations,
    source_ids: Sequence[str],
    *,
    by: str,
    reason: str | None = None,
    until: datetime | None = None,
) -> list[str]:
    """Let the fires of sources pass without a run; returns those that have a schedule. What runs already goes on.

    Raises:
        SourceError: no source has one of these ids.
        ConfigError: the file of one is broken, or `until` is over already.
    """
    for source_id in source_ids:
        known(declarations, source_id)
    sync(session, declarations)
    moment = now(session)
    if until is not None and until <= moment:
        raise ConfigError(f"until {until:%Y-%m-%d %H:%M %Z} is over already", setting="until")
    return [one for one in source_ids if schedules.pause(session, one, by=by, reason=reason, until=until, now=moment)]


def resume(session: Session, declarations: Declarations, source_ids: Sequence[str]) -> list[str]:
    """Let fires count again; returns the sources that have a schedule. Fires that passed are not caught up.

    Raises:
        SourceError: no source has one of these ids.
        ConfigError: the file of one is broken.
    """
    for source_id in source_ids:
        known(declarations, source_id)
    sync(session, declarations)
    return [one for one in source_ids if schedules.resume(session, one)]


def sync(session: Session, declarations: Declarations) -> None:
    """See that every schedule which the files declare has its row: nobody may have started a scheduler yet."""
    moment = now(session)
    schedules.sync(session, declarations.declared(moment), kept=declarations.broken, now=moment)


def known(declarations: Declarations, source_id: str) -> str:
    """The id of a source that can be crawled.

    Raises:
        SourceError: no source has this id.
        ConfigError: its file is broken; says how.
    """
    if source_id in declarations.sources:
        return source_id
    if source_id in declarations.broken:
        raise ConfigError(declarations.broken[source_id], setting="source")
    ids = ", ".join(declarations.sources) or "none"
    raise SourceError([SourceProblem("sources", "id", source_id, f"no source has this id; there are: {ids}")])


def read_until(text: str, zone: tzinfo, *, name: str = "until") -> datetime:
    """The end of a pause as a person types it: `2h`, `3d`, `2026-11-20`, `2026-11-20T08:30` (in `zone`).

    Args:
        name: of the option, for the error.

    >>> read_until("2026-11-20T08:30", UTC).isoformat()
    '2026-11-20T08:30:00+00:00'

    Raises:
        ConfigError: it is none of these.
    """
    try:
        return datetime.now(UTC) + TypeAdapter(Duration).validate_python(text)
    except (ValidationError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{name} {text[:100]!r}: write a duration such as 2h or 3d, a date such as 2026-11-20, or 2026-11-20T08:30",
            setting=name,
        ) from None
