"""The table of tokens for the web interface. Import it from tables.py; tokens.py asks its questions.

Every column is explained in docs/data-model.md.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from crawler.storage.columns import Base, Key, Word, one_of


class Rights(StrEnum):
    """What whoever shows a token may do."""

    READ = "read"
    """See everything, change nothing."""
    ACT = "act"
    """See everything; run now, pause, resume, cancel."""


class TokenRow(Base):
    """One token, known by its hash alone."""

    __tablename__ = "api_tokens"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    rights: Mapped[Rights] = mapped_column(Word(Rights))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (one_of("rights", Rights), {"sqlite_autoincrement": True})
