"""The pipeline of a crawl: marks, batches, back-pressure, poison, a database that goes away."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import DropItem
from sqlalchemy import func, select

from crawler.articles.article import Article
from crawler.errors import DatabaseError
from crawler.pipelines import store as module
from crawler.pipelines.deduplicate import mark
from crawler.pipelines.normalise import NormalisePipeline
from crawler.pipelines.store import StorePipeline
from crawler.sources.source import Source
from crawler.spiders.items import LinkEnded, PageRead
from crawler.spiders.news import NewsSpider
from crawler.storage.database import Database
from crawler.storage.storing import BATCH
from crawler.storage.tables import ArticleRow, LinkRow, LinkState
from tests.storage.stories import HOST, article, begin_run, claimed

HERALD = Source.model_validate(
    {
        "id": "herald",
        "name": "The Herald",
        "home": f"{HOST}/",
        "editions": [
            {
                "id": edition,
                "host": host,
                "language": edition,
                "timezone": "Europe/London",
                "article": r"^/(?P<id>\d+)-[a-z-]+/$",
                "id_is_key": edition == "en",
            }
            for edition, host in (("en", "herald.example"), ("kk", "kaz.herald.example"))
        ],
    }
)


class Herald(NewsSpider):
    source = HERALD


class Fetches:
    def __init__(self) -> None:
        self.ended: list[tuple[str, str, str | None]] = []

    def end(self, url: str, *, kind: str, outcome: str, reason: str | None = None) -> None:
        self.ended.append((url, outcome, reason))


class Stats:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def inc_value(self, key: str) -> None:
        self.counts[key] += 1


class Transactions:
    """Stands before the database and does what a test wants before a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.before: Callable[[int], None] = lambda number: None
        self.sizes: list[int] = []

    def transact(self, work: Any) -> Any:
        self.sizes.append(len(work.keywords["batch"]))
        self.before(len(self.sizes))
        return self._database.transact(work)


class Crawl:
    """What a pipeline sees of a crawl."""

    def __init__(self, database: Database) -> None:
        self.transactions = Transactions(database)
        self.spider = Herald("herald")
        self.spider.database = self.transactions  # type: ignore[assignment]
        self.spider.attempt = SimpleNamespace(run_id=database.transact(begin_run))  # type: ignore[assignment]
        self.spider.fetches = self.fetches = Fetches()  # type: ignore[assignment]
        self.stats = Stats()
        self.closed: list[str] = []
        self.engine = SimpleNamespace(close_spider_async=self._close)

    async def _close(self, reason: str) -> None:
        self.closed.append(reason)

    @property
    def run_id(self) -> int:
        return self.spider.attempt.run_id

    def process(self, *items: PageRead | LinkEnded) -> list[Any]:
        """Send items through the last stage all at once, and close it; what each brought or raised."""

        async def send() -> list[Any]:
            pipeline = StorePipeline.from_crawler(self)  # type: ignore[arg-type]
            sent = [asyncio.create_task(pipeline.process_item(item)) for item in items]
            await asyncio.sleep(0)  # they are in
            await pipeline.close_spider()
            return await asyncio.gather(*sent, return_exceptions=True)

        return asyncio.run(send())


@pytest.fixture
def crawl(database: Database) -> Crawl:
    return Crawl(database)


def page(made: Article, link_id: int | None = None) -> PageRead:
    item = PageRead(link_id=link_id, url=made.url, article=made)
    mark(item, HERALD)
    return item


def pages(number: int) -> list[PageRead]:
    return [page(article(f"/{n}-story/", f"Text {n}.")) for n in range(number)]


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ArticleRow)) or 0


def test_an_item_comes_back_when_it_is_committed(crawl: Crawl, database: Database) -> None:
    item = page(article("/1-bridge/"))
    assert crawl.process(item) == [item]
    assert count(database) == 1
    assert crawl.stats.counts == {"crawler/new": 1}
    assert crawl.fetches.ended == [(f"{HOST}/1-bridge/", "new", None)]


def test_items_are_stored_in_batches(crawl: Crawl, database: Database) -> None:
    crawl.process(*pages(2 * BATCH + 50))
    assert crawl.transactions.sizes == [BATCH, BATCH, 50]
    assert count(database) == crawl.stats.counts["crawler/new"] == 2 * BATCH + 50


