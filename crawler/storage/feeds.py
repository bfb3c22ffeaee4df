"""What is known of the pages of discovery (feeds, sitemaps, listings) from the last visit. Callers own the transaction.

Save the validators in the transaction that saves the links: else a crash between the two loses links for good, because
the next visit is answered "not modified".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from crawler.storage.columns import table_of
from crawler.storage.tables import FeedRow
from crawler.storage.upsert import insert

# How long "not modified" is believed. A list that is asked every quarter of an hour is read whole once in 24 visits.
WHOLE_EVERY = timedelta(hours=6)
# Weight of a failure by the word that opens its reason. A server that is overloaded or asks to wait says little about
# the list; one that says it is gone says much. The sum orders lists by how dead they are; a success sets it to 0.
_WEIGHTS = {"http_404": 2.0, "http_410": 4.0, "http_429": 0.25, "http_503": 0.25, "host_blocked": 0.25, "timeout": 0.5}
_USUAL_WEIGHT = 1.0


def get(session: Session, source_id: str, url: str) -> FeedRow | None:
    """What the last visits to a list brought; None before the first."""
    return session.scalar(_ONE, {"where_source": source_id, "where_url": url})


_ONE = select(FeedRow).where(FeedRow.source_id == bindparam("where_source"), FeedRow.url == bindparam("where_url"))


def wants_whole(list_: FeedRow, now: datetime) -> bool:
    """Whether a list is to be read whole now, changed or not.

    Some servers and caches answer "not modified" to whoever knows any validator: their source would be silent for ever.
    """
    return list_.last_read_at is None or not timedelta(0) <= now - list_.last_read_at < WHOLE_EVERY


def of_source(session: Session, source_id: str) -> Sequence[FeedRow]:
    """All lists of a source that were ever visited, by address."""
    return session.scalars(select(FeedRow).where(FeedRow.source_id == source_id).order_by(FeedRow.url)).all()


def succeeded(
    session: Session,
    source_id: str,
    url: str,
    *,
    kind: str,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    body_hash: bytes,
    new: int,
) -> None:
    """A list was read and its links are saved in this transaction.

    Args:
        kind: feed, sitemap or listing.
        new: how many of its links were not known.
    """
    values = {
        "kind": kind,
        "etag": etag,
        "last_modified": last_modified,
        "body_hash": body_hash,
        "failures": 0.0,
        "last_error": None,
        "last_polled_at": now,
        "last_success_at": now,
        "last_read_at": now,
    }
    if new:
        values["last_new_at"] = now
    statement = insert(session, FeedRow).values(source_id=source_id, url=url, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["source_id", "url"], set_=values))


def unchanged(session: Session, source_id: str, url: str, *, now: datetime) -> None:
    """A list has not changed since the last visit (HTTP 304); nothing happens when it was never read."""
    session.execute(
        _UNCHANGED, {"where_source": source_id, "where_url": url, "last_polled_at": now, "last_success_at": now}
    )


_FEEDS = table_of(FeedRow)
_UNCHANGED = (  # made once; see storage/runs.py
    update(_FEEDS)
    .where(_FEEDS.c.source_id == bindparam("where_source"), _FEEDS.c.url == bindparam("where_url"))
    .values(failures=0.0, last_error=None)
)


def failed(session: Session, source_id: str, url: str, *, kind: str, now: datetime, error: str) -> None:
    """A list could not be fetched or read.

    Args:
        error: `word: sentence`; the word decides how much the failure weighs.
    """
    weight = _WEIGHTS.get(error.partition(":")[0], _USUAL_WEIGHT)
    statement = insert(session, FeedRow).values(
        source_id=source_id, url=url, kind=kind, failures=weight, last_error=error, last_polled_at=now
    )
    values: dict[str, Any] = {"failures": FeedRow.failures + weight, "last_error": error, "last_polled_at": now}
    if error.startswith(("http_404", "http_410")):
        # What comes back under the address later is another list: its validators must not say "not modified".
        values |= {"etag": None, "last_modified": None}
    session.execute(statement.on_conflict_do_update(index_elements=["source_id", "url"], set_=values))


def dead(session: Session, *, since: datetime) -> Sequence[FeedRow]:
    """The lists of all sources whose last visit was after `since` and failed, by source and address."""
    asked = select(FeedRow).where(FeedRow.last_error.is_not(None), FeedRow.last_polled_at >= since)
    return session.scalars(asked.order_by(FeedRow.source_id, FeedRow.url)).all()
