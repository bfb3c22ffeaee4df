"""Sources over HTTP: how they fare, when they are crawled, what needs attention, what became of an address."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler import __version__
from crawler.errors import UrlError
from crawler.monitoring.explain import explain
from crawler.monitoring.health import survey
from crawler.monitoring.problems import Severity, SourceHealth, State
from crawler.scheduling.schedule import Schedule, next_fires
from crawler.scheduling.wording import in_words
from crawler.sources.registry import Registry
from crawler.sources.source import Source
from crawler.storage import feeds, figures, schedulers, schedules, tallies
from crawler.storage.database import now
from crawler.storage.tables import ScheduleRow
from crawler.web.api.values import Address, Answer, Limit, Moment, Question, SourceId


# --- Questions --------------------------------------------------------------------------------------------------------
class Nothing(Question):
    """There is nothing to choose."""


class SourceName(Question):
    """One source."""

    source_id: SourceId


class FiresQuestion(Question):
    """The next fires."""

    source: Annotated[SourceId | None, Field(description="Only of this source.")] = None
    limit: Limit = 20


class ExplainQuestion(Question):
    """One address."""

    url: Annotated[Address, Field(description="Absolute http(s) address.", examples=["https://herald.example/1"])]


# --- Answers ----------------------------------------------------------------------------------------------------------
class Problem(Answer):
    """What a rule found, with what to do; `since` is null where nobody knows."""

    rule: str
    severity: Severity
    source_id: str | None
    message: str
    remedy: str
    since: Moment | None
    links: dict[str, Any]


class Health(Answer):
    """How a source fares."""

    source_id: str
    name: str
    state: State
    problems: list[Problem]
    last_success_at: Moment | None
    last_new_at: Moment | None
    articles_24h: int
    articles_7d: int
    usual_24h: Annotated[int | None, Field(description="Null: too young to know.")]
    daily: Annotated[list[int], Field(description="New articles of each of the last 14 times 24 hours.")]
    last_run_id: int | None
    last_outcome: str | None
    failures: Annotated[int, Field(description="Runs that failed since the last that did its work.")]
    is_running: bool
    next_fire_at: Moment | None
    paused_at: Moment | None
    paused_until: Moment | None
    paused_reason: str | None


class SourceList(Answer):
    """All sources, by id, and what is wrong with the files of others."""

    sources: list[Health]
    broken_files: list[str]


class ListStanding(Answer):
    """A feed, sitemap or listing and what its last visits brought."""

    url: str
    kind: str
    failures: float
    last_error: str | None
    next_poll_at: Moment | None
    last_polled_at: Moment | None
    last_success_at: Moment | None
    last_new_at: Moment | None


class FullSource(Answer):
    """A source: what its file says, how it fares, when it is crawled, its lists."""

    id: str
    name: str
    home: str
    country: str | None
    editions: list[dict[str, str]]
    health: Health
    schedule: PlannedSource | None
    lists: list[ListStanding]


class PlannedSource(Answer):
    """When a source is crawled."""

    source_id: str
    cron: list[str]
    words: str
    zone: str
    next_fire_at: Moment | None
    last_fire_at: Moment | None
    paused_at: Moment | None
    paused_by: str | None
    paused_until: Moment | None
    paused_reason: str | None


class ScheduleList(Answer):
    """All schedules, by source."""

    schedules: list[PlannedSource]


class Fire(Answer):
    """A moment at which a source is to be crawled."""

    source_id: str
    at: Moment


class FireList(Answer):
    """The next fires, of all sources or one."""

    fires: list[Fire]


class ProblemList(Answer):
    """What needs attention, the worst first."""

    problems: list[Problem]


class Step(Answer):
    """One thing that is known of an address."""

    at: Moment | None
    text: str


class Explanation(Answer):
    """What became of an address, in the order of time."""

    url: str
    canonical_url: str
    verdict: str
    summary: str
    steps: list[Step]
    advice: str
    article_id: int | None


class Worker(Answer):
    """A scheduler that is at work."""

    worker: str
    pid: int
    version: str
    started_at: Moment
    heartbeat_at: Moment


class Stats(Answer):
    """The crawler in figures."""

    version: str
    at: Moment
    articles: Annotated[int, Field(description="Stored in all.")]
    revisions: int
    articles_24h: Annotated[dict[str, int], Field(description="First seen within 24 hours, by source.")]
    runs_24h: Annotated[dict[str, int], Field(description="Wanted within 24 hours and ended, by outcome.")]
    links: Annotated[dict[str, int], Field(description="Addresses that wait to be fetched, by source.")]
    schedulers: list[Worker]


# --- Endpoints --------------------------------------------------------------------------------------------------------
def list_sources(session: Session, question: Nothing, request: Request) -> SourceList:
    """List the sources with how each fares: yield beside the usual, failures, next fire."""
    registry = _registry(request)
    found = survey(session, registry, now=now(session))
    return SourceList(
        sources=[Health.model_validate(health) for health in found.sources],
        broken_files=[str(problem) for problem in registry.problems],
    )


def get_source(session: Session, question: SourceName, request: Request) -> FullSource:
    """Show one source: what its file says, how it fares, what its feeds, sitemaps and listings brought."""
    registry, source_id = _registry(request), question.source_id
    source = registry.sources.get(source_id)
    if source is None:
        raise HTTPException(404, f"No source has the id {source_id!r}.")
    moment = now(session)
    health = _health_of(session, registry, source_id, moment)
    return FullSource(
        id=source.id,
        name=source.name,
        home=str(source.home),
        country=source.country,
        editions=[{"id": one.id, "host": one.host, "language": one.language} for one in source.editions],
        health=Health.model_validate(health),
        schedule=_planned(source, schedules.get(session, source_id), moment) if source.schedule else None,
        lists=[ListStanding.model_validate(row) for row in feeds.of_source(session, source_id)],
    )


def list_problems(session: Session, question: Nothing, request: Request) -> ProblemList:
    """List what needs attention, the worst first, each with what to do about it."""
    found = survey(session, _registry(request), now=now(session))
    return ProblemList(problems=[Problem.model_validate(problem) for problem in found.problems])


def list_schedules(session: Session, question: Nothing, request: Request) -> ScheduleList:
    """List the schedules, by source: in words, with the next fire and what keeps it from running."""
    rows = {row.source_id: row for row in schedules.listing(session)}
    moment = now(session)
    declared = (source for source in _registry(request).sources.values() if source.schedule)
    return ScheduleList(schedules=[_planned(source, rows.get(source.id), moment) for source in declared])


def list_fires(session: Session, question: FiresQuestion, request: Request) -> FireList:
    """List the next fires as the files say them; those of paused sources will pass without a run."""
    sources = _registry(request).sources
    if question.source is not None and question.source not in sources:
        raise HTTPException(404, f"No source has the id {question.source!r}.")
    chosen = [sources[question.source]] if question.source else list(sources.values())
    moment = now(session)
    plans = {source.id: Schedule.of(source) for source in chosen}
    fires = islice(next_fires(plans, moment), question.limit)
    return FireList(fires=[Fire(at=at, source_id=source_id) for at, source_id in fires])


def explain_address(session: Session, question: ExplainQuestion, request: Request) -> Explanation:
    """Say what became of an address: stored, pending, rejected or never seen; since when, why, and what to do."""
    try:
        return Explanation.model_validate(explain(session, question.url, _registry(request)))
    except UrlError as error:
        raise HTTPException(400, str(error)) from None


def get_stats(session: Session, question: Nothing, request: Request) -> Stats:
    """Say in figures what is stored, what came and what ran in the last 24 hours, and who is at work."""
    moment = now(session)
    yesterday = moment - timedelta(days=1)
    return Stats(
        version=__version__,
        at=moment,
        articles=figures.articles(session),
        revisions=figures.revisions(session),
        articles_24h=figures.new_articles(session, since=yesterday),
        runs_24h=dict(tallies.outcomes(session, since=yesterday)),
        links=figures.pending_links(session),
        schedulers=[Worker.model_validate(row) for row in schedulers.at_work(session, now=moment)],
    )


# --- Parts ------------------------------------------------------------------------------------------------------------
def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry()
    return registry


def _health_of(session: Session, registry: Registry, source_id: str, moment: datetime) -> SourceHealth:
    return next(one for one in survey(session, registry, now=moment).sources if one.source_id == source_id)


def _planned(source: Source, row: ScheduleRow | None, moment: datetime) -> PlannedSource:
    plan = Schedule.of(source)
    # A row may hold the fire of a schedule that has changed since; the file is the truth.
    is_current = row is not None and row.spec_hash == plan.fingerprint
    is_paused = row is not None and schedules.is_paused(row, moment)
    return PlannedSource(
        source_id=source.id,
        cron=list(source.schedule),
        words=in_words(plan),
        zone=str(plan.zone),
        next_fire_at=row.next_fire_at if row is not None and is_current else plan.next_after(moment),
        last_fire_at=row.last_fire_at if row is not None else None,
        paused_at=row.paused_at if row is not None and is_paused else None,
        paused_by=row.paused_by if row is not None and is_paused else None,
        paused_until=row.paused_until if row is not None and is_paused else None,
        paused_reason=row.paused_reason if row is not None and is_paused else None,
    )
