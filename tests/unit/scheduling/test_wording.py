"""Schedules read as a person would say them, and warn of the nights when the clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.scheduling.schedule import Schedule
from crawler.scheduling.wording import clock_changes, in_words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 * * * *", "every hour"),
        ("@hourly", "every hour"),
        ("5,35 * * * *", "every hour at minute 5 and 35"),
        ("*/7 * * * *", "every hour at minute 0, 7, 14, 21, 28, 35, 42, 49 and 56"),
        ("30 6 * * *", "at 06:30"),
        ("0 6,18 * * mon-fri", "at 06:00 and 18:00 from Monday to Friday"),
        ("0 6 * * 0,6", "at 06:00 on Saturday and Sunday"),
        ("0 6 * * 0,3", "at 06:00 on Wednesday and Sunday"),
        ("@weekly", "at 00:00 on Sunday"),
        ("@monthly", "at 00:00 on day 1 of the month"),
        ("@yearly", "at 00:00 on day 1 of the month in January"),
        ("0 0 1-7,15 * mon", "at 00:00 on day 1-7, 15 of the month or on Monday"),
        ("0 0 */2 * mon", "at 00:00 on day 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31 of the month "
         "if it falls on Monday"),
        ("0 */2 * * *", "every 2 hours"),
        ("*/10 */6 * * *", "every 10 minutes of every 6th hour"),
        ("* 9-17 * * *", "every minute of the hours 9-17"),
        ("*/20 9-17,22 * * *", "every 20 minutes of the hours 9-17, 22"),
        ("5,10 9-17 * * *", "at minute 5 and 10 of the hours 9-17"),
    ],
)  # fmt: skip
def test_a_line_in_words(line: str, words: str) -> None:
    assert in_words(Schedule.read([line], BERLIN)) == f"{words} (Europe/Berlin)"


def test_no_line_means_by_hand() -> None:
    assert in_words(Schedule.read([], BERLIN)) == "only by hand"


def test_a_time_in_the_gap_and_in_the_overlap_is_announced() -> None:
    changes = [str(change) for change in clock_changes(Schedule.read(["30 2 * * *", "0 12 * * *"], BERLIN), NOW)]
    assert changes == [
        "2027-03-28 02:30 does not exist in Europe/Berlin: the clocks are put forward; it fires at 03:00",
        "2027-10-31 02:30 comes twice in Europe/Berlin: the clocks are put back; it fires the first time (UTC+0200)",
    ]


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        pytest.param("30 2 * * *", ZoneInfo("Asia/Almaty"), id="no summer time there"),
        pytest.param("*/10 * * * *", BERLIN, id="every hour"),
        pytest.param("0 4 * * *", BERLIN, id="another hour"),
        pytest.param("30 2 * * mon", BERLIN, id="another day"),
    ],
)
def test_where_nothing_happens_nothing_is_said(line: str, zone: ZoneInfo) -> None:
    assert clock_changes(Schedule.read([line], zone), NOW) == []


def test_a_change_at_midnight_is_seen() -> None:
    havana = Schedule.read(["30 0 * * *"], ZoneInfo("America/Havana"))
    assert [change.kind for change in clock_changes(havana, NOW)] == ["gap", "overlap"]
