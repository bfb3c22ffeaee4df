"""Fetches one page as a crawl would: robots.txt, pauses, bounds and the guard included. Stores nothing.

For a person who writes or mends a source. It starts a reactor, so a process can do it once.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings

from crawler.errors import ExtractionError
from crawler.middlewares.failures import failure_of, failure_of_status
from crawler.sources.source import Source
from crawler.spiders.loader import spider_of
from crawler.spiders.news import STATUSES

NOTHING_MORE: tuple[Request, ...] = ()


def fetch_page(url: str, source: Source | None) -> tuple[bytes, str | None]:
    """Return a page's bytes and its Content-Type.

    Args:
        source: whose politeness applies; None: the usual one.

    Raises:
        ExtractionError: there is no page to be had; says why.
    """
    brought: dict[str, Response | str] = {}
    base = spider_of(source or _nameless(url))

    class OnePageSpider(base):  # type: ignore[misc, valid-type]  # the source's own class
        async def start(self) -> AsyncIterator[Request]:
            request = Request(url, callback=NO_CALLBACK, meta={"kind": "article", "handle_httpstatus_list": STATUSES})
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:  # whatever it was: the person who asked is told
                brought["failure"] = failure_of(error).reason
                return
            failure = failure_of_status(response.status)
            brought["failure" if failure else "response"] = failure.reason if failure else response
            for request in NOTHING_MORE:
                yield request

    with tempfile.TemporaryDirectory(prefix="crawler-one-page-") as folder:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.update(
            {"CRAWLER_DATABASE_URL": f"sqlite:///{Path(folder) / 'page.db'}", "LOG_INSTALL_ROOT_HANDLER": False},
            priority="cmdline",
        )
        process = AsyncCrawlerProcess(settings)
        process.crawl(OnePageSpider)
        process.start()
    response = brought.get("response")
    if not isinstance(response, Response):
        raise ExtractionError(url, str(brought.get("failure", "it could not be fetched")))
    content_type: bytes | None = response.headers.get(b"Content-Type")
    return response.body, content_type.decode("latin-1") if content_type else None


def _nameless(url: str) -> Source:
    """A source for a page of which no source has the host."""
    parts = urlsplit(url)
    edition = {"id": "any", "host": parts.netloc.lower(), "language": "en", "timezone": "UTC", "article": "."}
    home = f"{parts.scheme}://{parts.netloc}/"
    return Source.model_validate({"id": "page", "name": "page", "home": home, "editions": [edition]})
