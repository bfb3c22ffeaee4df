"""How long a pause is by a source's own measure: not in hours, but in articles that usually come in it. Pure.

An hour of the night is worth little, one at noon much; and a site that brings its stories in batches has long pauses
all the time. So a pause is compared with those that the source has had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True)
class Pause:
    """The pause that a source is in, beside those that it has had."""

    worth: float
    """Articles that usually come in such a time."""
    longest: float
    """Of its earlier pauses the longest but one, in the same measure: the longest may have been the crawler's own."""


def pause_of(seen: Sequence[datetime], until: datetime) -> Pause:
    """Measure the pause between the last of some articles and `until`.

    Args:
        seen: when the articles of some weeks were seen, in order; two at least.

    >>> from datetime import UTC
    >>> hours = [datetime(2026, 11, 2, tzinfo=UTC) + n * HOUR for n in range(0, 21 * 24, 2)]
    >>> pause_of(hours, hours[-1] + 12 * HOUR)
    Pause(worth=6.0, longest=1.0)
    """
    usual = _usual_week(seen)
    pauses = sorted(_worth(usual, earlier, later) for earlier, later in pairwise(seen))
    return Pause(round(_worth(usual, seen[-1], until), 2), round(pauses[-2:][0], 2))


def _usual_week(seen: Sequence[datetime]) -> list[float]:
    """Articles of each hour of the week, Monday's first; counted over whole weeks, or what there is of one."""
    weeks = max(1, (seen[-1] - seen[0]) // WEEK)
    start = max(seen[0], seen[-1] - weeks * WEEK)
    usual = [0.0] * HOURS_OF_WEEK
    for moment in seen:
        if moment > start:
            usual[moment.weekday() * 24 + moment.hour] += 1 / weeks
    return usual


def _worth(usual: Sequence[float], start: datetime, end: datetime) -> float:
    """Articles that usually come from `start` to `end`."""
    weeks, rest = divmod(end - start, WEEK)
    total = weeks * sum(usual)
    while rest > timedelta(0):
        part = min(rest, HOUR - timedelta(minutes=start.minute, seconds=start.second, microseconds=start.microsecond))
        total += usual[start.weekday() * 24 + start.hour] * (part / HOUR)
        start, rest = start + part, rest - part
    return total
