"""Each rule of health, asked of made-up facts at a made-up moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from crawler.errors import SourceProblem
from crawler.monitoring import rules
from crawler.monitoring.facts import SILENT, WEEK, CrawlerFacts, SourceFacts, earlier
from crawler.monitoring.health import judge, of_source, worst_first
from crawler.monitoring.pauses import pause_of
from crawler.monitoring.problems import Problem, Severity, State
from crawler.sources.registry import Registry
from crawler.storage.coverage import Share
from crawler.storage.standings import Active, Ended, Standing
from crawler.storage.tables import FeedRow, RunKind, RunState, ScheduleRow
from crawler.storage.yields import Span, Window

SOURCE = Registry.load().get("vlast")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday."""
LONG_AGO = NOON - 8 * WEEK


def ended(outcome: str = "succeeded", *, at: datetime = NOON, reason: str | None = None, run_id: int = 7) -> Ended:
    return Ended(run_id, outcome, reason, at)


def good(at: datetime = NOON) -> Standing:
    return Standing(ended(at=at), ended(at=at), 0, None)


def failed(times: int, *, last_good: datetime | None, outcome: str = "failed", reason: str | None = None) -> Standing:
    first = ended(outcome, at=NOON - timedelta(minutes=10 * times), reason=reason, run_id=8)
    return Standing(ended(outcome, reason=reason, run_id=9), ended(at=last_good) if last_good else None, times, first)


def facts(**known: Any) -> SourceFacts:
    return SourceFacts(**{"source": SOURCE, "standing": good(), **known})


def schedule(**columns: Any) -> ScheduleRow:
    row = ScheduleRow(source_id="vlast", created_at=LONG_AGO)
    for name, value in columns.items():
        setattr(row, name, value)
    return row


# --- Silence: what a site brings, hour by hour, and then nothing ------------------------------------------------------
def by_office_hours(first: datetime, last: datetime, *, per_hour: int = 4) -> Iterator[datetime]:
    """News from 6 to 18 h on workdays, a tenth of it on weekends, none by night."""
    hour = first
    while hour <= last:
        if 6 <= hour.hour < 18 and (hour.weekday() < 5 or hour.hour == 9):
            yield from (hour + timedelta(minutes=60 * n // per_hour) for n in range(per_hour))
        hour += timedelta(hours=1)


def once_in_days(days: int, first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += timedelta(days=days)


def silent_after(seen: list[datetime], *, looked_at: datetime, **known: Any) -> Problem | None:
    """What the rule says of a source that brought these articles and no other."""
    span = Span(min(seen), max(seen))
    gap = Window("vlast", span.last_at, looked_at)
    counts = tuple(sum(one.start <= at < one.end for at in seen) for one in earlier(gap, span))
    pause = pause_of([at for at in seen if at >= span.last_at - 5 * WEEK], looked_at)
    known = {"span": span, "since_new": counts, "pause": pause} | known
    return rules.silent(facts(standing=good(looked_at), **known), looked_at)


def test_silence_in_a_working_day_is_told_with_its_usual_number() -> None:
    seen = [at for at in by_office_hours(LONG_AGO, NOON) if at <= NOON - timedelta(hours=4)]
    found = silent_after(seen, looked_at=NOON)
    assert found is not None
    assert found.severity == Severity.WARNING
    assert found.message == "nothing new for 4 h, usually 16 articles in that time"
    assert found.since == max(seen)


def test_the_more_is_missing_the_worse() -> None:
    seen = [at for at in by_office_hours(LONG_AGO, NOON) if at <= NOON - timedelta(hours=30)]
    found = silent_after(seen, looked_at=NOON)
    assert found is not None
    assert found.severity == Severity.CRITICAL


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 11, 25, 5, 30, tzinfo=UTC), id="by night nothing comes"),
        pytest.param(datetime(2026, 11, 25, 7, 0, tzinfo=UTC), id="in the morning it may begin late"),
        pytest.param(datetime(2026, 11, 29, 8, 0, tzinfo=UTC), id="at the weekend little comes"),
        pytest.param(datetime(2026, 11, 23, 6, 30, tzinfo=UTC), id="on Monday morning, after the weekend"),
    ],
)
def test_pauses_that_every_week_has_are_no_silence(moment: datetime) -> None:
    last = {1: 24, 2: 24, 3: 24, 0: 22, 6: 28}[moment.weekday()]
    seen = [at for at in by_office_hours(LONG_AGO, datetime(2026, 11, last, 17, 59, tzinfo=UTC)) if at < moment]
    assert silent_after(seen, looked_at=moment) is None


