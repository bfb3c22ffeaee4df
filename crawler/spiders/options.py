"""What a person may ask of one crawl. Read from the command line of `crawler crawl` or `scrapy crawl -a name=value`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from crawler.articles.asked_dates import REMEDY, read_asked_date
from crawler.errors import ConfigError, DateError


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """Limits of one crawl; the defaults mean none."""

    limit: int | None = None
    """Fetch at most this many articles."""
    since: datetime | None = None
    """Aware: take links as old as this instead of the source's own horizon, and read lists that have not changed."""
    revisit: bool = False
    """Only look again at known articles that are due; find no new ones. Then the limit is for these."""

    @classmethod
    def read(cls, given: dict[str, Any], zone: tzinfo = UTC) -> CrawlOptions:
        """Read options from text.

        Raises:
            ConfigError: an option is unknown or says nothing that can be meant; names it.
        """
        unknown = sorted(given.keys() - {"limit", "since", "revisit"})
        if unknown:
            raise ConfigError(f"unknown option {unknown[0]!r}; there are: limit, since, revisit", setting=unknown[0])
        since, revisit = given.get("since"), _is_wanted(given.get("revisit"))
        if revisit and since is not None:
            raise ConfigError("revisit and since: a revisit reads no lists; leave one of them out", setting="revisit")
        moment = None if since is None else read_moment(since, zone, name="since")
        return cls(_limit(given.get("limit")), moment, revisit)

    def recorded(self) -> dict[str, Any]:
        """The options that were given, as JSON values; `read` takes them back."""
        given = {
            "limit": self.limit,
            "since": self.since.isoformat() if self.since else None,
            "revisit": self.revisit or None,
        }
        return {name: value for name, value in given.items() if value is not None}


def _limit(value: Any) -> int | None:
    if value is None:
        return None
    try:
        limit = int(value)
    except ValueError:
        limit = 0
    if limit < 1:
        raise ConfigError(f"limit {value!r}: write a whole number from 1 on", setting="limit")
    return limit


def _is_wanted(value: Any) -> bool:
    words = {"None": False, "False": False, "True": True, "0": False, "1": True, "no": False, "yes": True}
    try:
        return words[str(value)]
    except KeyError:
        raise ConfigError(f"revisit {value!r}: write 1 or 0", setting="revisit") from None


def read_moment(text: str, zone: tzinfo, *, name: str) -> datetime:
    """Read a date or moment that a person typed; without a zone of its own it is meant in `zone`.

    Raises:
        ConfigError: it is none; says for which option `name`.
    """
    try:
        return read_asked_date(text, zone, datetime.now(UTC))
    except DateError:
        raise ConfigError(f"{name} {text!r}: {REMEDY}", setting=name) from None
