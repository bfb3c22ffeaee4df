"""The home page: what needs attention, what came, what runs, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from crawler.monitoring.health import SourceHealth, State, survey
from crawler.storage import run_lists, schedulers, yields
from crawler.storage.filters import Filter
from crawler.storage.search import search
from crawler.web import charts
from crawler.web.charts import Series
from crawler.web.pages.asking import asking, registry_of
from crawler.web.rendering import render
from crawler.web.visitor import Visitor

HOURS = 48
# A label under each sixth hour: eight of them fit on a telephone.
LABELS_EVERY = 6
NEWEST, FIRES, PROBLEMS = 12, 8, 8


@dataclass(frozen=True, slots=True)
class Hourly:
    """The chart of articles by hour."""

    picture: Markup
    series: Sequence[Series]
    labels: Sequence[datetime]
    hours: Sequence[datetime]
    top: int
    total: int


def home(request: Request) -> Response:
    """Show what a person wants to know first."""
    visitor = Visitor.of(request)
    registry = registry_of(request)
    with asking(request) as (session, now):
        found = survey(session, registry, now=now)
        is_followed = bool(schedulers.at_work(session, now=now))
        newest = search(session, Filter(), limit=NEWEST).hits
        values = {
            "problems": found.problems[:PROBLEMS],
            "more_problems": found.problems[PROBLEMS:],
            "sources": found.sources,
            "states": _counted(found.sources),
            "hourly": _hourly(session, sorted(registry.sources), now, visitor),
            "newest": [hit.row for hit in newest],
            # Without a scheduler those that have passed come no more.
            "fires": _next_fires(found.sources, after=None if is_followed else now)[:FIRES],
            "is_followed": is_followed,
            "has_schedule": any(source.schedule for source in registry.sources.values()),
            **_going_on(session, now),
        }
    return render(request, "home.html", **values)


def running(request: Request) -> Response:
    """Show the runs that go on: the part of the home page that renews itself."""
    with asking(request) as (session, now):
        values = _going_on(session, now)
    return render(request, "running.html", **values)


def _going_on(session: Session, now: datetime) -> dict[str, Any]:
    found = run_lists.going_on(session)
    return {"going_on": found, "now": now, "medians": run_lists.usual_durations(session) if found else {}}


def _counted(sources: Sequence[SourceHealth]) -> Mapping[State, int]:
    states = [source.state for source in sources]
    return {state: states.count(state) for state in State if state in states}


def _next_fires(sources: Sequence[SourceHealth], *, after: datetime | None) -> list[SourceHealth]:
    """The sources that will be crawled, the next first; only those of fires after a moment, if one is given."""
    waiting = [(one.next_fire_at, one) for one in sources if one.next_fire_at is not None and one.paused_at is None]
    waiting.sort(key=lambda pair: (pair[0], pair[1].source_id))
    return [source for fire, source in waiting if after is None or fire > after]


def _hourly(session: Session, source_ids: Sequence[str], now: datetime, visitor: Visitor) -> Hourly:
    counts = yields.hourly(session, source_ids, start=now - timedelta(hours=HOURS - 1), end=now)
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    hours = [first + number * timedelta(hours=1) for number in range(HOURS)]
    series = charts.ranked(counts, others=visitor.language.text("others"))
    sums = [sum(one.counts[number] for one in series) for number in range(HOURS)]
    top = charts.ceiling(max(sums, default=0))
    titles = [_title(visitor, hour, number, series) for number, hour in enumerate(hours)]
    picture = charts.stacked_bars(series, titles, top=top)
    return Hourly(picture, series, hours[::LABELS_EVERY], hours, top, sum(sums))


def _title(visitor: Visitor, hour: datetime, number: int, series: Sequence[Series]) -> str:
    told = [f"{one.name} {visitor.printing.number(one.counts[number])}" for one in series if one.counts[number]]
    count = sum(one.counts[number] for one in series)
    articles = visitor.language.plural("{n} article", "{n} articles", count, n=visitor.printing.number(count))
    return f"{visitor.printing.moment(hour)} · {articles}" + (f": {', '.join(told)}" if told else "")
