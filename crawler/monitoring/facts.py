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
from crawler.monitoring.pauses import Pause, pause_of
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
# Today's and yesterday's pages, against those of four days of the two weeks before: on four different weekdays.
COVERAGE_LATELY, COVERAGE_BEFORE = (0, 1), (3, 6, 9, 12)
# A field that a site is known for stands on half of its pages; it is lost when it stands on less than half as many.
FIELD_USUAL, LOST_FIELD = 0.5, 0.5
# Whatever is usual: shorter pauses are a matter of editors' lunches.
SHORTEST_SILENCE = timedelta(hours=1)
# Silence is remarkable when so many articles usually come in that time: by chance alone (Poisson) none of 7 comes once
# in a thousand times.
SILENT = 7
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
    pause: Pause | None = None
    """What that time is worth. None: too few articles usually come in it, or have come at all, to ask."""
    daily: tuple[int, ...] = ()
    """New articles of each of the last 14 times 24 hours, the oldest first. Empty: it has brought no article."""
    usual_days: tuple[int, ...] = ()
    """Of each earlier week known: articles of the same 24 hours as the last."""
    level: float = 1.0
    """How much there is to report today, as a share of the usual: what most sources bring. Less than 1 on holidays."""
    shares: tuple[Share, ...] = ()
    dead_lists: tuple[FeedRow, ...] = ()
    blocked: Mapping[str, tuple[datetime, str | None]] = field(default_factory=dict)
    """Its hosts that asked to be left alone: until when, and why."""
    schedulers: int = 0
    """How many are at work for it."""
    is_left_out: bool = False
    """Schedulers are at work, and all of them for other sources only."""

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
    left_out: tuple[str, ...] = ()
    """Sources with a schedule that is not paused, for which none of the schedulers at work was started."""
    broken_files: tuple[SourceProblem, ...] = ()
    free_bytes: int | None = None
    """Of the disk that the database is on. None: it is on a server."""


def gather(session: Session, registry: Registry, *, now: datetime) -> tuple[CrawlerFacts, list[SourceFacts]]:
    """What is known at `now`, of the crawler and of each declared source, by id."""
    ids = list(registry.sources)
    rows = {row.source_id: row for row in schedules.listing(session)}
    at_work = schedulers.at_work(session, now=now)
    followed = {one: sum(schedulers.looks_after(row, one) for row in at_work) for one in {*ids, *rows}}
    how_runs_went = standings.standings(session, ids)
    active = _grouped(standings.active(session))
    lost = {one.source_id for one in runs.unfinished(session) if runs.is_lost(one, now)}
    complained = {
        source_id: one.last.run_id for source_id, one in how_runs_went.items() if one.last.outcome != Outcome.SUCCEEDED
    }
    stats = standings.statistics(session, complained.values())
    errors = standings.commonest_errors(session, complained.values())
    blocked = hosts.blocked(session, now=now)
    # Of a list that nobody has asked for lately nobody knows: it may have left the source file.
    dead_lists = _grouped(feeds.dead(session, since=now - WEEK))
    today = now.date()
    shares = _grouped(
        coverage.fallen(
            session,
            lately=[today - n * DAY for n in COVERAGE_LATELY],
            before=[today - n * DAY for n in COVERAGE_BEFORE],
            least_before=FIELD_USUAL,
            below=LOST_FIELD,
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
                schedulers=followed[source_id],
                is_left_out=bool(at_work) and not followed[source_id],
                **brought[source_id],
            )
        )
    waiting = [row for row in rows.values() if row.next_fire_at is not None and row.next_fire_at <= now]
    crawler = CrawlerFacts(
        schedulers=len(at_work),
        left_out=tuple(
            source_id
            for source_id, row in rows.items()
            if at_work and not followed[source_id] and not schedules.is_paused(row, now)
        ),
        overdue=tuple(sorted(waiting, key=lambda row: row.next_fire_at or now)),
        schedules=len(rows),
        broken_files=registry.problems,
        free_bytes=_free_bytes(session),
    )
    return crawler, found


# --- What sources brought ---------------------------------------------------------------------------------------------
def _brought(
    session: Session, ids: Sequence[str], how_runs_went: Mapping[str, Standing], now: datetime
) -> dict[str, dict[str, Any]]:
    """What each source has brought, as arguments of SourceFacts."""
    days = [(now - (n + 1) * DAY, now - n * DAY) for n in reversed(range(SPARK_DAYS))]
    usual_days = [(now - n * WEEK - DAY, now - n * WEEK) for n in range(1, WEEKS + 1)]
    spans = yields.spans(session, ids)
    counts = yields.counted_together(session, list(spans), [*days, *usual_days])
    found: dict[str, dict[str, Any]] = {source_id: {"span": spans.get(source_id)} for source_id in ids}
    for source_id, numbers in counts.items():
        settled = spans[source_id].first_at + FIRST_LOAD
        found[source_id] |= {
            "daily": numbers[:SPARK_DAYS],
            "usual_days": tuple(
                n for n, (start, _) in zip(numbers[SPARK_DAYS:], usual_days, strict=True) if start >= settled
            ),
        }
    gaps = {
        source_id: Window(source_id, span.last_at, standing.last_good.finished_at)
        for source_id, span in spans.items()
        if (standing := how_runs_went.get(source_id))
        and standing.last_good
        and standing.last_good.finished_at - span.last_at >= SHORTEST_SILENCE
    }
    windows = [one for source_id, gap in gaps.items() for one in earlier(gap, spans[source_id])]
    for window, count in zip(windows, yields.counted(session, windows), strict=True):
        found[window.source_id]["since_new"] = (*found[window.source_id].get("since_new", ()), count)
    remarkable = {
        source_id: gap
        for source_id, gap in gaps.items()
        if median_low(found[source_id].get("since_new") or [0]) >= SILENT
    }
    since = {source_id: gap.start - WEEKS * WEEK for source_id, gap in remarkable.items()}
    for source_id, seen in yields.moments(session, since).items():
        before = [moment for moment in seen if moment <= remarkable[source_id].start]
        if len(before) > 1:
            found[source_id]["pause"] = pause_of(before, remarkable[source_id].end)
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
        one["daily"][-1] / median_low(one["usual_days"])
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
