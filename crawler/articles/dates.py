"""A printed date + the site's zone + the fetch moment -> aware UTC. Reads text; finds no dates on pages.

The words are a table in `date_words`, times of day are read in `clocks`, other calendars in `calendars`. A date is
looked for in this order: ISO 8601, year first (2024-03-05, 2024年3月5日, 令和6年3月5日), a month's name, day or month
first (05.03.2024), relative words (вчера).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from crawler.articles.ago import seconds_ago
from crawler.articles.article import Precision
from crawler.articles.calendars import ERAS, SOLAR_HIJRI_MONTHS, common_year, from_solar_hijri, is_solar_hijri
from crawler.articles.clocks import Clock, dotted_clock, find_clocks, fixed_offset
from crawler.articles.date_words import DAYS_BACK, JUST_NOW, MONTHS, MONTHS_OF_LANGUAGE, MONTHS_OF_TWO_WORDS
from crawler.errors import DateError

# Years that are read as years. Before 1990 there were no news sites; a greater one is a counter or a mistake.
FIRST_YEAR, LAST_YEAR = 1990, 2100

# Characters of the text that are looked at: room for a label, a weekday, a zone by words and a second date. What stands
# further behind are counters and names.
_MAX_LENGTH = 300
# A date without a year may lie this much ahead of the fetch: the site's clock or zone may differ from ours.
_AHEAD = timedelta(days=1)
# A time of day without a date is today's unless it is further ahead than this; then it is yesterday's.
_CLOCK_AHEAD = timedelta(minutes=10)
# Stands for a clock while days are looked for, so that its numbers are taken for none.
_MASK = "\x01"
# Most characters that may stand between a date and its time: "8 апреля 2021 года в 14:30", "5 May 2024, at".
_MAX_GAP = 24
# Most words of a text in which "2 hours ago" or "today, 14:30" is a date and not part of a sentence; and of one in
# which "today" stands without a time.
_MAX_RELATIVE_WORDS = 8
_MAX_BARE_WORDS = 4

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[Tt ]\s?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s?(?:([Zz])|([+\-−])(\d\d):?(\d\d)?)?)?"
)
_YEAR_FIRST = re.compile(r"(?<![\d.,])(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_ERA_FIRST = re.compile(rf"({'|'.join(ERAS)})\s?(元|\d{{1,2}})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})")
_NUMBERS = re.compile(r"(?<![\d.,/:+-])(\d{1,2})(\s?[./-]\s?)(\d{1,2})\s?[./-]\s?(\d{4}|\d\d)(?!\d)(?!\.\d)")
_MONTH_AND_DAY = re.compile(r"(?<!\d)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일號号]?(?!\d)")
_TOKEN = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e4e])*|\x01")
# Between day, month and year.
_FILLER_WORDS = """
    г год года году р рік року жылы жылғы жылдың жыл ж de del do of the th st nd rd er го ші шы ый е y m d il yil anul
    dne den o йил йили йилги йилнинг yili yilgi yilning жылы жылдын жылкы соли พ ศ
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
# "8th of April" has two of them between day and month.
_MAX_FILLERS = 3
# Behind a number they make it a counter.
_COUNTED = ("просмотр", "коммент", "қаралым", "рет", "қарал", "view", "comment", "share", "read", "оқыл")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A moment, and how exactly it was stated."""

    at: datetime
    """Aware, UTC. Of a date without a time: the beginning of that day in the site's zone."""
    precision: Precision
    had_zone: bool
    """Whether the text itself fixed the moment: by an offset, a zone's name, or as "5 minutes ago"."""


class _Day(NamedTuple):
    start: int
    end: int
    year: int | None
    month: int
    day: int


