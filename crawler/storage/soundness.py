"""Is a database sound: its schema, its file, its references, its search index? Asks; mends nothing."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.storage import schema
from crawler.storage.database import Database

# A damaged file reports every page; the first few tell all that a person needs.
SHOWN = 20


def problems(database: Database) -> list[str]:
    """What is wrong with a current database, one sentence each; empty when it is sound. Reads all of a SQLite file.

    Raises:
        DatabaseError: the database is not there, of another version, or cannot be reached.
    """
    schema.ensure_readable(database)
    found = [f"schema: {difference}" for difference in schema.differences(database)]
    with database.read() as session:
        found += _postgresql(session) if database.dialect == "postgresql" else _sqlite(session)
    if database.dialect == "sqlite":
        found += _sqlite_search(database)
    return found


def _sqlite(session: Session) -> list[str]:
    said = session.scalars(text(f"PRAGMA quick_check({SHOWN})")).all()
    found = [f"file: {line}; restore a backup" for line in said if line != "ok"]
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")).fetchmany(SHOWN):
        found.append(f"references: row {row} of {table} points at a row of {parent} that is not there")
    if session.scalar(text("PRAGMA auto_vacuum")) != 2:
        found.append(
            "file: made without auto_vacuum, so pruning frees no disk space; sqlite3 FILE VACUUM makes up for it"
        )
    return found


def _sqlite_search(database: Database) -> list[str]:
    """FTS5 compares its index with the texts by a command that has the form of an INSERT."""
    try:
        with database.write() as session:
            session.execute(text("INSERT INTO article_search(article_search, rank) VALUES ('integrity-check', 1)"))
    except (DBAPIError, DatabaseError) as error:
        return [f"search: the index does not fit the articles ({error})"]
    return []


def _postgresql(session: Session) -> list[str]:
    found = []
    missing = session.scalar(
        text(
            "SELECT count(*) FROM articles WHERE NOT EXISTS (SELECT FROM article_search WHERE article_id = articles.id)"
        )
    )
    if missing:
        found.append(f"search: {missing} articles are not in the index")
    if not session.scalar(text("SELECT lower('Ж') = 'ж'")):
        found.append(
            "locale: the database folds ASCII letters only, so search tells Ж from ж; make it with a UTF-8 locale"
        )
    return found
