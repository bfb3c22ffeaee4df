"""Translations of one story are related, each with the other, and never joined as duplicates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crawler.articles.article import Article, Translation
from crawler.articles.urls import url_hash
from crawler.articles.verdict import Verdict
from crawler.storage.database import Database
from crawler.storage.identity import Reading
from crawler.storage.tables import ClusterRow, LinkRow, RelationKind, RelationRow
from crawler.storage.translations import translations_of
from tests.storage.near import LONG, long_article
from tests.storage.stories import NOW, reading, stored

RUSSIAN = long_article("/ru/77/", language="ru", site_article_id="77")
KAZAKH = long_article("/kk/77/", LONG[1], language="kk", site_article_id="77")


def declaring(article: Article, *others: Article) -> Article:
    return replace(article, translations=tuple(Translation(str(o.language), o.canonical_url) for o in others))


def of(article: Article, edition: str, **fields: object) -> Reading:
    return replace(reading(article, **fields), edition=edition)


def relations(database: Database) -> set[tuple[int, str, str | None]]:
    with database.read() as session:
        rows = session.scalars(select(RelationRow).where(RelationRow.kind == RelationKind.TRANSLATION))
        return {(row.article_id, row.url, row.language) for row in rows}


BOTH = {(1, KAZAKH.canonical_url, "kk"), (2, RUSSIAN.canonical_url, "ru")}


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
@pytest.mark.parametrize(
    ("russian", "kazakh"),
    [
        pytest.param(declaring(RUSSIAN, KAZAKH), KAZAKH, id="the first declares the other"),
        pytest.param(RUSSIAN, declaring(KAZAKH, RUSSIAN), id="the second does"),
        pytest.param(declaring(RUSSIAN, KAZAKH), declaring(KAZAKH, RUSSIAN), id="each declares the other"),
    ],
)
def test_what_one_of_two_declares_is_known_of_both(
    database: Database, russian: Article, kazakh: Article, together: bool
) -> None:
    first, second = (reading(replace(one, site_article_id=None)) for one in (russian, kazakh))
    if together:
        stored(database, first, second)
    else:
        stored(database, first)
        stored(database, second)
    assert relations(database) == BOTH
    with database.read() as session:
        assert [row.id for row in translations_of(session, 1)] == [2]
        assert [row.id for row in translations_of(session, 2)] == [1]


def test_an_address_that_leads_to_the_other_is_as_good(database: Database) -> None:
    alias = "https://herald.example/kk/short/"
    stored(database, reading(replace(KAZAKH, site_article_id=None)))
    with database.write() as session:
        own = {"url_hash": url_hash(alias), "url": alias, "canonical_url": alias, "article_id": 1}
        session.add(LinkRow(**own, source_id="herald", edition="kk", discovered_via="feed", discovered_at=NOW))
    pointing = replace(RUSSIAN, site_article_id=None, translations=(Translation("kk", alias),))
    stored(database, reading(pointing))
    with database.read() as session:
        assert [row.id for row in translations_of(session, 2)] == [1]
        assert [row.id for row in translations_of(session, 1)] == [2]


def test_one_id_in_two_editions_makes_a_translation(database: Database) -> None:
    stored(database, of(RUSSIAN, "ru"))
    stored(database, of(KAZAKH, "kk"))
    assert relations(database) == BOTH


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(of(KAZAKH, "ru"), id="in the same edition"),
        pytest.param(replace(of(KAZAKH, "kk"), source_id="mirror"), id="of another source"),
        pytest.param(of(replace(KAZAKH, published_at=NOW - timedelta(days=40)), "kk"), id="of weeks before"),
        pytest.param(of(replace(KAZAKH, site_article_id="78"), "kk"), id="another id"),
    ],
)
def test_other_articles_with_that_id_are_no_translations(database: Database, other: Reading) -> None:
    stored(database, of(RUSSIAN, "ru"), other)
    assert relations(database) == set()


def test_the_same_text_under_one_id_is_no_duplicate(database: Database) -> None:
    """Some sites put the untranslated text at the other language's address."""
    untranslated = replace(KAZAKH, headline=RUSSIAN.headline, body=RUSSIAN.body)
    what = stored(database, of(RUSSIAN, "ru"), of(untranslated, "kk"))
    assert [one.verdict for one in what] == [Verdict.NEW, Verdict.NEW]
    assert relations(database) == BOTH
    with database.read() as session:
        kinds = session.scalars(select(RelationRow.kind).distinct()).all()
        assert session.scalar(select(func.count()).select_from(ClusterRow)) == 0
    assert kinds == [RelationKind.TRANSLATION]


def test_a_relation_outlives_an_edit_of_either(database: Database) -> None:
    stored(database, reading(declaring(RUSSIAN, KAZAKH)), reading(replace(KAZAKH, site_article_id=None)))
    for article in (declaring(RUSSIAN, KAZAKH), replace(KAZAKH, site_article_id=None)):
        later = replace(article, body=f"{article.body}\n\nMore was told later.", fetched_at=NOW + timedelta(hours=1))
        (what,) = stored(database, reading(later), now=NOW + timedelta(hours=1))
        assert what.verdict is Verdict.REVISED
        assert relations(database) == BOTH


def test_an_address_that_is_not_stored_yet_is_kept_as_declared(database: Database) -> None:
    stored(database, reading(declaring(RUSSIAN, KAZAKH)))
    assert relations(database) == {(1, KAZAKH.canonical_url, "kk")}
    with database.read() as session:
        assert translations_of(session, 1) == []
