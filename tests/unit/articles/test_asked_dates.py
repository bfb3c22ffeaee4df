"""Dates that a person types when asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.articles.asked_dates import read_asked_date
from crawler.errors import DateError

ALMATY = ZoneInfo("Asia/Almaty")
# In Almaty it is already the 25th.
NOW = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=ALMATY)),
        ("2026-11-20T08:30", datetime(2026, 11, 20, 8, 30, tzinfo=ALMATY)),
        ("2026-11-20 08:30", datetime(2026, 11, 20, 8, 30, tzinfo=ALMATY)),
        ("2026-11-20T08:30Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=ALMATY)),
        ("today", datetime(2026, 11, 25, tzinfo=ALMATY)),
        ("Yesterday", datetime(2026, 11, 24, tzinfo=ALMATY)),
        ("вчера", datetime(2026, 11, 24, tzinfo=ALMATY)),
        ("бүгін", datetime(2026, 11, 25, tzinfo=ALMATY)),
        ("now", NOW),
        ("30m", NOW - timedelta(minutes=30)),
        ("12h", NOW - timedelta(hours=12)),
        (" 7d ", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
    ],
)
def test_what_is_understood(typed: str, moment: datetime) -> None:
    read = read_asked_date(typed, ALMATY, NOW)
    assert read == moment
    assert read.tzinfo is not None


@pytest.mark.parametrize("typed", ["", "soon", "2026-13", "2026-11-31", "20.11.2026", "7y", "d7", "-3d", "0001-01-01"])
def test_what_is_not(typed: str) -> None:
    with pytest.raises(DateError):
        read_asked_date(typed, ALMATY, NOW)
