"""The runner and its processes: begun when there is room, watched, stopped, settled."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.config import Config
from crawler.errors import DatabaseError
from crawler.scheduling.runners import local, stderr
from crawler.scheduling.runners.local import LocalRunner
from crawler.storage import attempts, hosts, queue
from crawler.storage.database import Database, now
from crawler.storage.liveness import is_alive
from crawler.storage.outcome import Outcome
from crawler.storage.tables import AttemptRow, HostRow, RunRow, RunState
from tests.crawl.crawling import kill, until
from tests.scheduling.test_scheduler import Written, source

Begin = Callable[..., LocalRunner]


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as opened:
        yield opened


@pytest.fixture
def runner(database: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begin a runner whose crawls are one function of crawls.py."""
    begun: list[LocalRunner] = []
    monkeypatch.setattr(local, "LOOK_EVERY", 0.05)

    def begin(crawl: str, *ids: str, **settings: object) -> LocalRunner:
        config = Config.model_validate({"database_url": url, "stop_grace": 0.2, "heartbeat": 1} | settings)
        declarations = Written(*(source(one, retries=0, stall_after="1s") for one in ids or ("herald",)))
        started = LocalRunner(database, declarations, config, entry=f"tests.scheduling.crawls:{crawl}")
        begun.append(started)
        return started

    yield begin
    for one in begun:
        one.kill_all()
        until(lambda one=one: one.all_have_ended)
        one.look(0)


def order(database: Database, source_id: str = "herald", **options: str) -> int:
    with database.write() as session:
        run_id = queue.enqueue(session, source_id, now=now(session), options=options)
    assert run_id is not None
    return run_id


def work(runner: LocalRunner, done: Callable[[], object], *, within: float = 30.0) -> None:
    """Let the runner look until something is done."""
    until(lambda: runner.look(0.05) or done(), within=within)


def run_of(database: Database, run_id: int) -> RunRow:
    with database.read() as session:
        return session.get_one(RunRow, run_id)


def last_attempt(database: Database, run_id: int) -> AttemptRow:
    with database.read() as session:
        found = session.scalars(select(AttemptRow).where(AttemptRow.run_id == run_id).order_by(AttemptRow.number)).all()
    return found[-1]


def is_over(database: Database, run_id: int) -> Callable[[], bool]:
    return lambda: run_of(database, run_id).state == RunState.FINISHED


def test_a_run_is_done_and_leaves_nothing_behind(database: Database, runner: Begin) -> None:
    started = runner("short")
    run_id = order(database)
    work(started, is_over(database, run_id))
    work(started, lambda: started.is_idle)
    assert run_of(database, run_id).outcome == Outcome.SUCCEEDED
    assert last_attempt(database, run_id).exit_code == 0
    assert not stderr.file_of(last_attempt(database, run_id).token).exists()
    with database.read() as session:
        assert session.scalars(select(HostRow.lease_token)).all() == [None]


def test_no_more_runs_at_once_than_allowed(database: Database, runner: Begin, tmp_path: Path) -> None:
    ids = [f"paper_{number}" for number in range(4)]
    started = runner("waiting", *ids, concurrent_runs=2)
    runs = [order(database, one, until=str(tmp_path / one)) for one in ids]
    for done, one in enumerate(ids):
        work(started, partial(are_running, started, min(2, 4 - done)))
        (tmp_path / one).touch()
        work(started, is_over(database, runs[done]))
    assert [run_of(database, run_id).outcome for run_id in runs] == [Outcome.SUCCEEDED] * 4


def are_running(started: LocalRunner, count: int) -> bool:
    return len(started.running) == count


def test_two_sources_of_one_host_are_crawled_one_after_the_other(
    database: Database, runner: Begin, tmp_path: Path
) -> None:
    started = runner("waiting", "herald", "courier")
    courier = started._declarations.sources["courier"]
    edition = courier.editions[0].model_copy(update={"host": "herald.example"})
    together = {**started._declarations.sources, "courier": courier.model_copy(update={"editions": (edition,)})}
    started._declarations.sources = together
    first = order(database, "herald", until=str(tmp_path / "first"))
    second = order(database, "courier", until=str(tmp_path / "second"))
    work(started, lambda: run_of(database, first).fetched)
    assert run_of(database, second).state == RunState.QUEUED
    (tmp_path / "first").touch()
    (tmp_path / "second").touch()
    work(started, is_over(database, second))


def test_a_group_that_turns_a_deaf_ear_is_killed_with_all_its_members(database: Database, runner: Begin) -> None:
    started = runner("with_a_helper")
    run_id = order(database)
    work(started, lambda: started.running and started.running[0].began and helper_of(started) is not None)
    helper = helper_of(started)
    assert helper is not None
    started.running[0].process._grace = 0.0
    started.stop_all()
    work(started, is_over(database, run_id))
    assert run_of(database, run_id).outcome == Outcome.CANCELLED
    assert last_attempt(database, run_id).exit_signal == signal.SIGKILL
    until(lambda: not Path(f"/proc/{helper}").exists() or "Z" in Path(f"/proc/{helper}/stat").read_text())


