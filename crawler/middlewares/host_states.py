"""What is known of each host while a crawl runs: read once from the database, written through. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from sqlalchemy.orm import Session

from crawler.spiders.patience import transact
from crawler.storage import hosts
from crawler.storage.tables import HostRow


class HostStates:
    """The hosts of one crawl, by their name with port: politeness outlives the process and is shared by runs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._known: dict[str, HostRow] = {}

    @classmethod
    def of(cls, crawler: Crawler) -> HostStates:
        """The one object that the middlewares of a crawl share."""
        if crawler not in _SHARED:
            _SHARED[crawler] = cls(crawler)
        return _SHARED[crawler]

    async def get(self, host: str) -> HostRow:
        """The state of a host; detached from the session, so reading it asks nothing."""
        if host not in self._known:
            self._known[host] = await self._in_database(lambda session: hosts.get(session, host))
        return self._known[host]

    async def change(self, host: str, **values: object) -> HostRow:
        """Write new values of a host through to the database."""
        self._known[host] = await self._in_database(lambda session: hosts.change(session, host, **values))
        return self._known[host]

    async def _in_database(self, ask: Callable[[Session], HostRow]) -> HostRow:
        database = self._crawler.spider.database  # type: ignore[union-attr]
        return await transact(database, ask)


_SHARED: WeakKeyDictionary[Crawler, HostStates] = WeakKeyDictionary()


def host_of(url: str) -> str:
    """The host with its port, lower case: what a row of `hosts` is about."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
