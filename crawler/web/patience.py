"""How long one question to the database may take for a visitor: what takes longer is broken off, its thread is free."""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

from crawler.storage.database import Database

# How often SQLite asks whether it should go on. Steps of its machine; some thousand a millisecond.
LOOK_EVERY = 20_000
# PostgreSQL's code of a statement that was broken off.
_CANCELED = "57014"


def bound(database: Database, seconds: float) -> None:
    """Let no statement of `database` take longer; those of SQLite are counted from the beginning of their transaction.

    Call it before the first connection is opened.
    """

    def prepare_sqlite(connection: Any, record: Any) -> None:
        connection.set_progress_handler(lambda: monotonic() > record.info.get("until", float("inf")), LOOK_EVERY)

    def begin(connection: Connection) -> None:
        connection.info["until"] = monotonic() + seconds

    def prepare_postgresql(connection: Any, _record: Any) -> None:
        connection.execute(f"SET statement_timeout = {int(seconds * 1_000)}")
        connection.commit()

    if database.dialect == "sqlite":
        event.listen(database.engine, "connect", prepare_sqlite)
        event.listen(database.engine, "begin", begin)
    else:
        event.listen(database.engine, "connect", prepare_postgresql)


def is_broken_off(error: Exception) -> bool:
    """Whether a statement ended because it took too long."""
    if not isinstance(error, DBAPIError):
        return False
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", None) == _CANCELED
