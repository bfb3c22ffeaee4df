"""INSERT that knows ON CONFLICT, the same on both databases."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crawler.storage.columns import Base
from crawler.storage.dialect import is_postgresql


def insert(session: Session, table: type[Base]) -> sqlite.Insert:
    """An INSERT with `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`, for the session's database."""
    if is_postgresql(session):
        return postgresql.insert(table)  # type: ignore[return-value]  # a class of its own with the same methods
    return sqlite.insert(table)
