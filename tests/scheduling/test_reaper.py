"""What runners leave behind: processes that are gone, crawls that nobody watches, attempts that were forgotten."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crawler.scheduling.reaper import ITS_RUNNER_FIRST, RUNNERS_TIME, Reaper
from crawler.scheduling.runners import stderr
from crawler.sources.source import Policy
from crawler.storage import queue, runs
from crawler.storage.database import Database, now
from crawler.storage.liveness import ProcessIdentity, own_identity, process_started_at, this_worker
from crawler.storage.outcome import Outcome
from crawler.storage.runs import Attempt
from crawler.storage.tables import AttemptRow, RunRow, RunState

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that leads a group of its own, as a crawl does, and does nothing."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    yield process
    process.kill()
    process.wait(10)


@pytest.fixture
def reaper(database: Database) -> Reaper:
    return Reaper(database, lambda _: Policy(retries=1), HOUR)


def identity(process: subprocess.Popen[bytes]) -> ProcessIdentity:
    return ProcessIdentity(this_worker(), process.pid, process_started_at(process.pid))


GONE = ProcessIdentity(this_worker(), 5_000_000, datetime(2001, 1, 1, tzinfo=UTC))
"""No process has such a number: Linux counts to 4,194,304."""
REUSED = ProcessIdentity(this_worker(), 1, datetime(2001, 1, 1, tzinfo=UTC))
"""The number was given out again since, or the clock was set: only the heartbeat tells."""
FAR = ProcessIdentity("another-machine", 4711, None)


Begin = Callable[..., Attempt]


@pytest.fixture
def begin(database: Database) -> Begin:
    """Begin a queued run some time ago; its crawl has taken it over unless `began` is false."""

    def begin_some(
        process: ProcessIdentity,
        *,
        started: timedelta = timedelta(0),
        silent: timedelta = timedelta(0),
        began: bool = True,
    ) -> Attempt:
        with database.write() as session:
            moment = now(session)
            run_id = queue.enqueue(session, "herald", now=moment)
            assert run_id is not None
            attempt = queue.take(
                session,
                run_id,
                process=process,
                names=["herald.example"],
                now=moment - max(started, silent) - timedelta(seconds=1),
                lease=HOUR,
            )
            assert attempt is not None
            if began:
                assert runs.attach(session, attempt.token, process=process, now=moment - silent)
        return attempt

    return begin_some


def run_of(database: Database, attempt: Attempt) -> RunRow:
    with database.read() as session:
        return session.get_one(RunRow, attempt.run_id)


def attempt_of(database: Database, attempt: Attempt) -> AttemptRow:
    with database.read() as session:
        return session.get_one(AttemptRow, attempt.attempt_id)


def test_a_crawl_whose_process_is_gone_is_lost_and_tried_again(
    database: Database, reaper: Reaper, begin: Begin
) -> None:
    attempt = begin(GONE, silent=ITS_RUNNER_FIRST)
    stderr.file_of(attempt.token).write_text("Traceback\nMemoryError")
    (settled,) = reaper.reap()
    assert settled.judgement.outcome == Outcome.LOST
    assert settled.retry_at is not None
    row = attempt_of(database, attempt)
    assert (row.outcome, row.stderr_tail) == (Outcome.LOST, "Traceback\nMemoryError")
    assert row.reason is not None
    assert "process 5000000 on" in row.reason
    assert row.reason.endswith("MemoryError")
    assert run_of(database, attempt).state == RunState.QUEUED
    assert not stderr.file_of(attempt.token).exists()
    assert reaper.reap() == []


@pytest.mark.parametrize(
    ("silent", "is_lost"),
    [
        pytest.param(MINUTE / 2, False, id="heard of lately"),
        pytest.param(2 * MINUTE, True, id="silent"),
        pytest.param(-2 * HOUR, True, id="heard of in the future: the clock was put back"),
    ],
)
def test_where_another_process_has_the_number_the_heartbeat_tells(
    reaper: Reaper, begin: Begin, silent: timedelta, is_lost: bool
) -> None:
    begin(REUSED, silent=silent)
    assert bool(reaper.reap()) is is_lost


def test_ones_own_attempts_are_left_alone(reaper: Reaper, begin: Begin) -> None:
    attempt = begin(GONE, silent=HOUR)
    assert reaper.reap(mine=[attempt.attempt_id]) == []


def test_a_crawl_that_is_just_gone_is_left_to_its_runner(reaper: Reaper, begin: Begin) -> None:
    begin(GONE, silent=ITS_RUNNER_FIRST / 2)
    assert reaper.reap() == []


def test_a_crawl_that_is_well_is_left_alone(reaper: Reaper, begin: Begin, sleeper: subprocess.Popen[bytes]) -> None:
    begin(identity(sleeper), started=HOUR / 2)
    assert reaper.reap() == []


def test_a_crawl_of_another_machine_is_lost_after_long_silence(
    database: Database, reaper: Reaper, begin: Begin
) -> None:
    attempt = begin(FAR, silent=runs.SILENCE - timedelta(seconds=20))
    assert reaper.reap() == []
    with database.write() as session:
        runs.attach(session, attempt.token, process=FAR, now=now(session) - runs.SILENCE - timedelta(seconds=1))
    (settled,) = reaper.reap()
    assert settled.judgement.outcome == Outcome.LOST


@pytest.mark.parametrize(
    ("started", "silent", "outcome"),
    [
        pytest.param(HOUR + RUNNERS_TIME, timedelta(0), Outcome.TIMED_OUT, id="it outlasts its time"),
        pytest.param(HOUR / 2, runs.SILENCE + RUNNERS_TIME, Outcome.STALLED, id="it is silent"),
    ],
)
def test_a_crawl_without_a_runner_is_ended_when_it_does_not_end(
    database: Database,
    reaper: Reaper,
    begin: Begin,
    sleeper: subprocess.Popen[bytes],
    started: timedelta,
    silent: timedelta,
    outcome: Outcome,
) -> None:
    attempt = begin(identity(sleeper), started=started, silent=silent + timedelta(seconds=1))
    (settled,) = reaper.reap()
    assert settled.judgement.outcome == outcome
    assert sleeper.wait(10) == -9
    assert attempt_of(database, attempt).outcome == outcome


def test_a_forgotten_attempt_is_ended_and_no_runner_is_killed_for_it(
    database: Database, reaper: Reaper, begin: Begin
) -> None:
    attempt = begin(own_identity(), started=HOUR + RUNNERS_TIME, began=False)
    (settled,) = reaper.reap()
    assert settled.judgement.outcome == Outcome.FAILED_TO_START
    assert run_of(database, attempt).state == RunState.QUEUED


def test_a_crawl_that_somebody_has_started_by_hand_is_not_ended(
    database: Database, reaper: Reaper, sleeper: subprocess.Popen[bytes]
) -> None:
    with database.write() as session:
        long_ago = now(session) - 3 * HOUR
        attempt = runs.begin(session, "herald", process=identity(sleeper), now=long_ago)
        assert attempt is not None
    assert reaper.reap() == []
    assert sleeper.poll() is None


def test_one_that_was_started_by_hand_and_is_gone_is_not_tried_again(database: Database, reaper: Reaper) -> None:
    with database.write() as session:
        attempt = runs.begin(session, "herald", process=GONE, now=now(session) - HOUR)
        assert attempt is not None
    (settled,) = reaper.reap()
    assert settled.retry_at is None
    assert run_of(database, attempt).outcome == Outcome.LOST
