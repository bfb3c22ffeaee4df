"""One line per request: how long, how large, what came of it. Collects; the recorder writes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.storage.logs import Fetch

# Lines that are kept while they cannot be written; more requests than a polite crawl makes in an hour.
MOST_KEPT = 10_000


class FetchLog:
    """The requests of one crawl that are not yet written down.

    Times come from Scrapy's signals; what came of a request is told by whoever knows: `end(url, ...)`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._sent: dict[str, float] = {}
        self._answers: dict[str, tuple[int, int, int]] = {}
        self._ended: list[Fetch] = []
        self._lock = threading.Lock()
        crawler.signals.connect(self._on_sent, signals.request_reached_downloader)
        crawler.signals.connect(self._on_answer, signals.response_downloaded)

    def _on_sent(self, request: Request, spider: Any) -> None:
        self._sent[request.url] = monotonic()

    def _on_answer(self, response: Response, request: Request, spider: Any) -> None:
        ms = round((monotonic() - self._sent.pop(request.url, monotonic())) * 1000)
        self._answers[request.url] = (response.status, ms, len(response.body))
        if response.status in (301, 302, 303, 307, 308):
            target = (response.headers.get(b"Location") or b"").decode("utf-8", "replace")
            self.end(request.url, kind=request.meta.get("kind", "article"), outcome="redirected", reason=target)

    def end(self, url: str, *, kind: str, outcome: str, reason: str | None = None) -> None:
        """Say what came of the request for `url`."""
        self._sent.pop(url, None)
        status, ms, size = self._answers.pop(url, (None, None, None))
        fetch = Fetch(datetime.now(UTC), kind, url, status, ms, size, outcome, reason)
        with self._lock:
            self._ended.append(fetch)

    def give_back(self, lines: Sequence[Fetch]) -> None:
        """Keep lines that could not be written for the next time."""
        with self._lock:
            self._ended = [*lines, *self._ended][-MOST_KEPT:]

    def take(self) -> list[Fetch]:
        """The lines that have come since the last call."""
        with self._lock:
            taken, self._ended = self._ended, []
        return taken
