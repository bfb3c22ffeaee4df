"""The log of a run as structured records: what the database keeps of it. Collects; the recorder writes."""

from __future__ import annotations

import logging
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.storage.logs import Record

# A crawl that cannot reach its database holds so many records at most; the oldest go first, and their number is told.
MOST_WAITING = 20_000
# Lists of settings and components at each start: the same for every run, and no news.
CHATTER = frozenset({"scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log"})


class RunLogHandler(logging.Handler):
    """Keeps records until the recorder takes them."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.addFilter(lambda record: record.levelno >= logging.WARNING or record.name not in CHATTER)
        self._records: list[Record] = []
        self._lost = 0
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            kept = Record(
                at=datetime.fromtimestamp(record.created, UTC),
                level=record.levelno,
                logger=record.name,
                message=record.getMessage(),
                url=_url_of(record),
                exception=_exception_of(record),
            )
        except Exception:
            self.handleError(record)
            return
        with self._guard:
            self._records.append(kept)
            if len(self._records) > MOST_WAITING:
                del self._records[0]
                self._lost += 1

    def take(self) -> list[Record]:
        """The records that have come since the last call."""
        with self._guard:
            taken, self._records = self._records, []
            lost, self._lost = self._lost, 0
        if lost:
            text = f"{lost} log records were dropped: the database did not take them in time"
            taken.insert(0, Record(taken[0].at, logging.WARNING, __name__, text))
        return taken

    def give_back(self, records: list[Record]) -> None:
        """Keep records that could not be written for the next time."""
        with self._guard:
            self._records[:0] = records[-MOST_WAITING:]


def _url_of(record: logging.LogRecord) -> str | None:
    """The address that a record is about, where it says so: `extra={"url": ...}`, or Scrapy's own arguments."""
    url = getattr(record, "url", None)
    if url is None and isinstance(record.args, dict):
        about = record.args.get("request") or record.args.get("response")
        url = getattr(about, "url", None)
    return url if isinstance(url, str) else None


def _exception_of(record: logging.LogRecord) -> str | None:
    if not record.exc_info or record.exc_info[1] is None:
        return None
    return "".join(traceback.format_exception(record.exc_info[1]))


class QuietLogFormatter(LogFormatter):
    """Scrapy's messages without the texts of articles in them."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        url = getattr(item, "url", None) or getattr(response, "url", "")
        return {"level": logging.DEBUG, "msg": "%(kind)s %(url)s", "args": {"kind": type(item).__name__, "url": url}}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        url = getattr(item, "url", None) or getattr(response, "url", "")
        return {"level": logging.ERROR, "msg": "Cannot process %(url)s", "args": {"url": url}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.WARNING, "msg": "Dropped: %(why)s", "args": {"why": exception}}
