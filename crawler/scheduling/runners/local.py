"""Does the runs that wait, as processes of this machine: begins, watches, stops and settles them. Schedules nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import connection
from time import monotonic
from typing import Any

from crawler.config import Config
from crawler.errors import DatabaseError
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.reaper import Reaper
from crawler.scheduling.retries import pause_before_retry
from crawler.scheduling.runners import stderr
from crawler.scheduling.runners.child import ENTRY, Order
from crawler.scheduling.runners.crawl_process import CrawlProcess, warm_up
from crawler.sources.source import Policy
from crawler.storage import attempts, hosts, queue, runs
from crawler.storage.attempts import Progress
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.outcome import ProcessEnd, Stop
from crawler.storage.queue import Waiting
from crawler.storage.runs import Attempt

logger = logging.getLogger(__name__)

# How often the database is asked for runs that wait, and crawls are looked at. Seconds.
LOOK_EVERY = 1.0
# How often the attempts of others are looked at. Seconds.
REAP_EVERY = 10.0
# From a crawl's final record to the end of its process; its engine and threads need a moment to close. Seconds.
MOST_AFTER_THE_END = 30.0
# What a crawl has more than its time-out, at which it ends by itself, before it is stopped. Seconds.
MORE_THAN_TIMEOUT = 15.0
# Statistics that show that a crawl goes on: something was asked, answered, read or stored.
MOVING = ("downloader/", "item_", "crawler/", "scheduler/")


@dataclass
class Running:
    """A run that this runner has begun and not settled."""

    attempt: Attempt
    source_id: str
    hosts: tuple[str, ...]
    policy: Policy
    delay: timedelta
    """Between two requests, as the source file says; the host may ask for more."""
    timeout: float
    """Seconds."""
    process: CrawlProcess
    began: bool = False
    beat: datetime | None = None
    heard_at: float = field(default_factory=monotonic)
    """When its heartbeat was last seen to change; seconds of the monotonic clock, as all others."""
    movement: Mapping[str, Any] | None = None
    moved_at: float = field(default_factory=monotonic)
    ended_at: float | None = None
    """When its final record was first seen."""


class LocalRunner:
    """Does runs, some at once, until it is told to stop."""

    def __init__(self, database: Database, declarations: Declarations, config: Config, *, entry: str = ENTRY) -> None:
        self._database = database
        self._declarations = declarations
        self._config = config
        self._entry = entry
        self._identity = own_identity()
        self._lease = hosts.lease_for(config.heartbeat)
        self._reaper = Reaper(database, self._policy_of, config.run_timeout)
        self._looked_at = self._reaped_at = -REAP_EVERY
        self._stopping = False
        self.running: list[Running] = []
        self.trouble: str | None = None
        """Why the database could not be asked the last time; None when it could."""

    def start(self) -> None:
        """Warm up. The first `look` settles what an earlier runner has left."""
        stderr.sweep(older_than=timedelta(days=1))
        warm_up()

    # --- One round ----------------------------------------------------------------------------------------------------
    def look(self, wait: float = LOOK_EVERY) -> None:
        """Wait until a crawl ends, `wait` seconds at most; then settle, watch, reap and begin what there is.

        A database that cannot be reached is reported once; what had to be written waits for it.
        """
        connection.wait([one.process.sentinel for one in self.running if one.process.may_end], wait)
        for one in self.running:
            one.process.step()
        try:
            for one in [one for one in self.running if one.process.has_ended]:
                self._settle(one)
            if monotonic() - self._looked_at >= LOOK_EVERY:
                self._watch()
                self._looked_at = monotonic()
            if monotonic() - self._reaped_at >= REAP_EVERY:
                self._reaper.reap(mine=[one.attempt.attempt_id for one in self.running])
                self._reaped_at = monotonic()
            if not self._stopping:
                self._begin_waiting()
        except DatabaseError as error:
            if self.trouble is None:
                logger.error("Runs go on, but nothing begins until this is mended: %s", error)
            self.trouble = str(error)
            self._forgive_silence()
        else:
            self.trouble = None

    @property
    def is_idle(self) -> bool:
        return not self.running

    @property
    def all_have_ended(self) -> bool:
        """No crawl is left; the end of some may not be written down yet."""
        return all(one.process.has_ended for one in self.running)

    # --- Beginning ----------------------------------------------------------------------------------------------------
    def _begin_waiting(self) -> None:
        free = self._config.concurrent_runs - len(self.running)
        if free < 1:
            return
        with self._database.read() as session:
            # Some more than there is room for: hosts of the first ones may be taken.
            waiting = queue.waiting(session, now=now(session), limit=free + 16, only=self._declarations.only)
        for one in waiting:
            if len(self.running) >= self._config.concurrent_runs:
                return
            self._begin(one)

    def _begin(self, waiting: Waiting) -> None:
        source = self._declarations.sources.get(waiting.source_id)
        names = tuple(edition.host for edition in source.editions) if source else ()
        take = partial(queue.take, run_id=waiting.run_id, process=self._identity, names=names, lease=self._lease)
        attempt = self._database.transact(lambda session: take(session, now=now(session)))
        if attempt is None:
            return
        if source is None:
            why = self._declarations.broken.get(waiting.source_id, "no file declares this source")
            self._write_end(
                attempt, waiting.source_id, ProcessEnd(began=False, last_words=why), None, Policy(retries=0)
            )
            return
        policy = source.policy
        timeout = (policy.timeout or self._config.run_timeout).total_seconds()
        order = Order(
            waiting.source_id,
            attempt.token,
            waiting.options,
            settings={"CRAWLER_DATABASE_URL": self._config.url, "CLOSESPIDER_TIMEOUT": timeout},
            stderr=str(stderr.file_of(attempt.token)),
            entry=self._entry,
        )
        try:
            process = CrawlProcess(order, grace=self._config.stop_grace.total_seconds())
        except (OSError, EOFError) as error:
            failed = ProcessEnd(began=False, last_words=f"no process could be made: {error}")
            self._write_end(attempt, waiting.source_id, failed, None, policy)
            return
        logger.info("Run %d of %s begins (process %d)", attempt.run_id, waiting.source_id, process.pid)
        delay = source.politeness.delay
        self.running.append(Running(attempt, waiting.source_id, names, policy, delay, timeout, process))

    def _policy_of(self, source_id: str) -> Policy:
        source = self._declarations.sources.get(source_id)
        return source.policy if source else Policy()

    # --- Watching -----------------------------------------------------------------------------------------------------
    def _watch(self) -> None:
        if not self.running:
            return
        with self._database.read() as session:
            progress = attempts.progress(session, [one.attempt.attempt_id for one in self.running])
            delays = [hosts.longest_delay(session, one.hosts) for one in self.running]
        for one, delay in zip(self.running, delays, strict=True):
            stderr.trim(one.process.stderr)
            if one.attempt.attempt_id in progress:
                self._hear(one, progress[one.attempt.attempt_id])
            self._judge(one, patience=2 * max(delay, one.delay))

    @staticmethod
    def _hear(one: Running, progress: Progress) -> None:
        """Note what a crawl's record says."""
        one.began = one.began or progress.pid == one.process.pid
        if progress.heartbeat_at != one.beat:
            one.beat, one.heard_at = progress.heartbeat_at, monotonic()
        movement = {key: value for key, value in progress.stats.items() if key.startswith(MOVING)}
        if movement != one.movement:
            one.movement, one.moved_at = movement, monotonic()
        if progress.ended and one.ended_at is None:
            one.ended_at = monotonic()
        if progress.cancel_requested:
            one.process.stop(Stop.CANCEL)

    def _judge(self, one: Running, *, patience: timedelta) -> None:
        """Stop a crawl that takes too long, does nothing, takes too much, or does not end after its end.

        Args:
            patience: how long a polite crawl may do nothing between two requests.
        """
        moment, heartbeat = monotonic(), self._config.heartbeat.total_seconds()
        if one.ended_at is not None:
            if moment - one.ended_at > MOST_AFTER_THE_END:
                one.process.kill(Stop.SHUTDOWN)  # its own record stands
            return
        # Its statistics come with its heartbeats: between two of them nothing can be seen to move.
        stall = max(one.policy.stall_after.total_seconds(), 3 * heartbeat, patience.total_seconds())
        silence = max(runs.SILENCE.total_seconds(), 12 * heartbeat)
        if moment - one.process.started > one.timeout + MORE_THAN_TIMEOUT:
            one.process.stop(Stop.TIMEOUT)
        elif moment - one.moved_at > stall or moment - one.heard_at > min(stall, silence):
            one.process.stop(Stop.STALL)
        elif one.process.memory() > self._config.run_memory_mb * 1_000_000:
            one.process.kill(Stop.MEMORY)

    def _forgive_silence(self) -> None:
        """While the database cannot be asked, no crawl can be blamed for saying nothing there."""
        for one in self.running:
            one.heard_at = one.moved_at = monotonic()

    # --- The end ------------------------------------------------------------------------------------------------------
    def _settle(self, one: Running) -> None:
        said = stderr.tail_of(one.process.stderr) or None
        end = one.process.end(began=one.began)
        self._write_end(one.attempt, one.source_id, end, said, one.policy, pid=one.process.pid)
        self.running.remove(one)
        one.process.forget()

    def _write_end(
        self,
        attempt: Attempt,
        source_id: str,
        end: ProcessEnd,
        said: str | None,
        policy: Policy,
        *,
        pid: int | None = None,
    ) -> None:
        settle = partial(
            attempts.settle,
            attempt=attempt,
            process=end,
            pid=pid,
            stderr_tail=said,
            retry_after=pause_before_retry(policy, attempt.number),
        )
        settled = self._database.transact(lambda session: settle(session, now=now(session)))
        judged = settled.judgement
        logger.info(
            "Run %d of %s: %s%s%s",
            attempt.run_id,
            source_id,
            judged.outcome,
            f": {judged.reason}" if judged.reason else "",
            f"; tried again at {settled.retry_at:%H:%M:%S} UTC" if settled.retry_at else "",
        )

    # --- Stopping -----------------------------------------------------------------------------------------------------
    def stop_all(self) -> None:
        """Begin nothing more and ask all crawls to end cleanly; those that do not are forced to."""
        self._stopping = True
        for one in self.running:
            one.process.stop(Stop.SHUTDOWN)

    def kill_all(self) -> None:
        """Begin nothing more and end all crawls at once."""
        self._stopping = True
        for one in self.running:
            one.process.kill(Stop.SHUTDOWN)
