"""How the runs of each source went, how runs ended, what was answered: on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from crawler.storage import standings, tallies
from crawler.storage.database import Database
from crawler.storage.logs import Record, record_errors
from crawler.storage.outcome import Outcome
from crawler.storage.runs import Attempt
from crawler.storage.standings import Ended
from crawler.storage.tables import AttemptRow, FetchRow, RunKind, RunState
from tests.storage.stories import NOW, begin_run

MINUTE = timedelta(minutes=1)


def run(database: Database, outcome: str, minutes: int, *, source_id: str = "herald", **columns: object) -> int:
    """A run that ended so many minutes after NOW."""
    at = NOW + minutes * MINUTE
    with database.write() as session:
        return begin_run(
            session, source_id, **{"state": RunState.FINISHED, "outcome": outcome, "finished_at": at} | columns
        )


def test_failures_are_counted_from_the_last_good_run_on(database: Database) -> None:
    run(database, Outcome.FAILED, 0)
    good = run(database, Outcome.SUCCEEDED_WITH_ERRORS, 1)
    run(database, Outcome.SKIPPED, 2)
    first = run(database, Outcome.FAILED, 3, reason="the site gave no answer")
    run(database, Outcome.CANCELLED, 4)
    run(database, Outcome.FAILED, 5, kind=RunKind.BACKFILL)
    last = run(database, Outcome.EMPTY, 6, reason="its lists name no article")
    with database.read() as session:
        found = standings.standings(session, ["herald", "new"])
    assert set(found) == {"herald"}
    standing = found["herald"]
    assert standing.last == Ended(last, "empty", "its lists name no article", NOW + 6 * MINUTE)
    assert standing.last_good is not None
    assert standing.last_good.run_id == good
    assert standing.failures == 2
    assert standing.first_failure == Ended(first, "failed", "the site gave no answer", NOW + 3 * MINUTE)


def test_after_a_good_run_nothing_has_failed(database: Database) -> None:
    run(database, Outcome.FAILED, 0)
    good = run(database, Outcome.SUCCEEDED, 1)
    with database.read() as session:
        standing = standings.standings(session, ["herald"])["herald"]
    assert (standing.last.run_id, standing.failures, standing.first_failure) == (good, 0, None)


def test_a_source_that_never_had_a_good_run(database: Database) -> None:
    only = run(database, Outcome.LOST, 0)
    with database.read() as session:
        standing = standings.standings(session, ["herald"])["herald"]
    assert (standing.last.run_id, standing.last_good, standing.failures) == (only, None, 1)


def test_active_runs_are_told_with_the_moment_from_which_they_wait(database: Database) -> None:
    run(database, Outcome.SUCCEEDED, 0)
    with database.write() as session:
        begin_run(session, started_at=NOW + MINUTE)
        begin_run(session, "other", state=RunState.QUEUED, start_after=NOW + 5 * MINUTE)
        # Lost once, and to be tried again.
        begin_run(session, "third", state=RunState.QUEUED, started_at=NOW, start_after=NOW + 6 * MINUTE)
    with database.read() as session:
        found = standings.active(session)
    assert [(one.source_id, one.state, one.since) for one in found] == [
        ("herald", RunState.RUNNING, NOW + MINUTE),
        ("other", RunState.QUEUED, NOW + 5 * MINUTE),
        ("third", RunState.QUEUED, NOW + 6 * MINUTE),
    ]


def test_the_commonest_error_of_a_run(database: Database) -> None:
    run_id = run(database, Outcome.FAILED, 0)
    with database.write() as session:
        row = AttemptRow(run_id=run_id, number=1, token="t", worker="here", started_at=NOW, heartbeat_at=NOW)
        session.add(row)
        session.flush()
        messages = ["rare", "often", "often"]
        records = [Record(NOW, 40, "crawler", f"it happens {message}") for message in messages]
        record_errors(session, Attempt(run_id, row.id, 1, "t"), "herald", records)
    with database.read() as session:
        found = standings.commonest_errors(session, [run_id])
        assert found[run_id][1] == "it happens often"
        assert standings.statistics(session, [run_id, 0]) == {run_id: {}}


def test_outcomes_are_counted_since_a_moment(database: Database) -> None:
    run(database, Outcome.FAILED, 0)
    run(database, Outcome.SUCCEEDED, 0)
    run(database, Outcome.SUCCEEDED, 0, source_id="other")
    run(database, Outcome.LOST, 0, created_at=NOW - 60 * MINUTE)
    with database.read() as session:
        assert tallies.outcomes(session, since=NOW) == {"succeeded": 2, "failed": 1}
        assert tallies.outcomes_of(session, "herald", since=NOW) == {"failed": 1, "succeeded": 1}


def test_answers_are_counted_by_kind_outcome_and_status(database: Database) -> None:
    run_id = run(database, Outcome.SUCCEEDED, 0)
    foreign = run(database, Outcome.SUCCEEDED, 0, source_id="other")
    with database.write() as session:
        row = AttemptRow(run_id=run_id, number=1, token="t", worker="here", started_at=NOW, heartbeat_at=NOW)
        session.add(row)
        session.flush()
        own = {"attempt_id": row.id, "at": NOW, "url": "https://herald.example/", "url_hash": 1, "kind": "article"}
        fetches = [(run_id, 200, 100, "new"), (run_id, 200, 300, "new"), (run_id, None, None, "timeout")]
        session.execute(
            insert(FetchRow),
            [
                own | {"run_id": run, "status": status, "ms": ms, "outcome": outcome, "bytes": ms}
                for run, status, ms, outcome in [*fetches, (foreign, 200, 5, "new")]
            ],
        )
    with database.read() as session:
        found = tallies.answers(session, "herald", since=NOW)
        assert tallies.answers(session, "herald", since=NOW + MINUTE) == []
    assert found == [
        tallies.Answers("article", "new", 200, 2, 200.0, 400),
        tallies.Answers("article", "timeout", None, 1, None, 0),
    ]
