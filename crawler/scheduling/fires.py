"""What becomes of the fires that are due: which one is run, which are left out and why. Decides; stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.scheduling.schedule import Schedule
from crawler.sources.source import Policy
from crawler.storage.tables import RunState

# A scheduler looks every second; a fire that is first seen later than this came while nobody looked. One cron minute.
ON_TIME = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A fire that is left out."""

    fire: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a scheduler does with a schedule that is due."""

    run: datetime | None
    """The fire that gets a run."""
    skipped: tuple[Skipped, ...]
    next_fire_at: datetime | None


def sort_out(
    schedule: Schedule,
    policy: Policy,
    *,
    due: datetime,
    now: datetime,
    active: Mapping[RunState, int],
    on_hold: str | None = None,
) -> Plan | None:
    """Decide about the fires from `due` until `now`; None: leave all as it is and ask again.

    Args:
        due: the schedule's next fire as it was stored, not later than `now`.
        active: the runs of the source that are queued or running.
        on_hold: why no fire may get a run now: paused, its file is broken, its site asked us to wait.
    """
    if policy.catch_up == "all" and not on_hold and RunState.QUEUED in active:
        return None  # each fire waits for its own turn
    skipped: list[Skipped] = []
    oldest = now - policy.catch_up_within
    fires = [due]
    if due < oldest:
        # One line for what may be months of fires.
        reason = f"missed, as all fires until {_minute(oldest)}: no scheduler was at work then"
        skipped.append(Skipped(due, reason))
        fires = []
    for fire in schedule.after(max(due, oldest)):
        if fire > now:
            break
        fires.append(fire)
    if on_hold or not fires:
        skipped += (Skipped(fire, on_hold or "") for fire in fires)
        return Plan(None, tuple(skipped), schedule.next_after(now))
    if policy.catch_up == "all":
        return Plan(fires[0], tuple(skipped), schedule.next_after(fires[0]))
    *missed, latest = fires
    skipped += (Skipped(fire, f"missed: first seen at {_minute(now)}, when a later one was due") for fire in missed)
    why_not = _why_not(policy, latest, now, active)
    if why_not:
        skipped.append(Skipped(latest, why_not))
    return Plan(None if why_not else latest, tuple(skipped), schedule.next_after(now))


def _why_not(policy: Policy, fire: datetime, now: datetime, active: Mapping[RunState, int]) -> str | None:
    if policy.catch_up == "none" and now - fire > ON_TIME:
        return f"missed: first seen at {_minute(now)}, and its policy is to catch up on none"
    if RunState.QUEUED in active:
        return f"run {active[RunState.QUEUED]} of this source is still waiting in the queue"
    if RunState.RUNNING in active and policy.overlap == "skip":
        return f"run {active[RunState.RUNNING]} of this source is still going on"
    return None


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
