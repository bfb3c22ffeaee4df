"""Schedules in words, and what the next change of the clocks does to them. Pure; decides no fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from crawler.scheduling.schedule import ONE_DAY, Schedule, end_of_gap, passings_of
from crawler.sources.cron import CronLine

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
WEEKDAYS, WEEKEND = frozenset(range(1, 6)), frozenset({0, 6})
# More clock times than this are not listed one by one: 4 fit on a line of a terminal beside the rest.
MOST_TIMES = 4


def in_words(schedule: Schedule) -> str:
    """What a schedule says, in English, with its zone.

    >>> in_words(Schedule.read(["*/10 * * * *", "30 6 * * mon-fri"], ZoneInfo("Asia/Almaty")))
    'every 10 minutes; at 06:30 from Monday to Friday (Asia/Almaty)'
    """
    if not schedule.lines:
        return "only by hand"
    return f"{'; '.join(_line_in_words(line) for line in schedule.lines)} ({schedule.zone})"


def _line_in_words(line: CronLine) -> str:
    return " ".join(part for part in (_times(line), _days(line), _months(line)) if part)


def _times(line: CronLine) -> str:
    every = _step(line.minutes, 60)
    if line.every_hour:
        if every:
            return "every minute" if every == 1 else f"every {every} minutes"
        if line.minutes == (0,):
            return "every hour"
        return f"every hour at minute {_join(map(str, line.minutes))}"
    if len(line.minutes) * len(line.hours) <= MOST_TIMES:
        return "at " + _join(f"{hour:02}:{minute:02}" for hour in line.hours for minute in line.minutes)
    hours = _step(line.hours, 24)
    in_hours = f"of every {_ordinal(hours)} hour" if hours else f"of the hours {_runs(line.hours)}"
    if every:
        return f"every minute {in_hours}" if every == 1 else f"every {every} minutes {in_hours}"
    if hours and line.minutes == (0,):
        return f"every {hours} hours"
    return f"at minute {_join(map(str, line.minutes))} {in_hours}"


def _days(line: CronLine) -> str:
    in_month = "" if len(line.days) == 31 else f"on day {_runs(sorted(line.days))} of the month"
    if line.weekdays == WEEKDAYS:
        in_week = "from Monday to Friday"
    elif line.weekdays == WEEKEND:
        in_week = "on Saturday and Sunday"
    elif len(line.weekdays) == 7:
        in_week = ""
    else:
        in_week = "on " + _join(DAY_NAMES[day] for day in sorted(line.weekdays, key=lambda day: day or 7))
    if in_month and in_week:
        return f"{in_month} {'or' if line.either_day else 'if it falls'} {in_week}"
    return in_month or in_week


def _months(line: CronLine) -> str:
    return "" if len(line.months) == 12 else "in " + _join(MONTH_NAMES[month - 1] for month in line.months)


def _step(values: Sequence[int], whole: int) -> int | None:
    """The even step from 0 through the whole of a minute or day; None when there is none."""
    step = whole // len(values)
    return step if len(values) > 1 and tuple(values) == tuple(range(0, whole, step)) else None


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _runs(values: Sequence[int]) -> str:
    """`9-17, 22`"""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _join(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


# --- When the clocks are changed --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ClockChange:
    """A time of a schedule that a change of the clocks touches."""

    wall: datetime
    """Naive: what the clocks of the zone show, or would have shown."""
    kind: Literal["gap", "overlap"]
    """The clocks never show it, or show it twice."""
    fires_at: datetime
    """UTC: when the schedule fires instead, or which of the two it takes."""
    zone: ZoneInfo

    def __str__(self) -> str:
        fires = self.fires_at.astimezone(self.zone)
        if self.kind == "gap":
            return (
                f"{self.wall:%Y-%m-%d %H:%M} does not exist in {self.zone}: the clocks are put forward; "
                f"it fires at {fires:%H:%M}"
            )
        return (
            f"{self.wall:%Y-%m-%d %H:%M} comes twice in {self.zone}: the clocks are put back; "
            f"it fires the first time (UTC{fires:%z})"
        )


def clock_changes(schedule: Schedule, now: datetime, *, within: timedelta = timedelta(days=366)) -> list[ClockChange]:
    """The times of a schedule that do not exist or come twice within the time from `now` on, in order.

    Lines for every hour are not among them: they follow the time that passes, and nothing happens to them.
    """
    found = []
    for day in _days_of_change(schedule.zone, now, within):
        for line in schedule.lines:
            if not line.every_hour and line.fits(day):
                for hour in line.hours:
                    for minute in line.minutes:
                        found += _change_at(datetime.combine(day, time(hour, minute)), schedule.zone)
    return sorted(set(found), key=lambda change: (change.fires_at, change.wall))


def _days_of_change(zone: ZoneInfo, now: datetime, within: timedelta) -> Iterator[date]:
    day = datetime.combine(now.astimezone(zone).date(), time(), zone)
    for number in range(within // ONE_DAY):
        today = day + number * ONE_DAY
        # Fold 1 takes a change at the very end of a day into it; see schedule.py.
        if today.utcoffset() != (today + ONE_DAY).replace(fold=1).utcoffset():
            yield today.date()


def _change_at(wall: datetime, zone: ZoneInfo) -> list[ClockChange]:
    passings = passings_of(wall, zone)
    if len(passings) == 1:
        return []
    if passings:
        return [ClockChange(wall, "overlap", passings[0], zone)]
    return [ClockChange(wall, "gap", end_of_gap(wall, zone), zone)]