def parse_date(
    text: str,
    *,
    zone: tzinfo,
    now: datetime | None = None,
    language: str | None = None,
    day_first: bool = True,
) -> ParsedDate:
    """Return the moment that a printed date means: the first date of `text`, with the time nearest to it.

    Local times that come twice (the clock was put back) are the first passing, unless `now` lies in the second; those
    that never were are moved forward. A date without a year takes the latest one that is at most a day after `now`.
    Hours and minutes "ago" have the precision of a minute; weeks and more are too vague to be read.

    >>> from zoneinfo import ZoneInfo
    >>> almaty = ZoneInfo("Asia/Almaty")
    >>> parse_date("08 апреля 2021 14:30", zone=almaty).at.isoformat()
    '2021-04-08T08:30:00+00:00'
    >>> parse_date("кеше, 22:29", zone=almaty, now=datetime(2024, 5, 2, tzinfo=UTC)).at.isoformat()
    '2024-05-01T17:29:00+00:00'

    Args:
        text: as the page prints it; labels and counters around the date do no harm.
        zone: of times that are printed without one.
        now: aware, the moment of the fetch. Without it relative and year-less dates cannot be read.
        language: ISO 639-1, where the caller knows it; decides the few words that mean different months.
        day_first: whether 04/05/2024 is in May; a number above 12 decides by itself.

    Raises:
        DateError: there is no date in `text`, or its year is outside 1990..2100.
        ValueError: `now` is naive, or outside 1990..2100.
    """
    if now is not None and (now.tzinfo is None or not FIRST_YEAR <= now.year <= LAST_YEAR):
        raise ValueError("now must be aware, and of our time")
    printed = text[:_MAX_LENGTH].replace(_MASK, " ").strip()
    reading = _Reading(printed, zone, now, language, day_first)
    parsed = reading.iso() or reading.stamp() or reading.free()
    if parsed is None:
        raise DateError(text)
    return parsed


