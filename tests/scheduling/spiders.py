"""Spiders that go wrong, each in a way of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.articles.article import Article
from crawler.spiders.news import NewsSpider
from crawler.storage import database


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


class Starved(NewsSpider):
    """Asks for more memory than the system lets it have (`ulimit -v`)."""

    def read(self, response: Response) -> Article:
        import resource  # here, for `Telling` tells what a crawl loads

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + 200_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
        bytearray(10_000_000_000)
        return super().read(response)


class Hurried(NewsSpider):
    """Has no time to look at known articles again."""

    _time_for_revisits = timedelta(seconds=-1)


class Leaving(NewsSpider):
    """Ends its process past all that would write a record."""

    def read(self, response: Response) -> Article:
        print("leaving without a word", file=sys.stderr, flush=True)
        os._exit(3)


class CutOff(NewsSpider):
    """Cannot reach the database when it begins; its runner can."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("CRAWLER_DATABASE_URL", "sqlite:////nowhere/crawler.db", priority="cmdline")


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


class Compiling(NewsSpider):
    """Says which statements its crawl has compiled beyond those of the warm server."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.before = {str(compiled) for compiled in database._COMPILED.values()}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *given: Any, **named: Any) -> Compiling:
        spider: Compiling = super().from_crawler(crawler, *given, **named)
        crawler.signals.connect(spider.tell, signals.engine_stopped)
        return spider

    def tell(self) -> None:
        anew = {str(compiled) for compiled in database._COMPILED.values()} - self.before
        print(f"{len(self.before)} were compiled before; anew:", *sorted(anew), sep="\n", file=sys.stderr, flush=True)


class Telling(NewsSpider):
    """Says which modules its crawl has loaded beyond those of the warm server."""

    def read(self, response: Response) -> Article:
        article = super().read(response)
        before = sys.modules["crawler.scheduling.runners.preload"].LOADED
        print(*sorted(set(sys.modules) - before), file=sys.stderr, flush=True)
        return article
