"""The service around scheduler and runner: its clock, its end, its new beginning after an upgrade."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from crawler.config import Config
from crawler.scheduling import service
from crawler.scheduling.service import Service
from crawler.storage import queue, run_lists
from crawler.storage.database import Database
from crawler.storage.outcome import Outcome
from crawler.storage.retention import Keep
from crawler.storage.tables import RunRow, SchedulerRow
from tests.crawl.crawling import until


class Over(Exception):
    """This process would be another program now."""


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    with Database(sqlite_url) as opened:
        yield opened


@pytest.fixture
def made(database: Database, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service without sources."""
    monkeypatch.setattr("crawler.scheduling.declarations.PACKAGED", tmp_path)
    monkeypatch.setattr("crawler.sources.registry.PACKAGED", tmp_path)
    config = Config.model_validate({"database_url": sqlite_url})
    return Service(database, config, keep=Keep(), entry="tests.scheduling.crawls:short")


def test_a_clock_that_is_put_back_stops_no_tick(
    made: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """APScheduler waits for a time of day. A day too far ahead, it would come after a day."""
    ticks: list[float] = []
    monkeypatch.setattr(made.scheduler, "tick_calmly", lambda: ticks.append(monotonic()))
    ahead: list[float] = []

    def show() -> None:
        if len(ticks) > 1 and not ahead:
            ahead.append(monotonic())
            for work in clocks[0].get_jobs():
                work.modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
        if (ahead and ticks[-1] > ahead[0]) or monotonic() > began + 20:
            os.kill(os.getpid(), signal.SIGTERM)

    clocks: list[BackgroundScheduler] = []
    make = made._clock
    monkeypatch.setattr(made, "_clock", lambda: clocks.append(make()) or clocks[0])
    began = monotonic()
    made.run(show)
    assert ahead
    assert ticks[-1] > ahead[0], "it never ticked again"
    assert "was put back" in caplog.text


def test_after_an_upgrade_it_becomes_the_new_program(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []

    def execv(path: str, words: list[str]) -> None:
        became.append(words)
        raise Over

    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/crawler", "up", "herald"])
    monkeypatch.setattr(service, "COMPARE_EVERY", 0.0)
    monkeypatch.setattr(made._installed, "was_replaced", lambda: True)
    made.run(lambda: None)
    with pytest.raises(Over):
        made.begin_anew()
    assert became == [[sys.executable, "-m", "crawler", "up", "herald"]]


def test_its_supervisor_hears_of_its_life(made: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        made.run(lambda: setattr(made, "_asked", service.Stopping.CLEANLY))
        heard = [listener.recv(200).decode() for _ in range(4)]
    assert heard == ["READY=1", "STATUS=0 of 4 runs at work", "WATCHDOG=1", "STOPPING=1"]


def test_a_tick_that_hangs_is_not_hidden_from_the_supervisor(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(service, "notify", told.append)
    made.scheduler.ticked_at -= service.LONGEST_TICK + 1
    made._report()
    assert told == ["STATUS=0 of 4 runs at work"]


def test_its_beginning_and_end_are_recorded_and_signals_are_given_back(made: Service, database: Database) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def stop_when_it_works() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    made.run(stop_when_it_works)
    assert signal.getsignal(signal.SIGTERM) is before
    with database.read() as session:
        assert session.scalars(select(SchedulerRow.finished_at)).one() is not None


def test_old_records_go_by_themselves(made: Service, database: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    with database.write() as session:
        session.add(
            RunRow(
                source_id="herald",
                kind="discovery",
                trigger=queue.ON_SCHEDULE,
                state="finished",
                outcome=Outcome.SKIPPED,
                created_at=long_ago,
                finished_at=long_ago,
            )
        )

    def is_pruned() -> bool:
        with database.read() as session:
            return not run_lists.page(session, with_skipped=True)

    def stop_when_pruned() -> None:
        if is_pruned():
            made._asked = service.Stopping.CLEANLY

    made.run(stop_when_pruned)
    assert until(is_pruned)
