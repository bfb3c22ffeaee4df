"""How often a healthy source is called silent, and how soon one that is: python -m benchmarks.health [--days 30]

Invented sources bring so many articles a day, more by day than by night, a third of it at weekends, by chance, one by
one or in batches. Each is asked every hour for so many days after six weeks; then it stops at ten random moments.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, median_low

from crawler.monitoring.facts import SHORTEST_SILENCE, SILENT, WEEKS, SourceFacts, earlier
from crawler.monitoring.pauses import pause_of
from crawler.monitoring.rules import silent
from crawler.sources.registry import Registry
from crawler.storage.standings import Ended, Standing
from crawler.storage.yields import Span, Window

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
FIRST = datetime(2026, 8, 3, tzinfo=UTC)
BEFORE = 6 * WEEK
# How much an hour of the day brings, as a share of the mean.
BY_HOUR = (
    .1, .1, .1, .1, .1, .2, .6, 1, 1.5, 2, 2, 2, 1.8, 1.8, 1.8, 1.7, 1.6, 1.4, 1.2, 1, .8, .6, .4, .2,
)  # fmt: skip
WEEKEND = 0.35
STOPS = 10


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(
        "| articles a day | in batches of | called silent, of the time | times a month | found after, median | worst |"
    )
    print("|---:|---:|---:|---:|---:|---:|")
    for per_day in (2, 8, 30, 100):
        for batch in (1, 2, 4):
            seen = _articles(chance, per_day, batch, BEFORE + (options.days + 1) * DAY)
            start = FIRST + BEFORE
            told = [_is_silent(seen, start + n * HOUR) for n in range(options.days * 24)]
            episodes = sum(now and not before for before, now in zip([False, *told], told, strict=False))
            hours = sorted(_found_after(seen, start + chance.random() * options.days * DAY) for _ in range(STOPS))
            share, month = sum(told) / len(told), episodes * 30 / options.days
            print(
                f"| {per_day} | {batch} | {share:.1%} | {month:.1f} | {median(hours):.0f} h | {hours[-1]} h |",
                flush=True,
            )


def _articles(chance: random.Random, per_day: int, batch: int, span: timedelta) -> list[datetime]:
    """When the articles of one source are seen."""
    seen = []
    for number in range(span // HOUR):
        hour = FIRST + number * HOUR
        share = BY_HOUR[hour.hour] / sum(BY_HOUR) * (WEEKEND if hour.weekday() > 4 else 1)
        passed = chance.expovariate(1)
        while passed < per_day * share / batch:
            at = hour + chance.random() * HOUR
            seen += [at + timedelta(minutes=n) for n in range(batch)]
            passed += chance.expovariate(1)
    return sorted(seen)


def _is_silent(seen: Sequence[datetime], now: datetime) -> bool:
    """What the rule says at a moment, of facts as they would be gathered."""
    last = bisect_left(seen, now)
    span = Span(seen[0], seen[last - 1])
    gap = Window("", span.last_at, now)
    if now - span.last_at < SHORTEST_SILENCE:
        return False
    weeks = tuple(bisect_left(seen, one.end) - bisect_left(seen, one.start) for one in earlier(gap, span))
    if median_low(weeks or (0,)) < SILENT:
        return False
    pause = pause_of(seen[bisect_left(seen, span.last_at - WEEKS * WEEK) : last], now)
    ended = Ended(1, "succeeded", None, now)
    facts = SourceFacts(SOURCE, standing=Standing(ended, ended, 0, None), span=span, since_new=weeks, pause=pause)
    return silent(facts, now) is not None


def _found_after(seen: Sequence[datetime], stop: datetime) -> int:
    """Hours until a source that stops is called silent."""
    alive, hours = seen[: bisect_left(seen, stop)], 0
    while not _is_silent(alive, stop + hours * HOUR):
        hours += 1
    return hours


SOURCE = next(iter(Registry.load().sources.values()))

if __name__ == "__main__":
    main()