def helper_of(started: LocalRunner) -> int | None:
    pid = started.running[0].process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def test_a_process_that_does_not_end_after_its_crawl_is_ended(
    database: Database, runner: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST_AFTER_THE_END", 0.2)
    started = runner("lingering")
    run_id = order(database)
    work(started, lambda: is_over(database, run_id)() and started.is_idle)
    # What it had done counts, and how it ended is kept.
    assert run_of(database, run_id).outcome == Outcome.SUCCEEDED
    assert last_attempt(database, run_id).exit_signal == signal.SIGKILL


def test_a_silent_crawl_is_stopped(database: Database, runner: Begin) -> None:
    started = runner("with_a_helper")
    started._declarations.sources = {"herald": source("herald", retries=0, stall_after="1s")}
    run_id = order(database)
    work(started, is_over(database, run_id))
    assert run_of(database, run_id).outcome == Outcome.STALLED


def test_a_crawl_that_waits_because_its_host_asked_for_it_is_not_silent(
    database: Database, runner: Begin, tmp_path: Path
) -> None:
    started = runner("waiting")
    with database.write() as session:
        hosts.change(session, "herald.example", delay_s=600.0)
    run_id = order(database, until=str(tmp_path / "done"))
    work(started, lambda: started.running and started.running[0].began)
    one = started.running[0]
    one.moved_at -= 900  # seconds in which it did nothing: longer than its policy allows, shorter than two pauses
    started.look(0.1)
    started.look(0.1)
    assert one.process.stopped_for is None
    one.moved_at -= 900
    work(started, is_over(database, run_id))
    assert run_of(database, run_id).outcome == Outcome.STALLED


def test_a_crawl_that_outlasts_its_time_is_stopped(
    database: Database, runner: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MORE_THAN_TIMEOUT", 0.2)
    started = runner("waiting", run_timeout=0.5)
    run_id = order(database, until=str(tmp_path / "never"))
    work(started, is_over(database, run_id))
    assert run_of(database, run_id).outcome == Outcome.TIMED_OUT
    assert last_attempt(database, run_id).exit_signal == signal.SIGTERM


def test_what_a_process_says_is_kept_within_bounds(database: Database, runner: Begin, tmp_path: Path) -> None:
    started = runner("talkative")
    run_id = order(database, said=str(tmp_path / "said"), until=str(tmp_path / "done"))
    work(started, (tmp_path / "said").exists)
    work(started, lambda: started.running[0].process.stderr.stat().st_size < stderr.MOST)
    (tmp_path / "done").touch()
    work(started, is_over(database, run_id))
    work(started, lambda: started.is_idle)
    said = last_attempt(database, run_id).stderr_tail
    assert said is not None
    assert said.endswith("the last line")
    assert len(said) <= stderr.TAIL


def test_a_crawl_that_does_not_begin_says_why(database: Database, runner: Begin) -> None:
    started = runner("unheard_of")
    run_id = order(database)
    work(started, is_over(database, run_id))
    row = run_of(database, run_id)
    assert row.outcome == Outcome.FAILED_TO_START
    assert row.reason is not None
    assert row.reason.endswith("RuntimeError: nothing works here")


def test_without_processes_a_run_fails_and_the_runner_goes_on(
    database: Database, runner: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = runner("short")

    def no_process(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    with monkeypatch.context() as full:
        full.setattr(local, "CrawlProcess", no_process)
        run_id = order(database)
        work(started, is_over(database, run_id))
    assert run_of(database, run_id).outcome == Outcome.FAILED_TO_START
    again = order(database)
    work(started, is_over(database, again))
    assert run_of(database, again).outcome == Outcome.SUCCEEDED


def test_an_end_that_cannot_be_written_waits_for_the_database(
    database: Database, runner: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = runner("waiting")
    run_id = order(database, until=str(tmp_path / "done"))
    work(started, lambda: started.running and started.running[0].began)
    with monkeypatch.context() as away:
        away.setattr(attempts, "settle", nobody_answers)
        (tmp_path / "done").touch()
        work(started, lambda: started.all_have_ended and started.trouble)
        assert not started.is_idle
    work(started, lambda: started.is_idle)
    assert started.trouble is None
    assert last_attempt(database, run_id).exit_code == 0


def nobody_answers(*_: object, **__: object) -> None:
    raise DatabaseError("the server is gone")


def test_the_crawl_itself_keeps_its_hosts(database: Database, runner: Begin, tmp_path: Path) -> None:
    started = runner("waiting")
    run_id = order(database, until=str(tmp_path / "done"))
    work(started, lambda: started.running)

    def leased_until() -> datetime | None:
        with database.read() as session:
            return session.scalars(select(HostRow.leased_until)).one()

    before = leased_until()
    assert before is not None
    # Nobody looks: its runner is being replaced by the next version.
    until(lambda: (leased_until() or before) > before)
    (tmp_path / "done").touch()
    until(is_over(database, run_id))
    assert leased_until() is None, "given back by itself"
    work(started, lambda: started.is_idle)


def test_after_the_death_of_the_server_a_killed_crawl_is_seen_to_be_gone(
    database: Database, runner: Begin, tmp_path: Path
) -> None:
    started = runner("waiting")
    run_id = order(database, until=str(tmp_path / "never"))
    work(started, lambda: started.running and started.running[0].began)
    process = started.running[0].process
    kill(parent_of(process.pid))
    work(started, lambda: not process.may_end)
    assert not process.has_ended
    assert is_alive(process._identity)
    kill(process.pid)
    work(started, is_over(database, run_id))
    row = last_attempt(database, run_id)
    assert (row.outcome, row.exit_code, row.exit_signal) == (Outcome.LOST, None, None)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize(
    ("broken", "said"),
    [({}, "no file declares this source"), ({"herald": "herald.toml: id: is missing"}, "herald.toml: id: is missing")],
)
def test_a_run_of_a_source_that_is_gone_or_broken_ends_with_the_reason(
    database: Database, runner: Begin, broken: dict[str, str], said: str
) -> None:
    started = runner("short")
    started._declarations.sources, started._declarations.broken = {}, broken
    run_id = order(database)
    work(started, is_over(database, run_id))
    row = run_of(database, run_id)
    assert (row.outcome, row.reason) == (Outcome.FAILED_TO_START, f"it could not be begun: {said}")
