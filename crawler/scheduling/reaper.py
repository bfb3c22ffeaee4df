"""Ends the attempts that nobody looks after any more: their process is gone, or its runner is and it does not end.

Starts nothing. A runner that lives ends its own attempts long before a reaper would.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from crawler.scheduling.retries import pause_before_retry
from crawler.scheduling.runners import stderr
from crawler.scheduling.runners.crawl_process import signal_group
from crawler.sources.source import Policy
from crawler.storage import attempts, runs
from crawler.storage.attempts import Settled, Unattended
from crawler.storage.database import Database, now
from crawler.storage.liveness import is_alive, this_worker
from crawler.storage.outcome import ProcessEnd, Stop
from crawler.storage.queue import QUEUED_TRIGGERS

logger = logging.getLogger(__name__)

# What a runner has more than its run's time-out or silence to end it: the whole ladder of signals, twice.
RUNNERS_TIME = timedelta(minutes=2)
# A process that has just gone may have a living runner, which saw how it ended and writes that down within a second.
ITS_RUNNER_FIRST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reaper:
    """Looks at the attempts of others."""

    database: Database
    policy_of: Callable[[str], Policy]
    run_timeout: timedelta

    def reap(self, *, mine: Collection[int] = ()) -> list[Settled]:
        """End what is lost or hopeless among the attempts that are not `mine`.

        Raises:
            DatabaseError: the database cannot be reached or written.
        """
        with self.database.read() as session:
            found, moment = attempts.unattended(session, mine=mine), now(session)
        return [self._end(one, why) for one in found if (why := self._verdict(one, moment))]

    def _verdict(self, attempt: Unattended, moment: datetime) -> ProcessEnd | None:
        """What to write down as its end; None while it is well."""
        silence = moment - attempt.one.heartbeat_at
        if runs.is_lost(attempt.one, moment):
            if abs(silence) < ITS_RUNNER_FIRST:
                return None
            process = attempt.one.process
            seen = (
                f"process {process.pid} on {process.worker}, last heard of at {attempt.one.heartbeat_at:%H:%M:%S} UTC"
            )
            said = stderr.tail_of(stderr.file_of(attempt.one.attempt.token)).rpartition("\n")[2]
            return ProcessEnd(began=True, last_words=f"{seen}; {said}" if said else seen)
        if attempt.trigger not in QUEUED_TRIGGERS or not is_alive(attempt.one.process):
            return None  # somebody's own crawl, or one of another machine that is well
        timeout = self.policy_of(attempt.one.source_id).timeout or self.run_timeout
        if not attempt.began:
            # The process in the record is still the runner's, which may be this very one. It forgot the attempt.
            late = moment - attempt.started_at > timeout + RUNNERS_TIME
            return ProcessEnd(began=False, last_words="its crawl was never heard of") if late else None
        if moment - attempt.started_at > timeout + RUNNERS_TIME:
            return ProcessEnd(began=True, stopped_for=Stop.TIMEOUT)
        if silence > runs.SILENCE + RUNNERS_TIME:
            return ProcessEnd(began=True, stopped_for=Stop.STALL)
        return None

    def _end(self, attempt: Unattended, end: ProcessEnd) -> Settled:
        one = attempt.one
        if end.stopped_for:
            signal_group(one.process, signal.SIGKILL)
        again = attempt.trigger in QUEUED_TRIGGERS
        said = stderr.file_of(one.attempt.token)
        settle = partial(
            attempts.settle,
            attempt=one.attempt,
            process=end,
            stderr_tail=stderr.tail_of(said) or None,
            retry_after=pause_before_retry(self.policy_of(one.source_id), one.attempt.number) if again else None,
        )
        settled = self.database.transact(lambda session: settle(session, now=now(session)))
        if one.process.worker == this_worker():
            said.unlink(missing_ok=True)
        judged = settled.judgement
        logger.warning("Run %d of %s: %s: %s", one.attempt.run_id, one.source_id, judged.outcome, judged.reason)
        return settled
