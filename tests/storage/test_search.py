"""Articles are found by words in any form, in Russian, Kazakh and English."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.storage import articles
from crawler.storage.articles import Filter
from crawler.storage.database import Database
from crawler.storage.search import search
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


def found(database: Database, words: str, wanted: Filter | None = None) -> set[int]:
    with database.read() as session:
        rows = search(session, words, wanted)
    return {[body for _, body in TEXTS].index(row.body) for row in rows}


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
        pytest.param("", set(), id="no word"),
        pytest.param("№ … ?!", set(), id="signs only"),
    ],
)
def test_words(filled: Database, words: str, numbers: set[int]) -> None:
    assert found(filled, words) == numbers


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'; DROP TABLE articles; --",
        "school*",
        "NEAR(school",
        "school AND",
        "a:b & !c | (d",
        "-school",
        ":words %s",
    ],
)
def test_no_sign_breaks_the_question(filled: Database, words: str) -> None:
    found(filled, words)
    assert found(filled, "school") == {3}


def test_no_word_is_an_operator(filled: Database) -> None:
    assert found(filled, "метро OR school") == set()


def test_filters_and_order_are_those_of_lists(filled: Database) -> None:
    assert found(filled, "алматы", Filter(language="kk")) == {2}
    assert found(filled, "алматы", Filter(until=NOW - timedelta(days=1))) == set()
    with filled.read() as session:
        first, second = search(session, "алматы", limit=2)
        assert [row.id for row in search(session, "алматы", before=articles.position(first))] == [second.id]
    assert (first.listed_at, first.id) > (second.listed_at, second.id)


def test_an_edit_is_found_by_its_new_words_only(filled: Database) -> None:
    later = NOW + timedelta(hours=1)
    edited = article("/0/", "Театры открылись", headline="Story 0", language="ru", fetched_at=later)
    stored(filled, reading(edited), now=later)
    with filled.read() as session:
        assert [row.body for row in search(session, "театр")] == ["Театры открылись"]
        assert [row.body for row in search(session, "ремонт")] == []


def test_a_book_is_stored_and_found(database: Database) -> None:
    """PostgreSQL's index of one text holds 1 MB; a longer text must not fail."""
    body = " ".join(f"слово{n}" for n in range(150_000))
    stored(database, reading(article("/book/", body, language="ru")))
    with database.read() as session:
        assert len(search(session, "слово77")) == 1
