"""Politeness that outlives the process."""

from __future__ import annotations

from datetime import timedelta

from crawler.storage import hosts
from crawler.storage.database import Database
from tests.storage.stories import NOW

HOST = "herald.example"
MINUTE = timedelta(minutes=1)


def lease(database: Database, token: str, now=NOW, host: str = HOST) -> bool:
    return database.transact(lambda s: hosts.lease(s, host, token=token, run_id=1, now=now, lease=MINUTE))


def test_a_host_that_nobody_has_asked_has_no_wishes(database: Database) -> None:
    with database.read() as session:
        row = hosts.get(session, HOST)
    assert (row.host, row.failures, row.delay_s, row.blocked_until) == (HOST, 0, None, None)


def test_a_delay_that_no_clock_can_count_is_the_longest_wish(database: Database) -> None:
    """A runner asks for it every second: it must not fall over what a robots.txt says."""
    with database.write() as session:
        hosts.change(session, HOST, delay_s=1e17)
        assert hosts.longest_delay(session, [HOST]) == hosts.LONGEST_WISH


def test_changes_leave_the_other_values(database: Database) -> None:
    with database.write() as session:
        hosts.change(session, HOST, delay_s=2.5, robots_text="User-agent: *")
    with database.write() as session:
        row = hosts.change(session, HOST, failures=3, blocked_until=NOW)
    assert (row.delay_s, row.robots_text, row.failures, row.blocked_until) == (2.5, "User-agent: *", 3, NOW)
    with database.read() as session:
        assert hosts.get(session, HOST).delay_s == 2.5


def test_a_host_is_leased_to_one_at_a_time(database: Database) -> None:
    assert lease(database, "first")
    assert not lease(database, "second")
    assert lease(database, "second", host="other.example")
    assert lease(database, "first", now=NOW + MINUTE / 2)  # prolonged
    assert not lease(database, "second", now=NOW + MINUTE)
    assert lease(database, "second", now=NOW + 2 * MINUTE)  # the first has fallen silent
    assert not lease(database, "first", now=NOW + 2 * MINUTE)


def test_a_released_host_is_free(database: Database) -> None:
    assert lease(database, "first")
    database.transact(lambda session: hosts.release(session, "second"))
    assert not lease(database, "second")
    database.transact(lambda session: hosts.release(session, "first"))
    assert lease(database, "second")
