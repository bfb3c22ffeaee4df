"""Numbers, spans and moments as a visitor reads them: in a language, in a zone. Knows no text of the interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from crawler.web.languages.language import Language

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Printing:
    """Prints for one visitor."""

    language: Language
    zone: tzinfo
    now: datetime
    """Aware; what "today" and "ago" refer to."""

    def number(self, value: float | None, digits: int = 0) -> str:
        """`12,345`, or with decimals; a dash for None."""
        if value is None:
            return "–"
        formats = self.language.formats
        plain = f"{value:,.{digits}f}"
        return plain.translate(str.maketrans({",": formats["thousands"], ".": formats["decimal"]}))

    def percent(self, share: float | None) -> str:
        """A share 0..1 in whole percent; shares that are not whole never look as if they were."""
        if share is None:
            return "–"
        shown = round(share * 100)
        shown = min(shown, 99) if share < 1 else shown
        return str(self.language.formats["percent"]).format(n=max(shown, 1) if share > 0 else shown)

    def size(self, count: int | None) -> str:
        """Bytes, in units of a thousand."""
        if count is None:
            return "–"
        units = self.language.formats["bytes"]
        value, power = float(count), 0
        while value >= 1_000 and power < len(units) - 1:
            value, power = value / 1_000, power + 1
        return f"{self.number(value, 1 if power and value < 100 else 0)}\u00a0{units[power]}"

    def span(self, span: timedelta | float | None) -> str:
        """A duration in two units at most: `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`; a dash for None."""
        if span is None:
            return "–"
        seconds = span.total_seconds() if isinstance(span, timedelta) else span
        if seconds < MINUTE:
            return self._units((self.number(seconds, 1 if seconds < 10 else 0), "s"))
        whole = round(seconds)
        for large, small, size, part in (("d", "h", DAY, HOUR), ("h", "min", HOUR, MINUTE)):
            if whole >= size:
                return self._two(whole, large, size, small, part)
        return self._two(whole, "min", MINUTE, "s", 1)

    def ago(self, moment: datetime | None) -> str:
        """`5 min ago`, or `in 5 min`; in one unit. A dash for None."""
        if moment is None:
            return "–"
        seconds = (self.now - moment).total_seconds()
        formats = self.language.formats
        for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
            # From two of the larger unit on: 90 minutes say more than one hour.
            if abs(seconds) >= 2 * size or (unit == "min" and abs(seconds) >= size):
                told = self._units((self.number(abs(seconds) // size), unit))
                return str(formats["ago" if seconds > 0 else "in"]).format(span=told)
        return str(formats["just_now"] if seconds >= 0 else formats["at_once"])

    def moment(self, moment: datetime | None, *, seconds: bool = False) -> str:
        """`13:05` of today, `24 Nov 13:05` of this year, `24 Nov 2025 13:05`; in the visitor's zone."""
        if moment is None:
            return "–"
        local = moment.astimezone(self.zone)
        clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
        return clock if local.date() == self.now.astimezone(self.zone).date() else f"{self.day(moment)} {clock}"

    def day(self, moment: datetime) -> str:
        """`24 Nov`, with the year where it is not this one."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        formats = self.language.formats
        pattern = formats["day"] if local.year == today.year else formats["day_of_year"]
        return str(pattern).format(day=local.day, month=formats["months"][local.month - 1], year=local.year)

    def weekday(self, moment: datetime) -> str:
        """`Mon`, in the visitor's zone."""
        return str(self.language.formats["weekdays"][moment.astimezone(self.zone).weekday()])

    def exact(self, moment: datetime) -> str:
        """The moment in UTC and in the visitor's zone, to the second: what stands in the tooltip of a time."""
        local = moment.astimezone(self.zone)
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC · {local:%Y-%m-%d %H:%M:%S %z}"

    def _two(self, whole: int, large: str, size: int, small: str, part: int) -> str:
        count, rest = divmod(whole, size)
        more = ((str(rest // part), small),) if rest // part else ()
        return self._units((self.number(count), large), *more)

    def _units(self, *parts: tuple[str, str]) -> str:
        units = self.language.formats["units"]
        return " ".join(f"{count}\u00a0{units[unit]}" for count, unit in parts)
