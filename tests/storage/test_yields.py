"""How many articles came when, counted on both databases: windows, hours, days of a zone, the usual week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from crawler.storage import yields
from crawler.storage.database import Database
from crawler.storage.tables import ArticleRow
from crawler.storage.yields import Window

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ALMATY = ZoneInfo("Asia/Almaty")


def put(database: Database, source_id: str, seen: Iterable[datetime], *, listed: datetime | None = None) -> None:
    """Articles that were first seen at these moments, and published then unless `listed` says otherwise."""
    rows = []
    for number, at in enumerate(seen):
        key = hash((source_id, at, listed)) % 2**60 + number
        rows.append(
            {
                "source_id": source_id, "edition": "en", "url": f"https://{key}/", "canonical_url": f"https://{key}/",
                "url_hash": key, "headline": "Bridge opens", "body": "It is open.", "listed_at": listed or at,
                "first_seen_at": at, "last_seen_at": at, "fetched_at": at, "word_count": 3, "content_hash": b"0" * 16,
                "origins": {}, "extractor_version": "1",
            }
        )  # fmt: skip
    with database.write() as session:
        session.execute(insert(ArticleRow), rows)


def test_windows_include_their_start_and_not_their_end(database: Database) -> None:
    put(database, "herald", [NOON - HOUR, NOON - HOUR / 2, NOON])
    put(database, "other", [NOON - HOUR])
    with database.read() as session:
        windows = [Window("herald", NOON - HOUR, NOON), Window("other", NOON, NOON + HOUR), Window("new", NOON, NOON)]
        assert yields.counted(session, windows) == [2, 0, 0]
        assert yields.counted(session, []) == []
        times = [(NOON - HOUR, NOON), (NOON, NOON + HOUR)]
        assert yields.counted_together(session, ["herald", "new"], times) == {"herald": (2, 1), "new": (0, 0)}


def test_what_a_backfill_brings_is_not_new(database: Database) -> None:
    put(database, "herald", [NOON - HOUR], listed=NOON - 30 * DAY)
    put(database, "herald", [NOON - 2 * HOUR])
    with database.read() as session:
        assert yields.counted(session, [Window("herald", NOON - DAY, NOON)]) == [1]
        assert yields.spans(session, ["herald"])["herald"].last_at == NOON - 2 * HOUR
        assert sum(yields.hourly(session, ["herald"], start=NOON - DAY, end=NOON)["herald"]) == 1


def test_a_source_without_articles_has_no_span(database: Database) -> None:
    put(database, "herald", [NOON - DAY, NOON])
    with database.read() as session:
        assert yields.spans(session, ["herald", "new"]) == {"herald": yields.Span(NOON - DAY, NOON)}


def test_hours_begin_at_whole_hours_and_all_have_a_number(database: Database) -> None:
    put(database, "herald", [NOON, NOON + HOUR / 3, NOON + 2 * HOUR])
    with database.read() as session:
        found = yields.hourly(
            session, ["herald", "new"], start=NOON + timedelta(minutes=20), end=NOON + timedelta(minutes=121)
        )
    assert found == {"herald": [2, 0, 1], "new": [0, 0, 0]}


def test_days_are_those_of_the_zone_beside_the_same_weekdays_before(database: Database) -> None:
    # 19:30 UTC is half past midnight of the next day in Almaty.
    late_evening = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)
    put(database, "herald", [late_evening])
    for week, articles in ((1, 4), (2, 2), (3, 3)):
        put(database, "herald", [late_evening - week * WEEK + timedelta(minutes=n) for n in range(articles)])
    put(database, "herald", [late_evening - 5 * WEEK])
    with database.read() as session:
        days = yields.daily(session, "herald", last=date(2026, 11, 25), days=2, zone=ALMATY)
    assert days == [yields.Day(date(2026, 11, 24), 0, 0), yields.Day(date(2026, 11, 25), 1, 2)]


def test_a_young_source_has_no_usual_day_and_no_usual_week(database: Database) -> None:
    put(database, "herald", [NOON - 9 * DAY, NOON])
    with database.read() as session:
        assert yields.daily(session, "herald", last=NOON.date(), days=1, zone=UTC)[0].usual is None
        assert yields.usual_week(session, "herald", now=NOON, zone=UTC) is None
        assert yields.usual_week(session, "new", now=NOON, zone=UTC) is None


def test_the_usual_week_is_an_average_by_weekday_and_hour_of_the_zone(database: Database) -> None:
    for week, articles in ((1, 3), (3, 5), (5, 1)):
        put(database, "herald", [NOON - week * WEEK + timedelta(minutes=n) for n in range(articles)])
    put(database, "herald", [NOON + timedelta(minutes=n) for n in range(9)])  # of an hour that is not over
    put(database, "herald", [NOON - 6 * WEEK])
    with database.read() as session:
        week = yields.usual_week(session, "herald", now=NOON + timedelta(minutes=20), zone=ALMATY)
    assert week is not None
    assert week[2][17] == pytest.approx(9 / 5)  # Wednesday, 12:00 UTC
    assert sum(map(sum, week)) == pytest.approx(9 / 5)


def test_a_source_of_two_weeks_has_the_average_of_these(database: Database) -> None:
    put(database, "herald", [NOON - 2 * WEEK - DAY, NOON - WEEK, NOON - WEEK + HOUR])
    with database.read() as session:
        week = yields.usual_week(session, "herald", now=NOON, zone=UTC)
    assert week is not None
    assert (week[2][12], week[2][13]) == (0.5, 0.5)
    assert sum(map(sum, week)) == 1
