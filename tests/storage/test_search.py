"""Articles are found by words in any form, in Russian, Kazakh and English."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crawler.storage.database import Database
from crawler.storage.search import Filter, Order, search
from tests.storage.stories import NOW, article, reading, stored

TEXTS = (
    ("ru", "Школы Алматы открылись после ремонта"),
    ("ru", "В школе №5 прошёл суд над спортом"),
    ("kk", "Алматыдағы мектептер жөндеуден кейін ашылды"),
    ("en", "Schools of Almaty are open after repairs"),
    ("ru", "На площади поставили ёлку"),
)


@pytest.fixture
def filled(database: Database) -> Database:
    bare = {"lead": None, "tags": (), "authors": ()}
    stored(
        database,
        *(
            reading(article(f"/{n}/", body, headline=f"Story {n}", language=language, published_at=None, **bare))
            for n, (language, body) in enumerate(TEXTS)
        ),
    )
    return database


def found(database: Database, words: str, order: Order = "newest", **fields: Any) -> list[int]:
    with database.read() as session:
        hits = search(session, Filter(words, **fields), order=order).hits
    return [[body for _, body in TEXTS].index(hit.row.body) for hit in hits]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        pytest.param("школа", {0, 1}, id="Russian: another case"),
        pytest.param("ШКОЛАМИ", {0, 1}, id="Russian: capitals"),
        pytest.param("ремонты", {0}, id="Russian: plural"),
        pytest.param("ёлки", {4}, id="Russian: ё, four letters"),
        pytest.param("мектеп", {2}, id="Kazakh: without its endings"),
        pytest.param("мектептің", {2}, id="Kazakh: with another ending"),
        pytest.param("жөндеу", {2}, id="Kazakh letters"),
        pytest.param("school repair", {3}, id="English: all words must occur"),
        pytest.param("алматы", {0, 2}, id="one word in two languages"),
        pytest.param("школа ремонт", {0}, id="two words"),
        pytest.param('"школе №5"', {1}, id="a phrase"),
        pytest.param('"5 школе"', set(), id="not in this order"),
        pytest.param("story", {0, 1, 2, 3, 4}, id="the headline counts"),
        pytest.param("метро", set(), id="nowhere"),
        pytest.param("ёлка", {4}, id="ё is found by ё"),
        pytest.param("елка", {4}, id="ё is found by е"),
        pytest.param("школа -ремонт", {1}, id="minus a word"),
        pytest.param('школа -"школы алматы"', {1}, id="minus a phrase"),
        pytest.param("мектеп OR school", {2, 3}, id="either word"),
        pytest.param("алматы мектеп OR school OR ёлка", {2}, id="OR binds closer than the space"),
        pytest.param("«школе №5»", {1}, id="a phrase in other quotation marks"),
        pytest.param("", {0, 1, 2, 3, 4}, id="no word: all"),
        pytest.param("№ … ?!", {0, 1, 2, 3, 4}, id="signs only: all"),
    ],
)
def test_words(filled: Database, words: str, numbers: set[int]) -> None:
    assert set(found(filled, words)) == numbers


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE articles; --", "school*", "NEAR(school", "school AND", "a:b & !c | (d", ":words %s"]
)
def test_no_sign_breaks_the_question(filled: Database, words: str) -> None:
    found(filled, words)
    assert found(filled, "school") == [3]


def test_filters_are_those_of_lists(filled: Database) -> None:
    assert found(filled, "алматы", languages=("kk",)) == [2]
    assert found(filled, "алматы", until=NOW - timedelta(days=1)) == []


def test_an_edit_is_found_by_its_new_words_only(filled: Database) -> None:
    later = NOW + timedelta(hours=1)
    edited = article("/0/", "Театры открылись", headline="Story 0", language="ru", fetched_at=later)
    stored(filled, reading(edited), now=later)
    with filled.read() as session:
        assert [hit.row.body for hit in search(session, Filter("театр")).hits] == ["Театры открылись"]
        assert [hit.row.body for hit in search(session, Filter("ремонт")).hits] == []


def test_a_book_is_stored_and_found(database: Database) -> None:
    """PostgreSQL's index of one text holds 1 MB; a longer text must not fail."""
    body = " ".join(f"слово{n}" for n in range(150_000))
    stored(database, reading(article("/book/", body, language="ru")))
    with database.read() as session:
        assert len(search(session, Filter("слово77")).hits) == 1
