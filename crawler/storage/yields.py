"""How many new articles came, from whom and when: in windows, by hour, by day. Judges nothing.

New means first seen by us. What a backfill brought is left out: it was published long before it was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median_low
from typing import Any

from sqlalchemy import bindparam, column, text
from sqlalchemy.orm import Session

from crawler.storage.columns import UtcDateTime
from crawler.storage.dialect import is_postgresql
from crawler.storage.sets import each_pair, each_word, listed

# An article that was published so long before the window in which it was first seen is a backfill's. A source's horizon
# is 48 h unless its file says otherwise; a day more for lists that are read late.
LATEST = timedelta(days=3)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Weeks that say what is usual: enough for one holiday not to matter, few enough to follow a source that grows.
WEEKS = 5


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which the articles of a source are counted."""

    source_id: str
    start: datetime
    """Included."""
    end: datetime
    """Not included."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a source has brought articles."""

    first_at: datetime
    """When its first article was seen."""
    last_at: datetime
    """When its newest article, by publication, was seen."""


@dataclass(frozen=True, slots=True)
class Day:
    """The new articles of one day."""

    day: date
    articles: int
    usual: int | None
    """Median of the same weekday in the weeks before. None: the source is too young."""


# One look into the index (source_id, first_seen_at, listed_at).
_COUNT = """(SELECT count(*) FROM articles WHERE source_id = {0} AND first_seen_at >= {1} AND first_seen_at < {2}
             AND listed_at >= {3})"""
_EACH_SQLITE = (
    "SELECT " + _COUNT.format(*(f"json_extract(value, '$[{n}]')" for n in range(4))) + ("FROM json_each(:windows)")
)
_EACH_POSTGRESQL = (
    "SELECT "
    + _COUNT.format("value ->> 0", *(f"(value ->> {n})::timestamptz" for n in (1, 2, 3)))
    + ("FROM jsonb_array_elements(CAST(:windows AS jsonb)) WITH ORDINALITY AS each_window (value, n) ORDER BY n")
)


def counted(session: Session, windows: Sequence[Window]) -> list[int]:
    """How many new articles came in each window, in the order of the windows. One statement, whatever their number."""
    write = _writing(session)
    rows = ([one.source_id, write(one.start), write(one.end), write(one.start - LATEST)] for one in windows)
    statement = _EACH_POSTGRESQL if is_postgresql(session) else _EACH_SQLITE
    return list(session.execute(text(statement), {"windows": listed(rows)}).scalars())


def counted_together(
    session: Session, source_ids: Collection[str], times: Sequence[tuple[datetime, datetime]]
) -> dict[str, tuple[int, ...]]:
    """How many new articles of each source came in the same times (start included, end not), in the order of `times`.

    Four times as fast as `counted`, which has times of its own for each source.
    """
    counts = ", ".join(_COUNT.format("value", f":start_{n}", f":end_{n}", f":earliest_{n}") for n in range(len(times)))
    values: dict[str, Any] = {"ids": listed(source_ids)}
    for n, (start, end) in enumerate(times):
        values |= {f"start_{n}": start, f"end_{n}": end, f"earliest_{n}": start - LATEST}
    moments = [bindparam(name, type_=UtcDateTime) for name in values if name != "ids"]
    asked = text(f"SELECT value, {counts} FROM {each_word(session, 'ids')}").bindparams(*moments)  # noqa: S608
    return {source_id: tuple(numbers) for source_id, *numbers in session.execute(asked, values)}


_SPANS = """
    SELECT value,
           (SELECT min(first_seen_at) FROM articles WHERE source_id = value),
           (SELECT first_seen_at FROM articles WHERE source_id = value ORDER BY listed_at DESC, id DESC LIMIT 1)
    FROM {each}
"""


def spans(session: Session, source_ids: Collection[str]) -> dict[str, Span]:
    """Since when and until when these sources have brought articles; those without any are left out."""
    asked = text(_SPANS.format(each=each_word(session, "ids"))).columns(
        column("source_id"), column("first_at", UtcDateTime), column("last_at", UtcDateTime)
    )
    rows = session.execute(asked, {"ids": listed(source_ids)})
    return {source_id: Span(first, last) for source_id, first, last in rows if first is not None}


