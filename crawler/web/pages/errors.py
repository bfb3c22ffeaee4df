"""Failures grouped by their kind: the list, and one of them with its traceback."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.storage import log_lists, logs
from crawler.storage.tables import ErrorRow
from crawler.web.pages.asking import asked, asking, no_such_sources, number_in_path, registry_of
from crawler.web.rendering import address, render

# Kinds of errors are few; whoever has more has one problem, not hundreds.
MOST = 100
OCCURRENCES = 30


def errors(request: Request) -> Response:
    """Show the kinds of errors, the latest first."""
    source_id = asked(request, "source")
    with asking(request) as (session, _now):
        found = log_lists.errors(session, source_id, limit=MOST)
        sources = logs.sources_of_errors(session, [error.id for error in found])
        unknown = [] if found or source_id is None else no_such_sources(request, session, [source_id], _of)
    return render(
        request,
        "errors.html",
        errors=found,
        sources_of=sources,
        unknown=unknown,
        source=source_id,
        sources=sorted({*registry_of(request).sources, *([source_id] if source_id else [])}),
        most=MOST,
    )


def error(request: Request) -> Response:
    """Show one kind of error: a sample, and the runs in which it happened."""
    error_id = number_in_path(request, "error_id")
    with asking(request) as (session, _now):
        found = session.get(ErrorRow, error_id)
        if found is None:
            raise HTTPException(404, "There is no error of this number.")
        occurrences = logs.occurrences_of(session, error_id, OCCURRENCES)
    return render(request, "error.html", error=found, occurrences=occurrences)


def _of(_wrong: str, source_id: str) -> str:
    return address("/errors", {"source": source_id})
