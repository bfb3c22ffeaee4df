"""What becomes of fires that are due: in fair weather, after a downtime, while a run goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.scheduling.fires import Plan, sort_out
from crawler.scheduling.schedule import Schedule
from crawler.sources.source import Policy
from crawler.storage.tables import RunState

EVERY_TEN = Schedule.read(["*/10 * * * *"], ZoneInfo("UTC"))
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RUNNING, QUEUED = {RunState.RUNNING: 7}, {RunState.QUEUED: 8}


def sorted_out(
    policy: Policy, *, late: timedelta, active: dict[RunState, int] | None = None, on_hold: str | None = None
) -> Plan | None:
    """What becomes of a fire at noon that is looked at `late`."""
    return sort_out(EVERY_TEN, policy, due=NOON, now=NOON + late, active=active or {}, on_hold=on_hold)


def at(minutes: int) -> datetime:
    return NOON + minutes * MINUTE


@pytest.mark.parametrize("catch_up", ["none", "latest", "all"])
def test_a_fire_in_time_gets_its_run(catch_up: str) -> None:
    plan = sorted_out(Policy.model_validate({"catch_up": catch_up}), late=timedelta(seconds=2))
    assert plan == Plan(run=NOON, skipped=(), next_fire_at=at(10))


def test_catch_up_on_none() -> None:
    plan = sorted_out(Policy(catch_up="none"), late=25 * MINUTE)
    assert plan is not None
    assert plan.run is None
    assert [one.fire for one in plan.skipped] == [at(0), at(10), at(20)]
    assert "catch up on none" in plan.skipped[-1].reason
    assert plan.next_fire_at == at(30)


def test_catch_up_on_none_still_runs_the_one_that_is_in_time() -> None:
    plan = sorted_out(Policy(catch_up="none"), late=20 * MINUTE)
    assert plan is not None
    assert plan.run == at(20)
    assert [one.fire for one in plan.skipped] == [at(0), at(10)]


def test_catch_up_on_the_latest() -> None:
    plan = sorted_out(Policy(catch_up="latest"), late=25 * MINUTE)
    assert plan is not None
    assert plan.run == at(20)
    assert [one.fire for one in plan.skipped] == [at(0), at(10)]
    assert plan.next_fire_at == at(30)


def test_catch_up_on_all_takes_one_after_the_other() -> None:
    policy = Policy(catch_up="all")
    assert sorted_out(policy, late=25 * MINUTE) == Plan(at(0), (), at(10))
    assert sorted_out(policy, late=25 * MINUTE, active=RUNNING) == Plan(at(0), (), at(10))
    assert sorted_out(policy, late=25 * MINUTE, active=QUEUED) is None


@pytest.mark.parametrize("catch_up", ["latest", "all"])
def test_what_is_too_long_ago_is_left_out_in_one_line(catch_up: str) -> None:
    policy = Policy.model_validate({"catch_up": catch_up, "catch_up_within": "30m"})
    plan = sorted_out(policy, late=timedelta(days=3, minutes=5))
    assert plan is not None
    assert plan.skipped[0].fire == NOON
    assert "as all fires until 2026-11-27 11:35 UTC" in plan.skipped[0].reason
    in_the_window = [at(3 * 1440 - minutes) for minutes in (20, 10, 0)]
    if catch_up == "latest":
        assert [one.fire for one in plan.skipped[1:]] == in_the_window[:-1]
        assert plan.run == in_the_window[-1]
    else:
        assert plan.run == in_the_window[0]


def test_after_the_window_of_a_rare_schedule_nothing_is_left_to_run() -> None:
    yearly = Schedule.read(["@yearly"], ZoneInfo("UTC"))
    due = datetime(2026, 1, 1, tzinfo=UTC)
    plan = sort_out(yearly, Policy(), due=due, now=NOON, active={})
    assert plan is not None
    assert (plan.run, len(plan.skipped), plan.next_fire_at) == (None, 1, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("overlap", "active", "runs", "said"),
    [
        ("skip", RUNNING, False, "run 7 of this source is still going on"),
        ("skip", QUEUED, False, "run 8 of this source is still waiting"),
        ("queue", RUNNING, True, ""),
        ("queue", QUEUED, False, "run 8 of this source is still waiting"),
        ("queue", RUNNING | QUEUED, False, "run 8 of this source is still waiting"),
    ],
)
def test_a_run_is_not_over(overlap: str, active: dict[RunState, int], runs: bool, said: str) -> None:
    plan = sorted_out(Policy.model_validate({"overlap": overlap}), late=timedelta(seconds=1), active=active)
    assert plan is not None
    assert plan.run == (NOON if runs else None)
    assert [said] == [one.reason[: len(said)] for one in plan.skipped] or runs
    assert plan.next_fire_at == at(10)


@pytest.mark.parametrize("catch_up", ["none", "latest", "all"])
def test_on_hold_every_fire_passes_and_says_why(catch_up: str) -> None:
    policy = Policy.model_validate({"catch_up": catch_up})
    plan = sorted_out(policy, late=15 * MINUTE, active=QUEUED, on_hold="paused by dana")
    assert plan is not None
    assert plan.run is None
    assert [(one.fire, one.reason) for one in plan.skipped] == [(at(0), "paused by dana"), (at(10), "paused by dana")]
    assert plan.next_fire_at == at(20)
