"""Spiders that go wrong, each in a way of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from scrapy.http import Response

from crawler.articles.article import Article
from crawler.spiders.news import NewsSpider


class Raising(NewsSpider):
    def read(self, response: Response) -> Article:
        raise RuntimeError("this callback always raises")


class Blocking(NewsSpider):
    """Holds the event loop: not even its heartbeat gets through."""

    def read(self, response: Response) -> Article:
        time.sleep(600)
        return super().read(response)


class Hanging(NewsSpider):
    """Waits for ever without blocking: it has a heartbeat, and does nothing."""

    async def discover(self) -> None:
        await asyncio.Event().wait()


class Hungry(NewsSpider):
    def read(self, response: Response) -> Article:
        taken = []
        while True:
            taken.append(bytearray(os.urandom(1_000_000)))
            time.sleep(0.001)


class Leaving(NewsSpider):
    """Ends its process past all that would write a record."""

    def read(self, response: Response) -> Article:
        print("leaving without a word", file=sys.stderr, flush=True)
        os._exit(3)


class Killed(NewsSpider):
    def read(self, response: Response) -> Article:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().read(response)


class KilledOnce(NewsSpider):
    """Its second attempt does the work."""

    def read(self, response: Response) -> Article:
        if self.attempt.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(response)


class Telling(NewsSpider):
    """Says which modules its crawl has loaded beyond those of the warm server."""

    def read(self, response: Response) -> Article:
        article = super().read(response)
        before = sys.modules["crawler.scheduling.runners.preload"].LOADED
        print(*sorted(set(sys.modules) - before), file=sys.stderr, flush=True)
        return article
