"""Opens the database for commands that only ask. Asks nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from crawler.config import Config
from crawler.storage.database import Database
from crawler.storage.schema import ensure_readable


@contextmanager
def reading(config: Config) -> Iterator[Session]:
    """A session that reads; says so where there is no database yet.

    Raises:
        DatabaseError: there is no database, or it is of another version; with the remedy.
    """
    with Database(config.url) as database:
        ensure_readable(database)
        with database.read() as session:
            yield session
