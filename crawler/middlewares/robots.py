"""robots.txt as RFC 9309 has it: kept per host, obeyed, and a host whose rules cannot be reached is not crawled."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.middlewares.failures import failure_of
from crawler.middlewares.host_states import HostStates, host_of
from crawler.middlewares.refusals import RobotsDisallowedError, RobotsUnreachableError
from crawler.spiders.clock import utc_now
from crawler.storage.hosts import LONGEST_WISH
from crawler.storage.tables import HostRow

logger = logging.getLogger(__name__)

# RFC 9309, 2.4: no copy should be used for longer than a day, unless robots.txt is unreachable.
KEPT_FOR = timedelta(hours=24)
# RFC 9309, 2.3.1.4: after some 30 days without an answer a copy is worth nothing.
USED_WHILE_UNREACHABLE = timedelta(days=30)
# RFC 9309, 2.5: at least 500 KiB must be parsed; what lies behind is ignored. Characters.
PARSED_AT_MOST = 512_000
# With such pauses a run of an hour brings a dozen pages: whoever wonders where the others are should read of it.
LONG_DELAY = timedelta(minutes=5)


class RobotsMiddleware:
    """Lets a request pass only when the host's robots.txt permits it; puts its Crawl-delay into the host's state."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts = HostStates.of(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | RobotsUnreachableError]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("kind") == "robots":
            return
        rules = await self._rules_of(request.url)
        if isinstance(rules, RobotsUnreachableError):
            raise rules
        if not rules.can_fetch(request.url, self._agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsDisallowedError(f"robots.txt of {host_of(request.url)} forbids it")

    async def _rules_of(self, url: str) -> Protego | RobotsUnreachableError:
        """The rules of a host, asked for once per crawl however many requests wait for them."""
        host = host_of(url)
        if host not in self._rules:
            self._rules[host] = asyncio.get_running_loop().create_future()
            rules: Protego | RobotsUnreachableError
            try:
                rules = await self._load(url, host)
            except Exception as error:
                self._rules.pop(host).set_result(RobotsUnreachableError(str(error)))
                raise
            self._rules[host].set_result(rules)
        return await self._rules[host]

    async def _load(self, url: str, host: str) -> Protego | RobotsUnreachableError:
        known = await self._hosts.get(host)
        age = utc_now() - known.robots_fetched_at if known.robots_fetched_at else None
        # Of a copy of the future nobody knows the age: the clock was put back since.
        if age is not None and abs(age) < KEPT_FOR:
            return self._parse(known.robots_text)
        status, text, why = await self._fetch(f"{urlsplit(url).scheme}://{host}/robots.txt")
        if status is not None and (200 <= status < 300 or (400 <= status < 500 and status != 429)):
            # "Unavailable" (4xx) means that there are no rules.
            text = text[:PARSED_AT_MOST] if 200 <= status < 300 else ""
            rules = self._parse(text)
            # `Crawl-delay: 1e17` is no number of seconds that a clock can count.
            delay = min(rules.crawl_delay(self._agent) or 0.0, LONGEST_WISH.total_seconds())
            if delay > LONG_DELAY.total_seconds():
                logger.warning("robots.txt of %s wants %.0f s between two requests; few fit into a run", host, delay)
            await self._hosts.change(
                host,
                robots_text=text,
                robots_status=status,
                robots_fetched_at=utc_now(),
                delay_s=delay or None,
            )
            return rules
        return self._while_unreachable(host, known, age, why)

    def _while_unreachable(
        self, host: str, known: HostRow, age: timedelta | None, why: str
    ) -> Protego | RobotsUnreachableError:
        if age is not None and abs(age) < USED_WHILE_UNREACHABLE:
            logger.warning("robots.txt of %s cannot be reached (%s): its copy of %s is used", host, why, age)
            return self._parse(known.robots_text)
        self._crawler.stats.inc_value("robotstxt/unreachable")
        logger.warning("robots.txt of %s cannot be reached (%s): nothing is fetched there now (RFC 9309)", host, why)
        return RobotsUnreachableError(f"robots.txt of {host} cannot be reached ({why}); without it nothing is fetched")

    async def _fetch(self, url: str) -> tuple[int | None, str, str]:
        """(status, text, why there is no status) of a robots.txt."""
        request = Request(
            url, callback=NO_CALLBACK, meta={"kind": "robots", "handle_httpstatus_list": [*range(400, 600)]}
        )
        fetches = self._crawler.spider.fetches  # type: ignore[union-attr]
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Exception as error:  # whatever kept it from us: what counts is that there are no rules
            failure = failure_of(error)
            fetches.end(url, kind="robots", outcome=failure.kind, reason=failure.text)
            return None, "", failure.reason
        fetches.end(response.url, kind="robots", outcome="ok" if response.status < 400 else f"http_{response.status}")
        return response.status, response.body.decode("utf-8-sig", "replace"), f"HTTP {response.status}"

    @staticmethod
    def _parse(text: str | None) -> Protego:
        return Protego.parse(text or "")