def test_a_site_that_brings_its_stories_in_batches_has_long_pauses_all_the_time() -> None:
    chance = Random(7)
    hours = [at for at in by_office_hours(LONG_AGO, NOON, per_hour=1) if at < NOON - timedelta(hours=4)]
    seen = [at + timedelta(minutes=n) for at in hours if chance.random() < 0.3 for n in range(12)]
    assert silent_after(seen, looked_at=NOON) is None
    found = silent_after(seen, looked_at=NOON, pause=None)
    assert found is not None
    assert found.values["usual"] >= SILENT


def test_a_source_with_an_article_a_week_may_be_silent_for_weeks() -> None:
    seen = list(once_in_days(7, NOON - 40 * WEEK, NOON - 3 * WEEK))
    assert silent_after(seen, looked_at=NOON) is None


def test_a_source_with_an_article_a_day_is_silent_after_more_than_a_week() -> None:
    seen = list(once_in_days(1, NOON - 40 * WEEK, NOON - timedelta(days=8)))
    found = silent_after(seen, looked_at=NOON)
    assert found is not None
    assert found.message == "nothing new for 8 d, usually 8 articles in that time"


def test_a_new_source_is_too_young_to_judge() -> None:
    seen = [at for at in by_office_hours(NOON - timedelta(days=6), NOON) if at < NOON - timedelta(hours=20)]
    assert silent_after(seen, looked_at=NOON) is None
    (health,) = judge(CrawlerFacts(), [facts(span=Span(min(seen), max(seen)), daily=(1,) * 14)], NOON).sources
    assert (health.state, health.usual_24h) == (State.YOUNG, None)


def test_one_week_in_which_the_crawler_was_off_neither_hides_nor_makes_a_silence() -> None:
    off = (NOON - WEEK - timedelta(days=2), NOON - WEEK + timedelta(days=2))
    seen = [
        at for at in by_office_hours(LONG_AGO, NOON) if at <= NOON - timedelta(hours=5) and not off[0] <= at <= off[1]
    ]
    assert silent_after(seen, looked_at=NOON) is not None


def test_on_a_day_on_which_all_sites_bring_little_more_silence_is_allowed() -> None:
    seen = [at for at in by_office_hours(LONG_AGO, NOON) if at <= NOON - timedelta(hours=5)]
    assert silent_after(seen, looked_at=NOON, level=0.3) is None


def test_what_came_after_the_last_look_nobody_can_know() -> None:
    last_look = NOON - timedelta(hours=6)
    seen = [at for at in by_office_hours(LONG_AGO, NOON) if at <= last_look]
    assert silent_after(seen, looked_at=last_look) is None


def test_a_source_that_never_brought_an_article_although_its_runs_succeed() -> None:
    found = rules.silent(facts(schedule=schedule()), NOON)
    assert found is not None
    assert found.message == "its runs succeed, but it has never brought an article"
    assert rules.silent(facts(schedule=schedule(created_at=NOON - timedelta(hours=2))), NOON) is None


def test_a_window_of_more_than_a_week_is_put_back_by_more_than_a_week() -> None:
    span = Span(NOON - 20 * WEEK, NOON)
    starts = [one.start for one in earlier(Window("vlast", NOON - timedelta(days=10), NOON), span)]
    assert starts[:2] == [NOON - timedelta(days=24), NOON - timedelta(days=38)]


