"""Looks again at articles that are known: has the site edited them, or taken them away? Finds no new ones.

Part of every run, after the new articles and for a limited time; the whole of a run of the kind `revisit`. Asks with
If-Modified-Since; what comes back is stored as any article is, and the store decides whether it means an edit.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.articles.article import Article
from crawler.middlewares.failures import Failure, failure_of
from crawler.middlewares.refusals import TooLateError
from crawler.spiders.clock import utc_now
from crawler.spiders.items import PageRead
from crawler.spiders.patience import transact
from crawler.storage import revisits
from crawler.storage.revisits import Due
from crawler.storage.tables import LinkState

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)

# Articles that one run looks at again; more wait for the next. At a second's pause a quarter of an hour.
MOST = 1_000
# So long an ordinary run may be busy with it: longer, and a source that is crawled every quarter of an hour would miss
# its next run.
LONGEST = timedelta(minutes=10)
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

    async def requests(self, *, limit: int | None = None, within: timedelta | None = None) -> AsyncIterator[Request]:
        """A request for each article that is due, the longest due first.

        Args:
            limit: at most so many; None means MOST.
            within: what has not been asked for after so long waits for the next run; None: until all are.
        """
        if not self._source.revisit:
            return
        ask = partial(revisits.due, source_id=self._source.id, now=utc_now(), limit=min(limit or MOST, MOST))
        until = monotonic() + within.total_seconds() if within is not None else inf
        for article in await transact(self._spider.database, ask):
            since = format_datetime(article.last_seen_at.astimezone(UTC) - CLOCKS, usegmt=True)
            yield Request(
                article.url,
                headers={"If-Modified-Since": since},
                callback=self._answered,
                errback=self._failed,
                cb_kwargs={"due": article},
                meta={"kind": "revisit", "handle_httpstatus_list": [304, *range(400, 600)], "not_after": until},
                dont_filter=True,
            )

    async def _answered(self, response: Response, due: Due) -> AsyncIterator[PageRead]:
        self._spider.crawler.stats.inc_value("crawler/revisited")
        if response.status == 304:
            await self._found("not_modified", due, response.url, revisits.unchanged)
            return
        found = self._understand(response)
        if isinstance(found, Failure):
            await self._end(due, response.url, found)
        else:
            yield PageRead(link_id=due.link_id, url=response.url, article=found, kind="revisit")

    def _understand(self, response: Response) -> Article | Failure:
        """The article as it is now."""
        found = self._spider.understand(response)
        return (_taken_away(found) or found) if isinstance(found, Article) else found

    async def _failed(self, failure: TwistedFailure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        error = failure.value or RuntimeError("no exception was given")
        if isinstance(error, TooLateError):  # it stays due
            self._spider.crawler.stats.inc_value("crawler/revisits/left_for_later")
            return
        await self._end(request.cb_kwargs["due"], request.url, failure_of(error))

    async def _end(self, due: Due, url: str, failure: Failure) -> None:
        """Write down that an article is gone; whatever else stood in the way may pass until the next look."""
        if failure.state is LinkState.GONE:
            logger.info("Gone: %s (%s)", due.url, failure.reason, extra={"url": due.url})
            await self._found("gone", due, url, revisits.gone, failure.text)
        else:
            await self._found(failure.kind, due, url, revisits.put_off, failure.text)

    async def _found(self, word: str, due: Due, url: str, write: revisits.Finding, reason: str | None = None) -> None:
        work = partial(write, article_id=due.article_id, steps=self._source.revisit, now=utc_now())
        await transact(self._spider.database, work)
        self._spider.crawler.stats.inc_value(f"crawler/revisits/{word}")
        self._spider.fetches.end(url, kind="revisit", outcome=word, reason=reason)


def _taken_away(article: Article) -> Failure | None:
    if article.headline and len(article.headline) < 80 and _NOT_FOUND.search(article.headline):
        return Failure("soft_404", f"the page says: {article.headline}", LinkState.GONE)
    return None
