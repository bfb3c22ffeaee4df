"""State of schedules: files are the truth, a fire is taken once, a pause says who and why."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from crawler.storage import schedulers, schedules
from crawler.storage.database import Database, now
from crawler.storage.liveness import ProcessIdentity, own_identity
from crawler.storage.schedules import Declared, Synced
from crawler.storage.tables import SchedulerRow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)


def declared(source_id: str, *, spec_hash: str = "a", fire: datetime | None = NOON, retries: int = 2) -> Declared:
    return Declared(source_id, "*/10 * * * *", "Asia/Almaty", {"retries": retries}, spec_hash, fire)


def sync(database: Database, *wanted: Declared, kept: tuple[str, ...] = ()) -> Synced:
    return database.transact(lambda session: schedules.sync(session, wanted, kept=kept, now=NOON - TEN))


def next_fires(database: Database) -> dict[str, datetime | None]:
    with database.read() as session:
        return {row.source_id: row.next_fire_at for row in schedules.listing(session)}


def test_files_become_rows(database: Database) -> None:
    assert sync(database, declared("a"), declared("b", fire=None)) == Synced(added=("a", "b"))
    assert next_fires(database) == {"a": NOON, "b": None}
    assert sync(database, declared("a"), declared("b", fire=None)) == Synced()


def test_an_unchanged_schedule_keeps_its_fire_even_if_that_is_overdue(database: Database) -> None:
    sync(database, declared("a"))
    assert sync(database, declared("a", fire=NOON + TEN, retries=9)) == Synced()
    with database.read() as session:
        row = schedules.get(session, "a")
        assert row is not None
        assert (row.next_fire_at, row.policy) == (NOON, {"retries": 9})


def test_a_fire_beyond_the_next_one_is_recalled(database: Database) -> None:
    """A clock that was ahead, by years perhaps, when a fire was computed must not keep the source silent until then."""
    sync(database, declared("a", fire=NOON + timedelta(days=1_500)), declared("b", fire=None))
    assert sync(database, declared("a"), declared("b", fire=None)) == Synced(recalled=("a",))
    assert next_fires(database) == {"a": NOON, "b": None}


def test_a_changed_schedule_begins_anew(database: Database) -> None:
    sync(database, declared("a"))
    assert sync(database, declared("a", spec_hash="b", fire=NOON + TEN)) == Synced(changed=("a",))
    assert next_fires(database) == {"a": NOON + TEN}


def test_a_schedule_that_is_gone_fires_no_more_and_may_come_back(database: Database) -> None:
    sync(database, declared("a"), declared("b"))
    assert sync(database, declared("b")) == Synced(removed=("a",))
    assert next_fires(database) == {"b": NOON}
    assert sync(database, declared("b")) == Synced()
    assert sync(database, declared("a", fire=NOON + TEN), declared("b")) == Synced(added=("a",))
    assert next_fires(database) == {"a": NOON + TEN, "b": NOON}


def test_a_broken_file_leaves_its_schedule_as_it_is(database: Database) -> None:
    sync(database, declared("a"))
    assert sync(database, kept=("a",)) == Synced()
    assert next_fires(database) == {"a": NOON}


def test_what_is_due_comes_in_the_order_in_which_it_was(database: Database) -> None:
    sync(
        database,
        declared("late", fire=NOON),
        declared("later", fire=NOON - TEN),
        declared("not yet", fire=NOON + TEN),
        declared("never", fire=None),
    )
    with database.read() as session:
        assert [fire for _, fire in schedules.due(session, now=NOON)] == [NOON - TEN, NOON]
        assert [fire for _, fire in schedules.due(session, now=NOON, only={"late", "never"})] == [NOON]


def test_of_many_schedulers_that_see_a_fire_one_gets_it(database: Database) -> None:
    sync(database, declared("a"))
    together = threading.Barrier(4)
    got: list[bool] = []

    def claim() -> None:
        with database.read() as session:
            ((schedule_id, fire),) = schedules.due(session, now=NOON)
        together.wait(10)
        got.append(
            database.transact(lambda session: schedules.claim(session, schedule_id, fire, next_fire_at=NOON + TEN))
        )

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(got) == [False, False, False, True]
    assert next_fires(database) == {"a": NOON + TEN}


def test_a_pause_says_who_why_and_how_long(database: Database) -> None:
    sync(database, declared("a"))
    with database.write() as session:
        assert schedules.pause(session, "a", by="dana", reason="moving house", until=NOON + TEN, now=NOON)
        assert not schedules.pause(session, "unknown", by="dana", reason=None, until=None, now=NOON)
    with database.read() as session:
        row = schedules.get(session, "a")
        assert row is not None
        assert (row.paused_by, row.paused_reason) == ("dana", "moving house")
        assert schedules.is_paused(row, NOON)
        assert not schedules.is_paused(row, NOON + TEN)
    with database.write() as session:
        assert schedules.resume(session, "a")
        assert not schedules.resume(session, "unknown")
    with database.read() as session:
        row = schedules.get(session, "a")
        assert row is not None
        assert not schedules.is_paused(row, NOON)


def test_a_pause_outlives_a_changed_file(database: Database) -> None:
    sync(database, declared("a"))
    with database.write() as session:
        schedules.pause(session, "a", by="dana", reason=None, until=None, now=NOON)
    sync(database, declared("a", spec_hash="b"))
    with database.read() as session:
        row = schedules.get(session, "a")
        assert row is not None
        assert schedules.is_paused(row, NOON + timedelta(days=365))


def test_a_scheduler_looks_after_the_sources_that_it_was_started_for(database: Database) -> None:
    with database.write() as session:
        moment = now(session)
        schedulers.begin(session, "some", process=own_identity(), now=moment, sources={"b", "a"})
        schedulers.begin(session, "all", process=own_identity(), now=moment)
    with database.read() as session:
        rows = {row.token: row for row in schedulers.at_work(session, now=moment)}
        followed = {token: [one for one in "abc" if schedulers.looks_after(row, one)] for token, row in rows.items()}
    assert followed == {"some": ["a", "b"], "all": ["a", "b", "c"]}


def test_schedulers_are_known_by_what_they_said_last(database: Database) -> None:
    here, far = own_identity(), ProcessIdentity("another-machine", 4711, None)
    gone = ProcessIdentity(here.worker, 5_000_000, NOON - timedelta(days=900))
    with database.write() as session:
        moment = now(session)
        for token, process in (("here", here), ("far", far), ("gone", gone), ("ended", here)):
            schedulers.begin(session, token, process=process, now=moment)
        schedulers.end(session, "ended", now=moment)
    with database.read() as session:
        assert [row.token for row in schedulers.at_work(session, now=moment)] == ["here", "far"]
        later = moment + schedulers.SILENCE + timedelta(seconds=1)
        assert [row.token for row in schedulers.at_work(session, now=later)] == ["here"]
    with database.write() as session:
        schedulers.beat(session, "far", now=later)
    with database.read() as session:
        assert {row.token for row in schedulers.at_work(session, now=later)} == {"here", "far"}
        assert session.get(SchedulerRow, "far") is not None
