"""What is remembered of the pages of discovery."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.storage import feeds
from crawler.storage.database import Database
from crawler.storage.tables import FeedRow
from tests.storage.stories import NOW

URL = "https://herald.example/rss"
LATER = NOW + timedelta(hours=1)


def read(database: Database, now=NOW, new: int = 1, etag: str | None = '"1"') -> None:
    with database.write() as session:
        feeds.succeeded(
            session, "herald", URL, kind="feed", now=now, etag=etag, last_modified=None, body_hash=b"x" * 16, new=new
        )


def fail(database: Database, error: str, now=LATER) -> None:
    with database.write() as session:
        feeds.failed(session, "herald", URL, kind="feed", now=now, error=error)


def get(database: Database) -> FeedRow:
    with database.read() as session:
        row = feeds.get(session, "herald", URL)
    assert row is not None
    return row


def test_nothing_is_known_of_a_list_before_its_first_visit(database: Database) -> None:
    with database.write() as session:
        assert feeds.get(session, "herald", URL) is None
        feeds.unchanged(session, "herald", URL, now=NOW)
        assert feeds.of_source(session, "herald") == []


def test_validators_are_those_of_the_last_reading(database: Database) -> None:
    read(database)
    read(database, now=LATER, new=0, etag=None)
    row = get(database)
    assert (row.etag, row.last_modified, row.body_hash) == (None, None, b"x" * 16)
    assert (row.last_polled_at, row.last_success_at, row.last_new_at) == (LATER, LATER, NOW)


def test_not_modified_is_a_success(database: Database) -> None:
    read(database)
    fail(database, "timeout: no answer")
    with database.write() as session:
        feeds.unchanged(session, "herald", URL, now=LATER)
    row = get(database)
    assert (row.failures, row.last_error, row.last_success_at, row.etag) == (0, None, LATER, '"1"')


def test_not_modified_is_not_believed_for_ever(database: Database) -> None:
    read(database)
    nearly = NOW + feeds.WHOLE_EVERY - timedelta(seconds=1)
    with database.write() as session:
        feeds.unchanged(session, "herald", URL, now=nearly)
    row = get(database)
    assert not feeds.wants_whole(row, nearly)
    assert feeds.wants_whole(row, NOW + feeds.WHOLE_EVERY)
    assert feeds.wants_whole(row, NOW - timedelta(days=1)), "the clock was put back: nobody knows when it was read"
    fail(database, "timeout: no answer")
    assert feeds.wants_whole(get(database), NOW + feeds.WHOLE_EVERY), "a visit without an answer is no reading"
    read(database, now=NOW + feeds.WHOLE_EVERY, new=0)
    assert not feeds.wants_whole(get(database), NOW + feeds.WHOLE_EVERY)


@pytest.mark.parametrize(
    ("error", "weight"),
    [("http_503: busy", 0.25), ("timeout: no answer", 0.5), ("unreadable: HTML", 1), ("http_404: not there", 2)],
)
def test_failures_weigh_by_what_they_say_and_add_up(database: Database, error: str, weight: float) -> None:
    fail(database, error)
    fail(database, error)
    row = get(database)
    assert (row.failures, row.last_error, row.last_polled_at, row.last_success_at) == (2 * weight, error, LATER, None)
    read(database)
    assert (get(database).failures, get(database).last_error) == (0, None)


def test_a_list_that_is_gone_loses_its_validators_a_busy_one_keeps_them(database: Database) -> None:
    read(database)
    fail(database, "http_503: busy")
    assert get(database).etag == '"1"'
    fail(database, "http_404: not there")
    assert get(database).etag is None
