"""Which of the two databases is this?"""

from __future__ import annotations

from sqlalchemy.orm import Session


def is_postgresql(session: Session) -> bool:
    """Whether the session is on PostgreSQL; else it is on SQLite."""
    return session.get_bind().dialect.name == "postgresql"
