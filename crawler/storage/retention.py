"""How large the database is, and what of it may go: logs, attempts, marks of old texts. Articles stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.duplicates.index import day_of
from crawler.storage import postings
from crawler.storage.columns import Base
from crawler.storage.database import Database
from crawler.storage.dialect import is_postgresql
from crawler.storage.schema import LEARN
from crawler.storage.tables import ArticleRow, AttemptRow, ErrorRow, FetchRow, FingerprintRow, LogRow, RunRow

# Rows of one transaction: some 20-50 ms, so that no crawl waits for a prune.
PORTION = 2_000
# Postings of an ordinary article.
POSTINGS = 25
# Pages (4 KiB) that SQLite gives back to the file system at once.
PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Keep:
    """How long records are kept. A deployment's configuration says so; these are its defaults."""

    logs: timedelta = timedelta(days=30)
    fetches: timedelta = timedelta(days=14)
    skipped: timedelta = timedelta(days=7)
    """Runs that were skipped, such as for an earlier one that was still going on."""
    attempts: timedelta = timedelta(days=90)
    """With the errors that have not been seen since."""
    fingerprints: timedelta = timedelta(days=60)
    """Marks of articles, with their postings, since they were published and first seen. Four times the window in which
    near-duplicates are looked for, for articles that are found late."""
    max_log_rows: int = 5_000_000
    """Log records at most, whatever their age; the oldest go first."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table with its indexes."""

    name: str
    rows: int
    bytes: int | None
    """None where SQLite was built without the means to tell."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a database is."""

    bytes: int
    """All of it on disk; of SQLite with its write-ahead log."""
    tables: tuple[TableSize, ...]
    """The largest first."""


def prune(database: Database, keep: Keep, *, now: datetime) -> dict[str, int]:
    """Delete what is older than it is kept, in many small transactions; return table -> number of rows deleted.

    A run in progress loses nothing but log records beyond `max_log_rows`. SQLite gives the freed space back.

    Raises:
        DatabaseError: the database cannot be written; what was deleted by then stays deleted.
    """
    skipped = (RunRow.outcome == "skipped", RunRow.finished_at < now - keep.skipped)
    unseen = (ErrorRow.last_seen_at < now - keep.attempts,)
    aged: tuple[tuple[type[Base], Callable[[Session], int]], ...] = (
        (LogRow, partial(_oldest, LogRow.id, LogRow.at, before=now - keep.logs)),
        (LogRow, partial(_surplus, LogRow.id, kept=keep.max_log_rows)),
        (FetchRow, partial(_oldest, FetchRow.id, FetchRow.at, before=now - keep.fetches)),
        (RunRow, partial(_some, RunRow, skipped)),
        # By what was finished when: an attempt that has not ended has no such moment, and stays.
        (AttemptRow, partial(_oldest, AttemptRow.id, AttemptRow.finished_at, before=now - keep.attempts)),
        (ErrorRow, partial(_some, ErrorRow, unseen)),
        (FingerprintRow, partial(_forget, before=now - keep.fingerprints)),
    )
    pruned: dict[str, int] = {}
    for table, delete_portion in aged:
        while deleted := database.transact(delete_portion):
            pruned[table.__tablename__] = pruned.get(table.__tablename__, 0) + deleted
    if database.dialect == "sqlite":
        _give_back(database)
    return pruned


def _oldest(
    key: InstrumentedAttribute[int],
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    session: Session,
    *,
    before: datetime,
) -> int:
    """Delete from the front of a table that grows with time: its keys need no index on the time."""
    front = session.execute(select(key, moment).order_by(key).limit(PORTION))
    return _delete(session, key, [number for number, at in front if at is not None and at < before])


def _surplus(key: InstrumentedAttribute[int], session: Session, *, kept: int) -> int:
    """Delete the oldest rows beyond a number of rows, judged by the keys: counting five million takes seconds."""
    newest = session.scalar(select(func.max(key))) or 0
    surplus = session.scalars(select(key).where(key <= newest - kept).order_by(key).limit(PORTION)).all()
    return _delete(session, key, surplus)


def _some(table: type[RunRow] | type[ErrorRow], clauses: Sequence[ColumnElement[bool]], session: Session) -> int:
    """Delete a portion of the rows that fit all clauses."""
    return _delete(session, table.id, session.scalars(select(table.id).where(*clauses).limit(PORTION)).all())


def _forget(session: Session, *, before: datetime) -> int:
    """Take a portion of the articles that are too old to be copied out of the index of near-duplicates."""
    old = (FingerprintRow.day < day_of(before), ArticleRow.first_seen_at < before)
    asked = select(FingerprintRow.article_id).join(ArticleRow, ArticleRow.id == FingerprintRow.article_id).where(*old)
    article_ids = session.scalars(asked.limit(PORTION // POSTINGS)).all()
    postings.remove(session, article_ids)
    return len(article_ids)


def _delete(session: Session, key: InstrumentedAttribute[int], numbers: Sequence[int]) -> int:
    if numbers:
        session.execute(delete(key.class_).where(key.in_(numbers)).execution_options(synchronize_session=False))
    return len(numbers)


def _give_back(database: Database) -> None:
    """Hand free pages to the file system, a few at a time; refresh what the planner knows."""
    with database.outside_transactions() as file:
        while (free := _free_pages(file)) > 0:
            file.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
            if _free_pages(file) == free:
                break  # a file made without auto_vacuum, by another program
        for statement in LEARN:
            file.execute(statement)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _free_pages(file: sqlite3.Connection) -> int:
    pages: int = file.execute("PRAGMA freelist_count").fetchone()[0]
    return pages


def size(session: Session) -> Size:
    """How large the database is, by table. Counts all rows: seconds on large tables."""
    by_table, total = (_postgresql_bytes if is_postgresql(session) else _sqlite_bytes)(session)
    names = [*Base.metadata.tables, "article_search", "article_changes"]
    rows = {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608
    tables = [TableSize(name, rows[name], by_table.get(name)) for name in names]
    return Size(total, tuple(sorted(tables, key=lambda table: (-(table.bytes or 0), -table.rows, table.name))))


def _postgresql_bytes(session: Session) -> tuple[dict[str, int], int]:
    asked = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid)"
    by_table = {name: int(size) for name, size in session.execute(text(asked))}
    return by_table, session.scalar(text("SELECT pg_database_size(current_database())")) or 0


def _sqlite_bytes(session: Session) -> tuple[dict[str, int], int]:
    pages = session.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) or 0
    by_table: dict[str, int] = {}
    if session.scalar(text("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'")):
        asked = """SELECT coalesce(tbl_name, stat.name), sum(pgsize) FROM dbstat AS stat
                   LEFT JOIN sqlite_master AS made ON made.name = stat.name WHERE aggregate = TRUE GROUP BY 1"""
        for name, number in session.execute(text(asked)):
            table = "article_search" if name.startswith("article_search_") else name
            by_table[table] = by_table.get(table, 0) + number
    return by_table, pages
