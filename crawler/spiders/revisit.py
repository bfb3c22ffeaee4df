"""Looks again at articles that are known: has the site edited them, or taken them away? Finds no new ones.

Part of every run, after the new articles. Asks with If-Modified-Since; what comes back is stored as any article is, and
the store decides whether it means an edit.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.articles.article import Article
from crawler.middlewares.failures import Failure, failure_of
from crawler.spiders.items import PageRead
from crawler.storage import revisits
from crawler.storage.revisits import Due
from crawler.storage.tables import LinkState

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)

# Articles that one run looks at again; more wait for the next. At a second's pause some two minutes.
MOST = 100
# The site's clock and ours differ by less: an edit in that time before our last visit is not missed.
CLOCKS = timedelta(minutes=5)
# What a page that is no more says as its headline, where the site answers 200 (a soft 404).
_NOT_FOUND = re.compile(
    r"\b404\b|(?:page|article|story) (?:was )?not found"
    r"|страниц\w+ не (?:найден|существу)|материал (?:удал[её]н|не найден)|бет табылмады|парақша табылмады",
    re.IGNORECASE,
)


class Revisitor:
    """One walk over the articles of a source that are due."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._source = spider.source

    async def requests(self) -> AsyncIterator[Request]:
        """A request for each article that is due."""
        if not self._source.revisit:
            return
        ask = partial(revisits.due, source_id=self._source.id, now=_now(), limit=MOST)
        for article in await asyncio.to_thread(self._spider.database.transact, ask):
            since = format_datetime(article.last_seen_at.astimezone(UTC) - CLOCKS, usegmt=True)
            yield Request(
                article.url,
                headers={"If-Modified-Since": since},
                callback=self._answered,
                errback=self._failed,
                cb_kwargs={"due": article},
                meta={"kind": "revisit", "handle_httpstatus_list": [304, *range(400, 600)]},
                dont_filter=True,
            )

    async def _answered(self, response: Response, due: Due) -> AsyncIterator[PageRead]:
        self._spider.crawler.stats.inc_value("crawler/revisited")
        if response.status == 304:
            await self._found("unchanged", due, response.url, revisits.unchanged)
            return
        found = self._spider.understand(response)
        if isinstance(found, Article):
            found = _taken_away(found) or found
        if isinstance(found, Failure):
            await self._end(due, response.url, found)
        else:
            yield PageRead(link_id=due.link_id, url=response.url, article=found)

    async def _failed(self, failure: TwistedFailure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        error = failure.value or RuntimeError("no exception was given")
        await self._end(request.cb_kwargs["due"], request.url, failure_of(error))

    async def _end(self, due: Due, url: str, failure: Failure) -> None:
        """Write down that an article is gone; whatever else stood in the way may pass until the next look."""
        if failure.state is LinkState.GONE:
            logger.info("Gone: %s (%s)", due.url, failure.reason, extra={"url": due.url})
            await self._found("gone", due, url, revisits.gone, failure.text)
        else:
            await self._found(failure.kind, due, url, revisits.put_off, failure.text)

    async def _found(self, word: str, due: Due, url: str, write: revisits.Finding, reason: str | None = None) -> None:
        work = partial(write, article_id=due.article_id, steps=self._source.revisit, now=_now())
        await asyncio.to_thread(self._spider.database.transact, work)
        self._spider.crawler.stats.inc_value(f"crawler/revisits/{word}")
        self._spider.fetches.end(url, kind="revisit", outcome=word, reason=reason)


def _taken_away(article: Article) -> Failure | None:
    if article.headline and len(article.headline) < 80 and _NOT_FOUND.search(article.headline):
        return Failure("soft_404", f"the page says: {article.headline}", LinkState.GONE)
    return None


def _now() -> datetime:
    return datetime.now(UTC)
