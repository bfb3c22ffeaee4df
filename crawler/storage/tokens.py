"""Tokens by which the web interface knows its visitors: made, found, taken back. Decides nothing about requests.

A token is 256 random bits, so its plain SHA-256 can be kept: a slow hash makes guessing dear, and nobody guesses these.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crawler.storage.tables import Rights, TokenRow

PREFIX = "nc_"
"""Lets people and secret scanners see what a string is."""
RANDOM_BYTES = 32
# Longer than any token of ours: not even hashed. Characters.
LONGEST = 100
# How exactly it is known when a token was last used: a write per request would be one too many.
USE_IS_NOTED_EVERY = timedelta(hours=1)


def create(
    session: Session, name: str, *, rights: Rights, by: str, now: datetime, expires_at: datetime | None = None
) -> str | None:
    """Make a token and return it, for the only time; None when one of that name was ever made."""
    token = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    row = TokenRow(name=name, hash=hash_of(token), rights=rights, created_at=now, created_by=by, expires_at=expires_at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the name
        return None
    return token


def find(session: Session, token: str, *, now: datetime) -> TokenRow | None:
    """The token that was shown; None when it is none of ours, taken back, or over."""
    if len(token) > LONGEST:
        return None
    shown = hash_of(token)
    row = session.scalar(select(TokenRow).where(TokenRow.hash == shown, _counts(now)))
    # The index has compared hashes of what was shown, which tells nobody's clock anything about a token.
    return row if row is not None and hmac.compare_digest(row.hash, shown) else None


def any_counts(session: Session, *, now: datetime) -> bool:
    """Whether there is a token that is neither taken back nor over."""
    return bool(session.scalar(select(exists().where(_counts(now)))))


def listing(session: Session) -> Sequence[TokenRow]:
    """All tokens, also those taken back, in the order in which they were made."""
    return session.scalars(select(TokenRow).order_by(TokenRow.id)).all()


def revoke(session: Session, name: str, *, now: datetime) -> TokenRow | None:
    """Take a token back for good; None when there is none of that name. One that was taken back keeps its moment."""
    row = session.scalar(select(TokenRow).where(TokenRow.name == name).with_for_update())
    if row is not None and row.revoked_at is None:
        row.revoked_at = now
    return row


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Write down that a token was used."""
    session.execute(update(TokenRow).where(TokenRow.id == token_id).values(last_used_at=now))


def is_use_to_be_noted(row: TokenRow, now: datetime) -> bool:
    """Whether `note_use` would say something new."""
    return row.last_used_at is None or now - row.last_used_at >= USE_IS_NOTED_EVERY


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _counts(now: datetime) -> ColumnElement[bool]:
    return TokenRow.revoked_at.is_(None) & or_(TokenRow.expires_at.is_(None), TokenRow.expires_at > now)
