"""The record of a run: begun when the spider opens, alive while it beats, ended with what is known. Judges nothing.

A plain `scrapy crawl` is recorded like a scheduled run. Two crawls of one source never run at once: the later waits.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crawler.config import load_config
from crawler.errors import DatabaseError
from crawler.extensions.fetch_log import FetchLog
from crawler.extensions.run_log import RunLogHandler
from crawler.spiders.news import NewsSpider
from crawler.spiders.patience import PATIENCE, transact
from crawler.storage import hosts, logs, runs
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.logs import Fetch, Record
from crawler.storage.outcome import judge_outcome
from crawler.storage.runs import Attempt, Ending
from crawler.storage.schema import ensure_ready
from crawler.storage.tables import RunKind

logger = logging.getLogger(__name__)

# How often the log is written while a run goes on; what `crawler log -f` lags behind. Seconds.
FLUSH_EVERY = 1.0
# How often a crawl that waits for another one of its source looks whether that has ended. Seconds.
LOOK_EVERY = 1.0


class Recorder:
    """Opens the database, begins the run, and writes down what happens until it ends."""

    def __init__(self, crawler: Crawler) -> None:
        if not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured("only spiders of declared sources are recorded")
        self._crawler = crawler
        self._spider: NewsSpider = crawler.spider
        self._config = load_config()
        self._log = RunLogHandler(logging.getLevelNamesMapping()[self._config.log_level])
        self._fetches = FetchLog(crawler)
        self._spider.fetches = self._fetches
        self._database: Database | None = None
        self._attempt: Attempt | None = None
        self._beating: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        return cls(crawler)

    # --- Beginning ----------------------------------------------------------------------------------------------------
    async def _open(self, spider: NewsSpider) -> None:
        root = logging.getLogger()
        root.addHandler(self._log)
        root.setLevel(min(root.level, self._log.level))  # without Scrapy's own handler it lets only warnings through
        try:
            self._database = Database(self._crawler.settings.get("CRAWLER_DATABASE_URL") or self._config.url)
            if not self._crawler.settings.get("CRAWLER_ATTEMPT_TOKEN"):  # else its runner has seen to that
                await asyncio.to_thread(ensure_ready, self._database)
            self._attempt = await self._begin()
        except DatabaseError as error:
            logger.error("%s", error)
            if not self._crawler.settings.getbool("LOG_INSTALL_ROOT_HANDLER", True):
                # There is no record to take the reason, and no log on a terminal: runner and command read it here.
                sys.stderr.write(f"{error}\n")
                sys.stderr.flush()
            raise CloseSpider("failed_to_start") from error
        spider.database = self._database
        spider.attempt = self._attempt
        self._beating = asyncio.create_task(self._beat())

    async def _begin(self) -> Attempt:
        """Begin the run, after every other one of this source has ended."""
        token = self._crawler.settings.get("CRAWLER_ATTEMPT_TOKEN")
        while True:
            attempt, others = await asyncio.to_thread(self._try_to_begin, token)
            if attempt:
                self._spider.waits_for = None
                return attempt
            if token:
                raise CloseSpider("cancelled")
            if self._spider.is_abandoned:
                raise CloseSpider("abandoned")
            for other in others:
                where = f"process {other.process.pid} on {other.process.worker}"
                waits_for = f"run {other.attempt.run_id} of {other.source_id} ({where})"
                if waits_for != self._spider.waits_for:
                    logger.warning("Still going on, waiting for its end: %s", waits_for)
                self._spider.waits_for = waits_for
            await asyncio.sleep(LOOK_EVERY)

    def _try_to_begin(self, token: str | None) -> tuple[Attempt | None, list[runs.Unfinished]]:
        assert self._database is not None
        identity = own_identity()
        with self._database.write() as session:
            moment = now(session)
            if token:
                return runs.attach(session, token, process=identity, now=moment), []
            runs.bury_lost(session, now=moment, source_id=self._spider.source.id)
            attempt = runs.begin(
                session,
                self._spider.source.id,
                process=identity,
                now=moment,
                kind=RunKind.REVISIT if self._spider.options.revisit else RunKind.DISCOVERY,
                trigger=self._crawler.settings.get("CRAWLER_TRIGGER", "scrapy"),
                options=self._spider.options.recorded(),
            )
            return attempt, [] if attempt else runs.unfinished(session, source_id=self._spider.source.id)

    # --- While it goes on ---------------------------------------------------------------------------------------------
    async def _beat(self) -> None:
        beat_every = self._config.heartbeat.total_seconds()
        since_beat = 0.0
        while True:
            await asyncio.sleep(FLUSH_EVERY)
            since_beat += FLUSH_EVERY
            try:
                await asyncio.to_thread(self._flush)
                if since_beat >= beat_every:
                    since_beat = 0.0
                    await self._heartbeat()
            except (SQLAlchemyError, DatabaseError) as error:
                logger.warning("The record of the run cannot be written now, it is tried again: %s", error)

    async def _heartbeat(self) -> None:
        assert self._database is not None
        assert self._attempt is not None
        stats = self._stats()
        beat = partial(
            runs.heartbeat,
            attempt=self._attempt,
            counts=counts_of(stats),
            stats=stats,
            lease=hosts.lease_for(self._config.heartbeat),
        )
        # By the database's clock: others conclude from the time of the last heartbeat that a crawl is lost.
        standing = await asyncio.to_thread(self._database.transact, lambda session: beat(session, now=now(session)))
        if not standing.is_ours:
            logger.error("This attempt was declared dead by another process; it stops and writes nothing more")
        if not standing.is_ours or standing.cancel_requested:
            reason = "cancelled" if standing.is_ours else "fenced"
            # In a task of its own: closing ends with cancelling the one that beats.
            self._closing = asyncio.create_task(self._crawler.engine.close_spider_async(reason=reason))

    def _flush(self) -> None:
        """Write what has gathered in the logs; what cannot be written is kept for the next time."""
        if self._attempt is None or self._database is None:
            return
        records, fetches = self._log.take(), self._fetches.take()
        if not records and not fetches:
            return
        try:
            with self._database.write() as session:
                self._write_lines(session, records, fetches)
        except (SQLAlchemyError, DatabaseError):
            self._log.give_back(records)
            self._fetches.give_back(fetches)
            raise

    def _write_lines(self, session: Session, records: Sequence[Record], fetches: Sequence[Fetch]) -> None:
        assert self._attempt is not None
        logs.write_records(session, self._attempt, records)
        logs.write_fetches(session, self._attempt, fetches)
        logs.record_errors(session, self._attempt, self._spider.source.id, records)

    def _stats(self) -> dict[str, Any]:
        stats = self._crawler.stats.get_stats()
        return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in stats.items()}

    # --- End ----------------------------------------------------------------------------------------------------------
    async def _close(self, spider: NewsSpider, reason: str) -> None:
        if self._beating:
            self._beating.cancel()
        try:
            await self._finish(reason)
        finally:
            logging.getLogger().removeHandler(self._log)
            if self._database:
                self._database.close()

    async def _finish(self, finish_reason: str) -> None:
        if self._attempt is None or self._database is None:
            return
        stats = self._stats() | {"finish_reason": finish_reason}
        verdict = judge_outcome(finish_reason=finish_reason, stats=stats)
        logger.info(
            "Run %d: %s%s", self._attempt.run_id, verdict.outcome, f" ({verdict.reason})" if verdict.reason else ""
        )
        finish = partial(
            runs.finish,
            attempt=self._attempt,
            ending=Ending(verdict.outcome, verdict.reason, finish_reason),
            counts=counts_of(stats),
            stats=stats,
        )
        records, fetches = self._log.take(), self._fetches.take()

        def write_all(session: Session) -> None:
            self._write_lines(session, records, fetches)
            finish(session, now=now(session))

        # Whoever has waited for the database in vain has waited long enough.
        write = partial(transact, self._database, patience=0.0 if finish_reason == "database_lost" else PATIENCE)
        try:
            await write(write_all)
        except SQLAlchemyError as error:  # a line that the database refuses must not cost the record of the end
            logger.warning("The last lines of the log cannot be written: %s", error)
            await write(lambda session: finish(session, now=now(session)))


def counts_of(stats: Mapping[str, Any]) -> dict[str, int]:
    """The columns of `runs` that count, from a crawl's statistics."""
    counts = {name: int(stats.get(f"crawler/{name}", 0)) for name in runs.COUNTS}
    counts["errors"] = int(stats.get("log_count/ERROR", 0)) + int(stats.get("log_count/CRITICAL", 0))
    return counts
