"""Politeness towards each host, kept beyond the process: robots.txt, delays, wishes to be left alone, the lease.

Decides nothing about politeness; callers own the transaction. A host is named with its port where it has one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from crawler.storage.columns import table_of
from crawler.storage.tables import HostRow
from crawler.storage.upsert import insert

# How long a host stays taken without a heartbeat of its crawl: longer than a runner waits for a silent one
# (`runs.SILENCE`). The crawl itself prolongs it, for it may outlive its runner.
LEASE = timedelta(minutes=2)
# A longer wish to be left alone is not followed: who does not want us for a day says so by robots.txt
# (Media Cloud honours Retry-After up to 24 h, too; findings/peers.md).
LONGEST_WISH = timedelta(hours=24)


def lease_for(heartbeat: timedelta) -> timedelta:
    """The lease of crawls whose heart beats that often: one beat that is lost must not cost it.

    >>> lease_for(timedelta(seconds=5)), lease_for(timedelta(minutes=2))
    (datetime.timedelta(seconds=120), datetime.timedelta(seconds=360))
    """
    return max(LEASE, 3 * heartbeat)


def get(session: Session, host: str) -> HostRow:
    """What is known of a host; a row without values where nothing is, not yet stored."""
    return session.get(HostRow, host) or HostRow(host=host, failures=0)


def change(session: Session, host: str, **values: Any) -> HostRow:
    """Store new values of a host's columns, the others stay; return the row as it is now."""
    statement = insert(session, HostRow).values(host=host, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["host"], set_=values))
    return session.scalars(
        select(HostRow).where(HostRow.host == host), execution_options={"populate_existing": True}
    ).one()


def blocked(session: Session, *, now: datetime) -> dict[str, tuple[datetime, str | None]]:
    """The hosts that asked to be left alone: until when, and why."""
    asked = select(HostRow.host, HostRow.blocked_until, HostRow.blocked_reason).where(
        HostRow.blocked_until > now, HostRow.blocked_until <= now + LONGEST_WISH
    )
    return {host: (until, reason) for host, until, reason in session.execute(asked) if until is not None}


def left_alone_until(host: HostRow, now: datetime) -> datetime | None:
    """Until when a host is not to be asked; None when it may be.

    Nobody is left alone for longer than LONGEST_WISH: the moment was written by a clock that was ahead.
    """
    until = host.blocked_until
    return until if until is not None and now < until <= now + LONGEST_WISH else None


def longest_delay(session: Session, names: Collection[str]) -> timedelta:
    """The longest Crawl-delay that one of these hosts asks for, as far as is known; at most LONGEST_WISH."""
    seconds = session.scalar(select(func.max(HostRow.delay_s)).where(HostRow.host.in_(names)))
    return timedelta(seconds=min(seconds or 0.0, LONGEST_WISH.total_seconds()))


def lease(session: Session, host: str, *, token: str, run_id: int, now: datetime, lease: timedelta) -> bool:
    """Take a host for one attempt, or prolong that; False while another one has it.

    Args:
        token: the attempt's.
        lease: after so long without `prolong`, anyone may take it.
    """
    session.execute(insert(session, HostRow).values(host=host).on_conflict_do_nothing())
    which = {"where_host": host, "where_now": now, "where_token": token}
    values = {"lease_token": token, "lease_run_id": run_id, "leased_until": now + lease}
    return session.execute(_LEASE, which | values).first() is not None


def prolong(session: Session, token: str, *, until: datetime) -> None:
    """Keep all hosts that an attempt has; nothing happens when it has none any more."""
    session.execute(
        update(HostRow)
        .where(HostRow.lease_token == token, HostRow.leased_until < until)
        .values(leased_until=until)
        .execution_options(synchronize_session=False)
    )


def release(session: Session, token: str) -> None:
    """Give back all hosts that an attempt has."""
    session.execute(_RELEASE, {"where_token": token})


_HOSTS = table_of(HostRow)
_LEASE = (
    update(_HOSTS)
    .where(
        _HOSTS.c.host == bindparam("where_host"),
        or_(
            _HOSTS.c.leased_until.is_(None),
            _HOSTS.c.leased_until <= bindparam("where_now"),
            _HOSTS.c.lease_token == bindparam("where_token"),
        ),
    )
    .returning(_HOSTS.c.host)
)
_RELEASE = (  # made once; see storage/runs.py
    update(_HOSTS)
    .where(_HOSTS.c.lease_token == bindparam("where_token"))
    .values(lease_token=None, lease_run_id=None, leased_until=None)
)