_MOMENTS = """
    SELECT source_id, first_seen_at FROM {each} JOIN articles ON source_id = key AND first_seen_at >= {value}
    ORDER BY source_id, first_seen_at
"""


def moments(session: Session, since: Mapping[str, datetime]) -> dict[str, list[datetime]]:
    """When the articles of some sources were first seen, in order, each source from its own moment on."""
    value = "CAST(value AS timestamptz)" if is_postgresql(session) else "value"
    asked = text(_MOMENTS.format(each=each_pair(session, "since"), value=value))
    write = _writing(session)
    values = {"since": listed({source_id: write(moment) for source_id, moment in since.items()})}
    found: dict[str, list[datetime]] = {source_id: [] for source_id in since}
    for source_id, when in session.execute(asked, values):
        found[source_id].append(when if isinstance(when, datetime) else datetime.fromisoformat(f"{when}+00:00"))
    return found


_HOURLY = """
    SELECT source_id, {hour} AS hour, count(*) FROM {each} JOIN articles ON source_id = value
    WHERE first_seen_at >= :start AND first_seen_at < :end AND listed_at >= :earliest GROUP BY 1, 2
"""


def hourly(session: Session, source_ids: Collection[str], *, start: datetime, end: datetime) -> dict[str, list[int]]:
    """New articles of each source in each hour from `start` on, which is put back to a whole hour (UTC).

    Every source has as many numbers as hours begin before `end`.
    """
    first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = max(0, -((first - end) // HOUR))
    hour = "date_trunc('hour', first_seen_at, 'UTC')" if is_postgresql(session) else "substr(first_seen_at, 1, 13)"
    asked = text(_HOURLY.format(hour=hour, each=each_word(session, "ids")))
    moments = {"start": first, "end": end, "earliest": first - LATEST}
    write = _writing(session)
    values = {name: write(moment) for name, moment in moments.items()}
    counts = {source_id: [0] * hours for source_id in source_ids}
    for source_id, when, number in session.execute(asked, values | {"ids": listed(source_ids)}):
        moment = when if isinstance(when, datetime) else datetime.fromisoformat(f"{when}:00+00:00")
        counts[source_id][(moment - first) // HOUR] = number
    return counts


def daily(session: Session, source_id: str, *, last: date, days: int, zone: tzinfo) -> list[Day]:
    """New articles of a source on each of so many days up to `last`, the oldest first, beside what is usual.

    Args:
        zone: in which days begin and end.
    """
    span = spans(session, [source_id]).get(source_id)
    first = last - (days - 1) * DAY - WEEKS * 7 * DAY
    every = [first + number * DAY for number in range((last - first).days + 1)]
    windows = [Window(source_id, _midnight(day, zone), _midnight(day + DAY, zone)) for day in every]
    counts = dict(zip(every, counted(session, windows), strict=True))
    found = []
    for day in every[-days:]:
        before = [day - week * 7 * DAY for week in range(1, WEEKS + 1)]
        known = [counts[one] for one in before if span and _midnight(one, zone) >= span.first_at]
        found.append(Day(day, counts[day], median_low(known) if len(known) > 1 else None))
    return found


def usual_week(session: Session, source_id: str, *, now: datetime, zone: tzinfo) -> list[list[float]] | None:
    """The usual new articles by weekday (0 is Monday) and hour of the day in `zone`: `week[weekday][hour]`.

    Averages of 5 weeks up to the last whole hour, or of the whole ones since its first article; medians would be 0, for
    most sources bring less than one an hour. None where there are fewer than two such weeks.
    """
    span = spans(session, [source_id]).get(source_id)
    weeks = min(WEEKS, (now - span.first_at) // (7 * DAY)) if span else 0
    if weeks < 2:
        return None
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - weeks * 7 * DAY
    week = [[0.0] * 24 for _ in range(7)]
    for number, count in enumerate(hourly(session, [source_id], start=start, end=end)[source_id]):
        local = (start + number * HOUR).astimezone(zone)
        week[local.weekday()][local.hour] += count / weeks
    return week


def _writing(session: Session) -> Callable[[datetime], str]:
    """How a moment is written: as SQLite keeps it, or as PostgreSQL reads it whatever its zone is."""
    if is_postgresql(session):
        return datetime.isoformat
    return lambda moment: moment.astimezone(UTC).isoformat(" ", "microseconds")[:-6]  # without +00:00


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