class _Reading:
    """One text that is being read. Each method returns what it finds, or None."""

    __slots__ = ("day_first", "language", "now", "printed", "zone")

    def __init__(self, printed: str, zone: tzinfo, now: datetime | None, language: str | None, day_first: bool) -> None:
        self.printed = printed
        self.zone = zone
        self.now = now
        self.language = language
        self.day_first = day_first

    def iso(self) -> ParsedDate | None:
        match = _ISO.fullmatch(self.printed)
        if match is None:
            return None
        year, month, day, hour, minute, second, utc, sign, offset_hours, offset_minutes = match.groups()
        found = _Day(0, 0, int(year), int(month), int(day))
        if hour is None:
            return self._moment(found, None)
        given: tzinfo | None = UTC if utc else None
        if sign:
            given = fixed_offset(sign, offset_hours, offset_minutes)
            if given is None:
                return None
        clock = Clock(0, 0, int(hour), int(minute), None if second is None else int(second), given)
        return self._moment(found, clock)

    def stamp(self) -> ParsedDate | None:
        """Seconds or milliseconds since 1970."""
        if not (self.printed.isascii() and self.printed.isdecimal() and len(self.printed) in (10, 13)):
            return None
        at = datetime.fromtimestamp(int(self.printed[:10]), UTC)
        return ParsedDate(at, Precision.SECOND, True) if FIRST_YEAR <= at.year <= LAST_YEAR else None

    def free(self) -> ParsedDate | None:
        clocks = find_clocks(self.printed, self.zone, self.language)
        masked = self.printed
        for clock in clocks:
            masked = f"{masked[: clock.start]}{_MASK}{' ' * (clock.end - clock.start - 1)}{masked[clock.end :]}"
        masked = masked.lower().replace("i\u0307", "i")  # Turkish İ in lower case is i and a dot
        if not masked.isascii():
            for month, same in MONTHS_OF_TWO_WORDS.items():
                masked = masked.replace(month, same.ljust(len(month)))
        tokens = list(_TOKEN.finditer(masked))
        for find in (self._year_first, self._month_by_name, self._numbers, self._month_and_day):
            for day in find(masked, tokens):
                if parsed := self._moment(day, self._clock_of(day, clocks)):
                    return parsed
        return self._relative(masked, [token[0] for token in tokens], clocks)

    def _clock_of(self, day: _Day, clocks: list[Clock]) -> Clock | None:
        """The clock nearest to a date, if nothing but a word or two stands between."""
        if not clocks:
            return dotted_clock(self.printed, day.end, self.zone, self.language)
        gap, _, clock = min((max(c.start - day.end, day.start - c.end), c.start < day.start, c) for c in clocks)
        return clock if gap <= _MAX_GAP else None

    # Dates

    def _year_first(self, masked: str, tokens: list[re.Match[str]]) -> Iterator[_Day]:
        for match in _YEAR_FIRST.finditer(masked):
            yield _common(_Day(match.start(), match.end(), int(match[1]), int(match[2]), int(match[3])))
        for match in () if masked.isascii() else _ERA_FIRST.finditer(masked):
            year = ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
            yield _Day(match.start(), match.end(), year, int(match[3]), int(match[4]))

    def _month_by_name(self, masked: str, tokens: list[re.Match[str]]) -> Iterator[_Day]:
        words = [token[0] for token in tokens]
        months = MONTHS_OF_LANGUAGE.get(self.language or "", {})
        for position, word in enumerate(words):
            solar = SOLAR_HIJRI_MONTHS.get(word)
            month = months.get(word) or MONTHS.get(word) or solar
            if month is None:
                continue
            before = position - 1
            while before > max(0, position - _MAX_FILLERS) and words[before] in _FILLERS:
                before -= 1
            after = position + 2 if words[position + 1 : position + 2] == ["den"] else position + 1
            if before >= 0 and _is_day(words[before]):
                first, last, day = before, position, int(words[before])
            elif after < len(words) and _is_day(words[after]):
                first, last, day = position, after, int(words[after])
            else:
                continue
            year, first, last = self._year_near(words, first, last, masked, tokens)
            found = _Day(tokens[first].start(), tokens[last].end(), year, month, day)
            if solar is None:
                yield found
            elif year is not None and is_solar_hijri(year):
                yield _common(found._replace(month=solar))

    def _year_near(
        self, words: list[str], first: int, last: int, masked: str, tokens: list[re.Match[str]]
    ) -> tuple[int | None, int, int]:
        """The year behind or before the tokens `first`..`last` of day and month, and the tokens with it."""
        position = last + 1
        # Some Arabic media name a month twice, in the words of two regions: أيار/مايو.
        while position < len(words) and (words[position] in _FILLERS or words[position] in MONTHS):
            position += 1
        if words[position : position + 1] == [_MASK] and words[last].isdecimal():  # Apr 8 14:30:00 2021
            position += 1
        if position < len(words):
            year = words[position]
            counted = position + 1 < len(words) and words[position + 1].startswith(_COUNTED)
            if len(year) == 4 and year.isdecimal() and not counted:
                return int(year), first, position
            if len(year) == 2 and year.isdecimal() and self._is_short_year(position, words, masked, tokens):
                return _century(int(year)), first, position
        position = first - 1
        while position >= 0 and words[position] in _FILLERS:
            position -= 1
        if position >= 0 and len(words[position]) == 4 and words[position].isdecimal():
            return int(words[position]), position, last
        return None, first, last

    def _is_short_year(self, position: int, words: list[str], masked: str, tokens: list[re.Match[str]]) -> bool:
        """Two digits behind a month are a year only when glued (08-Apr-21, '21) or before a clock (RFC 822)."""
        return masked[tokens[position].start() - 1] in "-'’" or words[position + 1 : position + 2] == [_MASK]

    def _numbers(self, masked: str, tokens: list[re.Match[str]]) -> Iterator[_Day]:
        for match in _NUMBERS.finditer(masked):
            short = len(match[4]) == 2
            if short and "-" in match[2]:
                continue  # more often a telephone number
            day, month = int(match[1]), int(match[3])
            if (month > 12 >= day) or (not self.day_first and day <= 12):
                day, month = month, day
            year = _century(int(match[4])) if short else int(match[4])
            yield _Day(match.start(), match.end(), year, month, day)

    def _month_and_day(self, masked: str, tokens: list[re.Match[str]]) -> Iterator[_Day]:
        for match in _MONTH_AND_DAY.finditer(masked):
            yield _Day(match.start(), match.end(), None, int(match[1]), int(match[2]))

    def _relative(self, masked: str, words: list[str], clocks: list[Clock]) -> ParsedDate | None:
        if self.now is None or len(words) > _MAX_RELATIVE_WORDS:
            return None
        today = self.now.astimezone(self.zone).date()
        for word in words if clocks or len(words) <= _MAX_BARE_WORDS else ():
            if word in DAYS_BACK:
                return self._on(today - timedelta(days=DAYS_BACK[word]), clocks[0] if clocks else None)
        if seconds := seconds_ago(masked, words):
            if seconds % 86_400 == 0:
                return self._on(today - timedelta(seconds=seconds), clocks[0] if clocks else None)
            at = self.now.astimezone(UTC) - timedelta(seconds=seconds)
            return ParsedDate(at.replace(second=0, microsecond=0), Precision.MINUTE, True)
        if " ".join(words) in JUST_NOW:
            return ParsedDate(self.now.astimezone(UTC).replace(second=0, microsecond=0), Precision.MINUTE, True)
        if words == [_MASK]:
            parsed = self._on(today, clocks[0])
            late = parsed is not None and parsed.at > self.now + _CLOCK_AHEAD
            return self._on(today - timedelta(days=1), clocks[0]) if late else parsed
        return None

    # Moments

    def _on(self, day: date, clock: Clock | None) -> ParsedDate | None:
        return self._moment(_Day(0, 0, day.year, day.month, day.day), clock)

    def _moment(self, day: _Day, clock: Clock | None) -> ParsedDate | None:
        if day.year is not None:
            return self._in_year(day.year, day, clock)
        if self.now is None:
            return None
        # Eight years hold a 29 February even around a century's end.
        for year in range(self.now.year + 1, self.now.year - 9, -1):
            parsed = self._in_year(year, day, clock)
            if parsed and parsed.at <= self.now + _AHEAD:
                return parsed
        return None

    def _in_year(self, year: int, day: _Day, clock: Clock | None) -> ParsedDate | None:
        year = common_year(year)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        try:
            local = datetime(year, day.month, day.day, tzinfo=self.zone)
        except ValueError:
            return None  # 31 February
        if clock is None:
            return ParsedDate(local.astimezone(UTC), Precision.DAY, False)
        local += timedelta(hours=clock.hour, minutes=clock.minute, seconds=min(clock.second or 0, 59))
        precision = Precision.MINUTE if clock.second is None else Precision.SECOND
        if clock.zone is not None:
            return ParsedDate(local.replace(tzinfo=clock.zone).astimezone(UTC), precision, True)
        return ParsedDate(self._passing(local), precision, False)

    def _passing(self, local: datetime) -> datetime:
        """UTC of a local time; the second passing of a repeated hour only when `now` lies in it."""
        at = local.astimezone(UTC)
        if self.now is not None and self.now.astimezone(self.zone).fold:
            again = local.replace(fold=1).astimezone(UTC)
            if at < again <= self.now:
                return again
        return at


def _common(day: _Day) -> _Day:
    """A day whose year is one of the solar Hijri calendar, as ours."""
    if day.year is None or not is_solar_hijri(day.year):
        return day
    ours = from_solar_hijri(day.year, day.month, day.day)
    return day._replace(year=ours.year, month=ours.month, day=ours.day) if ours else day


def _is_day(word: str) -> bool:
    return len(word) <= 2 and word.isdecimal() and 1 <= int(word) <= 31


def _century(year: int) -> int:
    return year + (1900 if year >= FIRST_YEAR - 1900 else 2000)
