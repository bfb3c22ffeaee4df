"""A crawl that is to end does so: a request that still waits for a long pause of its host is given back unsent.

Scrapy lets whatever it has taken in hand come to its end first. A Crawl-delay of an hour would keep a crawl for so long
after its time is over, or after Ctrl-C.
"""

from __future__ import annotations

import asyncio

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from crawler.middlewares.refusals import EndingError

# A shorter pause is waited for: the page in hand is stored, too. Seconds.
LONG_PAUSE = 5.0
LOOK_EVERY = 0.5  # seconds


class PromptEnd:
    """Looks whether the crawl is closing, and empties the queues of its hosts."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._looking: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PromptEnd:
        return cls(crawler)

    async def _open(self, spider: Spider) -> None:
        self._looking = asyncio.create_task(self._look())

    async def _close(self, spider: Spider) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            slot = self._crawler.engine._slot
            if slot is not None and slot.closing is not None:
                self._give_back()

    def _give_back(self) -> None:
        for host in self._crawler.engine.downloader.slots.values():
            while host.delay > LONG_PAUSE and host.queue:
                request, waiting = host.queue.popleft()
                waiting.errback(EndingError(f"the crawl ends before the turn of {request.url}"))
