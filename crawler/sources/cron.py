"""What a cron line says: which minutes, hours and days. Knows no zone and no clock; when it fires is scheduling's."""

from __future__ import annotations

import calendar
import difflib
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

_PART = re.compile(
    r"(?:(?P<star>\*)|(?P<low>\d{1,4}|[a-z]+)(?:-(?P<high>\d{1,4}|[a-z]+))?)(?:/(?P<step>\d{1,4}))?", re.I
)


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """Names of the values, the first of them for `low`."""

    @property
    def allowed(self) -> str:
        words = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.low} to {self.high}{words}"


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, MONTHS),
    _Field("day of week", 0, 7, WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class CronLine:
    """One cron line, read."""

    text: str
    """As it stands in the file, blanks folded."""
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: tuple[int, ...]
    weekdays: frozenset[int]
    """0 is Sunday."""
    either_day: bool
    """Day of month and day of week are both restricted: one of them is enough, as in every cron."""

    @property
    def every_hour(self) -> bool:
        """It means the time that passes, not certain times of the day."""
        return len(self.hours) == 24

    def fits(self, day: date) -> bool:
        """Whether it fires on that day at all."""
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays
        return in_month or in_week if self.either_day else in_month and in_week


def parse_cron(text: str) -> CronLine:
    """Read a cron line: five fields, or one of @hourly @daily @midnight @weekly @monthly @yearly @annually.

    Fields are minute, hour, day of month, month, day of week: numbers or English names, lists, ranges, steps. 0 and 7
    are Sunday. A day field that begins with `*` restricts nothing by itself: `0 0 */2 * mon` is every Monday with an
    odd date; where both are given without it, one of them is enough.

    >>> parse_cron("30 6 * * mon-fri").hours
    (6,)

    Raises:
        ValueError: says which field is wrong and what may stand there.
    """
    text = " ".join(text.split())
    if text.startswith("@"):
        return _parse_macro(text)
    fields = text.split(" ") if text else []
    if len(fields) != len(_FIELDS):
        raise ValueError(_wrong_count(fields))
    minutes, hours, days, months, weekdays = (
        _parse_field(field, part) for field, part in zip(_FIELDS, fields, strict=True)
    )
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    if not either and not any(day <= calendar.monthrange(2024, month)[1] for month in months for day in days):
        raise ValueError(f"day of month: {fields[2]} does not exist in month {fields[3]}, so this would never come")
    return CronLine(
        text=text,
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=frozenset(days),
        months=tuple(sorted(months)),
        weekdays=frozenset(day % 7 for day in weekdays),
        either_day=either,
    )


def _parse_macro(text: str) -> CronLine:
    if text.lower() in MACROS:
        return replace(parse_cron(MACROS[text.lower()]), text=text.lower())
    nearest = difflib.get_close_matches(text.lower(), MACROS, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(MACROS)}"
    raise ValueError(f"{text.split(' ')[0]} is not known; {hint}")


def _wrong_count(fields: list[str]) -> str:
    wanted = ", ".join(field.name for field in _FIELDS)
    if len(fields) in (6, 7):
        return f"there are {len(fields)} fields; seconds and years cannot be given: write five ({wanted})"
    found = {0: "is nothing", 1: "is 1 field"}.get(len(fields), f"are {len(fields)} fields")
    return f"there {found}; write five ({wanted}), such as */15 * * * *"


def _parse_field(field: _Field, text: str) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if not match:
            raise ValueError(
                f"{field.name}: {part!r} cannot be read; write {field.allowed}, a range 1-5, a list 1,3 or a step */2"
            )
        values |= _parse_part(field, part, match)
    return values


def _parse_part(field: _Field, part: str, match: re.Match[str]) -> set[int]:
    step = int(match["step"]) if match["step"] else 1
    if match["star"]:
        low, high = field.low, 6 if field.name == "day of week" else field.high
    else:
        low = _value(field, match["low"])
        high = _value(field, match["high"]) if match["high"] else low
        if match["step"] and not match["high"]:
            remedy = f"write {low}-{field.high}/{step}, or {low} alone"
            raise ValueError(f"{field.name}: {part} means different things to different crons; {remedy}")
        if high == 0 and low and field.name == "day of week":
            high = 7  # fri-sun
        if high < low:
            remedy = f"write {match['low']}-{field.high},{field.low}-{match['high']}"
            raise ValueError(f"{field.name}: the range {part} goes backwards; {remedy}")
    if not 1 <= step <= field.high:
        raise ValueError(f"{field.name}: a step of {step} is not possible; write 1 to {field.high}")
    return set(range(low, high + 1, step))


def _value(field: _Field, text: str) -> int:
    if text.isdigit():
        value = int(text)
        if not field.low <= value <= field.high:
            raise ValueError(f"{field.name}: {value} is not possible; write {field.allowed}")
        return value
    if text.lower() in field.names:
        return field.low + field.names.index(text.lower())
    nearest = [name for name in field.names if text.lower().startswith(name)]
    hint = f"write {nearest[0]}" if nearest else f"write {field.allowed}"
    raise ValueError(f"{field.name}: {text!r} is not known; {hint}")
