"""Which state a database's schema is in, and how it comes to the newest. Knows the migrations; asks for no data."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from crawler.errors import DatabaseError
from crawler.storage.database import Database
from crawler.storage.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

# Any number will do, as long as every crawler takes the same: the letters "craw".
_ADVISORY_LOCK = 0x63726177

LEARN = ("PRAGMA analysis_limit = 1000", "ANALYZE")
"""By what SQLite learns what its indexes hold, in a tenth of a second however large it is. Of a new index it knows
nothing, and takes it for better than those it knows: it would sort a source's articles instead of reading the newest.
"""


class State(StrEnum):
    """What a database is to this version of the crawler."""

    EMPTY = "empty"
    """Does not exist, or has no table of ours."""
    CURRENT = "current"
    OUTDATED = "outdated"
    """Has a revision that ours can be reached from."""
    NEWER = "newer"
    """Has a revision that this version does not know."""
    FOREIGN = "foreign"
    """Holds tables that are not from us where ours should be."""


@dataclass(frozen=True, slots=True)
class Schema:
    """State of one database's schema."""

    state: State
    revision: str | None
    """The revision found there; None when it has none."""
    newest: str
    """The revision of this version of the crawler."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    before: str | None
    """None: the database was empty."""
    after: str
    backup: Path | None
    """Copy of the SQLite file as it was before; None when nothing was there or changed, or on PostgreSQL."""


@cache
def migrations_folder() -> Path:
    """Where the migrations are: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    return next(folder for folder in (package / "migrations", package.parent / "migrations") if folder.is_dir())


@cache
def revisions() -> tuple[str, ...]:
    """The known revisions, oldest first. One line without branches; the file's name begins with the revision.

    Read from the names alone: a crawl asks at its start, and importing Alembic would cost it more than its work.
    """
    return tuple(sorted(path.name[:4] for path in (migrations_folder() / "versions").glob("[0-9]*.py")))


def inspect_schema(database: Database) -> Schema:
    """Look at a database without changing it; a SQLite file that does not exist is not created.

    Raises:
        DatabaseError: the database cannot be reached or read.
    """
    newest = revisions()[-1]
    if database.path is not None and _is_missing(database.path):
        return Schema(State.EMPTY, None, newest)
    with database.read() as session:
        return _schema(session.connection(), newest)


def _is_missing(file: Path) -> bool:
    try:
        return not file.exists()
    except OSError:
        return False  # a folder that may not be entered: opening the file says so in words


def _make_folder(database: Database, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"{database}: the folder cannot be made ({error.strerror})",
            remedy="Make it yourself, or name another file in CRAWLER_DATABASE_URL",
        ) from None


def _schema(connection: Connection, newest: str) -> Schema:
    found = set(inspect(connection).get_table_names())
    if "alembic_version" in found:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision is not None:
            known = revision in revisions()
            state = State.CURRENT if revision == newest else State.OUTDATED if known else State.NEWER
            return Schema(state, revision, newest)
    # A SQLite file is ours alone; a PostgreSQL database may have other tenants, whose tables have other names.
    others = found - {"alembic_version"} if connection.dialect.name == "sqlite" else found & set(Base.metadata.tables)
    return Schema(State.FOREIGN if others else State.EMPTY, None, newest)


def upgrade(database: Database, *, backup: bool = True) -> Upgraded:
    """Bring a database to the newest revision, from nothing if need be; all or nothing, one process at a time.

    Args:
        backup: copy a SQLite file beside itself first, when there is something to lose.

    Raises:
        DatabaseError: it is newer than this version, not ours, cannot be reached, or a migration failed (nothing is
            changed then).
    """
    schema = inspect_schema(database)
    _refuse_strangers(database, schema)
    if schema.state is State.CURRENT:
        return Upgraded(schema.newest, schema.newest, None)
    copy = _back_up(database, schema) if backup and schema.state is State.OUTDATED else None
    if database.path is not None:
        _make_folder(database, database.path.parent)
    from alembic import command

    with _migrating(database) as connection:
        command.upgrade(alembic_config(connection), "head")
        if database.dialect == "sqlite":
            for statement in LEARN:
                connection.execute(text(statement))
    return Upgraded(schema.revision, schema.newest, copy)


def downgrade(database: Database, revision: str) -> None:
    """Bring a database back to an older revision; `base` drops all tables. For tests and for going back a version."""
    from alembic import command

    with _migrating(database) as connection:
        command.downgrade(alembic_config(connection), revision)


def differences(database: Database) -> list[str]:
    """What distinguishes a current database from what the code expects; empty when nothing does."""
    from alembic import command
    from alembic.util import AutogenerateDiffsDetected

    with database.migrating() as connection:
        try:
            command.check(alembic_config(connection))
        except AutogenerateDiffsDetected as found:
            return [str(difference) for difference in found.diffs]
    return []


def ensure_ready(database: Database) -> None:
    """Make sure that a crawl can write: create an empty database, accept a current one, refuse all others.

    Raises:
        DatabaseError: it is outdated (the remedy names the command), newer, not ours, or cannot be reached.
    """
    schema = inspect_schema(database)
    if schema.state is State.EMPTY:
        upgrade(database)
    else:
        _refuse(database, schema)


def ensure_readable(database: Database) -> None:
    """Make sure that questions can be answered.

    Raises:
        DatabaseError: there is no database yet, or it is of another version.
    """
    schema = inspect_schema(database)
    if schema.state is State.EMPTY:
        remedy = "Crawl something: crawler crawl SOURCE --limit 5"
        raise DatabaseError(f"{database}: there is nothing yet", remedy=remedy)
    _refuse(database, schema)


def _refuse(database: Database, schema: Schema) -> None:
    _refuse_strangers(database, schema)
    if schema.state is State.OUTDATED:
        raise DatabaseError(
            f"{database}: its schema is of an older version ({schema.revision}; this one needs {schema.newest})",
            remedy="Upgrade it, SQLite with a backup beside it: crawler db upgrade",
        )


def _refuse_strangers(database: Database, schema: Schema) -> None:
    if schema.state is State.NEWER:
        raise DatabaseError(
            f"{database}: its schema ({schema.revision}) is from a newer version of the crawler; nothing is written",
            remedy="Upgrade the crawler, or name another database in CRAWLER_DATABASE_URL",
        )
    if schema.state is State.FOREIGN:
        raise DatabaseError(
            f"{database}: it holds tables of another program",
            remedy="Name an empty or new database in CRAWLER_DATABASE_URL",
        )


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """A connection inside a transaction that only one process at a time can have."""
    with database.migrating() as connection:
        if database.dialect == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        yield connection
        if database.dialect == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()):
            raise DatabaseError(f"{database}: a migration would break references ({broken})", remedy="Report this")


def alembic_config(connection: Connection) -> Config:
    """How Alembic finds the migrations and the connection; it prints nothing."""
    from alembic.config import Config

    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _back_up(database: Database, schema: Schema) -> Path | None:
    """Copy a SQLite file as one transaction sees it, also while others write."""
    if database.path is None:
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    copy = database.path.with_name(f"{database.path.name}.{schema.revision}.{moment}.backup")
    try:
        with database.outside_transactions() as file:
            file.execute("VACUUM INTO ?", (str(copy),))
    except DatabaseError:
        copy.unlink(missing_ok=True)  # half a copy is none
        raise
    shutil.copymode(database.path, copy)
    return copy
