"""One source: its yield, its fields, its lists, its schedule, its runs; and the forms to run, pause and resume it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.errors import ConfigError
from crawler.monitoring.health import survey
from crawler.monitoring.rules.yields import is_lost
from crawler.scheduling.schedule import Schedule
from crawler.scheduling.wording import clock_changes, in_words
from crawler.sources.source import Source
from crawler.storage import coverage, feeds, run_lists, schedulers, yields
from crawler.storage.coverage import FIELDS, Share
from crawler.storage.tables import FeedRow
from crawler.web import actions, charts
from crawler.web.pages.asking import asked, asked_number, asking, back_to, form_of, registry_of
from crawler.web.rendering import render
from crawler.web.visitor import Visitor

# Days of the chart: four weeks show each weekday four times.
DAYS = 28
# Fields of articles read in so many days, against those of so many before.
COVERAGE_DAYS, COVERAGE_BEFORE = 7, 21
RUNS, FIRES = 10, 5
# Shades of the usual week; the style sheet has as many.
SHADES = 5


@dataclass(frozen=True, slots=True)
class Field:
    """How often a field was filled."""

    name: str
    share: float
    before: float | None
    """In the weeks before. None: nothing was read then."""
    is_lost: bool


@dataclass(frozen=True, slots=True)
class FeedState:
    """A list that the source declares, and what is known of it."""

    kind: str
    url: str
    edition: str
    row: FeedRow | None
    """None: it was never asked for."""


def source(request: Request) -> Response:
    """Show one source."""
    return _show(request)


def _show(request: Request, *, wrong: str | None = None, typed: Mapping[str, str] | None = None) -> Response:
    """The page of a source; `wrong` says what is wrong with the form that was sent, `typed` what stood in it."""
    declared = _declared(request)
    visitor, registry = Visitor.of(request), registry_of(request)
    with asking(request) as (session, now):
        found = survey(session, registry, now=now)
        values = {
            "source": declared,
            "health": next(one for one in found.sources if one.source_id == declared.id),
            "daily": _daily(session, declared, now, visitor),
            "week": _week(session, declared, now),
            "fields": _fields(session, declared, now),
            "lists": lists_of(declared, feeds.of_source(session, declared.id)),
            "runs": run_lists.page(session, source_id=declared.id, limit=RUNS),
            "medians": run_lists.usual_durations(session, declared.id),
            "going_on": [run for run in run_lists.going_on(session) if run.source_id == declared.id],
            "is_followed": any(
                schedulers.looks_after(row, declared.id) for row in schedulers.at_work(session, now=now)
            ),
            **_schedule(declared, now),
        }
    notice, run_id = asked(request, "notice"), asked_number(request, "run")
    return render(
        request,
        "source.html",
        status=400 if wrong else 200,
        wrong=wrong,
        typed=typed or {},
        notice=notice,
        run_id=run_id,
        **values,
    )


# --- Forms ------------------------------------------------------------------------------------------------------------
async def run_now(request: Request) -> Response:
    """Let a run wait for a runner."""
    declared = _declared(request)
    form = await form_of(request)
    done = await run_in_threadpool(actions.run_now, request, declared.id, limit=form.get("limit"))
    notice = "waits" if not done.is_new else "queued" if done.at_work else "nobody"
    return back_to(f"/sources/{declared.id}", notice=notice, run=done.run_id)


async def pause(request: Request) -> Response:
    """Let its fires pass without a run."""
    declared = _declared(request)
    form = await form_of(request)
    pausing = partial(actions.pause, request, declared.id, reason=form.get("reason"), until=form.get("until"))
    try:
        await run_in_threadpool(pausing)
    except ConfigError as error:
        return await run_in_threadpool(_show, request, wrong=str(error), typed=form)
    return back_to(f"/sources/{declared.id}", notice="paused")


async def resume(request: Request) -> Response:
    """Let its fires count again."""
    declared = _declared(request)
    await run_in_threadpool(actions.resume, request, declared.id)
    return back_to(f"/sources/{declared.id}", notice="resumed")


# --- Parts ------------------------------------------------------------------------------------------------------------
def _declared(request: Request) -> Source:
    registry, source_id = registry_of(request), request.path_params["source_id"]
    found = registry.sources.get(source_id)
    if found is not None:
        return found
    if nearest := ", ".join(registry.nearest(source_id)):
        raise HTTPException(404, f"No source has this id. Did you mean {nearest}?")
    raise HTTPException(404, "No source has this id.")


def _daily(session: Session, declared: Source, now: datetime, visitor: Visitor) -> dict[str, Any]:
    """The chart of articles by day in the visitor's zone, beside what is usual on that weekday."""
    zone, printing = visitor.printing.zone, visitor.printing
    days = yields.daily(session, declared.id, last=now.astimezone(zone).date(), days=DAYS, zone=zone)
    moments = [datetime(day.day.year, day.day.month, day.day.day, 12, tzinfo=zone) for day in days]
    titles = []
    for day, moment in zip(days, moments, strict=True):
        told = visitor.language.plural("{n} article", "{n} articles", day.articles, n=printing.number(day.articles))
        usual = "" if day.usual is None else visitor.language.text(", usually {n}", n=printing.number(day.usual))
        titles.append(f"{printing.weekday(moment)} {printing.day(moment)} · {told}{usual}")
    counts, usuals = [day.articles for day in days], [day.usual for day in days]
    top = charts.ceiling(max([*counts, *(usual or 0 for usual in usuals)]))
    picture: Markup = charts.bars_beside_usual(counts, usuals, titles, top=top, now=len(days) - 1)
    return {
        "picture": picture,
        "top": top,
        "labels": moments[::7],
        "total": sum(counts),
        "is_known": any(usual is not None for usual in usuals),
        "days": list(zip(moments, days, strict=True)),
    }


