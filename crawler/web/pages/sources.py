"""The list of sources: how each fares."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crawler.monitoring.health import State, survey
from crawler.web.pages.asking import asking, registry_of
from crawler.web.rendering import render

# The order in which sources are listed: who needs a look comes first.
_ORDER = (State.CRITICAL, State.WARNING, State.PAUSED, State.WELL, State.YOUNG)


def sources(request: Request) -> Response:
    """Show how each source fares, those that need a look first."""
    registry = registry_of(request)
    with asking(request) as (session, now):
        found = survey(session, registry, now=now)
    listed = sorted(found.sources, key=lambda source: (_ORDER.index(source.state), source.source_id))
    return render(
        request, "sources.html", sources=listed, declared=registry.sources, problems=[str(p) for p in registry.problems]
    )
