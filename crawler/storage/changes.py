"""What has changed since someone last looked: a cursor over commits, kept by triggers (migration 0008).

A cursor is taken in the transaction that reads: what that transaction sees is before the cursor, everything else after
it. So an article that is stored, or gets another text, is given out once for each cursor that follows: none is lost
when several write at once, and none comes twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from crawler.errors import QueryError
from crawler.storage.cursors import pack, unpack
from crawler.storage.dialect import is_postgresql

# Numbers that both databases can have.
_POSITION = re.compile(r"[0-9]{1,18}")
_SNAPSHOT = re.compile(r"[0-9]{1,18}:[0-9]{1,18}:(?:[0-9]{1,18}(?:,[0-9]{1,18})*)?")
_SQLITE = "articles.id IN (SELECT article_id FROM article_changes WHERE position > :position)"
# Numbers of transactions below the snapshot's first are all seen: the index leaves them out.
_POSTGRESQL = """articles.id IN (
    SELECT article_id FROM article_changes
    WHERE transaction >= pg_snapshot_xmin(CAST(:seen AS pg_snapshot))
      AND NOT pg_visible_in_snapshot(transaction, CAST(:seen AS pg_snapshot))
)"""


@dataclass(frozen=True, slots=True)
class ChangeCursor:
    """What a reader has seen of one database."""

    database: str
    """`sqlite` for any file, none of which has a name, or the number that names a PostgreSQL cluster and database."""
    seen: str
    """SQLite: the last position. PostgreSQL: the snapshot, which names transactions that were still going on."""

    def encode(self) -> str:
        """As text for files and command lines: letters, digits, `-` and `_`."""
        return pack(["c", self.database, self.seen])

    @classmethod
    def decode(cls, written: str) -> ChangeCursor:
        """Read what `encode` wrote.

        Raises:
            QueryError: it is no cursor of an export.
        """
        try:
            mark, database, seen = unpack(written)
            if mark != "c" or not (_POSITION if database == "sqlite" else _SNAPSHOT).fullmatch(seen):
                raise ValueError(seen)
        except (ValueError, TypeError):
            raise QueryError(
                "this is no cursor of an export", query=written[:100], remedy="Take what --output-cursor wrote"
            ) from None
        return cls(database, seen)


def see_one_state(session: Session) -> None:
    """Let a session that has asked nothing yet see one state of the database until it ends, also on PostgreSQL."""
    if is_postgresql(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def cursor_now(session: Session) -> ChangeCursor:
    """The cursor behind all that this session's transaction sees."""
    if is_postgresql(session):
        return ChangeCursor(_database(session), str(session.scalar(text("SELECT pg_current_snapshot()::text"))))
    # Not the largest number there is: the newest article may have been erased, and its number must not come again.
    last = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'article_changes'"))
    return ChangeCursor("sqlite", str(last or 0))


def changed_since(session: Session, cursor: ChangeCursor) -> ColumnElement[bool]:
    """That an article was stored, or got another text, after a cursor; as a clause on `articles`.

    Raises:
        QueryError: the cursor is of another database, or of a later state of this one, which was restored since.
    """
    now = cursor_now(session)
    if now.database != cursor.database or _is_later(cursor, now):
        raise QueryError(
            "this cursor is of another database, or of one that was restored since",
            remedy="Export everything once, without --since-cursor, and go on with the new cursor",
        )
    if is_postgresql(session):
        return text(_POSTGRESQL).bindparams(seen=cursor.seen)  # type: ignore[return-value]
    return text(_SQLITE).bindparams(position=int(cursor.seen))  # type: ignore[return-value]


def _is_later(cursor: ChangeCursor, now: ChangeCursor) -> bool:
    return int(cursor.seen.partition(":")[0]) > int(now.seen.partition(":")[0])


def _database(session: Session) -> str:
    asked = "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
    return str(session.scalar(text(f"{asked} FROM pg_control_system()")))
