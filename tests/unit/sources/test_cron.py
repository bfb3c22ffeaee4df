"""Cron lines mean what every cron takes them to mean, and wrong ones are explained."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crawler.scheduling.schedule import Schedule
from crawler.sources.cron import MACROS, MONTHS, WEEKDAYS, parse_cron

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # croniter touches a deprecated function of its own at import
    from croniter import croniter


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("*/15 * * * *", "minutes", (0, 15, 30, 45)),
        ("5-20/5 * * * *", "minutes", (5, 10, 15, 20)),
        ("3,1,2,1 * * * *", "minutes", (1, 2, 3)),
        ("0 9-17/4,22 * * *", "hours", (9, 13, 17, 22)),
        ("0 0 * JAN-mar,Dec *", "months", (1, 2, 3, 12)),
        ("0 0 * * 0", "weekdays", frozenset({0})),
        ("0 0 * * 7", "weekdays", frozenset({0})),
        ("0 0 * * sun", "weekdays", frozenset({0})),
        ("0 0 * * mon", "weekdays", frozenset({1})),
        ("0 0 * * 5-7", "weekdays", frozenset({5, 6, 0})),
        ("0 0 * * fri-sun", "weekdays", frozenset({5, 6, 0})),
        ("0 0 * * */2", "weekdays", frozenset({0, 2, 4, 6})),
        ("0 0 * * *", "weekdays", frozenset(range(7))),
    ],
)
def test_a_field_says(text: str, field: str, values: object) -> None:
    assert getattr(parse_cron(text), field) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing; write five"),
        ("* * * *", "there are 4 fields"),
        ("*", "there is 1 field;"),
        ("0 0 * * * *", "seconds and years cannot be given"),
        ("60 * * * *", "minute: 60 is not possible; write 0 to 59"),
        ("* 24 * * *", "hour: 24 is not possible; write 0 to 23"),
        ("* * 0 * *", "day of month: 0 is not possible; write 1 to 31"),
        ("* * * 13 *", "month: 13 is not possible; write 1 to 12 or jan to dec"),
        ("* * * * 8", "day of week: 8 is not possible; write 0 to 7 or sun to sat"),
        ("* * * * monday", "day of week: 'monday' is not known; write mon"),
        ("* * * * пн", "day of week: 'пн' cannot be read"),
        ("* * * * foo", "day of week: 'foo' is not known; write 0 to 7 or sun to sat"),
        ("jan * * * *", "minute: 'jan' is not known; write 0 to 59"),
        ("*/0 * * * *", "minute: a step of 0 is not possible"),
        ("*/60 * * * *", "minute: a step of 60 is not possible"),
        ("5/15 * * * *", "minute: 5/15 means different things to different crons; write 5-59/15, or 5 alone"),
        ("* 22-2 * * *", "hour: the range 22-2 goes backwards; write 22-23,0-2"),
        ("* * * * sat-mon", "day of week: the range sat-mon goes backwards"),
        ("1,,2 * * * *", "minute: '' cannot be read"),
        ("* * L * *", "day of month: 'L' is not known"),
        ("* * ? * *", "day of month: '?' cannot be read"),
        ("* * * * 5#2", "day of week: '5#2' cannot be read"),
        ("0 0 31 2 *", "day of month: 31 does not exist in month 2"),
        ("0 0 31 feb,apr *", "day of month: 31 does not exist in month feb,apr"),
        ("@reboot", "@reboot is not known; there are @hourly"),
        ("@dialy", "@dialy is not known; did you mean @daily?"),
        ("-1 * * * *", "minute: '-1' cannot be read"),
        ("99999999999999999999 * * * *", "minute"),
    ],
)
def test_a_wrong_line_is_explained(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r" ") as raised:
        parse_cron(text)
    assert said in str(raised.value)


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_is_the_line_it_stands_for(name: str) -> None:
    line, plain = parse_cron(name.upper()), parse_cron(MACROS[name])
    assert line.text == name
    assert (line.minutes, line.hours, line.days, line.months, line.weekdays) == (
        (plain.minutes, plain.hours, plain.days, plain.months, plain.weekdays)
    )


def test_29_february_comes_in_leap_years_only() -> None:
    leap_days = Schedule.read(["0 0 29 2 *"], ZoneInfo("UTC"))
    fires = leap_days.upcoming(datetime(2095, 1, 1, tzinfo=UTC), 3)
    assert [fire.year for fire in fires] == [2096, 2104, 2108]


def test_blanks_do_not_matter() -> None:
    assert parse_cron("  0\t6  * *   1 ").text == "0 6 * * 1"


# --- Against croniter, where both mean the same -----------------------------------------------------------------------
def _field(low: int, high: int, names: tuple[str, ...] = ()) -> some.SearchStrategy[str]:
    values = some.integers(low, high)
    words = values.map(lambda n: names[n - low] if names and n - low < len(names) else str(n))
    # 0-0 of weekdays is every day to croniter, and Sunday to us; so a range has two ends here.
    ranges = some.tuples(some.integers(low, high - 1), some.integers(1, 20), some.integers(1, min(high, 9))).map(
        lambda t: f"{t[0]}-{min(t[0] + t[1], high)}" + (f"/{t[2]}" if t[2] > 1 else "")
    )
    steps = some.integers(2, high).map(lambda n: f"*/{n}")
    return some.one_of(
        some.just("*"), steps, some.lists(some.one_of(words, ranges), min_size=1, max_size=3).map(",".join)
    )


LINES = some.tuples(_field(0, 59), _field(0, 23), _field(1, 28), _field(1, 12, MONTHS), _field(0, 6, WEEKDAYS)).map(
    " ".join
)
MOMENTS = some.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001


@settings(max_examples=250, deadline=None)
@given(line=LINES, moment=MOMENTS)
def test_fires_are_those_of_croniter(line: str, moment: datetime) -> None:
    reference: Any = croniter(line, moment, ret_type=datetime, implement_cron_bug=True)
    expected = [reference.get_next() for _ in range(4)]
    assert Schedule.read([line], ZoneInfo("UTC")).upcoming(moment, 4) == expected
