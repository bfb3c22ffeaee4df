"""Times of day as printed, with the zone that stands behind them. Reads text; knows no days."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.articles.date_words import FIXED_ZONES, NAMED_ZONES

_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?![\d:])(?:\s?(?i:([ap])\.?\s?m\b\.?))?")
# Clocks without a colon; tried only when there is none with one.
_ODD_CLOCKS = (
    re.compile(r"(?<!\d)(\d{1,2})(?:[.:](\d\d))?()\s?(?i:([ap])\.?\s?m\b\.?)"),
    re.compile(r"(?<![\d.])(\d{1,2})(?:[.](\d\d))?()\s?(?i:uhr)\b()"),
    re.compile(r"(?i:\bkl(?:o|okken|ockan)?\.?)\s?(\d{1,2})[.:](\d\d)(?![.\d])()()"),
    re.compile(r"(?<!\d)(\d{1,2})\s?[hH]\s?(\d\d)?(?!\w)()()"),
    re.compile(r"(?<!\d)(\d{1,2})\s?[時时点點시]\s?(?:(\d{1,2})\s?[分분])?()()"),
)
_DOTTED_CLOCK = re.compile(r"[\s,|·–-]{1,4}(\d{1,2})\.(\d\d)(?![.\d])()()")
_AFTERNOON = re.compile(r"(下午|午後|오후|晚上)|(上午|午前|오전)")
_AFTERNOON_BEHIND = re.compile(
    r"\s?(?:(م|مساءً?|مساءا|عصر|بعدازظهر|ب\.?ظ|μ\.?μ)|(ص|صباحاً?|صباحًا|صبح|ق\.?ظ|π\.?μ))\.?(?!\w)", re.IGNORECASE
)
# A zone stands right behind the clock.
_OFFSET = re.compile(r"\s?[(\[]?(?:(?:UTC|GMT)\s?([+\-−])(\d{1,2})(?::?(\d\d))?|([+\-−])(\d\d):?(\d\d)?)(?!\d)")
_ABBREVIATION = re.compile(r"\s?[(\[]?(Z|[A-ZМСК]{2,5}|мск)\b")
_PLACE_OF_TIME = re.compile(r"времени|уақыт|\btime\b|гринвич", re.IGNORECASE)
_PLACES = (
    (re.compile(r"астан|алмат|нур-?султан|astana|almaty|казахстан|қазақстан", re.IGNORECASE), "Asia/Almaty"),
    (re.compile(r"моск|мәскеу|moscow", re.IGNORECASE), "Europe/Moscow"),
    (re.compile(r"бишкек|bishkek", re.IGNORECASE), "Asia/Bishkek"),
    (re.compile(r"ташкент|тошкент|tashkent", re.IGNORECASE), "Asia/Tashkent"),
    (re.compile(r"киев|київ|kyiv", re.IGNORECASE), "Europe/Kyiv"),
    (re.compile(r"гринвич|greenwich", re.IGNORECASE), "UTC"),
)
_INDIAN = frozenset(("hi", "bn", "ta", "te", "mr", "gu", "kn", "ml", "pa", "or", "as"))
_INDIAN_ZONES = frozenset(("Asia/Kolkata", "Asia/Calcutta", "Asia/Colombo"))


class Clock(NamedTuple):
    """A time of day, and where it stands in its text."""

    start: int
    end: int
    hour: int
    """0..24; 24 is the end of the day."""
    minute: int
    second: int | None
    zone: tzinfo | None
    """None when none is printed."""


def find_clocks(printed: str, zone: tzinfo, language: str | None) -> list[Clock]:
    """Return the times of day in `printed`, in its order.

    `zone` and `language` are the site's: they tell what an abbreviation means that several countries use.

    >>> from datetime import UTC
    >>> [(clock.hour, clock.minute) for clock in find_clocks("2:30 p.m. or 15:40", UTC, None)]
    [(14, 30), (15, 40)]
    """
    matches = list(_CLOCK.finditer(printed))
    for pattern in () if matches else _ODD_CLOCKS:
        matches = matches or list(pattern.finditer(printed))
    return [clock for match in matches if (clock := _read(match, zone, language))]


def dotted_clock(printed: str, start: int, zone: tzinfo, language: str | None) -> Clock | None:
    """Return the time that is printed as 14.30 right behind `start`, where a date ends; elsewhere it would be a number.

    >>> from datetime import UTC
    >>> dotted_clock("8.4.2021 14.30", 8, UTC, None).hour
    14
    """
    match = _DOTTED_CLOCK.match(printed, start)
    return _read(match, zone, language) if match else None


def fixed_offset(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    """Return the zone of an offset such as + 05 30; None for what is none of any place on Earth (-12:00 to +14:00)."""
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if size > timedelta(hours=14) or (sign != "+" and size > timedelta(hours=12)):
        return None
    return timezone(size if sign == "+" else -size)


def _read(match: re.Match[str], site: tzinfo, language: str | None) -> Clock | None:
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3]) if match[3] else None
    half = match[4].lower() if match[4] else None
    start, end = match.span()
    if half is None and not match.string.isascii():
        before = _AFTERNOON.search(match.string, max(0, start - 4), start)
        if before:
            half, start = ("p" if before[1] else "a"), before.start()
        elif behind := _AFTERNOON_BEHIND.match(match.string, end):
            half, end = ("p" if behind[1] else "a"), behind.end()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (second or 0) > 60:
        return None
    zone, end = _zone_behind(match.string, end, site, language)
    return Clock(start, end, hour, minute, second, zone)


def _zone_behind(printed: str, end: int, site: tzinfo, language: str | None) -> tuple[tzinfo | None, int]:
    """The zone that is printed behind a clock that ends at `end`, and where it ends itself."""
    if match := _OFFSET.match(printed, end):
        sign, hours, minutes = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        if zone := fixed_offset(sign, hours, minutes):
            return zone, match.end()
    if (match := _ABBREVIATION.match(printed, end)) and (zone := _named_zone(match[1], site, language)):
        return zone, match.end()
    if _PLACE_OF_TIME.search(printed):
        for pattern, name in _PLACES:
            if pattern.search(printed):
                return ZoneInfo(name), end
    return None, end


def _named_zone(name: str, site: tzinfo, language: str | None) -> tzinfo | None:
    if name in FIXED_ZONES:
        return timezone(timedelta(seconds=FIXED_ZONES[name]))
    if name in NAMED_ZONES and language in (None, "en"):
        return ZoneInfo(NAMED_ZONES[name])
    if name == "IST" and (str(site) in _INDIAN_ZONES or language in _INDIAN):  # else Irish or Israeli
        return timezone(timedelta(hours=5, minutes=30))
    if name == "CST" and not str(site).startswith("Asia/"):  # in Asia it is China's
        return timezone(timedelta(hours=-6))
    return None
