"""Sessions, transactions and what is said when a database cannot be used, on SQLite and PostgreSQL."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.storage import database as module
from crawler.storage import schema
from crawler.storage.database import Database, now
from crawler.storage.tables import HostRow
from tests.postgres import Postgres


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("mysql://u:secret@h/n", "mysql databases are not supported", id="another kind"),
        pytest.param("sqlite://", "in memory", id="SQLite in memory"),
        pytest.param("sqlite:///:memory:", "in memory", id="SQLite in memory, by name"),
        pytest.param("no address:secret", "cannot be read", id="no address at all"),
    ],
)
def test_addresses_that_cannot_serve_are_refused_with_a_remedy(address: str, said: str) -> None:
    with pytest.raises(DatabaseError, match=said) as caught:
        Database(address)
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["postgresql://bob:secret@127.0.0.1:1/news", "postgres://bob@127.0.0.1:1/news?password=secret"]
)
def test_no_password_is_shown_when_a_server_cannot_be_reached(address: str) -> None:
    with (
        Database(address) as database,
        pytest.raises(DatabaseError, match="cannot be reached") as caught,
        database.read() as session,
    ):
        session.scalar(text("SELECT 1"))
    assert "secret" not in f"{caught.value} {database} {database!r}"
    assert "CRAWLER_DATABASE_URL" in caught.value.remedy


def test_a_missing_folder_is_named_as_the_cause(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/missing/news.db"
    with Database(address) as database, pytest.raises(DatabaseError, match=r"cannot be opened.*folder exists"):
        database.transact(lambda session: session.execute(text("SELECT 1")))


def test_a_file_of_another_kind_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader, this is no database. " * 100)
    with (
        Database(f"sqlite:///{tmp_path}/letter.txt") as database,
        pytest.raises(DatabaseError, match="no SQLite database"),
        database.read() as session,
    ):
        session.scalar(text("SELECT 1"))


@contextmanager
def files_of_at_most(limit: int) -> Iterator[None]:
    """No file grows beyond `limit` bytes, as with `ulimit -f`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_takes_no_more_is_named_as_the_cause(tmp_path: Path) -> None:
    with (
        Database(f"sqlite:///{tmp_path}/news.db") as database,
        pytest.raises(DatabaseError, match=r"news\.db: the disk takes or gives no more.*free space, quota"),
        files_of_at_most(100_000),
    ):
        schema.upgrade(database)


def test_half_a_backup_is_none(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        schema.downgrade(database, "0008")
        with pytest.raises(DatabaseError, match="the disk"), files_of_at_most(100_000):
            schema.upgrade(database)
        assert database.path is not None
        assert list(database.path.parent.glob("*.backup")) == []


def test_a_folder_that_cannot_be_made_or_entered_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")
    with (
        Database(f"sqlite:///{tmp_path}/letter.txt/news.db") as database,
        pytest.raises(DatabaseError, match=r"news\.db: the folder cannot be made \(File exists\)") as no,
    ):
        schema.upgrade(database)
    assert "CRAWLER_DATABASE_URL" in no.value.remedy
    # A name that is too long fails for every user as a folder does that is closed to this one.
    with (
        Database(f"sqlite:///{tmp_path}/{'n' * 300}/news.db") as database,
        pytest.raises(DatabaseError, match="cannot be opened"),
    ):
        schema.inspect_schema(database)


def test_a_file_that_may_not_be_written_is_named_as_the_cause(sqlite_url: str) -> None:
    address = f"{sqlite_url.replace('sqlite:///', 'sqlite:///file:')}?mode=ro&uri=true"
    with Database(address) as database, pytest.raises(DatabaseError, match="cannot be written"):
        database.transact(lambda session: session.add(HostRow(host="h", failures=0)))


def test_sqlite_files_are_set_up_for_many_processes(sqlite_url: str) -> None:
    with Database(sqlite_url) as database, database.read() as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "auto_vacuum")}
        own = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "auto_vacuum": 2}
    assert own == {"foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 1}


def test_what_sqlite_refuses_outside_transactions_is_said_in_words(sqlite_url: str) -> None:
    with (
        Database(sqlite_url) as database,
        pytest.raises(DatabaseError, match=r"news.db: .*already exists"),
        database.outside_transactions() as file,
    ):
        file.execute("VACUUM INTO ?", (str(database.path),))


def test_the_values_of_a_failed_statement_are_not_shown(sqlite_url: str) -> None:
    """PostgreSQL's own message may quote the beginning of a row; the statement's values are hidden on both."""
    rows = [{"host": "text that is nobody's business", "failures": 0}] * 2
    with Database(sqlite_url) as database, pytest.raises(DBAPIError) as caught, database.write() as session:
        session.execute(insert(HostRow), rows)
    assert "nobody's business" not in str(caught.value)


def test_a_write_is_kept_only_when_its_block_ends_well(database: Database) -> None:
    with database.write() as session:
        session.add(HostRow(host="kept.example", failures=0))
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(HostRow(host="lost.example", failures=0))
        session.flush()
        raise ZeroDivisionError
    with database.read() as session:
        assert session.scalars(select(HostRow.host)).all() == ["kept.example"]


def test_what_a_reading_session_changes_is_dropped(database: Database) -> None:
    try:
        with database.read() as session:
            session.add(HostRow(host="h", failures=0))
            session.flush()
    except DBAPIError:
        pass  # PostgreSQL refuses at once
    with database.read() as session:
        assert session.scalars(select(HostRow)).all() == []


def test_no_increment_is_lost_between_threads(database: Database) -> None:
    """Read, then write: without the lock taken first, two of them would read the same number."""
    with database.write() as session:
        session.add(HostRow(host="h", failures=0))

    def increment(session: Session) -> None:
        row = session.get(HostRow, "h", with_for_update=True)
        assert row is not None
        row.failures += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: database.transact(increment), range(100)))
    with database.read() as session:
        assert session.get_one(HostRow, "h").failures == 100


