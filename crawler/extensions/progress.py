"""Tells the process that started a crawl how far it is, over a pipe. Without that process the crawl stops."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.spiders.news import NewsSpider

# Often enough for a live view, cheap enough to be nothing beside a page a second. Seconds.
TELL_EVERY = 0.25


class Progress:
    """Writes a crawl's counts as JSON lines to the file descriptor `CRAWLER_PROGRESS_FD`."""

    def __init__(self, crawler: Crawler, descriptor: int) -> None:
        self._crawler = crawler
        assert isinstance(crawler.spider, NewsSpider)
        self._spider: NewsSpider = crawler.spider
        self._descriptor = descriptor
        self._telling: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        descriptor = crawler.settings.getint("CRAWLER_PROGRESS_FD", -1)
        if descriptor < 0:
            raise NotConfigured
        return cls(crawler, descriptor)

    async def _open(self, spider: Spider) -> None:
        self._telling = asyncio.create_task(self._keep_telling())

    async def _keep_telling(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY)
            try:
                self._tell()
            except BrokenPipeError:  # whoever asked for this crawl is gone
                self._spider.is_abandoned = True
                if not self._spider.waits_for:  # else the recorder, who waits, ends it
                    # In a task of its own: closing ends with cancelling this one.
                    closing = self._crawler.engine.close_spider_async(reason="abandoned")
                    self._closing = asyncio.create_task(closing)
                return

    def _tell(self, **more: Any) -> None:
        attempt = getattr(self._spider, "attempt", None)
        counts = {key: value for key, value in self._crawler.stats.get_stats().items() if isinstance(value, int)}
        news = {"run_id": attempt.run_id if attempt else None, "waits_for": self._spider.waits_for, "counts": counts}
        line = json.dumps(news | more)
        os.write(self._descriptor, line.encode() + b"\n")

    def _close(self, spider: Spider, reason: str) -> None:
        if self._telling:
            self._telling.cancel()
        with contextlib.suppress(BrokenPipeError):
            self._tell(finish_reason=reason)
