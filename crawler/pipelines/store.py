"""Last stage: batches of articles and ends of links go into the database. The reactor never waits for SQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.articles.verdict import Verdict
from crawler.errors import DatabaseError
from crawler.spiders.items import LinkEnded, PageRead
from crawler.spiders.news import NewsSpider
from crawler.spiders.patience import LOOK_EVERY, PATIENCE
from crawler.storage.identity import Reading
from crawler.storage.links import LinkEnding
from crawler.storage.storing import BATCH, Stored, store
from crawler.storage.tables import LinkState

logger = logging.getLogger(__name__)

# Seconds that the first of a batch waits for others.
GATHER = 1.0


@dataclass(slots=True)
class _Waiting:
    item: PageRead | LinkEnded
    outcome: Reading | LinkEnding
    stored: asyncio.Future[Stored]

    def answer(self, stored: Stored | DropItem) -> None:
        """Let the item go on, unless nobody waits for it any more."""
        if self.stored.done():
            return
        if isinstance(stored, DropItem):
            self.stored.set_exception(stored)
        else:
            self.stored.set_result(stored)


class StorePipeline:
    """Gathers up to BATCH outcomes or a second's worth, and stores them in one transaction on another thread.

    `process_item` returns when its batch is committed: that is the back-pressure. An outcome that cannot be stored is
    recorded as failed and takes no other with it. A database that is gone for minutes stops the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._waiting: list[_Waiting] = []
        self._full = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._is_lost = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        assert isinstance(self._crawler.spider, NewsSpider)
        return self._crawler.spider

    async def process_item(self, item: PageRead | LinkEnded) -> PageRead | LinkEnded:
        waiting = _Waiting(item, self._outcome(item), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._waiting) >= BATCH:
            self._full.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        self._count(item, await waiting.stored)
        return item

    async def close_spider(self) -> None:
        if self._writer is not None:
            self._full.set()
            await self._writer

    # --- Writing ------------------------------------------------------------------------------------------------------
    async def _write(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), GATHER)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if len(self._waiting) < BATCH:
                self._full.clear()
            await self._store(batch)

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        """Store a batch; where that fails, its halves, down to the one that cannot be stored."""
        try:
            results = await self._transact([waiting.outcome for waiting in batch])
        except DatabaseError as error:
            self._lose(batch, error)
        except Exception as error:  # one of them; which one, the halves will tell
            if len(batch) == 1:
                await self._fail(batch[0], error)
                return
            middle = len(batch) // 2
            await self._store(batch[:middle])
            await self._store(batch[middle:])
        else:
            for waiting, stored in zip(batch, results, strict=True):
                waiting.answer(stored)

    async def _transact(self, outcomes: Sequence[Reading | LinkEnding]) -> list[Stored]:
        """Store outcomes, and wait a while for a database that is gone."""
        work = partial(store, batch=outcomes, run_id=self._spider.attempt.run_id, now=datetime.now(UTC))
        until = monotonic() + PATIENCE
        while True:
            try:
                return await asyncio.to_thread(self._spider.database.transact, work)
            except DatabaseError as error:
                if self._is_lost or monotonic() > until:
                    raise
                logger.warning("Cannot store now, trying again: %s", error)
            await asyncio.sleep(LOOK_EVERY)

    def _outcome(self, item: PageRead | LinkEnded) -> Reading | LinkEnding:
        if isinstance(item, LinkEnded):
            return LinkEnding(item.link_id, item.state, item.reason, item.retry_at)
        return Reading(
            article=item.article,
            source_id=self._spider.source.id,
            edition=item.edition,
            content_hash=item.content_hash,
            link_id=item.link_id,
            site_key=item.site_key,
            fingerprint=item.fingerprint,
            revisit=self._spider.source.revisit,
        )

    async def _fail(self, waiting: _Waiting, error: Exception) -> None:
        """Record one outcome that the database refuses, so that its link does not wait for ever."""
        url = waiting.item.url
        cause = getattr(error, "orig", None) or error  # what the driver says, without the statement
        reason = f"unstorable: {type(cause).__name__}: {' '.join(str(cause).split())[:500]}"
        logger.error("Cannot be stored: %s", url, exc_info=error, extra={"url": url})
        stored = Stored(LinkState.FAILED, reason=reason)
        if waiting.item.link_id is not None:
            ending = LinkEnding(waiting.item.link_id, LinkState.FAILED, reason.replace("\0", "\ufffd"))
            try:
                await self._transact([ending])
            except Exception:
                logger.exception("Nor can be stored why: %s", url, extra={"url": url})
        waiting.answer(stored)

    def _lose(self, batch: Sequence[_Waiting], error: DatabaseError) -> None:
        """Stop the crawl: what it would still fetch could not be kept. The links stay for a later run."""
        if not self._is_lost:
            self._is_lost = True
            logger.critical("The crawl stops, nothing can be stored: %s", error)
            self._closing = asyncio.create_task(self._crawler.engine.close_spider_async(reason="database_lost"))
        for waiting in batch:
            waiting.answer(DropItem(f"not stored, the database is gone: {waiting.item.url}"))

    # --- Counting -----------------------------------------------------------------------------------------------------
    def _count(self, item: PageRead | LinkEnded, stored: Stored) -> None:
        """Count what became of a page; the spider has counted the links that brought none."""
        if isinstance(item, LinkEnded):
            return
        stats = self._crawler.stats
        if stored.verdict is not None:
            word, reason = stored.verdict.value, None
            level = logging.DEBUG if stored.verdict is Verdict.UNCHANGED else logging.INFO
            logger.log(level, "%s: %s", word.capitalize(), item.article.canonical_url, extra={"url": item.url})
        else:
            word = "rejected" if stored.state is LinkState.REJECTED else "failed"
            reason = stored.reason or word
            stats.inc_value(f"crawler/reason/{reason.partition(':')[0]}")
        stats.inc_value(f"crawler/{word}")
        if item.kind == "revisit":
            stats.inc_value(f"crawler/revisits/{word}")
        self._spider.fetches.end(item.url, kind=item.kind, outcome=word, reason=reason)
