"""When the story was published and changed, of all the dates that a page states. Compares; the reading is dates.py's.

A modification never stands in for a publication, nor does the fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from crawler.articles.article import Origin, Precision
from crawler.articles.dates import ParsedDate, parse_date
from crawler.errors import DateError
from crawler.extraction.printed_date import PrintedDate

# Stated moments this near to each other are one: sites round to the minute, some readers do and some do not.
_SAME = timedelta(minutes=1)
# A printed day this much before the day in meta data is another: more than any zone's distance.
_EARLIER = timedelta(hours=36)
# A day and a clock that may be of that day, whatever the zone.
_OF_THAT_DAY = timedelta(hours=38)


@dataclass(frozen=True, slots=True)
class Moment:
    """One stated moment that could be read."""

    origin: Origin
    raw: str
    date: ParsedDate

    @property
    def at(self) -> datetime:
        return self.date.at

    @property
    def precision(self) -> Precision:
        """Midnight sharp is how sites state a day when they must state a time."""
        at_midnight = self.date.precision == Precision.SECOND and self.date.at.timetz() == time(0, tzinfo=UTC)
        return Precision.DAY if at_midnight else self.date.precision


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What is needed to read a page's dates: its zone, the fetch moment, its language and whether days come first."""

    zone: tzinfo
    now: datetime | None
    language: str | None
    day_first: bool = True
    _known: dict[str, ParsedDate | None] = field(default_factory=dict, compare=False)
    """Texts that were read: several readers state the same, and confidence asks again."""

    def read(self, origin: Origin, raw: str | None) -> Moment | None:
        """The moment that a text states; None when it states none."""
        if not raw:
            return None
        if raw not in self._known:
            self._known[raw] = self._parsed(raw)
        date = self._known[raw]
        return None if date is None else Moment(origin, raw, date)

    def is_of_visit(self, moment: Moment) -> bool:
        """Whether a moment is the mere day of the fetch."""
        if self.now is None or moment.precision != Precision.DAY:
            return False
        return moment.at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()

    def _parsed(self, raw: str) -> ParsedDate | None:
        try:
            return parse_date(raw, zone=self.zone, now=self.now, language=self.language, day_first=self.day_first)
        except DateError:
            return None

    def read_all(self, stated: Iterable[tuple[Origin, str | None]]) -> Iterator[Moment]:
        for origin, raw in stated:
            moment = self.read(origin, raw)
            if moment is not None:
                yield moment


def choose_published(
    stated: Sequence[Moment],
    printed: Callable[[], Iterable[PrintedDate]],
    clockwork: Clockwork,
    *,
    is_news: bool,
    modified: Moment | None = None,
) -> Moment | None:
    """The best of what meta data state (best evidence first), with the printed dates as a cross-check.

    `printed` reads the visible page and is asked only when meta data leave a doubt.

    - Two readers that agree within a minute outvote one that differs from them by seconds.
    - A printed day that is earlier than what meta data of a page that is no news article say is the first publication:
      content systems stamp the last import.
    - So is a date that calls itself "published", where the page states the same moment for publication and change.
    - A mere day gives way to a moment of that day.
    """
    best = stated[0] if stated else None
    if best is not None and best.precision != Precision.DAY and best.date.had_zone:
        confirmed = any(other.origin != best.origin and abs(other.at - best.at) < _SAME for other in stated)
        if (is_news or confirmed) and not _is_stamp(best, stated, modified):
            return _agreed(best, stated)
    dates = list(printed())
    shown, near = _shown(dates, clockwork)
    said = next(clockwork.read_all((Origin.GENERIC, date.text) for date in dates if date.says_published), None)
    if best is not None and said is not None and _is_stamp(best, stated, modified) and best.at - said.at > _EARLIER:
        best = said
    elif best is None:
        best = shown[0] if shown else None
    elif (
        near is not None
        and not is_news
        and best.at - near.at > _EARLIER
        and not any(_same_day(one, best, clockwork.zone) for one in shown)
    ):
        best = near
    if best is None:
        return None
    if best.precision == Precision.DAY:
        for other in (*stated, *shown):
            if other.precision != Precision.DAY and _same_day(best, other, clockwork.zone):
                return other
    return _agreed(best, stated)


def _is_stamp(best: Moment, stated: Sequence[Moment], modified: Moment | None) -> bool:
    """Whether `best` may be the last import: it is the moment of the last change, too, and others are earlier."""
    return modified is not None and modified.at == best.at and any(best.at - one.at > _EARLIER for one in stated)


def _shown(printed: Iterable[PrintedDate], clockwork: Clockwork) -> tuple[list[Moment], Moment | None]:
    """The printed dates that may be the publication, and the first one near the headline.

    A day that is printed as the modification elsewhere is that one, unless its own label says "published", or it has a
    time and that one has none, or a later one: both stand there then. The day of the visit far from the headline is
    the site's calendar.
    """
    dates = list(printed)
    modified = list(clockwork.read_all((Origin.GENERIC, date.text) for date in dates if date.is_modified))
    shown: list[Moment] = []
    near: Moment | None = None
    for date in dates:
        moment = None if date.is_modified else clockwork.read(Origin.GENERIC, date.text)
        is_calendar = date.is_in_head or not date.is_near
        if moment is None or (is_calendar and not date.says_published and clockwork.is_of_visit(moment)):
            continue
        if not date.says_published and any(
            _same_day(other, moment, clockwork.zone) and _as_exact(other, moment) for other in modified
        ):
            continue
        shown.append(moment)
        near = near or (moment if date.is_near else None)
    return shown, near


def _agreed(best: Moment, stated: Sequence[Moment]) -> Moment:
    if any(other is not best and other.origin != best.origin and other.at == best.at for other in stated):
        return best
    for one in stated:
        if one.at == best.at or abs(one.at - best.at) >= _SAME:
            continue
        if any(other.origin not in (one.origin, best.origin) and other.at == one.at for other in stated):
            return one
    return best


def _as_exact(modified: Moment, moment: Moment) -> bool:
    """Whether two statements of one day may be of one moment."""
    if moment.precision == Precision.DAY:
        return True
    return modified.precision != Precision.DAY and modified.at - moment.at < _SAME


def may_be_one(change: Moment, moment: Moment, zone: tzinfo) -> bool:
    """Whether two statements may be of one moment: of one minute, or of one day where either states no time."""
    if Precision.DAY in (change.precision, moment.precision):
        return _same_day(change, moment, zone)
    return abs(change.at - moment.at) < _SAME


def _same_day(day: Moment, moment: Moment, zone: tzinfo) -> bool:
    """Whether a moment may belong to a stated day: in the zone that its own text names, or in the page's."""
    days = {_local(moment).date(), moment.at.astimezone(zone).date()}
    return abs(moment.at - day.at) <= _OF_THAT_DAY and day.at.astimezone(zone).date() in days


def _local(moment: Moment) -> datetime:
    """The moment in the offset that its text states."""
    try:
        stated = datetime.fromisoformat(moment.raw)
    except ValueError:
        return moment.at
    return stated if stated.tzinfo is not None else moment.at
