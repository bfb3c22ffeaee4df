"""What the rules of health see of a database, on both kinds."""

from __future__ import annotations

from datetime import timedelta

from crawler.monitoring import health
from crawler.sources.registry import Registry
from crawler.storage.database import Database
from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunState
from tests.storage.stories import NOW, begin_run

REGISTRY = Registry.load()


def test_an_empty_database_has_no_problem(database: Database) -> None:
    with database.read() as session:
        found = health.survey(session, REGISTRY, now=NOW)
    assert [problem for problem in found.problems if problem.rule != "little_space"] == []
    assert [one.source_id for one in found.sources] == list(REGISTRY.sources)
    assert {one.state for one in found.sources} == {health.State.YOUNG}


def test_runs_that_fail_one_after_the_other_are_a_problem(database: Database) -> None:
    with database.write() as session:
        for number in range(4):
            at = NOW - timedelta(minutes=10 * (4 - number))
            begin_run(
                session,
                "vlast",
                state=RunState.FINISHED,
                outcome=Outcome.FAILED if number else Outcome.SUCCEEDED,
                reason="no list of the source can be read: 1 timeout",
                finished_at=at,
            )
    with database.read() as session:
        found = [one for one in health.problems(session, REGISTRY, now=NOW) if one.source_id == "vlast"]
    assert [(one.rule, one.severity, one.since) for one in found] == [
        ("failing", health.Severity.WARNING, NOW - timedelta(minutes=30))
    ]
    assert found[0].message == (
        "the last 3 runs failed, the latest as failed: no list of the source can be read: 1 timeout"
    )
