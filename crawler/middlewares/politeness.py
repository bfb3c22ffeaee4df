"""How gently a host is asked: the pause between requests, and its wish to be left alone, kept beyond the process."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from math import inf
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.host_states import HostStates, host_of
from crawler.middlewares.refusals import HostBlockedError, TooLateError
from crawler.spiders.clock import utc_now
from crawler.storage.hosts import LONGEST_WISH, left_alone_until

logger = logging.getLogger(__name__)

# A wish that is over so soon is waited for within the run; for a longer one the links stay for a later run.
WAITED_FOR = timedelta(seconds=60)
# How often one request is repeated after such a wait.
REPEATED = 3
# A 429 or 503 without Retry-After: the first pause, doubled with each further one, at most LONGEST_WISH.
FIRST_PAUSE = timedelta(minutes=5)
# After so many requests in a row without any answer the host is taken to be down for the rest of the run.
GIVE_UP_AFTER = 3
# Scrapy's jitter (5 %) makes pauses shorter as well as longer, and the network bunches requests: with this factor the
# site still sees at least the pause that it asked for.
NEVER_SHORTER = 1.1


class PolitenessMiddleware:
    """Keeps the longer of the source's delay and the host's Crawl-delay; obeys Retry-After, in later runs as well."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts = HostStates.of(crawler)
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._silent: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PolitenessMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        # Asked here, when its turn has come: Scrapy takes all requests from a spider long before.
        if monotonic() > request.meta.get("not_after", inf):
            raise TooLateError(f"no time left for {request.url}")
        host = host_of(request.url)
        state = await self._hosts.get(host)
        self._set_delay(request, host, state.delay_s)
        if self._silent.get(host, 0) >= GIVE_UP_AFTER:
            raise HostBlockedError(f"{host} did not answer {GIVE_UP_AFTER} requests in a row", None)
        moment = utc_now()
        until = left_alone_until(state, moment)
        if until is None:
            return
        wait = until - moment
        if wait > WAITED_FOR:
            text = f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
            raise HostBlockedError(f"{text} ({state.blocked_reason})", until)
        logger.info("Waiting %.0f s: %s", wait.total_seconds(), state.blocked_reason, extra={"url": request.url})
        await asyncio.sleep(wait.total_seconds())

    def _set_delay(self, request: Request, host: str, crawl_delay: float | None) -> None:
        """Make the downloader pause as long as the source or robots.txt wants, whichever is longer."""
        downloader = self._crawler.engine.downloader
        delay = max(self._delay, crawl_delay or 0.0) * NEVER_SHORTER
        request.meta["download_slot"] = host
        downloader.per_slot_settings.setdefault(host, {"concurrency": 1})["delay"] = delay
        if host in downloader.slots:
            downloader.slots[host].delay = delay

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        host = host_of(request.url)
        self._silent.pop(host, None)
        state = await self._hosts.get(host)
        if response.status not in (429, 503):
            if state.failures and response.status < 400:
                await self._hosts.change(host, failures=0, blocked_until=None, blocked_reason=None)
            return response
        failures = state.failures + 1
        wished = retry_after(response)
        pause = min(wished if wished is not None else FIRST_PAUSE * 2 ** min(failures - 1, 12), LONGEST_WISH)
        why = f"HTTP {response.status}" + (
            f", Retry-After {wished.total_seconds():.0f} s" if wished is not None else ""
        )
        await self._hosts.change(
            host, failures=failures, blocked_until=utc_now() + pause, blocked_reason=why, last_failure_at=utc_now()
        )
        self._crawler.stats.inc_value("crawler/asked_to_wait")
        logger.warning("%s asks to wait: %s; nothing is fetched there for %.0f s", host, why, pause.total_seconds())
        repeated = request.meta.get("polite_repeats", 0)
        if wished is None or pause > WAITED_FOR or repeated >= REPEATED:
            return response
        return request.replace(meta=request.meta | {"polite_repeats": repeated + 1}, dont_filter=True)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        if not isinstance(exception, IgnoreRequest):
            host = host_of(request.url)
            self._silent[host] = self._silent.get(host, 0) + 1


def retry_after(response: Response) -> timedelta | None:
    """How long the answer asks to wait: seconds or a date; None when it does not say, never negative."""
    value = (response.headers.get(b"Retry-After") or b"").decode("latin-1").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), int(LONGEST_WISH.total_seconds())))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - utc_now(), timedelta(0))
