"""The dates beside the links of a list: the first of several that can be read and believed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from crawler.articles.article import Precision
from crawler.articles.dates import parse_date
from crawler.errors import DateError

# No list names an older article: the web has no news sites before. What lies before it is an unset field (year 1 or
# 1970) or a mistake.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

# Longest text that is tried, in characters. The longest date that is printed anywhere has about 60.
_LONGEST = 200


def first_date(
    texts: Iterable[str], *, zone: tzinfo | None, now: datetime | None
) -> tuple[datetime | None, Precision | None]:
    """Return the first of `texts` that is a date, aware and in UTC, and how exact it is; (None, None) when none is.

    Args:
        zone: of dates that are printed without one. None: UTC.
        now: aware, when the list was fetched; without it relative dates cannot be read.
    """
    for text in texts:
        if not text or len(text) > _LONGEST:
            continue
        try:
            parsed = parse_date(text, zone=zone or UTC, now=now)
        except DateError:
            continue  # the next element may say it better
        if parsed.at >= EARLIEST:
            return parsed.at, parsed.precision
    return None, None
