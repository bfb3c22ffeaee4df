"""Dates that a person types when asking: `2026-11-20`, `yesterday`, `7d`. Not those that a page prints (dates.py)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from crawler.errors import DateError

_AGO = re.compile(r"(\d{1,4})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MONTH = re.compile(r"(\d{4})-(\d{2})")
# Days before today, in English, Russian and Kazakh.
_DAYS = {"today": 0, "сегодня": 0, "бүгін": 0, "yesterday": 1, "вчера": 1, "кеше": 1}

REMEDY = "write a date such as 2026-11-20, 2026-11-20T08:30, yesterday, 12h, 7d or 2w"


def read_asked_date(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment that is meant, aware. A date is its first moment in `zone`; `7d` is seven days before `now`.

    Understood: ISO dates and times (with a zone of their own or in `zone`), a month `2026-11`, `now`, `today`,
    `yesterday` (also сегодня, вчера, бүгін, кеше), and so many minutes, hours, days, weeks ago: 30m, 12h, 7d, 2w.

    >>> from datetime import UTC
    >>> read_asked_date("yesterday", UTC, datetime(2026, 11, 24, 13, 5, tzinfo=UTC)).isoformat()
    '2026-11-23T00:00:00+00:00'

    Raises:
        DateError: it is none of these.
    """
    typed = text.strip().lower()
    if typed == "now":
        return now
    if typed in _DAYS:
        day = now.astimezone(zone).date() - timedelta(days=_DAYS[typed])
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    if ago := _AGO.fullmatch(typed):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        if month := _MONTH.fullmatch(typed):
            return datetime(int(month[1]), int(month[2]), 1, tzinfo=zone)
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter on the first and the last day of the calendar
        raise DateError(text) from None
    return moment
