"""One run: its phases, counts, attempts, requests, its log, followed while it goes on; and its end on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.storage import logs, run_lists
from crawler.storage import runs as run_questions
from crawler.storage.logs import LEVELS
from crawler.storage.outcome import grouped
from crawler.storage.run_lists import Phase
from crawler.storage.tables import LogRow, RunRow, RunState
from crawler.web import actions, charts
from crawler.web.pages.asking import asked, asked_number, asking, back_to, number_in_path
from crawler.web.rendering import address, render

RECORDS, REQUESTS = 200, 100
# htmx stops asking when it is answered so.
STOP_ASKING = 286


def run(request: Request) -> Response:
    """Show one run."""
    run_id = number_in_path(request, "run_id")
    with asking(request) as (session, now):
        found = _found(session, run_id)
        values = _progress(session, found, now) | _details(request, session, found) | _log(request, session, found)
    return render(request, "run.html", notice=asked(request, "notice"), **values)


def live(request: Request) -> Response:
    """Show what of a run changes while it goes on; at its end, what is known then, and that there is no more to ask."""
    run_id = number_in_path(request, "run_id")
    with asking(request) as (session, now):
        found = _found(session, run_id)
        values = _progress(session, found, now)
        has_ended = found.state == RunState.FINISHED
        if has_ended:
            values |= _details(request, session, found)
    return render(request, "run_live.html", status=STOP_ASKING if has_ended else 200, has_ended=has_ended, **values)


def log(request: Request) -> Response:
    """Show the records behind one, for someone who follows."""
    run_id = number_in_path(request, "run_id")
    with asking(request) as (session, _now):
        found = _found(session, run_id)
        values = _log(request, session, found)
    return render(request, "log_records.html", **values)


async def cancel(request: Request) -> Response:
    """Ask for the end of a run."""
    run_id = number_in_path(request, "run_id")
    await run_in_threadpool(actions.cancel, request, run_id)
    return back_to(f"/runs/{run_id}", notice="cancelled")


async def again(request: Request) -> Response:
    """Let a run like this one wait for a runner."""
    run_id = number_in_path(request, "run_id")
    done = await run_in_threadpool(actions.run_again, request, run_id)
    return back_to(f"/runs/{done.run_id}")


# --- Parts ------------------------------------------------------------------------------------------------------------
def _found(session: Session, run_id: int) -> RunRow:
    found = run_questions.get(session, run_id)
    if found is None:
        raise HTTPException(404, "There is no run of this number.")
    return found


def _progress(session: Session, found: RunRow, now: datetime) -> dict[str, Any]:
    phases = run_lists.phases(session, found.id)
    return {
        "run": found,
        "now": now,
        "counts": [(name, getattr(found, name)) for name in run_questions.COUNTS],
        "phases": phases,
        "timeline": _timeline(phases, found, now),
        "usual": run_lists.usual_durations(session, found.source_id).get((found.source_id, found.kind)),
    }


def _timeline(phases: Sequence[Phase], found: RunRow, now: datetime) -> Mapping[str, Any]:
    """For each kind of request, where in the run's time it was asked for."""
    begin = found.started_at or found.created_at
    end = max(found.finished_at or now, begin)
    whole = max((end - begin).total_seconds(), 0.001)
    return {
        phase.kind: charts.span_bar(
            (phase.first_at - begin).total_seconds() / whole, (phase.last_at - begin).total_seconds() / whole
        )
        for phase in phases
    }


def _details(request: Request, session: Session, found: RunRow) -> dict[str, Any]:
    stats = found.stats or {}
    only_failed = asked(request, "requests") == "failed"
    after = asked_number(request, "requests_after")
    requests = run_lists.requests(session, found.id, only_failed=only_failed, after_id=after, limit=REQUESTS + 1)
    return {
        "reasons": sorted(grouped(stats, "crawler/reason/").items(), key=lambda one: -one[1]),
        "dropped": sorted(grouped(stats, "crawler/dropped/").items(), key=lambda one: -one[1]),
        "dead": sorted(grouped(stats, "crawler/lists_dead/").items(), key=lambda one: -one[1]),
        "statistics": sorted(stats.items()),
        "attempts": run_questions.attempts(session, found.id),
        "requests": requests[:REQUESTS],
        "next_request": requests[REQUESTS - 1].id if len(requests) > REQUESTS else None,
        "only_failed": only_failed,
        "requests_after": after,
    }


def _log(request: Request, session: Session, found: RunRow) -> dict[str, Any]:
    """Records of the log: the latest, those from one on, those before one, or those behind one."""
    filters = {name: asked(request, name) for name in ("level", "grep", "url")}
    begin, before, after = (asked_number(request, name) for name in ("from", "before", "after"))
    wanted: dict[str, Any] = {
        "level": LEVELS.get(filters["level"] or "", 0),
        "grep": filters["grep"],
        "url": filters["url"],
    }
    if after or begin or request.url.path.endswith("/log"):
        records = logs.records_of(session, found.id, after_id=after or max(begin - 1, 0), limit=RECORDS, **wanted)
    else:
        records = logs.records_of(session, found.id, before_id=before or None, limit=RECORDS, newest=True, **wanted)
    is_full = len(records) == RECORDS
    last = records[-1].id if records else after
    has_later = bool(records) and (before > 0 or (begin > 0 and is_full))
    goes_on = found.state != RunState.FINISHED and not has_later
    return {
        "run": found,
        "records": records,
        "levels": {number: name for name, number in LEVELS.items()},
        "level_names": list(LEVELS),
        "filters": filters,
        "chosen_record": begin,
        "before": before,
        "earlier": _earlier(session, found, records, wanted) if not after else None,
        "later": last + 1 if has_later else None,
        # Where the next records are asked for while the run goes on.
        "follow": address(f"/runs/{found.id}/log", {**filters, "after": last}) if goes_on else None,
        "is_full": is_full,
    }


def _earlier(session: Session, found: RunRow, records: Sequence[LogRow], wanted: Mapping[str, Any]) -> int | None:
    """The record before which there are more; None where there are none."""
    if not records:
        return None
    more = logs.records_of(session, found.id, before_id=records[0].id, limit=1, newest=True, **wanted)
    return records[0].id if more else None
