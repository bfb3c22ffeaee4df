"""When a source is due: cron lines in a zone -> moments. Pure: the clock is passed in, nothing is stored or started.

Summer time, in one sentence: a line that names hours fires once for each of its wall-clock times, and a line for every
hour follows the time that passes. So 02:30 fires once when the night has it twice (the first time), and right after the
gap when the night has none; `*/10 * * * *` keeps its ten minutes through both.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from heapq import merge
from importlib import resources
from itertools import islice, pairwise, repeat
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from crawler.sources.cron import CronLine, parse_cron
from crawler.sources.source import Source

ONE_DAY = timedelta(days=1)
# Days without a fire after which a line is given up. 29 February on a given weekday comes back after 40 years at most,
# the turn of a century without a leap day included.
MOST_DAYS = 41 * 366


@dataclass(frozen=True)
class Schedule:
    """The lines of one source, the zone they mean, and how long after each minute this source begins."""

    lines: tuple[CronLine, ...]
    zone: ZoneInfo
    delay: timedelta = timedelta(0)
    """The source's own share of the jitter: the same at every fire, in every process, on every machine."""

    @classmethod
    def of(cls, source: Source) -> Schedule:
        """The schedule that a source declares; without lines it never fires."""
        return cls.read(source.schedule, source.schedule_zone, spread_over=source.policy.jitter, source_id=source.id)

    @classmethod
    def read(
        cls, lines: Sequence[str], zone: ZoneInfo, *, spread_over: timedelta = timedelta(0), source_id: str = ""
    ) -> Schedule:
        """Read cron lines.

        Raises:
            ValueError: a line is wrong; says which field and what may stand there.
        """
        plain = cls(tuple(parse_cron(line) for line in lines), zone)
        span = min(spread_over, plain.shortest_interval)
        return cls(plain.lines, zone, _share(source_id, span))

    def next_after(self, moment: datetime) -> datetime | None:
        """The first fire later than `moment`, in UTC; None when there is none.

        >>> berlin = Schedule.read(["30 2 * * *"], ZoneInfo("Europe/Berlin"))
        >>> before_the_gap = datetime(2026, 3, 28, 20, tzinfo=UTC)
        >>> berlin.next_after(before_the_gap).astimezone(berlin.zone).isoformat()
        '2026-03-29T03:00:00+02:00'
        """
        found = [fire for line in self.lines if (fire := _next_of_line(line, self.zone, moment - self.delay))]
        return min(found) + self.delay if found else None

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The fires later than `moment`, in order, without end."""
        while (fire := self.next_after(moment)) is not None:
            yield fire
            moment = fire

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        """The first `count` fires later than `moment`."""
        return list(islice(self.after(moment), count))

    @cached_property
    def shortest_interval(self) -> timedelta:
        """The shortest time between two fires, if every line fired every day: never more than the true one."""
        minutes = sorted({hour * 60 + minute for line in self.lines for hour in line.hours for minute in line.minutes})
        if not minutes:
            return ONE_DAY
        return timedelta(minutes=min(later - earlier for earlier, later in pairwise([*minutes, minutes[0] + 24 * 60])))

    @property
    def text(self) -> str:
        """The lines as they are stored."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever the same moment could have another next fire: lines, zone, delay, or the zone's rules."""
        parts = (self.text, str(self.zone), repr(self.delay.total_seconds()), zone_version(str(self.zone)))
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def next_fires(schedules: Mapping[str, Schedule], moment: datetime) -> Iterator[tuple[datetime, str]]:
    """The fires of several sources later than `moment`, each with its source's id, in order, without end.

    Args:
        schedules: by the ids of the sources.
    """
    return merge(*(zip(schedule.after(moment), repeat(source_id)) for source_id, schedule in schedules.items()))


def _share(source_id: str, span: timedelta) -> timedelta:
    """Whole seconds from 0 on, less than `span`, evenly spread over the ids."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return timedelta(0)
    digest = hashlib.blake2b(source_id.encode(), digest_size=8).digest()
    return timedelta(seconds=int.from_bytes(digest) % seconds)


def zone_version(name: str) -> str:
    """A word that changes when the rules of a zone do: zones are changed by law, at short notice."""
    for folder in TZPATH:
        file = Path(folder) / name
        if file.is_file():
            return hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest()
    rules = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return hashlib.blake2b(rules.read_bytes(), digest_size=8).hexdigest()


# --- One line, one zone -----------------------------------------------------------------------------------------------
def _next_of_line(line: CronLine, zone: ZoneInfo, moment: datetime) -> datetime | None:
    # Clocks that are put back over midnight bring yesterday's times once more, among today's: so the search begins a
    # day early, and the day after the one that has a fire is asked as well.
    first = moment.astimezone(zone).date() - ONE_DAY
    best: datetime | None = None
    for number in range(MOST_DAYS):
        day = first + number * ONE_DAY
        found = _first_of_day(line, zone, day, moment) if line.fits(day) else None
        if best:
            return min(best, found) if found else best
        best = found
    return best


def _first_of_day(line: CronLine, zone: ZoneInfo, day: date, moment: datetime) -> datetime | None:
    """The first fire of a day that is later than `moment`."""
    midnight = datetime.combine(day, time(), zone)
    offset = midnight.utcoffset()
    if offset is not None and offset == (midnight + ONE_DAY).replace(fold=1).utcoffset():
        # The clocks stand as they stood: wall time is UTC plus one number, and one search finds the fire.
        since_midnight = (moment + offset).replace(tzinfo=None) - midnight.replace(tzinfo=None)
        minute = _minute_after(line, since_midnight // timedelta(minutes=1))
        return None if minute is None else (midnight.replace(tzinfo=UTC) - offset) + timedelta(minutes=minute)
    return min((fire for fire in _fires_of_day(line, zone, day) if fire > moment), default=None)


def _minute_after(line: CronLine, minute: int) -> int | None:
    """The line's first minute of the day that is later than `minute` of the day."""
    if minute < 0:
        return line.hours[0] * 60 + line.minutes[0]
    hour, rest = divmod(minute, 60)
    if hour in line.hours and rest < line.minutes[-1]:
        return hour * 60 + line.minutes[bisect_right(line.minutes, rest)]
    later = bisect_right(line.hours, hour)
    return line.hours[later] * 60 + line.minutes[0] if later < len(line.hours) else None


def _fires_of_day(line: CronLine, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """The fires of a day on which the clocks are changed; not in order."""
    for hour in line.hours:
        for minute in line.minutes:
            passings = passings_of(datetime.combine(day, time(hour, minute)), zone)
            if line.every_hour:
                yield from passings
            elif passings:
                yield passings[0]
            else:
                yield end_of_gap(datetime.combine(day, time(hour, minute)), zone)


def passings_of(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments, in UTC, at which the clocks of a zone show `wall`: one, two, or none."""
    moments = sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})
    return [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall]


def end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of a zone jump over `wall`, a time that they never show."""
    earlier, later = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    before = earlier.astimezone(zone).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == before:
            earlier = middle
        else:
            later = middle
    return later
