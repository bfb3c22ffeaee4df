"""The list of runs, with its filters in the address."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crawler.storage import run_lists
from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunKind, RunState
from crawler.web.pages.asking import asked, asked_number, asked_word, asking, no_such_sources, registry_of
from crawler.web.rendering import address, render

PAGE = 50
# What a run can be filtered by beside its outcome.
ACTIVE = (RunState.RUNNING, RunState.QUEUED)


def runs(request: Request) -> Response:
    """Show runs, the latest first."""
    source_id, kind = asked(request, "source"), asked_word(request, "kind", RunKind)
    outcome, state = asked_word(request, "outcome", Outcome), asked_word(request, "outcome", ACTIVE)
    before = asked_number(request, "before")
    with asking(request) as (session, _now):
        found = run_lists.page(
            session,
            source_id=source_id,
            kind=kind,
            outcome=outcome,
            state=state,
            before_id=before or None,
            limit=PAGE + 1,
        )
        medians = run_lists.usual_durations(session)
        unknown = [] if found or source_id is None else no_such_sources(request, session, [source_id], _of)
    return render(
        request,
        "runs.html",
        runs=found[:PAGE],
        next_before=found[PAGE - 1].id if len(found) > PAGE else None,
        is_filtered=any((source_id, kind, outcome, state, before)),
        medians=medians,
        unknown=unknown,
        sources=sorted({*registry_of(request).sources, *([source_id] if source_id else [])}),
        outcomes=[*ACTIVE, *Outcome],
        kinds=list(RunKind),
        chosen={"source": source_id, "kind": kind, "outcome": outcome or state},
        before=before,
    )


def _of(_wrong: str, source_id: str) -> str:
    return address("/runs", {"source": source_id})