# --- Yield and fields -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "weeks", "level", "is_low"),
    [
        pytest.param(10, (60, 58, 61, 57, 64), 1.0, True, id="a sixth of the usual"),
        pytest.param(30, (60, 58, 61, 57, 64), 1.0, False, id="half of the usual"),
        pytest.param(20, (60, 20, 61, 15, 64), 1.0, False, id="it has such days"),
        pytest.param(15, (60, 58, 61, 57, 64), 0.5, False, id="a holiday: all sites bring half"),
        pytest.param(0, (12, 14, 11, 13, 12), 1.0, False, id="too few to tell from chance"),
        pytest.param(0, (60,), 1.0, False, id="too young"),
    ],
)
def test_low_yield(today: int, weeks: tuple[int, ...], level: float, is_low: bool) -> None:
    found = rules.low_yield(facts(daily=(60,) * 13 + (today,), usual_days=weeks, level=level), NOON)
    assert (found is not None) is is_low


def test_yield_is_not_judged_when_nobody_has_looked() -> None:
    known = facts(standing=good(NOON - timedelta(hours=9)), daily=(60,) * 13 + (10,), usual_days=(60, 58, 61))
    assert rules.low_yield(known, NOON) is None


def test_lost_fields_are_named_with_their_shares() -> None:
    lost = Share("vlast", "authors", filled=3, seen=100, filled_before=190, seen_before=200)
    found = rules.drifting(facts(shares=(lost,)), NOON)
    assert found is not None
    assert found.message == "pages have lost fields: authors filled 95 % -> 3 %"


@pytest.mark.parametrize(
    "share",
    [
        pytest.param(Share("vlast", "tags", 0, 9, 200, 200), id="too few pages lately"),
        pytest.param(Share("vlast", "tags", 0, 90, 15, 15), id="too few pages before"),
        pytest.param(Share("vlast", "tags", 0, 90, 80, 200), id="never a field of this site"),
        pytest.param(Share("vlast", "tags", 60, 100, 190, 200), id="somewhat fewer"),
    ],
)
def test_fields_that_are_not_lost(share: Share) -> None:
    assert rules.drifting(facts(shares=(share,)), NOON) is None


# --- Runs -------------------------------------------------------------------------------------------------------------
def test_three_failed_runs_in_a_row_are_a_warning_and_a_day_without_a_good_one_is_critical() -> None:
    hour_ago = NOON - timedelta(hours=1)
    known = facts(standing=failed(3, last_good=hour_ago, reason="the site gave no answer"), error=(4, "TimeoutError"))
    found = rules.failing(known, NOON)
    assert found is not None
    assert (found.severity, found.since) == (Severity.WARNING, NOON - timedelta(minutes=30))
    assert found.message == "the last 3 runs failed, the latest as failed: the site gave no answer"
    assert found.remedy == "See why: crawler error show 4"
    assert found.links == {"run_id": 9, "error_id": 4}
    lost = rules.failing(facts(standing=failed(150, last_good=NOON - timedelta(days=2))), NOON)
    assert lost is not None
    assert (lost.severity, lost.remedy) == (Severity.CRITICAL, "See why: crawler log 9 --level WARNING")


def test_two_failed_runs_are_a_hiccup_but_one_that_cannot_start_is_not() -> None:
    hour_ago = NOON - timedelta(hours=1)
    assert rules.failing(facts(standing=failed(2, last_good=hour_ago)), NOON) is None
    found = rules.failing(facts(standing=failed(1, last_good=hour_ago, outcome="failed_to_start")), NOON)
    assert found is not None
    assert found.message == "the last run failed as failed_to_start: no reason was written"


def test_a_site_that_refuses_most_requests_blocks_us() -> None:
    stats = {"crawler/reason/http_403": 6, "crawler/reason/http_404": 1, "crawler/lists_dead/http_403": 2}
    stats |= {"crawler/fetched": 7, "crawler/lists_read": 1}
    found = rules.blocked(facts(stats=stats), NOON)
    assert found is not None
    assert (found.severity, found.links) == (Severity.WARNING, {"run_id": 7})
    assert found.message == "the site refuses most of what the last run asked for: 8 http_403"
    assert rules.blocked(facts(stats=stats | {"crawler/fetched": 40}), NOON) is None
    assert rules.blocked(facts(stats={"crawler/lists_dead/http_429": 2}), NOON) is None


