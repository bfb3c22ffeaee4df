"""What is known of each source and of the crawler at one moment: gathered by a few statements, judged by none.

The number of statements does not depend on the number of sources.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, median_low
from typing import Any

from sqlalchemy.orm import Session

from crawler.errors import SourceProblem
from crawler.sources.registry import Registry
from crawler.sources.source import Source
from crawler.storage import coverage, feeds, hosts, runs, schedulers, schedules, standings, yields
from crawler.storage.coverage import Share
from crawler.storage.outcome import Outcome
from crawler.storage.standings import Active, Standing
from crawler.storage.tables import FeedRow, ScheduleRow
from crawler.storage.yields import Span, Window

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Weeks that are compared with; as for the charts.
WEEKS = yields.WEEKS
# On its first day a source brings what its lists hold of the past.
FIRST_LOAD = timedelta(days=1)
# Days of a sparkline: two weeks show a weekend twice.
SPARK_DAYS = 14
# Today's and yesterday's pages against those of two weeks before: enough to have seen 20 of a small source.
COVERAGE_DAYS, COVERAGE_BEFORE = 2, 14
# So many sources must say how much there is to report today before it is believed; and of these each must usually
# bring so many articles a day.
LEVEL_SOURCES, LEVEL_ARTICLES = 5, 10
# On the quietest holiday sites bring a third of the usual; below that something is wrong with the crawler.
LEAST_LEVEL = 0.3


@dataclass(frozen=True)
class SourceFacts:
    """What is known of one source."""

    source: Source
    schedule: ScheduleRow | None = None
    """None: no scheduler has seen it."""
    standing: Standing | None = None
    """None: no run of it has ended."""
    stats: Mapping[str, Any] = field(default_factory=dict)
    """Statistics of the last run; empty when that succeeded without a complaint."""
    error: tuple[int, str] | None = None
    """Number and message of the commonest error of the last run that failed."""
    active: tuple[Active, ...] = ()
    is_lost: bool = False
    """The process of its run is gone."""
    span: Span | None = None
    """None: it has brought no article."""
    since_new: tuple[int, ...] = ()
    """Of each earlier week known: articles in the time in which now nothing came."""
    last_day: int = 0
    """Articles of the 24 hours before the last look."""
    usual_days: tuple[int, ...] = ()
    """The same in each earlier week known."""
    last_week: int = 0
    usual_weeks: tuple[int, ...] = ()
    daily: tuple[int, ...] = ()
    level: float = 1.0
    """How much there is to report today, as a share of the usual: what most sources bring. Less than 1 on holidays."""
    shares: tuple[Share, ...] = ()
    dead_lists: tuple[FeedRow, ...] = ()
    blocked: Mapping[str, tuple[datetime, str | None]] = field(default_factory=dict)
    """Its hosts that asked to be left alone: until when, and why."""
    schedulers: int = 0
    """How many are at work."""

    @property
    def looked_at(self) -> datetime | None:
        """When its lists were last read with success: what came later nobody can know."""
        return self.standing.last_good.finished_at if self.standing and self.standing.last_good else None

    def is_paused(self, now: datetime) -> bool:
        return self.schedule is not None and schedules.is_paused(self.schedule, now)


@dataclass(frozen=True)
class CrawlerFacts:
    """What is known of the crawler as a whole."""

    schedulers: int = 0
    overdue: tuple[ScheduleRow, ...] = ()
    """Schedules whose fire nobody has taken, the longest overdue first."""
    schedules: int = 0
    broken_files: tuple[SourceProblem, ...] = ()
    free_bytes: int | None = None
    """Of the disk that the database is on. None: it is on a server."""
    last_run_at: datetime | None = None


def gather(session: Session, registry: Registry, *, now: datetime) -> tuple[CrawlerFacts, list[SourceFacts]]:
    """What is known at `now`, of the crawler and of each declared source, by id."""
    ids = list(registry.sources)
    rows = {row.source_id: row for row in schedules.listing(session)}
    at_work = len(schedulers.at_work(session, now=now))
    how_runs_went = standings.standings(session, ids)
    active = _grouped(standings.active(session))
    lost = {one.source_id for one in runs.unfinished(session) if runs.is_lost(one, now)}
    complained = {
        source_id: one.last.run_id for source_id, one in how_runs_went.items() if one.last.outcome != Outcome.SUCCEEDED
    }
    stats = standings.statistics(session, complained.values())
    errors = standings.commonest_errors(session, complained.values())
    blocked = hosts.blocked(session, now=now)
    dead_lists = _grouped(feeds.dead(session))
    today = now.date()
    shares = _grouped(
        coverage.shares(
            session,
            since=today - timedelta(days=COVERAGE_DAYS - 1 + COVERAGE_BEFORE),
            before=today - timedelta(days=COVERAGE_DAYS - 1),
        )
    )
    brought = _brought(session, ids, how_runs_went, now)
    level = _level(brought.values())
    found = []
    for source_id, source in registry.sources.items():
        run_id = complained.get(source_id, 0)
        found.append(
            SourceFacts(
                source=source,
                schedule=rows.get(source_id),
                standing=how_runs_went.get(source_id),
                stats=stats.get(run_id, {}),
                error=errors.get(run_id),
                active=tuple(active[source_id]),
                is_lost=source_id in lost,
                level=level,
                shares=tuple(shares[source_id]),
                dead_lists=tuple(dead_lists[source_id]),
                blocked={edition.host: blocked[edition.host] for edition in source.editions if edition.host in blocked},
                schedulers=at_work,
                **brought[source_id],
            )
        )
    waiting = [row for row in rows.values() if row.next_fire_at is not None and row.next_fire_at <= now]
    crawler = CrawlerFacts(
        schedulers=at_work,
        overdue=tuple(sorted(waiting, key=lambda row: row.next_fire_at or now)),
        schedules=len(rows),
        broken_files=registry.problems,
        free_bytes=_free_bytes(session),
        last_run_at=max((one.last.finished_at for one in how_runs_went.values()), default=None),
    )
    return crawler, found


# --- What sources brought ---------------------------------------------------------------------------------------------
def _brought(
    session: Session, ids: Sequence[str], how_runs_went: Mapping[str, Standing], now: datetime
) -> dict[str, dict[str, Any]]:
    """What each source has brought, as arguments of SourceFacts; counted by one statement."""
    spans = yields.spans(session, ids)
    plans: list[tuple[str, str, Window]] = []
    for source_id, span in spans.items():
        standing = how_runs_went.get(source_id)
        looked_at = standing.last_good.finished_at if standing and standing.last_good else now
        since_new = Window(source_id, span.last_at, max(looked_at, span.last_at))
        day, week = Window(source_id, now - DAY, now), Window(source_id, now - WEEK, now)
        looked_day = Window(source_id, looked_at - DAY, looked_at)
        plans += [("since_new", source_id, one) for one in earlier(since_new, span)]
        plans += [("usual_days", source_id, one) for one in earlier(looked_day, span)]
        plans += [("usual_weeks", source_id, one) for one in earlier(week, span)]
        plans += [("last_day", source_id, looked_day), ("last_week", source_id, week)]
        plans += [
            ("daily", source_id, Window(source_id, day.start - n * DAY, day.end - n * DAY))
            for n in reversed(range(SPARK_DAYS))
        ]
    counts = yields.counted(session, [window for _, _, window in plans])
    found: dict[str, dict[str, Any]] = {source_id: {"span": spans.get(source_id)} for source_id in ids}
    for (name, source_id, _), count in zip(plans, counts, strict=True):
        if name in ("last_day", "last_week"):
            found[source_id][name] = count
        else:
            found[source_id][name] = (*found[source_id].get(name, ()), count)
    return found


def earlier(window: Window, span: Span) -> list[Window]:
    """The same time in earlier weeks, the latest first: those in which the source was known already.

    A window of more than a week is put back by more than a week, so that none reaches into another.
    """
    settled = span.first_at + FIRST_LOAD
    step = -((window.start - window.end) // WEEK) * WEEK or WEEK
    moved = (Window(window.source_id, window.start - n * step, window.end - n * step) for n in range(1, WEEKS + 1))
    return [one for one in moved if one.start >= settled]


def _level(brought: Iterable[Mapping[str, Any]]) -> float:
    """How much there is to report today, as a share of the usual."""
    ratios = [
        one["last_day"] / median_low(one["usual_days"])
        for one in brought
        if len(one.get("usual_days", ())) > 1 and median_low(one["usual_days"]) >= LEVEL_ARTICLES
    ]
    return min(1.0, max(LEAST_LEVEL, median(ratios))) if len(ratios) >= LEVEL_SOURCES else 1.0


def _grouped(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    by_source: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_source[row.source_id].append(row)
    return by_source


def _free_bytes(session: Session) -> int | None:
    url = session.get_bind().engine.url
    if url.get_backend_name() != "sqlite":
        return None
    return shutil.disk_usage(Path(url.database or ".").parent).free
