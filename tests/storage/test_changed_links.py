"""A stored article whose list calls it changed is due again; a list that says so of everything is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crawler.articles.article import Article
from crawler.discovery.links import Link
from crawler.storage import links
from crawler.storage.database import Database
from crawler.storage.identity import Reading
from crawler.storage.links import LinkEnding, Registered
from crawler.storage.storing import store
from crawler.storage.tables import ArticleRow, LinkRow, LinkState

THEN = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)


def link(number: int, changed_at: datetime | None = None) -> Link:
    url = f"https://herald.example/{number}/"
    return Link(url, url, "en", "feed", "https://herald.example/rss.xml", THEN, changed_at=changed_at)


@pytest.fixture
def herald(database: Database) -> Database:
    """Twelve articles were stored THEN, one was rejected, one waits."""
    with database.write() as session:
        links.register(session, [link(n) for n in range(14)], source_id="herald", run_id=None, now=THEN)
        rows = {row.url: row.id for row in session.scalars(select(LinkRow))}
        readings = []
        for n in range(12):
            url = link(n).url
            article = Article(url=url, canonical_url=url, headline=f"Story {n}", body="Text.", fetched_at=THEN)
            readings.append(
                Reading(
                    article=article,
                    source_id="herald",
                    edition="en",
                    content_hash=n.to_bytes(16, "big"),
                    link_id=rows[url],
                )
            )
        rejected = LinkEnding(rows[link(12).url], LinkState.REJECTED, "not_article: a list")
        store(session, [*readings, rejected], run_id=None, now=THEN)
    return database


def register(database: Database, *found: Link) -> Registered:
    with database.write() as session:
        return links.register(session, found, source_id="herald", run_id=None, now=NOW)


def due(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(LinkRow.url).where(LinkRow.state == LinkState.PENDING)))


def test_only_a_change_after_the_last_visit_counts(herald: Database) -> None:
    before = link(1, THEN - timedelta(minutes=1))
    after = link(2, THEN + timedelta(minutes=1))
    assert register(herald, link(0), before, after) == Registered(new=0, known=3, changed=1)
    assert due(herald) == [link(13).url, link(2).url]


def test_what_brought_no_article_is_not_asked_for_again_by_a_change(herald: Database) -> None:
    assert register(herald, link(12, NOW), link(13, NOW)).changed == 0
    assert due(herald) == [link(13).url]


@pytest.mark.parametrize(("changed", "believed"), [(3, 3), (6, 6), (7, 0), (12, 0)])
def test_a_list_is_believed_while_not_most_of_it_has_changed(herald: Database, changed: int, believed: int) -> None:
    found = [link(n, NOW if n < changed else None) for n in range(12)]
    assert register(herald, *found).changed == believed


def test_few_changes_are_believed_of_a_short_list(herald: Database) -> None:
    assert register(herald, *(link(n, NOW) for n in range(3))).changed == 3


@pytest.mark.parametrize("state", [LinkState.FAILED, LinkState.REJECTED])
def test_a_changed_article_that_cannot_be_had_now_stays_what_it_is(herald: Database, state: LinkState) -> None:
    register(herald, link(2, NOW))
    with herald.write() as session:
        row = session.scalars(select(LinkRow).where(LinkRow.url == link(2).url)).one()
        stands = links.end(session, [LinkEnding(row.id, state, "http_500: down")], run_id=None, now=NOW)
        assert stands == [LinkState.STORED]
    assert due(herald) == [link(13).url]
    assert register(herald, link(2, NOW)).changed == 0


def test_a_changed_article_that_is_gone_is_marked_and_kept(herald: Database) -> None:
    register(herald, link(2, NOW))
    with herald.write() as session:
        row = session.scalars(select(LinkRow).where(LinkRow.url == link(2).url)).one()
        links.end(session, [LinkEnding(row.id, LinkState.GONE, "http_410: gone")], run_id=None, now=NOW)
    with herald.read() as session:
        article = session.scalars(select(ArticleRow).where(ArticleRow.url == link(2).url)).one()
        assert (article.gone_at, article.headline) == (NOW, "Story 2")