@pytest.mark.parametrize(
    ("dead", "told"),
    [
        pytest.param({"http_429": 1, "host_blocked": 3}, "3 host_blocked, 1 http_429", id="it wants us less often"),
        pytest.param({"http_503": 1, "host_blocked": 3}, None, id="it is busy and asks for a pause"),
        pytest.param({"robots_unreachable": 10}, None, id="it is down, or the machine has no network"),
    ],
)
def test_a_site_that_is_down_or_busy_refuses_nothing(dead: dict[str, int], told: str | None) -> None:
    found = rules.blocked(facts(stats={f"crawler/lists_dead/{word}": n for word, n in dead.items()}), NOON)
    assert (found and found.values["said"]) == told


def test_a_challenge_in_place_of_a_list_is_a_block() -> None:
    row = FeedRow(
        source_id="vlast",
        url="https://vlast.kz/rss",
        last_error='unreadable: HTML page instead of a feed: "Just a moment..."',
        last_success_at=LONG_AGO,
    )
    found = rules.blocked(facts(dead_lists=(row,), standing=failed(1, last_good=LONG_AGO)), NOON)
    assert found is not None
    assert (found.severity, found.since, found.links) == (Severity.CRITICAL, LONG_AGO, {"url": row.url})
    others_serve = rules.blocked(facts(dead_lists=(row,)), NOON)
    assert others_serve is not None
    assert others_serve.severity == Severity.WARNING


def test_only_a_long_wish_to_be_left_alone_is_told() -> None:
    found = rules.blocked(facts(blocked={"vlast.kz": (NOON + timedelta(hours=5), "HTTP 429")}), NOON)
    assert found is not None
    assert found.message == "vlast.kz is left alone for another 5 h, as it asked: HTTP 429"
    assert rules.blocked(facts(blocked={"vlast.kz": (NOON + timedelta(minutes=5), "HTTP 503")}), NOON) is None


def test_a_list_is_dead_when_it_failed_often_and_for_long() -> None:
    row = FeedRow(kind="feed", url="https://vlast.kz/rss", failures=6.0, last_error="http_404: HTTP status 404")
    found = rules.dead_list(facts(dead_lists=(row,)), NOON)
    assert found is not None
    assert found.message == "its feed cannot be read: https://vlast.kz/rss (http_404: HTTP status 404)"
    row.last_success_at = NOON - timedelta(hours=3)
    assert rules.dead_list(facts(dead_lists=(row,)), NOON) is None


def test_a_fire_that_nobody_takes_is_late_only_when_someone_should() -> None:
    overdue = schedule(next_fire_at=NOON - timedelta(minutes=20))
    found = rules.late(facts(schedule=overdue, schedulers=1), NOON)
    assert found is not None
    assert found.message == "its fire is overdue by 20 min though a scheduler is at work"
    assert rules.late(facts(schedule=overdue), NOON) is None


def test_a_run_that_waits_for_hours_is_late() -> None:
    waiting = Active(5, "vlast", RunKind.DISCOVERY, RunState.QUEUED, NOON - timedelta(hours=3))
    found = rules.late(facts(active=(waiting,), schedulers=1), NOON)
    assert found is not None
    assert found.message == "run 5 has waited for 3 h for a free place"


def test_a_run_that_goes_on_for_hours_is_stuck_and_one_without_a_process_as_well() -> None:
    running = Active(5, "vlast", RunKind.DISCOVERY, RunState.RUNNING, NOON - timedelta(hours=3))
    found = rules.stuck(facts(active=(running,)), NOON)
    assert found is not None
    assert found.message == "run 5 has gone on for 3 h"
    lost = rules.stuck(facts(active=(running,), is_lost=True), NOON)
    assert lost is not None
    assert (lost.severity, lost.message) == (Severity.NOTICE, "the process of run 5 is gone without a last word")
    backfill = Active(5, "vlast", RunKind.BACKFILL, RunState.RUNNING, NOON - timedelta(hours=9))
    assert rules.stuck(facts(active=(backfill,)), NOON) is None


def test_a_pause_without_end_is_remembered_after_a_week() -> None:
    paused = schedule(paused_at=NOON - timedelta(days=9), paused_by="ann", paused_reason="they asked us to")
    found = rules.forgotten(facts(schedule=paused), NOON)
    assert found is not None
    assert found.message == "paused for 9 d by ann: they asked us to"
    paused.paused_until = NOON + timedelta(days=1)
    assert rules.forgotten(facts(schedule=paused), NOON) is None


