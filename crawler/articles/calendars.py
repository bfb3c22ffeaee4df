"""Years and days of other calendars as those of ours: Japanese eras, the solar Hijri year, the Buddhist one.

Counts days; reads no text, and knows nothing of lunar calendars.
"""

from __future__ import annotations

from datetime import date, timedelta

ERAS = {"令和": 2018, "平成": 1988}
"""Name of a Japanese era -> the year before its first. Earlier ones ended before there were news sites."""

_SOLAR_HIJRI_NAMES = """
    فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند
    فروردين ارديبهشت خرداد تير مرداد شهريور مهر آبان آذر دي بهمن اسفند
    حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت
"""
SOLAR_HIJRI_MONTHS = {name: position % 12 + 1 for position, name in enumerate(_SOLAR_HIJRI_NAMES.split())}
"""Months of the calendar of Iran and Afghanistan -> 1..12; the year begins in March."""

# Solar Hijri years of our time: 1990 to 2030. The same numbers of the lunar calendar are of before 1990.
_SOLAR_HIJRI = range(1369, 1410)
# A day that began such a year, and what remains of a leap year's number in the cycle of 33 years that holds now.
_NEW_YEAR = 1400, date(2021, 3, 21)
_LEAP_YEARS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
# Buddhist years of 1990 to 2100; ours are 543 less.
_BUDDHIST = range(2533, 2644)


def is_solar_hijri(year: int) -> bool:
    """Whether a year is one of the calendar of Iran and Afghanistan, as far as its number tells."""
    return year in _SOLAR_HIJRI


def from_solar_hijri(year: int, month: int, day: int) -> date | None:
    """The day as our calendar has it; None for a day that is none, or not of our time.

    >>> from_solar_hijri(1403, 2, 25)
    datetime.date(2024, 5, 14)
    """
    # Six months of 31 days, five of 30, and one of 29 or, in leap years, 30.
    length = 31 if month <= 6 else 30 if month < 12 or year % 33 in _LEAP_YEARS else 29
    if not (is_solar_hijri(year) and 1 <= month <= 12 and 1 <= day <= length):
        return None
    known, first = _NEW_YEAR
    leap_days = sum(one % 33 in _LEAP_YEARS for one in range(known, year))
    leap_days -= sum(one % 33 in _LEAP_YEARS for one in range(year, known))
    before = (month - 1) * 31 - max(0, month - 7)
    return first + timedelta(days=365 * (year - known) + leap_days + before + day - 1)


def common_year(year: int) -> int:
    """A year as ours: Buddhist ones, which Thai pages print, are counted back.

    >>> common_year(2567), common_year(2024)
    (2024, 2024)
    """
    return year - 543 if year in _BUDDHIST else year