def test_a_batch_that_is_not_full_is_stored_after_a_moment(
    crawl: Crawl, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GATHER", 0.01)

    async def send() -> None:
        pipeline = StorePipeline.from_crawler(crawl)  # type: ignore[arg-type]
        for item in pages(2):
            await pipeline.process_item(item)

    asyncio.run(send())
    assert count(database) == 2
    assert crawl.transactions.sizes == [1, 1]


def test_the_event_loop_runs_on_while_the_database_works(crawl: Crawl) -> None:
    entered, leave = threading.Event(), threading.Event()

    def block(number: int) -> None:
        entered.set()
        assert leave.wait(20)

    crawl.transactions.before = block

    async def send() -> bool:
        pipeline = StorePipeline.from_crawler(crawl)  # type: ignore[arg-type]
        sent = [asyncio.create_task(pipeline.process_item(item)) for item in pages(BATCH)]
        while not entered.is_set():
            await asyncio.sleep(0.001)
        waits = not any(task.done() for task in sent)  # back-pressure: none is done before its commit
        leave.set()
        await asyncio.gather(*sent)
        return waits

    assert asyncio.run(send())


def test_what_became_of_pages_and_links_is_counted_once(crawl: Crawl, database: Database) -> None:
    dead, live = database.transact(lambda session: claimed(session, "/0-dead/", "/1-live/", run_id=crawl.run_id))
    story = article("/1-live/")
    crawl.process(
        page(story, live.id),
        page(article("/2-copy/")),
        LinkEnded(dead.id, f"{HOST}/0-dead/", LinkState.GONE, "http_410: gone"),
    )
    crawl.process(page(story), page(replace(story, body="Edited.")))
    assert crawl.stats.counts == {f"crawler/{word}": 1 for word in ("new", "duplicate", "unchanged", "revised")}
    assert sorted(outcome for _, outcome, _ in crawl.fetches.ended) == ["duplicate", "new", "revised", "unchanged"]
    with database.read() as session:
        states = dict(session.execute(select(LinkRow.id, LinkRow.state)).all())
    assert (states[dead.id], states[live.id]) == (LinkState.GONE, LinkState.STORED)


def test_an_article_that_cannot_be_stored_takes_no_other_with_it(
    crawl: Crawl, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    (link,) = database.transact(lambda session: claimed(session, "/666-poison/", run_id=crawl.run_id))
    good = pages(20)
    poison = page(article("/666-poison/", "A lone surrogate: \ud800"), link.id)
    results = crawl.process(*good[:7], poison, *good[7:])
    assert results == [*good[:7], poison, *good[7:]]
    assert count(database) == 20
    assert crawl.stats.counts == {"crawler/new": 20, "crawler/failed": 1, "crawler/reason/unstorable": 1}
    with database.read() as session:
        row = session.get_one(LinkRow, link.id)
    assert (row.state, row.attempts) == (LinkState.PENDING, 1)  # asked for again, some times
    assert row.reason is not None
    assert row.reason.startswith("unstorable: UnicodeEncodeError")
    assert [record.levelno for record in caplog.records if "Cannot be stored" in record.message] == [logging.ERROR]


def test_a_null_character_is_poison_where_the_database_cannot_hold_it(crawl: Crawl, database: Database) -> None:
    crawl.process(page(article("/1-good/", "Rain.")), page(article("/2-null/", "Snow\0.")))
    assert count(database) == (1 if database.dialect == "postgresql" else 2)


def test_a_database_that_comes_back_has_everything(
    crawl: Crawl, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.001)

    def gone_twice(number: int) -> None:
        if number <= 2:
            raise DatabaseError("the server is starting up")

    crawl.transactions.before = gone_twice
    crawl.process(*pages(3))
    assert count(database) == 3
    assert crawl.closed == []


def test_a_database_that_stays_away_stops_the_crawl(
    crawl: Crawl, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    (link,) = database.transact(lambda session: claimed(session, "/1-bridge/", run_id=crawl.run_id))

    def gone(number: int) -> None:
        raise DatabaseError("the server is gone", remedy="Start it")

    crawl.transactions.before = gone
    results = crawl.process(page(article("/1-bridge/"), link.id), *pages(BATCH))
    assert {type(result) for result in results} == {DropItem}
    assert crawl.closed == ["database_lost"]
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert said == ["The crawl stops, nothing can be stored: the server is gone. Start it"]
    with database.read() as session:
        assert session.get_one(LinkRow, link.id).state is LinkState.PENDING  # a later run takes it


# --- The stages before ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "edition", "site_key"),
    [
        pytest.param(f"{HOST}/7-bridge/", "en", "herald.example/7", id="the id is a key on this host"),
        pytest.param("https://kaz.herald.example/7-bridge/", "kk", None, id="here it is not"),
    ],
)
def test_an_article_is_marked_with_what_it_is_known_again_by(url: str, edition: str, site_key: str | None) -> None:
    item = page(replace(article(), url=url, canonical_url=url, site_article_id="7"))
    assert (item.edition, item.site_key, len(item.content_hash)) == (edition, site_key, 16)


def test_what_a_spider_left_unclean_is_cleaned() -> None:
    item = PageRead(link_id=None, url=HOST, article=article(headline="  Bridge\u00a0 opens ", tags=("a", "a")))
    ended = LinkEnded(1, HOST, LinkState.GONE, "http_404: not there")
    pipeline = NormalisePipeline()
    assert pipeline.process_item(item) is item
    assert (item.article.headline, item.article.tags) == ("Bridge opens", ("a",))
    assert pipeline.process_item(ended) is ended