def test_a_source_that_is_crawled_by_hand_is_remembered_after_a_month() -> None:
    by_hand = SOURCE.model_copy(update={"schedule": ()})
    found = rules.forgotten(facts(source=by_hand, standing=good(NOON - timedelta(days=40))), NOON)
    assert found is not None
    assert found.message == "it has no schedule and was last crawled 40 d ago"
    assert rules.forgotten(facts(source=by_hand), NOON) is None
    assert rules.forgotten(facts(standing=good(NOON - timedelta(days=40))), NOON) is None


# --- Together ---------------------------------------------------------------------------------------------------------
def test_a_cause_hides_its_consequences() -> None:
    stats = {"crawler/lists_dead/http_403": 3}
    known = facts(standing=failed(5, last_good=NOON - timedelta(hours=4)), stats=stats)
    assert [one.rule for one in of_source(known, NOON)] == ["blocked"]


def test_nothing_is_expected_of_a_paused_source() -> None:
    paused = schedule(paused_at=NOON - timedelta(hours=5), paused_by="ann")
    known = facts(standing=failed(5, last_good=None), schedule=paused)
    (health,) = judge(CrawlerFacts(), [known], NOON).sources
    assert (health.state, health.problems, health.paused_at) == (State.PAUSED, (), paused.paused_at)


def test_without_a_scheduler_there_is_one_problem_not_one_for_each_source() -> None:
    overdue = schedule(next_fire_at=NOON - timedelta(hours=3))
    crawler = CrawlerFacts(overdue=(overdue, overdue), schedules=2)
    known = facts(schedule=overdue, span=Span(LONG_AGO, NOON))
    found = judge(crawler, [known, known], NOON).problems
    assert [one.message for one in found] == ["no scheduler is at work: 2 of 2 sources are overdue, the longest by 3 h"]
    assert rules.no_scheduler(CrawlerFacts(overdue=(overdue,), schedulers=1), NOON) == []


def test_sources_that_no_scheduler_was_started_for_are_one_notice_and_not_late() -> None:
    overdue = schedule(next_fire_at=NOON - timedelta(hours=3))
    known = facts(schedule=overdue, span=Span(LONG_AGO, NOON), is_left_out=True)
    crawler = CrawlerFacts(schedulers=1, overdue=(overdue,), schedules=8, left_out=tuple("abcdefg"))
    found = judge(crawler, [known], NOON)
    assert [(one.severity, one.message) for one in found.problems] == [
        (Severity.NOTICE, "the scheduler was started for other sources; nobody crawls a, b, c, d, e and 2 more")
    ]
    assert found.sources[0].next_fire_at is None
    few = rules.left_out(CrawlerFacts(left_out=("a", "b")), NOON)
    assert [one.message for one in few] == ["the scheduler was started for other sources; nobody crawls a, b"]


def test_broken_files_and_a_full_disk_are_told() -> None:
    broken = SourceProblem("/etc/sources/a.toml", "name", "", "is missing")
    crawler = CrawlerFacts(broken_files=(broken,), free_bytes=50_000_000)
    found = judge(crawler, [], NOON).problems
    assert [one.message for one in found] == [
        "a source file is wrong and left out: /etc/sources/a.toml: name: is missing",
        "50 MB are free on the disk of the database",
    ]
    assert {one.severity for one in found} == {Severity.CRITICAL}
    assert rules.little_space(CrawlerFacts(free_bytes=2_000_000_000), NOON) == []


def test_the_worst_and_the_oldest_go_first() -> None:
    def problem(severity: Severity, hours: int | None) -> Problem:
        since = None if hours is None else NOON - timedelta(hours=hours)
        return Problem("silent", severity, f"{hours}", "", since=since)

    found = [problem(Severity.NOTICE, 9), problem(Severity.WARNING, None), problem(Severity.WARNING, 1)]
    found += [problem(Severity.CRITICAL, 1), problem(Severity.CRITICAL, 2)]
    assert [one.message for one in worst_first(found)] == ["2", "1", "1", "None", "9"]
