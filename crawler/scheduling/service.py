"""Scheduler and runner of one machine in one process, from start to stop: what `crawler up` runs. Prints nothing."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from time import monotonic
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from crawler.config import Config
from crawler.errors import DatabaseError
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.installed import Installed
from crawler.scheduling.notify import notify
from crawler.scheduling.runners.child import ENTRY
from crawler.scheduling.runners.local import LocalRunner
from crawler.scheduling.scheduler import Scheduler
from crawler.storage import retention
from crawler.storage.database import Database
from crawler.storage.retention import Keep

logger = logging.getLogger(__name__)

# How often fires are looked for. Cron counts minutes; a second more is nothing beside a crawl. Seconds.
TICK_EVERY = 1
# How often old records are deleted: rarely enough to be nothing, often enough that a day's growth is the most. Hours.
PRUNE_EVERY = 6
# How often the program on disk is compared with the running one. Seconds.
COMPARE_EVERY = 30.0
# A tick that has not come back for so long hangs, and systemd is no longer told that all is well. Seconds.
LONGEST_TICK = 120.0
# From the first look for runs to the next one when nothing ends meanwhile; what a keypress waits for. Seconds.
LOOK_EVERY = 0.5


class Stopping(Enum):
    """How far the end of the service is."""

    NOT = 0
    CLEANLY = 1
    AT_ONCE = 2


class Service:
    """Schedules and runs until a signal asks it to stop: once cleanly, twice at once."""

    def __init__(
        self, database: Database, config: Config, *, keep: Keep, only: Collection[str] = (), entry: str = ENTRY
    ) -> None:
        self._database = database
        self._config = config
        self._keep = keep
        self._installed = Installed()
        self._compared_at = monotonic()
        self._replaced = False
        self.declarations = Declarations(config.source_folders, only=only)
        self.scheduler = Scheduler(database, self.declarations)
        self.runner = LocalRunner(database, self.declarations, config, entry=entry)
        self.stopping = self._asked = Stopping.NOT

    def run(self, show: Callable[[], None]) -> None:
        """Work until the end; `show` is called about every half second.

        When the program on disk was replaced, it ends and leaves crawls to go on: close what is open, then call
        `begin_anew`.

        Raises:
            DatabaseError: the database cannot be reached or written at the start.
        """
        self.scheduler.begin()
        self.runner.start()
        background = self._clock()
        try:
            with self._signals():
                notify("READY=1")
                while not self._is_over():
                    wake(background)
                    self.runner.look(LOOK_EVERY)
                    self._report()
                    show()
        finally:
            notify("STOPPING=1")
            background.shutdown(wait=True)
            self._say_goodbye()

    def begin_anew(self) -> None:
        """Become the new program, if the one on disk was replaced while this one ran; else do nothing."""
        if self._replaced:
            logger.info("The program was replaced: starting the new one")
            os.execv(sys.executable, [sys.executable, "-m", "crawler", *sys.argv[1:]])  # noqa: S606

    @property
    def trouble(self) -> str | None:
        """What keeps it from its work; None when nothing does."""
        return self.scheduler.trouble or self.runner.trouble

    def _clock(self) -> BackgroundScheduler:
        # A late tick does the work of all that were left out: fires are counted by the database, not by calls.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        clock = BackgroundScheduler(timezone=UTC)
        once = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        clock.add_job(self.scheduler.tick_calmly, "interval", seconds=TICK_EVERY, **once)
        clock.add_job(self._prune, "interval", hours=PRUNE_EVERY, next_run_time=datetime.now(UTC), **once)
        clock.start()
        return clock

    def _prune(self) -> None:
        try:
            pruned = retention.prune(self._database, self._keep, now=datetime.now(UTC))
        except DatabaseError as error:
            logger.warning("Old records could not be deleted now: %s", error)
            return
        if pruned:
            logger.info("Old records deleted: %s", ", ".join(f"{n} {table}" for table, n in pruned.items()))

    def _report(self) -> None:
        running = len(self.runner.running)
        trouble = f"; {self.trouble}" if self.trouble else ""
        notify(f"STATUS={running} of {self._config.concurrent_runs} runs at work{trouble}")
        if monotonic() - self.scheduler.ticked_at < LONGEST_TICK:
            notify("WATCHDOG=1")

    def _is_over(self) -> bool:
        """Go one step on the way to the end, if there is one; True when it is reached."""
        if self._asked is not self.stopping:
            self.stopping = self._asked
            if self.stopping is Stopping.CLEANLY:
                logger.info("Stopping: nothing begins any more, what runs ends cleanly. Once more: at once")
                self.runner.stop_all()
            else:
                self.runner.kill_all()
        if self.stopping is not Stopping.NOT:
            # What cannot be written down now, the next runner finds out.
            return self.runner.is_idle or (self.runner.all_have_ended and self.runner.trouble is not None)
        if monotonic() - self._compared_at >= COMPARE_EVERY:
            self._compared_at = monotonic()
            self._replaced = self._installed.was_replaced()
        return self._replaced

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def ask(number: int, frame: FrameType | None) -> None:
            self._asked = Stopping.CLEANLY if self._asked is Stopping.NOT else Stopping.AT_ONCE

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _say_goodbye(self) -> None:
        try:
            self.scheduler.end()
        except DatabaseError as error:
            logger.warning("Its end could not be written down; others see it from its silence: %s", error)


def wake(clock: BackgroundScheduler) -> None:
    """Let work be done now that would have to wait longer than its interval.

    APScheduler sleeps by the time of day: when that is put back, it would sleep until the old time has come again.
    """
    moment = datetime.now(UTC)
    for work in clock.get_jobs():
        if work.next_run_time is not None and work.next_run_time - moment > work.trigger.interval:
            logger.warning("This machine's clock was put back: what it waits for is done now")
            work.modify(next_run_time=moment)
