"""Schedulers whose clock runs fast, in processes of their own that a test may kill at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from crawler.scheduling.declarations import Declarations
from crawler.scheduling.schedule import Schedule
from crawler.scheduling.scheduler import Scheduler
from crawler.storage.database import Database, now
from crawler.storage.schedules import Declared

# A minute of cron in 30 ms: some 30 fires a second and source.
SPEED = 2_000


def fast_clock(began_at: datetime) -> Callable[[Session], datetime]:
    """The database's clock, running SPEED times as fast since `began_at`."""

    def clock(session: Session) -> datetime:
        return began_at + (now(session) - began_at) * SPEED

    return clock


# Whoever wants all gets a run for each fire, one after the other: that is slower than to leave some out.
SOURCES = {"all_1": "0 * * * *", "all_2": "30 * * * *"} | {f"latest_{n}": "* * * * *" for n in range(6)}
"""Id, which begins with the policy of catching up -> cron line."""


class Fast(Declarations):
    """The sources above, without files."""

    def __init__(self) -> None:
        super().__init__([])

    def refresh(self) -> bool:
        return False

    def declared(self, moment: datetime) -> list[Declared]:
        found = []
        for source_id, line in SOURCES.items():
            schedule = Schedule.read([line], ZoneInfo("Asia/Almaty"))
            catch_up = source_id.partition("_")[0]
            policy = {"catch_up": catch_up, "overlap": "queue", "catch_up_within": "30d", "jitter": "0s"}
            fire = schedule.next_after(moment)
            found.append(Declared(source_id, schedule.text, str(schedule.zone), policy, schedule.fingerprint, fire))
        return found


def schedule_until_killed(url: str, began_at: datetime) -> None:
    """The work of one process: tick without pause."""
    scheduler = Scheduler(Database(url), Fast(), clock=fast_clock(began_at))
    scheduler.begin()
    while True:
        scheduler.tick()
