"""Turns fires into runs that wait in the queue. Any number of schedulers may do so at once; none of them crawls.

The clock that decides is the database's; whoever calls `tick` only decides how soon a fire is seen.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.fires import sort_out
from crawler.scheduling.schedule import Schedule
from crawler.sources.source import Policy
from crawler.storage import hosts, queue, schedulers, schedules
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.tables import ScheduleRow

logger = logging.getLogger(__name__)

# How often this scheduler says that it is at work; others count on it, see storage/schedulers.py. Seconds.
BEAT_EVERY = 5.0
# A clock that shows so much less than before was put back; less is the daily work of whoever keeps it right.
PUT_BACK = timedelta(seconds=2)

Clock = Callable[[Session], datetime]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a schedule's fires that were due."""

    source_id: str
    skipped: Sequence[tuple[datetime, str]]
    """Those that were left out, each with the reason."""
    has_run: bool = False

    def tell(self) -> None:
        """Log what was left out: one line, also where a scheduler comes back after months of fires."""
        if self.skipped:
            number = "" if len(self.skipped) == 1 else f"{len(self.skipped)} times, the last time because "
            logger.info("Not crawled: %s: %s%s", self.source_id, number, self.skipped[-1][1])


class Scheduler:
    """One of the schedulers of a database."""

    def __init__(self, database: Database, declarations: Declarations, *, clock: Clock = now) -> None:
        self._database = database
        self._declarations = declarations
        self._clock = clock
        self._token = secrets.token_hex(8)
        self._beaten = -BEAT_EVERY
        self._moment: datetime | None = None
        """Of the last tick, by the database's clock."""
        self._unreadable: set[tuple[int, datetime]] = set()
        self.ticked_at = monotonic()
        """When the last calm tick came to its end; seconds of the monotonic clock."""
        self.trouble: str | None = None
        """Why the last calm tick failed; None when it did not."""

    # --- Life ---------------------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Make the rows say what the files say, then make itself known.

        Raises:
            DatabaseError: the database cannot be reached or written.
        """
        self._declarations.refresh()
        self._sync()
        identity, only = own_identity(), self._declarations.only
        self._database.transact(
            lambda session: schedulers.begin(session, self._token, process=identity, now=now(session), sources=only)
        )

    def end(self) -> None:
        """Say that it has ended its work; raises DatabaseError as `begin` does."""
        self._database.transact(lambda session: schedulers.end(session, self._token, now=now(session)))

    def tick_calmly(self) -> None:
        """Tick; a database that is down is reported once and asked again the next time."""
        try:
            self.tick()
        except DatabaseError as error:
            if self.trouble is None:
                logger.error("Nothing is scheduled until this is mended: %s", error)
            self.trouble = str(error)
        else:
            if self.trouble is not None:
                logger.info("The database is there again; missed fires are caught up as their policies say")
            self.trouble = None
        self.ticked_at = monotonic()

    # --- Work -----------------------------------------------------------------------------------------------------
    def tick(self) -> int:
        """Do what is due now and return how many fires got a run.

        Raises:
            DatabaseError: the database cannot be reached or written.
        """
        if self._declarations.refresh():
            self._sync()
        if monotonic() - self._beaten >= BEAT_EVERY:
            self._database.transact(lambda session: schedulers.beat(session, self._token, now=now(session)))
            self._beaten = monotonic()
        with self._database.read() as session:
            moment = self._clock(session)
            due = schedules.due(session, now=moment, only=self._declarations.only)
        if self._moment is not None and moment < self._moment - PUT_BACK:
            logger.warning("The database's clock was put back by %s: no stored fire is believed", self._moment - moment)
            self._sync()
        self._moment = moment
        runs = 0
        for schedule_id, fire in due:
            try:
                taken = self._database.transact(partial(self._fire, schedule_id=schedule_id, fire=fire))
            except ValueError as error:
                # What another version has written stops no other schedule. The next change of its file mends it.
                if (schedule_id, fire) not in self._unreadable:
                    self._unreadable.add((schedule_id, fire))
                    logger.error("Schedule %d cannot be read and does not fire: %s", schedule_id, error)
                continue
            if taken is not None:
                runs += taken.has_run
                taken.tell()
        return runs

    def _sync(self) -> None:
        for problem in self._declarations.problems:
            logger.warning("Left out: %s", problem)

        def sync(session: Session) -> schedules.Synced:
            moment = self._clock(session)
            others = [
                row.source_id for row in schedules.listing(session) if not self._declarations.is_ours(row.source_id)
            ]
            kept = {*self._declarations.broken, *others}
            return schedules.sync(session, self._declarations.declared(moment), kept=kept, now=moment)

        synced = self._database.transact(sync)
        for word, ids in (
            ("new", synced.added),
            ("changed", synced.changed),
            ("gone", synced.removed),
            ("called back, as the clock was ahead", synced.recalled),
        ):
            if ids:
                logger.info("Schedules %s: %s", word, ", ".join(ids))

    def _fire(self, session: Session, *, schedule_id: int, fire: datetime) -> Taken | None:
        """Take a fire and write down what becomes of it, in one transaction; None: it is left as it is, or taken."""
        moment = self._clock(session)
        row = session.get(ScheduleRow, schedule_id, populate_existing=True)
        if row is None or row.next_fire_at != fire:
            return None  # another scheduler was faster
        plan = sort_out(
            schedule_of(row),
            Policy.model_validate(row.policy),
            due=fire,
            now=moment,
            active=queue.active(session, row.source_id, row.kind),
            on_hold=self._on_hold(session, row, moment),
        )
        if plan is None or not schedules.claim(session, row.id, fire, next_fire_at=plan.next_fire_at):
            return None
        skip = partial(queue.skip, session, row.source_id, kind=row.kind, schedule_id=row.id, now=moment)
        skipped = [(one.fire, one.reason) for one in plan.skipped]
        skip(skipped)
        if plan.run is None:
            return Taken(row.source_id, skipped)
        run_id = queue.enqueue(
            session,
            row.source_id,
            kind=row.kind,
            trigger=queue.ON_SCHEDULE,
            schedule_id=row.id,
            scheduled_for=plan.run,
            now=moment,
        )
        if run_id is None:  # somebody asked for a run between our question and now
            late = [(plan.run, "another run of this source is waiting in the queue")]
            skip(late)
            return Taken(row.source_id, [*skipped, *late])
        return Taken(row.source_id, skipped, has_run=True)

    def _on_hold(self, session: Session, row: ScheduleRow, moment: datetime) -> str | None:
        """Why no fire of a schedule may get a run now."""
        if schedules.is_paused(row, moment):
            return f"paused by {row.paused_by}" + (f": {row.paused_reason}" if row.paused_reason else "")
        if row.source_id in self._declarations.broken:
            return f"its file is broken: {self._declarations.broken[row.source_id]}"
        source = self._declarations.sources.get(row.source_id)
        if source is None:
            return None
        found = [hosts.get(session, edition.host) for edition in source.editions]
        blocked = [(until, host) for host in found if (until := hosts.left_alone_until(host, moment))]
        if len(blocked) < len(found):
            return None
        until, first = min(blocked, key=lambda pair: pair[0])
        return f"{first.host} is left alone until {until:%Y-%m-%d %H:%M} UTC: {first.blocked_reason}"


def schedule_of(row: ScheduleRow) -> Schedule:
    """The schedule that a row holds."""
    policy = Policy.model_validate(row.policy)
    return Schedule.read(row.spec.splitlines(), ZoneInfo(row.zone), spread_over=policy.jitter, source_id=row.source_id)
