"""Runs wait, are taken with their hosts, end, and wait again: each step once, whoever else tries."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crawler.storage import attempts, hosts, queue, run_lists, runs, schedules
from crawler.storage.database import Database
from crawler.storage.liveness import own_identity
from crawler.storage.outcome import Outcome, ProcessEnd, Stop
from crawler.storage.runs import Attempt, Ending
from crawler.storage.tables import AttemptRow, RunRow, RunState

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KILLED = ProcessEnd(began=True, signal=signal.SIGKILL)


def enqueue(session: Session, source_id: str = "herald", *, now: datetime = NOON) -> int:
    run_id = queue.enqueue(session, source_id, now=now)
    assert run_id is not None
    return run_id


def take(session: Session, run_id: int, *names: str, now: datetime = NOON) -> Attempt | None:
    return queue.take(session, run_id, process=own_identity(), names=names, now=now, lease=2 * MINUTE)


def begun(session: Session, source_id: str = "herald", *names: str) -> Attempt:
    attempt = take(session, enqueue(session, source_id), *names)
    assert attempt is not None
    return attempt


def run_of(session: Session, attempt: Attempt) -> RunRow:
    return session.get_one(RunRow, attempt.run_id, populate_existing=True)


def attempt_of(session: Session, attempt: Attempt) -> AttemptRow:
    return session.get_one(AttemptRow, attempt.attempt_id, populate_existing=True)


@pytest.fixture
def schedule_id(database: Database) -> int:
    declared = schedules.Declared("herald", "* * * * *", "UTC", {}, "a", NOON)
    with database.write() as session:
        schedules.sync(session, [declared], kept=(), now=NOON)
        row = schedules.get(session, "herald")
        assert row is not None
        return row.id


# --- In ---------------------------------------------------------------------------------------------------------------
def test_one_run_of_a_source_waits_at_most(database: Database) -> None:
    with database.write() as session:
        first = enqueue(session)
        assert queue.enqueue(session, "herald", now=NOON) is None
        enqueue(session, "courier")
        assert queue.active(session, "herald") == {RunState.QUEUED: first}
        take(session, first)
        second = enqueue(session)
        assert queue.active(session, "herald") == {RunState.RUNNING: first, RunState.QUEUED: second}


def test_a_fire_gets_one_run_whatever_happens(database: Database, schedule_id: int) -> None:
    with database.write() as session:
        first = queue.enqueue(session, "herald", now=NOON, schedule_id=schedule_id, scheduled_for=NOON)
        assert first is not None
        attempt = take(session, first)
        assert attempt is not None
        runs.finish(session, attempt, Ending(Outcome.SUCCEEDED), now=NOON)
        assert queue.enqueue(session, "herald", now=NOON, schedule_id=schedule_id, scheduled_for=NOON) is None
        queue.skip(session, "herald", [(NOON, "again")], now=NOON, schedule_id=schedule_id)
        assert session.get_one(RunRow, first, populate_existing=True).outcome == Outcome.SUCCEEDED


def test_a_skipped_fire_is_a_row_with_its_reason(database: Database, schedule_id: int) -> None:
    with database.write() as session:
        queue.skip(session, "herald", [], now=NOON, schedule_id=schedule_id)
        queue.skip(session, "herald", [(NOON, "paused by dana")], now=NOON, schedule_id=schedule_id)
    with database.read() as session:
        (row,) = run_lists.page(session, outcome=Outcome.SKIPPED)
        assert (row.reason, row.scheduled_for, row.state) == ("paused by dana", NOON, RunState.FINISHED)


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_is_told(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        waiting = enqueue(session)
        assert queue.cancel(session, waiting, by="dana", now=NOON) == RunState.QUEUED
        row = session.get_one(RunRow, waiting, populate_existing=True)
        assert (row.state, row.outcome) == (RunState.FINISHED, Outcome.CANCELLED)
        assert queue.cancel(session, attempt.run_id, by="dana", now=NOON) == RunState.RUNNING
        assert runs.heartbeat(session, attempt, counts={"new": 0}, stats={}, now=NOON).cancel_requested
        assert queue.cancel(session, waiting, by="dana", now=NOON) == RunState.FINISHED
        assert queue.cancel(session, 10**6, by="dana", now=NOON) is None


# --- Out --------------------------------------------------------------------------------------------------------------
def test_runs_come_in_the_order_in_which_they_were_due(database: Database) -> None:
    with database.write() as session:
        later, first = enqueue(session, "later", now=NOON + MINUTE), enqueue(session, "first")
        assert [one.run_id for one in queue.waiting(session, now=NOON, limit=9)] == [first, later]
        assert [one.run_id for one in queue.waiting(session, now=NOON, limit=1)] == [first]


def test_a_runner_may_look_after_some_sources_only(database: Database) -> None:
    with database.write() as session:
        enqueue(session, "herald")
        courier = enqueue(session, "courier")
        found = queue.waiting(session, now=NOON, limit=9, only={"courier", "nobody"})
        assert [one.run_id for one in found] == [courier]


def test_a_run_of_a_source_that_is_being_crawled_waits_without_blocking_others(database: Database) -> None:
    with database.write() as session:
        begun(session)
        enqueue(session)
        other = enqueue(session, "courier", now=NOON + MINUTE)
        assert [one.run_id for one in queue.waiting(session, now=NOON, limit=1)] == [other]


def test_a_run_is_taken_once(database: Database) -> None:
    with database.write() as session:
        run_id = enqueue(session)
        assert take(session, run_id)
        assert take(session, run_id) is None


def test_a_host_is_crawled_by_one_run_at_a_time(database: Database) -> None:
    with database.write() as session:
        first = begun(session, "herald", "herald.example", "kk.herald.example")
        sister = enqueue(session, "sister")
        assert take(session, sister, "sister.example", "kk.herald.example") is None
        # Nothing of it is half taken: neither the run nor the other host.
        assert queue.active(session, "sister") == {RunState.QUEUED: sister}
        assert hosts.get(session, "sister.example").leased_until is None
        assert runs.attempts(session, sister) == []
        attempts.settle(session, first, KILLED, now=NOON)
        assert take(session, sister, "sister.example", "kk.herald.example")


def test_a_lease_ends_with_the_heartbeats_of_its_crawl(database: Database) -> None:
    with database.write() as session:
        first = begun(session, "herald", "herald.example")
        runs.heartbeat(session, first, counts={"new": 0}, stats={}, now=NOON + MINUTE, lease=2 * MINUTE)
        sister = enqueue(session, "sister")
        assert take(session, sister, "herald.example", now=NOON + 2.5 * MINUTE) is None
        assert take(session, sister, "herald.example", now=NOON + 3 * MINUTE)


# --- The end ----------------------------------------------------------------------------------------------------------
def test_a_crawl_that_was_killed_is_tried_again_after_a_pause(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session, "herald", "herald.example")
        settled = attempts.settle(session, attempt, KILLED, now=NOON, stderr_tail="oh", retry_after=MINUTE)
        assert (settled.judgement.outcome, settled.retry_at) == (Outcome.KILLED, NOON + MINUTE)
        row = attempt_of(session, attempt)
        assert (row.outcome, row.exit_signal, row.stderr_tail) == (Outcome.KILLED, signal.SIGKILL, "oh")
        assert run_of(session, attempt).state == RunState.QUEUED
        assert queue.waiting(session, now=NOON, limit=9) == []
        assert [one.run_id for one in queue.waiting(session, now=NOON + MINUTE, limit=9)] == [attempt.run_id]
        again = take(session, attempt.run_id, "herald.example")
        assert again is not None
        assert again.number == 2
        # Whatever the dead one might still say is not heard.
        assert not runs.finish(session, attempt, Ending(Outcome.SUCCEEDED), now=NOON)
        assert not runs.heartbeat(session, attempt, counts={"new": 9}, stats={}, now=NOON).is_ours


def test_without_a_try_left_the_run_ends(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        assert attempts.settle(session, attempt, KILLED, now=NOON).retry_at is None
        row = run_of(session, attempt)
        assert (row.state, row.outcome, row.finished_at) == (RunState.FINISHED, Outcome.KILLED, NOON)


def test_no_second_try_where_another_run_waits_already(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        enqueue(session)
        assert attempts.settle(session, attempt, KILLED, now=NOON, retry_after=MINUTE).retry_at is None
        assert run_of(session, attempt).outcome == Outcome.KILLED


def test_no_second_try_of_a_cancelled_run(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        queue.cancel(session, attempt.run_id, by="dana", now=NOON)
        assert attempts.settle(session, attempt, KILLED, now=NOON, retry_after=MINUTE).retry_at is None


def test_the_parent_adds_what_it_saw_to_what_the_crawl_recorded(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        good = {
            "downloader/request_count": 1,
            "downloader/response_count": 1,
            "crawler/lists_read": 1,
            "crawler/known": 3,
        }
        runs.finish(session, attempt, Ending(Outcome.SUCCEEDED, None, "finished"), now=NOON, stats=good)
        crashed = ProcessEnd(began=True, signal=signal.SIGSEGV)
        settled = attempts.settle(session, attempt, crashed, now=NOON, stderr_tail="at exit", retry_after=MINUTE)
        assert (settled.judgement.outcome, settled.retry_at) == (Outcome.SUCCEEDED, None)
        row = attempt_of(session, attempt)
        assert (row.outcome, row.exit_signal, row.stderr_tail) == (Outcome.SUCCEEDED, signal.SIGSEGV, "at exit")
        assert run_of(session, attempt).outcome == Outcome.SUCCEEDED


def test_the_parent_knows_why_a_crawl_was_stopped(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        runs.finish(session, attempt, Ending(Outcome.CANCELLED, "a signal", "shutdown"), now=NOON, stats={})
        stalled = ProcessEnd(began=True, exit_code=0, stopped_for=Stop.STALL)
        assert attempts.settle(session, attempt, stalled, now=NOON).judgement.outcome == Outcome.STALLED
        assert run_of(session, attempt).outcome == Outcome.STALLED
        assert attempt_of(session, attempt).outcome == Outcome.STALLED


def test_a_verdict_of_lost_stands(database: Database) -> None:
    with database.write() as session:
        attempt = begun(session)
        runs.finish(session, attempt, Ending(Outcome.LOST, "silent"), now=NOON)
        assert attempts.settle(session, attempt, KILLED, now=NOON).judgement.outcome == Outcome.LOST
        assert run_of(session, attempt).outcome == Outcome.LOST
        assert attempt_of(session, attempt).exit_signal == signal.SIGKILL


def test_moments_are_stored_in_one_form(database: Database) -> None:
    with database.write() as session:
        runs.finish(session, begun(session), Ending(Outcome.SUCCEEDED), now=NOON)
        asked = "SELECT count(*) FROM runs WHERE created_at = started_at AND started_at = finished_at"
        assert session.scalar(text(asked)) == 1
