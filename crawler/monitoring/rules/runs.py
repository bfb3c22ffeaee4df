"""Is a source crawled when it should be, and does that end?"""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.monitoring.facts import SourceFacts
from crawler.monitoring.problems import Problem, Severity
from crawler.monitoring.rules.telling import problem_of, span_in_words
from crawler.storage.tables import RunKind, RunState

# A scheduler takes a fire within a second; one that restarts, or a laptop that wakes up, needs minutes.
OVERDUE = timedelta(minutes=5)
# A run waits while others have the places, and no longer than their time-out.
WAITS_LONG = timedelta(hours=1)
# Runs of the default time-out are over after an hour.
RUNS_LONG = timedelta(hours=2)
# A pause is for a site's bad days; who crawls by hand does so for a reason that may be forgotten after a month.
PAUSED_LONG, BY_HAND_LONG = timedelta(days=7), timedelta(days=30)


def late(facts: SourceFacts, now: datetime) -> Problem | None:
    """Its fire is overdue although a scheduler is at work, or its run waits for a place for too long."""
    if not facts.schedulers:
        return None
    fire = facts.schedule.next_fire_at if facts.schedule else None
    if fire is not None and now - fire > OVERDUE:
        return problem_of(
            facts,
            "late",
            Severity.WARNING,
            "its fire is overdue by {span} though a scheduler is at work",
            "See what the scheduler says, or crawl it now: crawler crawl {source_id}",
            since=fire,
            span=span_in_words(now - fire),
            source_id=facts.source.id,
        )
    for run in facts.active:
        if run.state == RunState.QUEUED and now - run.since > WAITS_LONG:
            return problem_of(
                facts,
                "late",
                Severity.WARNING,
                "run {run_id} has waited for {span} for a free place",
                "Raise CRAWLER_CONCURRENT_RUNS, or let sources be crawled less often.",
                since=run.since,
                span=span_in_words(now - run.since),
                run_id=run.run_id,
            )
    return None


def stuck(facts: SourceFacts, now: datetime) -> Problem | None:
    """A run goes on for too long, or its process is gone and nobody has noticed."""
    for run in facts.active:
        if run.state != RunState.RUNNING or run.kind != RunKind.DISCOVERY:
            continue
        if facts.is_lost:
            return problem_of(
                facts,
                "stuck",
                Severity.NOTICE,
                "the process of run {run_id} is gone without a last word",
                "It is settled when the source is crawled again, or at once by: crawler up",
                since=run.since,
                run_id=run.run_id,
            )
        longest = max(RUNS_LONG, 2 * (facts.source.policy.timeout or timedelta(0)))
        if now - run.since > longest:
            return problem_of(
                facts,
                "stuck",
                Severity.WARNING,
                "run {run_id} has gone on for {span}",
                "See what it does: crawler log {run_id} --follow; end it: crawler run cancel {run_id}",
                since=run.since,
                span=span_in_words(now - run.since),
                run_id=run.run_id,
            )
    return None


def forgotten(facts: SourceFacts, now: datetime) -> Problem | None:
    """It was paused long ago, without an end; or it has no schedule, and nobody has crawled it for long."""
    row, looked_at = facts.schedule, facts.looked_at
    if not facts.source.schedule and looked_at is not None and now - looked_at > BY_HAND_LONG:
        return problem_of(
            facts,
            "forgotten",
            Severity.NOTICE,
            "it has no schedule and was last crawled {span} ago",
            "Write a schedule into its source file, or crawl it: crawler crawl {source_id}",
            since=looked_at,
            span=span_in_words(now - looked_at),
            source_id=facts.source.id,
        )
    if row is None or row.paused_at is None or row.paused_until or now - row.paused_at <= PAUSED_LONG:
        return None
    return problem_of(
        facts,
        "forgotten",
        Severity.NOTICE,
        "paused for {span} by {by}: {said}" if row.paused_reason else "paused for {span} by {by}",
        "crawler schedule resume {source_id}",
        since=row.paused_at,
        span=span_in_words(now - row.paused_at),
        by=row.paused_by or "someone",
        said=row.paused_reason,
        source_id=facts.source.id,
    )
