"""One database, SQLite or PostgreSQL: engine, sessions, transactions, clock. Knows no table and no migration."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from crawler.errors import DatabaseError
from crawler.storage.dialect import is_postgresql

Result = TypeVar("Result")
Dialect = Literal["sqlite", "postgresql"]

# Seconds that a SQLite writer waits for another. Our transactions last milliseconds, a prune's a second at most.
BUSY_TIMEOUT_S = 30
# Bytes that SQLite's write-ahead log keeps after a checkpoint; without a limit one large transaction marks it for ever.
WAL_LIMIT_BYTES = 64_000_000
# Seconds to reach PostgreSQL before it counts as down.
CONNECT_TIMEOUT_S = 10
# Tries of a transaction that lost a race or its connection: with the pauses below some 3 s in all.
TRIES = 6
FIRST_PAUSE_S = 0.1
# What took longer was no race.
LONGEST_RACE_S = 10.0

# PostgreSQL: serialization failure, deadlock, shutdown by its administrator, crash of a sibling process, starting up.
_TRY_AGAIN = {"40001", "40P01", "57P01", "57P02", "57P03"}

_OTHER_ADDRESS = "Correct CRAWLER_DATABASE_URL"
# What a driver says (lower case), what it means, what to do. The first that fits.
_CAUSES = (
    ("database is locked", "it is busy", f"Another process has been writing for over {BUSY_TIMEOUT_S} s; try again"),
    ("unable to open", "the file cannot be opened", "Check that its folder exists and can be written by this user"),
    ("readonly database", "the file cannot be written", "Give this user the right to write the file and its folder"),
    ("disk is full", "the disk is full", "Free some space, or prune old records: crawler db prune"),
    (
        "disk i/o error",
        "the disk takes or gives no more of the file",
        "Check free space, quota and `ulimit -f`, and whether the disk is sound (dmesg)",
    ),
    ("not a database", "the file is no SQLite database", f"{_OTHER_ADDRESS}, or restore a backup"),
    ("malformed", "the file is damaged", "Restore a backup"),
    ("no such table", "it has no tables yet", "Create them: crawler db upgrade"),
    ("password authentication failed", "the server refuses user or password", _OTHER_ADDRESS),
    ("no password supplied", "the server wants a password", _OTHER_ADDRESS),
    ("permission denied", "this user may not do that", "Grant the rights, or name another user"),
)


class Database:
    """Opens sessions on one database; connects at first use, and only then.

    A process makes its own after it was forked: connections must not be shared with a parent.

    >>> import tempfile
    >>> database = Database(f"sqlite:///{tempfile.mkdtemp()}/news.db")
    >>> with database, database.read() as session:
    ...     session.scalar(text("SELECT 1"))
    1

    Raises:
        DatabaseError: the address is none, or names another kind of database, or one in memory.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _supported(url)
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.path = Path((self.url.database or "").removeprefix("file:")) if self.dialect == "sqlite" else None
        """The file, of SQLite."""
        self.engine = _engine(self.url, self.dialect)
        self._reading = self.engine.execution_options(postgresql_readonly=True)
        self._writing = self.engine.execution_options(crawler_write=True)

    def __str__(self) -> str:
        """The address without password and options: fit to be printed."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    __repr__ = __str__

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and whose changes are dropped.

        Raises:
            DatabaseError: the database cannot be reached or read.
        """
        with self._clearly(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back when it raises.

        SQLite takes the write lock at once (BEGIN IMMEDIATE), so that what is read here stays true until the commit.
        A lost race is not tried again; see `transact`.

        Raises:
            DatabaseError: the database cannot be reached or written.
        """
        with self._clearly(), self._transaction() as session:
            yield session

    def transact(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a transaction of its own and return what it returns; try again when it lost a race.

        Tried again, with growing pauses, some 3 s in all: SQLite busy, PostgreSQL serialization failure, deadlock, lost
        connection. A SQLite writer that keeps others waiting is waited for BUSY_TIMEOUT_S, once. `work` may therefore
        run several times and must do nothing but use its session.

        Raises:
            DatabaseError: the database cannot be reached or written, or all tries lost.
        """
        with self._clearly():
            began = time.monotonic()
            for number in range(TRIES - 1):
                try:
                    with self._transaction() as session:
                        return work(session)
                except DBAPIError as error:
                    # Who has waited BUSY_TIMEOUT_S for another writer has waited enough: six times would be minutes.
                    if not _is_passing(error) or time.monotonic() - began > LONGEST_RACE_S:
                        raise
                # Jitter: two that collided must not meet again.
                time.sleep(FIRST_PAUSE_S * 2**number * random.uniform(0.5, 1.0))
            with self._transaction() as session:
                return work(session)

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        self.engine.dispose()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A write transaction in which SQLite tables can be built anew: dropping one does not delete what refers to it.

        Raises:
            DatabaseError: the database cannot be reached or written.
        """
        with self._clearly(), self._writing.connect() as connection:
            if self.dialect == "sqlite":
                # The first has no effect inside a transaction; a connection from the pool must keep neither. The second
                # lets a table be renamed while views name one that is about to get that name.
                for pragma in ("foreign_keys = OFF", "legacy_alter_table = ON"):
                    connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.invalidate()

    @contextmanager
    def outside_transactions(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection to a SQLite file, for what cannot be done inside a transaction.

        Raises:
            DatabaseError: the file cannot be opened or written.
        """
        with self._clearly(), self.engine.connect() as connection:
            file = connection.connection.driver_connection
            assert isinstance(file, sqlite3.Connection)
            yield file

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            session.connection()  # takes SQLite's write lock now, not at the first statement
            yield session

    @contextmanager
    def _clearly(self) -> Iterator[None]:
        """Say what is wrong with the database, in words; faults of single rows (IntegrityError, DataError) pass."""
        try:
            yield
        except DBAPIError as error:
            if (clear := explain(error, str(self))) is None:
                raise
            raise clear from error
        except sqlite3.Error as error:
            wrapped = DBAPIError(None, None, error)
            raise explain(wrapped, str(self)) or DatabaseError(f"{self}: {error}") from error


def now(session: Session) -> datetime:
    """The database's clock, aware, UTC: the one time on which all processes and machines agree."""
    if is_postgresql(session):
        moment: datetime = session.execute(_POSTGRESQL_NOW).scalar_one()
        return moment.astimezone(UTC)
    printed: str = session.execute(_SQLITE_NOW).scalar_one()
    return datetime.fromisoformat(printed).replace(tzinfo=UTC)


# Asked in nearly every transaction, so made once.
_POSTGRESQL_NOW = text("SELECT clock_timestamp()")
_SQLITE_NOW = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")


def explain(error: DBAPIError, database: str) -> DatabaseError | None:
    """What a driver's error means for whoever runs the crawler; None when it is about single rows, not the database."""
    said = str(error.orig)
    for needle, meaning, remedy in _CAUSES:
        if needle in said.lower():
            return DatabaseError(f"{database}: {meaning}", remedy=remedy, is_away=needle == "database is locked")
    if error.connection_invalidated or _state(error) in _TRY_AGAIN or "connection" in said.lower():
        first_line = said.strip().partition("\n")[0]
        remedy = "Start the server, or correct CRAWLER_DATABASE_URL"
        return DatabaseError(f"{database}: cannot be reached ({first_line})", remedy=remedy, is_away=True)
    return None


def _state(error: DBAPIError) -> str | None:
    """PostgreSQL's five-letter code."""
    return getattr(error.orig, "sqlstate", None)


def _is_passing(error: DBAPIError) -> bool:
    return error.connection_invalidated or _state(error) in _TRY_AGAIN or "database is locked" in str(error.orig)


def _supported(address: str | URL) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        # The address itself is not shown: it may hold a password.
        raise DatabaseError(
            "the database address cannot be read",
            remedy="Write sqlite:////path/to/news.db or postgresql://user:password@host/name",
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseError(f"{kind} databases are not supported", remedy="Use sqlite:/// or postgresql://")
    if not url.database or url.database == ":memory:":
        raise DatabaseError(
            "a SQLite database in memory is not enough: each crawl is a process",
            remedy="Write sqlite:////path/to/news.db",
        )
    return url


def _engine(url: URL, dialect: Dialect) -> Engine:
    # Parameters are hidden: an error's message goes into logs, where an article's text has no business.
    if dialect == "postgresql":
        options: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "crawler"}
        options = {name: value for name, value in options.items() if name not in url.query}
        return create_engine(url, connect_args=options, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_S},
        execution_options={"compiled_cache": _COMPILED},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


class _SharedStatements(LRUCache[Any, Any]):
    """Compiled statements, for all SQLite databases of this process and of those that are forked from it.

    SQLAlchemy keeps them per engine, by its dialect object. Ours are all alike, so what one engine has compiled serves
    the next: a crawl's process, forked from one that has rehearsed, compiles next to nothing.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_any_engine(key), value)


def _of_any_engine(key: Any) -> Any:
    """A key of SQLAlchemy's cache, whose first part is the dialect object, with the dialect's name instead."""
    return (key[0].name, *key[1:])


# As many as SQLAlchemy itself keeps for an engine.
_COMPILED = _SharedStatements(500)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver would begin transactions when it likes; `_begin_sqlite` begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    # Only works before the first page is written, which WAL does: so it stands first, and costs nothing later.
    cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
    except Exception as error:
        # Two processes that open a new file together: the other one sets it, and the file remembers.
        if "locked" not in str(error):
            raise
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote between, without waiting.
    immediate = connection.get_execution_options().get("crawler_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