def _week(session: Session, declared: Source, now: datetime) -> dict[str, Any] | None:
    """The chart of the usual week in the source's zone. None for a source that is younger than two weeks."""
    week = yields.usual_week(session, declared.id, now=now, zone=declared.schedule_zone)
    if week is None:
        return None
    most = max(map(max, week))
    weekday, hour = next((day, week[day].index(most)) for day in range(7) if most in week[day])
    local = now.astimezone(declared.schedule_zone)
    return {
        "picture": charts.week(week, shades=SHADES, now=(local.weekday(), local.hour)),
        "total": sum(map(sum, week)),
        "weekday": weekday,
        "hour": hour,
        "most": most,
    }


def _fields(session: Session, declared: Source, now: datetime) -> list[Field]:
    """How often each field was filled of late and before, in the order of the record."""
    late = now.date() - timedelta(days=COVERAGE_DAYS - 1)
    counts: dict[str, list[int]] = {name: [0, 0, 0, 0] for name in FIELDS}
    for row in coverage.by_day(session, declared.id, since=late - timedelta(days=COVERAGE_BEFORE)):
        place = 0 if row.day >= late else 2
        counts[row.field][place] += row.filled
        counts[row.field][place + 1] += row.seen
    shares = [Share(declared.id, name, *numbers) for name, numbers in counts.items() if numbers[1]]
    return [
        Field(
            share.field,
            share.filled / share.seen,
            share.filled_before / share.seen_before if share.seen_before else None,
            is_lost(share),
        )
        for share in shares
    ]


def lists_of(declared: Source, rows: Sequence[FeedRow]) -> list[FeedState]:
    """What the file declares, with what is known; then lists that only the database knows.

    A list that several editions share is one.
    """
    editions: dict[tuple[str, str], list[str]] = {}
    for edition in declared.editions:
        for kind, lists in (("feed", edition.feeds), ("sitemap", edition.sitemaps), ("listing", edition.listings)):
            for one in lists:
                editions.setdefault((kind, one.url), []).append(edition.id)
    known = {row.url: row for row in rows}
    found = [FeedState(kind, url, ", ".join(ids), known.pop(url, None)) for (kind, url), ids in editions.items()]
    return found + [FeedState(row.kind, row.url, "", row) for row in known.values()]


def _schedule(declared: Source, now: datetime) -> dict[str, Any]:
    schedule = Schedule.of(declared)
    words = in_words(schedule).removesuffix(f" ({schedule.zone})").split("; ")
    return {
        "words": words,
        "schedule": schedule,
        "fires": schedule.upcoming(now, FIRES),
        "clock_changes": clock_changes(schedule, now),
    }
