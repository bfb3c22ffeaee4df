"""What needs attention, and how each source fares: the rules asked of the facts. Records nothing, mends nothing.

with database.read() as session:
    for problem in problems(session, registry, now=now(session)):
        print(problem.source_id, problem.message, problem.remedy)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median_low

from sqlalchemy.orm import Session

from crawler.monitoring.facts import CrawlerFacts, SourceFacts, gather
from crawler.monitoring.problems import Problem, Severity, SourceHealth, State, Survey
from crawler.monitoring.rules import CRAWLER_RULES, HIDES, NOT_WHEN_PAUSED, RULES
from crawler.sources.registry import Registry
from crawler.storage.tables import RunState

__all__ = ["Problem", "Severity", "SourceHealth", "State", "Survey", "problems", "source_health", "survey"]

_ORDER = tuple(Severity)


def survey(session: Session, registry: Registry, *, now: datetime) -> Survey:
    """Everything that the rules say at `now`: one gathering for whoever needs both problems and sources.

    Some sixteen statements, whatever the number of sources.
    """
    crawler, sources = gather(session, registry, now=now)
    return judge(crawler, sources, now)


def problems(session: Session, registry: Registry, *, now: datetime) -> list[Problem]:
    """What needs attention at `now`, the worst first; of equal ones the older first."""
    return list(survey(session, registry, now=now).problems)


def source_health(session: Session, registry: Registry, *, now: datetime) -> list[SourceHealth]:
    """How each declared source fares at `now`, by id."""
    return list(survey(session, registry, now=now).sources)


def judge(crawler: CrawlerFacts, sources: Sequence[SourceFacts], now: datetime) -> Survey:
    """Ask every rule. Pure."""
    found = [problem for rule in CRAWLER_RULES for problem in rule(crawler, now)]
    healths = []
    for facts in sources:
        own = of_source(facts, now)
        found += own
        healths.append(_health(facts, own, now))
    return Survey(tuple(worst_first(found)), tuple(healths))


def of_source(facts: SourceFacts, now: datetime) -> list[Problem]:
    """What the rules find of one source, without the consequences of what they find; the worst first."""
    found = [problem for rule in RULES if (problem := rule(facts, now))]
    hidden = {name for problem in found for name in HIDES.get(problem.rule, ())}
    if facts.is_paused(now):
        hidden |= NOT_WHEN_PAUSED
    return worst_first([problem for problem in found if problem.rule not in hidden])


def worst_first(found: Sequence[Problem]) -> list[Problem]:
    """By severity, then by age, then by source."""

    def place(problem: Problem) -> tuple[int, bool, float, str]:
        since = problem.since.timestamp() if problem.since else 0.0
        return _ORDER.index(problem.severity), problem.since is None, since, problem.source_id or ""

    return sorted(found, key=place)


def _health(facts: SourceFacts, own: Sequence[Problem], now: datetime) -> SourceHealth:
    schedule, standing = facts.schedule, facts.standing
    is_paused = facts.is_paused(now)
    return SourceHealth(
        source_id=facts.source.id,
        name=facts.source.name,
        state=_state(facts, own, is_paused=is_paused),
        problems=tuple(own),
        last_success_at=facts.looked_at,
        last_new_at=facts.span.last_at if facts.span else None,
        articles_24h=facts.daily[-1] if facts.daily else 0,
        articles_7d=sum(facts.daily[-7:]),
        usual_24h=median_low(facts.usual_days) if len(facts.usual_days) > 1 else None,
        daily=facts.daily,
        last_run_id=standing.last.run_id if standing else None,
        last_outcome=standing.last.outcome if standing else None,
        failures=standing.failures if standing else 0,
        is_running=any(run.state == RunState.RUNNING for run in facts.active),
        next_fire_at=schedule.next_fire_at if schedule and not facts.is_left_out else None,
        paused_at=schedule.paused_at if schedule and is_paused else None,
        paused_until=schedule.paused_until if schedule and is_paused else None,
        paused_reason=schedule.paused_reason if schedule and is_paused else None,
    )


def _state(facts: SourceFacts, own: Sequence[Problem], *, is_paused: bool) -> State:
    worst = own[0].severity if own else Severity.NOTICE
    if worst != Severity.NOTICE:
        return State(worst)
    if is_paused:
        return State.PAUSED
    return State.WELL if len(facts.usual_days) > 1 else State.YOUNG
