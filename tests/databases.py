"""Fixtures: databases with the schema that the migrations make, SQLite and PostgreSQL. Import them in a conftest.

`database` and `database_url` run a test on both; `sqlite_url` and `postgresql_url` on one. Each test has its own.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.storage import schema
from crawler.storage.database import Database
from tests.postgres import Postgres, Unavailable, locked, shared_postgres

__all__ = [
    "database",
    "database_url",
    "dialect",
    "empty_url",
    "meeting_place",
    "postgres",
    "postgresql_pool",
    "postgresql_template",
    "postgresql_url",
    "sqlite_template",
    "sqlite_url",
]


class PostgresPool:
    """One migrated database, emptied for each test; a new one after a test that changed the schema."""

    def __init__(self, server: Postgres, template: str) -> None:
        self._server = server
        self._template = template
        self._name: str | None = None
        self._schema = ""

    def take(self) -> str:
        """Name of a database with the schema that the migrations made, and without rows."""
        if self._name is not None and self._server.empty(self._name) != self._schema:
            self.drop()
        if self._name is None:
            self._name = _name()
            self._server.create(self._name, self._template)
            self._schema = self._server.empty(self._name)
        return self._name

    def drop(self) -> None:
        if self._name is not None:
            self._server.drop(self._name)
            self._name = None


@pytest.fixture(scope="session")
def meeting_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this session share: those of xdist have theirs below it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres(meeting_place: Path) -> Iterator[Postgres]:
    """A real server, shared by the session."""
    try:
        with shared_postgres(meeting_place) as server:
            yield server
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgresql_template(postgres: Postgres, meeting_place: Path) -> Iterator[str]:
    """Name of a migrated database to copy; made once per session."""
    note = meeting_place / "postgres-template"
    with locked(meeting_place):
        if not note.exists() or not postgres.exists(note.read_text()):
            name = f"crawler_template_{secrets.token_hex(4)}"
            with Database(postgres.create(name)) as database:
                schema.upgrade(database)
            note.write_text(name)
    yield note.read_text()
    if "TEST_DATABASE_URL" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.drop(note.read_text())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "news.db"
    with Database(f"sqlite:///{path}") as database:
        schema.upgrade(database)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a migrated SQLite file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'news.db')}"


@pytest.fixture(scope="session")
def postgresql_pool(postgres: Postgres, postgresql_template: str) -> Iterator[PostgresPool]:
    """Migrated databases of this process, used again by one test after the other."""
    pool = PostgresPool(postgres, postgresql_template)
    yield pool
    pool.drop()


@pytest.fixture
def postgresql_url(postgres: Postgres, postgresql_pool: PostgresPool) -> str:
    """Address of a migrated PostgreSQL database without rows."""
    return postgres.url(postgresql_pool.take())


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Runs a test on both databases."""
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest) -> str:
    """Address of a migrated database, of either kind."""
    return str(request.getfixturevalue(f"{dialect}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, of either kind."""
    with Database(database_url) as opened:
        yield opened


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table, of either kind; a SQLite file that does not exist yet."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path}/folder/news.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = _name()
    yield server.create(name)
    server.drop(name)


_NUMBERS = itertools.count()


def _name() -> str:
    return f"crawler_test_{os.getpid()}_{next(_NUMBERS)}"
