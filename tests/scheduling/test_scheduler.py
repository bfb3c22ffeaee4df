"""One scheduler: what it does with a fire, with files that change, with a database that goes away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from crawler.errors import DatabaseError
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.scheduler import Scheduler
from crawler.sources.source import Source
from crawler.storage import hosts, queue, run_lists, schedules
from crawler.storage.database import Database
from crawler.storage.outcome import Outcome
from crawler.storage.tables import RunRow, RunState, ScheduleRow, SchedulerRow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def source(source_id: str, *lines: str, **policy: object) -> Source:
    edition = {
        "id": "en",
        "host": f"{source_id}.example",
        "language": "en",
        "timezone": "UTC",
        "article": r"/(?P<id>\d+)/",
    }
    return Source.model_validate(
        {
            "id": source_id,
            "name": source_id,
            "home": f"https://{source_id}.example/",
            "schedule": lines or ["*/10 * * * *"],
            "policy": {"jitter": "0s"} | policy,
            "editions": [edition],
        }
    )


class Written(Declarations):
    """Declarations that a test writes."""

    def __init__(self, *sources: Source) -> None:
        super().__init__([])
        self.changed = True
        self.write(*sources)

    def write(self, *sources: Source, broken: dict[str, str] | None = None) -> None:
        self.sources = {source.id: source for source in sources}
        self.broken = broken or {}
        self.changed = True

    def refresh(self) -> bool:
        changed, self.changed = self.changed, False
        return changed


class Clock:
    """The time that a test sets."""

    def __init__(self) -> None:
        self.now = NOON - MINUTE

    def __call__(self, _session: object) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def begin(database: Database, clock: Clock) -> Callable[..., Scheduler]:
    """Begin the work of a scheduler for such declarations."""

    def begin_with(declarations: Declarations) -> Scheduler:
        scheduler = Scheduler(database, declarations, clock=clock)
        scheduler.begin()
        return scheduler

    return begin_with


def fires(database: Database) -> list[tuple[str, datetime | None, str, str | None]]:
    with database.read() as session:
        rows = session.scalars(select(RunRow).order_by(RunRow.scheduled_for, RunRow.source_id))
        return [(row.source_id, row.scheduled_for, row.outcome or row.state, row.reason) for row in rows]


def next_fire(database: Database, source_id: str) -> datetime | None:
    with database.read() as session:
        return session.scalars(select(ScheduleRow.next_fire_at).where(ScheduleRow.source_id == source_id)).one()


Begin = Callable[[Declarations], Scheduler]


def test_a_fire_becomes_a_run_that_waits(database: Database, clock: Clock, begin: Begin) -> None:
    scheduler = begin(Written(source("herald")))
    assert scheduler.tick() == 0
    clock.now = NOON
    assert scheduler.tick() == 1
    assert scheduler.tick() == 0
    assert fires(database) == [("herald", NOON, "queued", None)]
    assert next_fire(database, "herald") == NOON + 10 * MINUTE


def test_a_second_scheduler_finds_nothing_left_to_do(database: Database, clock: Clock, begin: Begin) -> None:
    one, other = begin(Written(source("herald"))), begin(Written(source("herald")))
    clock.now = NOON
    assert one.tick() + other.tick() == 1


def test_a_run_that_is_not_over_makes_the_next_fire_a_skipped_one(
    database: Database, clock: Clock, begin: Begin
) -> None:
    scheduler = begin(Written(source("herald")))
    clock.now = NOON
    scheduler.tick()
    clock.now = NOON + 10 * MINUTE
    assert scheduler.tick() == 0
    (_, (_, fire, outcome, reason)) = fires(database)
    assert (fire, outcome) == (NOON + 10 * MINUTE, Outcome.SKIPPED)
    assert reason is not None
    assert "still waiting" in reason


def test_what_is_on_hold_is_skipped_with_the_reason(database: Database, clock: Clock, begin: Begin) -> None:
    written = Written(source("paused"), source("broken"), source("blocked"), source("free"))
    scheduler = begin(written)
    with database.write() as session:
        schedules.pause(session, "paused", by="dana", reason="elections", until=NOON + 5 * MINUTE, now=NOON)
        hosts.change(session, "blocked.example", blocked_until=NOON + MINUTE, blocked_reason="http_429")
    written.write(
        source("paused"), source("blocked"), source("free"), broken={"broken": "broken.toml: id = 5: write a text"}
    )
    clock.now = NOON
    assert scheduler.tick() == 1
    assert {(one, reason) for one, _, outcome, reason in fires(database) if outcome == Outcome.SKIPPED} == {
        ("paused", "paused by dana: elections"),
        ("broken", "its file is broken: broken.toml: id = 5: write a text"),
        ("blocked", "blocked.example is left alone until 2026-11-24 12:01 UTC: http_429"),
    }
    # All of it passes: the pause ends, the file is mended, the site no longer asks for peace.
    written.write(source("paused"), source("blocked"), source("free"), source("broken"))
    clock.now = NOON + 10 * MINUTE
    assert scheduler.tick() == 3


def test_fires_that_are_left_out_are_told_in_a_line(
    database: Database, clock: Clock, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = begin(Written(source("herald")))
    caplog.set_level("INFO")
    for later in (0, 10, 40):  # every 10 minutes; nobody takes the run of the first
        clock.now = NOON + later * MINUTE
        scheduler.tick()
    told = [record.getMessage() for record in caplog.records if "Not crawled" in record.getMessage()]
    assert told == [
        "Not crawled: herald: run 1 of this source is still waiting in the queue",
        "Not crawled: herald: 3 times, the last time because run 1 of this source is still waiting in the queue",
    ]


def test_a_clock_that_was_ahead_and_is_put_back_silences_nobody_and_doubles_nothing(
    database: Database, clock: Clock, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = begin(Written(source("herald", catch_up_within="20m")))
    clock.now = NOON
    assert scheduler.tick() == 1
    clock.now = NOON + timedelta(days=1_461)
    scheduler.tick()
    assert next_fire(database, "herald") == clock.now + 10 * MINUTE
    clock.now = NOON - 3 * MINUTE
    assert scheduler.tick() == 0
    assert "was put back" in caplog.text
    assert next_fire(database, "herald") == NOON
    with database.write() as session:
        for run in session.scalars(select(RunRow).where(RunRow.state == RunState.QUEUED)):
            run.state, run.outcome, run.finished_at = RunState.FINISHED, Outcome.SUCCEEDED, NOON
    clock.now = NOON
    assert scheduler.tick() == 0, "this fire has had its run"
    clock.now = NOON + 10 * MINUTE
    assert scheduler.tick() == 1
    assert [fire for _, fire, outcome, _ in fires(database) if outcome != "skipped"] == [NOON, NOON + 10 * MINUTE]


def test_a_clock_that_was_put_back_meanwhile_is_noticed_at_the_start(
    database: Database, clock: Clock, begin: Begin
) -> None:
    clock.now = NOON + timedelta(days=1_461)
    begin(Written(source("herald")))
    clock.now = NOON - MINUTE
    begin(Written(source("herald")))
    assert next_fire(database, "herald") == NOON


def test_a_wish_to_be_left_alone_for_years_is_none(database: Database, clock: Clock, begin: Begin) -> None:
    scheduler = begin(Written(source("herald")))
    with database.write() as session:
        hosts.change(session, "herald.example", blocked_until=NOON + timedelta(days=1_461), blocked_reason="HTTP 503")
    clock.now = NOON
    assert scheduler.tick() == 1


def test_a_changed_file_changes_the_next_fire_and_a_deleted_one_ends_it(
    database: Database, clock: Clock, begin: Begin
) -> None:
    written = Written(source("herald"), source("courier"))
    scheduler = begin(written)
    written.write(source("herald", "30 12 * * *"))
    scheduler.tick()
    assert next_fire(database, "herald") == NOON + 30 * MINUTE
    assert next_fire(database, "courier") is None
    clock.now = NOON + 30 * MINUTE
    assert scheduler.tick() == 1


def test_a_scheduler_that_looks_after_some_sources_leaves_the_others_alone(
    database: Database, clock: Clock, begin: Begin
) -> None:
    begin(Written(source("herald"), source("courier")))
    some = Written(source("herald"), source("courier"))
    some.only = frozenset({"courier"})
    scheduler = begin(some)
    assert next_fire(database, "herald") == NOON
    clock.now = NOON
    assert scheduler.tick() == 1
    assert [one for one, *_ in fires(database)] == ["courier"]


def test_an_order_at_the_same_moment_is_not_doubled(
    database: Database, clock: Clock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = begin(Written(source("herald")))
    asked = queue.active

    def active_then_ordered(session: object, *which: object) -> dict[RunState, int]:
        """Somebody orders a run between the question and the answer."""
        found = asked(session, *which)  # type: ignore[arg-type]
        queue.enqueue(session, "herald", now=NOON)  # type: ignore[arg-type]
        return found

    monkeypatch.setattr(queue, "active", active_then_ordered)
    clock.now = NOON
    assert scheduler.tick() == 0
    assert {outcome for _, _, outcome, _ in fires(database)} == {"queued", Outcome.SKIPPED}


def test_a_row_that_cannot_be_read_stops_no_other(
    database: Database, clock: Clock, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = begin(Written(source("herald"), source("courier")))
    with database.write() as session:
        session.execute(text("UPDATE schedules SET spec = 'of another version' WHERE source_id = 'courier'"))
    clock.now = NOON
    assert scheduler.tick() == 1
    assert scheduler.tick() == 0
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "Schedule 2 cannot be read and does not fire: there are 3 fields; write five "
        "(minute, hour, day of month, month, day of week), such as */15 * * * *"
    ]


def test_a_database_that_is_away_is_told_once_and_forgiven(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = begin(Written(source("herald")))
    caplog.set_level("INFO")
    with monkeypatch.context() as away:
        away.setattr(schedules, "due", nobody_answers)
        scheduler.tick_calmly()
        scheduler.tick_calmly()
        assert scheduler.trouble is not None
    scheduler.tick_calmly()
    assert scheduler.trouble is None
    told = [record.levelname for record in caplog.records if record.name == "crawler.scheduling.scheduler"]
    assert told == ["ERROR", "INFO"]


def nobody_answers(*_: object, **__: object) -> list[tuple[int, datetime]]:
    raise DatabaseError("the server is gone")


def test_its_life_is_recorded(database: Database, begin: Begin) -> None:
    scheduler = begin(Written())
    scheduler.tick()
    with database.read() as session:
        row = session.scalars(select(SchedulerRow)).one()
        assert row.heartbeat_at > row.started_at
        assert row.finished_at is None
    scheduler.end()
    with database.read() as session:
        assert session.scalars(select(SchedulerRow.finished_at)).one() is not None


def test_skipped_runs_are_not_listed_among_the_latest(database: Database, clock: Clock, begin: Begin) -> None:
    scheduler = begin(Written(source("herald")))
    clock.now = NOON + 20 * MINUTE
    assert scheduler.tick() == 1
    with database.read() as session:
        assert [run.scheduled_for for run in run_lists.page(session)] == [NOON + 20 * MINUTE]
        assert len(run_lists.page(session, with_skipped=True)) == 3