def test_a_writer_that_keeps_others_waiting_is_waited_for_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six times thirty seconds, and the supervisor of the service would take it for hanging."""
    pauses: list[float] = []
    monkeypatch.setattr(module, "BUSY_TIMEOUT_S", 0)
    monkeypatch.setattr(module, "LONGEST_RACE_S", -1.0)
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    busy = pytest.raises(DatabaseError, match="it is busy")
    with Database(sqlite_url) as database, Database(sqlite_url) as other, other.write(), busy:
        database.transact(lambda session: None)
    assert pauses == []


def test_a_busy_sqlite_file_is_tried_again_and_then_named(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(module, "BUSY_TIMEOUT_S", 0)
    begun: list[None] = []
    with Database(sqlite_url) as database, Database(sqlite_url) as other:
        with other.write(), pytest.raises(DatabaseError, match="it is busy"):
            database.transact(lambda session: begun.append(None))
        assert begun == []
        database.transact(lambda session: begun.append(None))
    assert begun == [None]


def test_of_two_transactions_in_a_deadlock_both_get_through(postgresql_url: str) -> None:
    met = threading.Barrier(2, timeout=20)

    def work(first: str, second: str) -> int:
        tries = 0

        def lock_both(session: Session) -> None:
            nonlocal tries
            tries += 1
            session.get(HostRow, first, with_for_update=True)
            if tries == 1:
                met.wait()
            session.get(HostRow, second, with_for_update=True)

        database.transact(lock_both)
        return tries

    with Database(postgresql_url) as database:
        with database.write() as session:
            session.add_all([HostRow(host="a", failures=0), HostRow(host="b", failures=0)])
        with ThreadPoolExecutor(2) as pool:
            tries = sorted([*pool.map(work, "ab", "ba")])
    assert tries == [1, 2]


def test_a_connection_that_the_server_cuts_is_replaced(postgresql_url: str) -> None:
    tries = 0

    def work(session: Session) -> int | None:
        nonlocal tries
        tries += 1
        if tries == 1:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return session.scalar(text("SELECT 7"))

    with Database(postgresql_url) as database:
        assert database.transact(work) == 7
    assert tries == 2


def test_a_database_that_is_not_there_is_named(postgres: Postgres) -> None:
    with (
        Database(postgres.url("crawler_no_such_database")) as database,
        pytest.raises(DatabaseError, match="does not exist"),
        database.read() as session,
    ):
        session.scalar(text("SELECT 1"))


def test_moments_come_back_aware_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 1, 0, 30, 0, 5, tzinfo=timezone(timedelta(hours=6)))
    with database.write() as session:
        session.add(HostRow(host="h", failures=0, blocked_until=moment))
    with database.read() as session:
        found = session.get_one(HostRow, "h").blocked_until
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


def test_moments_sort_as_time_does_whatever_their_zone(database: Database) -> None:
    moments = [datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=h))) for h in (-5, 0, 9)]
    moments.append(datetime(2026, 3, 1, 11, 59, 59, 999_999, tzinfo=UTC))
    with database.write() as session:
        session.add_all(HostRow(host=str(i), failures=0, blocked_until=at) for i, at in enumerate(moments))
    with database.read() as session:
        found = session.scalars(select(HostRow.blocked_until).order_by(HostRow.blocked_until)).all()
        later = session.scalars(select(HostRow.host).where(HostRow.blocked_until > moments[3])).all()
    assert found == sorted(moments)
    assert sorted(later) == ["0", "1"]


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive time"), database.write() as session:
        session.add(HostRow(host="h", failures=0, blocked_until=datetime(2026, 3, 1)))  # noqa: DTZ001
        session.flush()


def test_the_databases_clock_is_aware_and_right(database: Database) -> None:
    with database.read() as session:
        difference = abs(now(session) - datetime.now(UTC))
    assert difference < timedelta(seconds=5)
