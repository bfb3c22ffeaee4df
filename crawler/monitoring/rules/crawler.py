"""What is wrong with the crawler itself: nobody at work, files, space."""

from __future__ import annotations

from datetime import datetime

from crawler.monitoring.facts import CrawlerFacts
from crawler.monitoring.problems import Problem, Severity
from crawler.monitoring.rules.runs import OVERDUE
from crawler.monitoring.rules.telling import span_in_words

# Free space at which SQLite still can prune, and at which it cannot write.
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
# So many sources are named in a sentence that a person still reads to its end.
NAMED = 5


def no_scheduler(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """Nobody follows the schedules."""
    overdue = [row for row in facts.overdue if row.next_fire_at and now - row.next_fire_at > OVERDUE]
    if facts.schedulers or not overdue:
        return []
    first = overdue[0].next_fire_at
    assert first is not None
    return [
        Problem(
            "late",
            Severity.CRITICAL,
            "no scheduler is at work: {number} of {schedules} sources are overdue, the longest by {span}",
            "Start it: crawler up, or: systemctl start crawler",
            since=first,
            values={"number": len(overdue), "schedules": facts.schedules, "span": span_in_words(now - first)},
        )
    ]


def left_out(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """Schedulers are at work, but for other sources only: each was started for those that were named."""
    if not facts.left_out:
        return []
    more = len(facts.left_out) - NAMED
    return [
        Problem(
            "late",
            Severity.NOTICE,
            "the scheduler was started for other sources; nobody crawls {said}"
            if more <= 0
            else "the scheduler was started for other sources; nobody crawls {said} and {number} more",
            "For all sources: crawler up, without names. Not wanted: crawler schedule pause SOURCE",
            values={"said": ", ".join(facts.left_out[:NAMED]), "number": more},
        )
    ]


def broken_files(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """Source files that cannot be used."""
    return [
        Problem(
            "broken_file",
            Severity.CRITICAL,
            "a source file is wrong and left out: {said}",
            "Correct it, then: crawler source check",
            values={"said": str(problem), "file": problem.file},
            links={"file": problem.file},
        )
        for problem in facts.broken_files
    ]


def little_space(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """The disk of the database is nearly full."""
    free = facts.free_bytes
    if free is None or free >= LITTLE_SPACE:
        return []
    return [
        Problem(
            "little_space",
            Severity.CRITICAL if free < NO_SPACE else Severity.WARNING,
            "{free} MB are free on the disk of the database",
            "Free some space, or let old records go: crawler db prune. What needs it: crawler db size",
            values={"free": free // 1_000_000},
        )
    ]
