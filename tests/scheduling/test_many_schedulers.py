"""Two schedulers, killed at random moments and started again: no fire is lost, none gets two runs."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from multiprocessing.process import BaseProcess
from threading import Event

import pytest
from sqlalchemy import func, select

from crawler.scheduling.scheduler import Scheduler
from crawler.storage import queue, runs
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunRow, RunState, ScheduleRow
from tests.crawl.crawling import until
from tests.scheduling.accelerated import SOURCES, Fast, fast_clock, schedule_until_killed

FIRES = 2_000
"""With a run or a reason, before the test ends."""
KILLS = 12
MINUTE = timedelta(minutes=1)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.scheduling.accelerated", "psycopg"])


class Consumer(threading.Thread):
    """A runner that is done at once with every run."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._database = Database(url)
        self.over = Event()

    def run(self) -> None:
        process = own_identity()
        while not self.over.wait(0.01):
            with self._database.read() as session:
                waiting = queue.waiting(session, now=now(session), limit=100)
            for one in waiting:
                with self._database.write() as session:
                    moment = now(session)
                    attempt = runs.start(session, one.run_id, process=process, now=moment)
                    assert attempt is not None
                    runs.finish(session, attempt, runs.Ending(Outcome.SUCCEEDED), now=moment)
        self._database.close()


@pytest.fixture
def consumer(database_url: str) -> Iterator[Consumer]:
    thread = Consumer(database_url)
    thread.start()
    yield thread
    thread.over.set()
    thread.join(30)


@pytest.fixture
def pair(database: Database, database_url: str) -> Iterator[Pair]:
    with database.read() as session:
        both = Pair(database_url, now(session))
    yield both
    both.kill_all()


class Pair:
    """Two schedulers that work until they are killed."""

    def __init__(self, url: str, began_at: datetime) -> None:
        self.began_at = began_at
        self._work = (url, began_at)
        self._processes = [self._start(), self._start()]

    def replace(self, number: int) -> None:
        """kill -9, and start another one in its place."""
        victim = self._processes[number]
        assert victim.exitcode is None, "it had ended by itself"
        self._kill(victim)
        self._processes[number] = self._start()

    def kill_all(self) -> None:
        for process in self._processes:
            self._kill(process)

    def _start(self) -> BaseProcess:
        process = processes.Process(target=schedule_until_killed, args=self._work, daemon=True)
        process.start()
        return process

    @staticmethod
    def _kill(process: BaseProcess) -> None:
        process.kill()
        process.join(10)


def test_killed_at_random_moments(database: Database, consumer: Consumer, pair: Pair) -> None:
    chance = random.Random(7)
    for number in range(KILLS):
        # Some fires further, and then somewhere between two statements: a moment that nothing synchronises with.
        until(partial(has_fired, database, (number + chance.random()) * FIRES / KILLS))
        Event().wait(chance.random() / 20)
        pair.replace(chance.randrange(2))
    until(partial(has_fired, database, FIRES))
    pair.kill_all()

    # What the dead have left is done by the next one.
    with database.read() as session:
        end = fast_clock(pair.began_at)(session)
    last = Scheduler(database, Fast(), clock=lambda _: end)
    last.begin()
    until(lambda: last.tick() == 0 and not any_left(database, end))
    last.end()
    consumer.over.set()
    consumer.join(30)

    with database.read() as session:
        schedules = session.scalars(select(ScheduleRow)).all()
        assert {schedule.source_id for schedule in schedules} == set(SOURCES)
        for schedule in schedules:
            found = session.scalars(
                select(RunRow).where(RunRow.schedule_id == schedule.id).order_by(RunRow.scheduled_for)
            ).all()
            fires = [run.scheduled_for for run in found if run.scheduled_for]
            assert len(found) == len(fires) > 3
            step = MINUTE if schedule.spec == "* * * * *" else 60 * MINUTE
            assert {later - earlier for earlier, later in pairwise(fires)} == {step}, "each fire has its row, once"
            assert schedule.next_fire_at == fires[-1] + step > end
            skipped = [run for run in found if run.outcome == Outcome.SKIPPED]
            assert all(run.reason for run in skipped)
            if schedule.source_id.startswith("all"):
                assert not skipped, "whoever wants all gets a run for each"


def has_fired(database: Database, wanted: float) -> bool:
    """Whether so many fires have a run or a reason."""
    with database.read() as session:
        return (session.scalar(select(func.count(RunRow.id))) or 0) >= wanted


def any_left(database: Database, end: datetime) -> bool:
    """Whether a fire was not looked at, or a run waits."""
    with database.read() as session:
        due = session.scalars(select(ScheduleRow.id).where(ScheduleRow.next_fire_at <= end)).first()
        waits = session.scalars(select(RunRow.id).where(RunRow.state == RunState.QUEUED)).first()
    return due is not None or waits is not None
