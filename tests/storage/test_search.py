"""Articles are found by words in any form, in Russian, Kazakh and English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crawler.errors import QueryError
from crawler.storage import articles, newest
from crawler.storage.database import Database
from crawler.storage.search import Count, Cursor, Filter, Order, count, facets, search
from tests.storage.stories import NOW, article, reading, stored

TEXTS = (
    ("ru", "Школы Алматы открылись после ремонта"),
    ("ru", "В школе №5 прошёл суд над спортом"),
    ("kk", "Алматыдағы мектептер жөндеуден кейін ашылды"),
    ("en", "Schools of Almaty are open after repairs"),
    ("ru", "На площади поставили ёлку"),
)


COUNTRY = ("Казахстан", "Казахстана", "Казахстану")


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


@pytest.mark.parametrize("joined", [" ", " OR "])
def test_the_longest_question_of_words_with_the_most_forms_is_answered(filled: Database, joined: str) -> None:
    asked = joined.join(f"рын{letter}ок" for letter in "абвгдежзиклмнопрстуфхцчшщыэюяйь"[:31])
    assert found(filled, f"{asked}{joined}школа") == ([] if joined == " " else [1, 0])


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


RIVER = ("Река широка.", "Вид с реки.", "Мост над рекой.", "Семь рек.")
RECORD = ("Рекордный улов.", "Рекламный щит.")
LAKE = ("Көл терең.", "Көлдің суы.", "Көлдеріміз көп.", "Көлінде балық бар.")
VOLUME = ("Көлем үлкен.", "Көлік жүрді.")


@pytest.mark.parametrize(
    ("language", "asked", "forms", "others"),
    [
        pytest.param("ru", ("река", "реке", "РЕКАМИ", "рек"), RIVER, RECORD, id="Russian"),
        pytest.param("kk", ("көл", "көлге", "көлдер"), LAKE, VOLUME, id="Kazakh"),
        pytest.param("en", ("car", "cars"), ("A car.", "Two cars."), ("A card.", "A career."), id="English"),
        pytest.param(None, ("река", "реки"), RIVER, RECORD, id="a text whose language is not known"),
    ],
)
def test_short_words_are_found_in_their_forms_and_no_others(
    database: Database, language: str | None, asked: tuple[str, ...], forms: tuple[str, ...], others: tuple[str, ...]
) -> None:
    bodies = enumerate((*forms, *others))
    stored(database, *(reading(article(f"/{n}/", body, lead=None, language=language)) for n, body in bodies))
    with database.read() as session:
        for words in asked:
            assert {hit.row.body for hit in search(session, Filter(words)).hits} == set(forms), words


COURT = ("Суд решил.", "Судебный спор.", "Судьи ушли.")


@pytest.mark.parametrize("language", ["ru", None])
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("СУД*", {*COURT}),
        ("судеб*", {"Судебный спор."}),
        ("судебны*", {"Судебный спор."}),
        ("суд* -спор*", {"Суд решил.", "Судьи ушли."}),
        ("рекорд* OR судеб*", {"Судебный спор."}),
    ],
)
def test_a_word_with_a_star_is_a_beginning(
    database: Database, language: str | None, asked: str, found: set[str]
) -> None:
    bodies = enumerate((*COURT, "Сад цветёт."))
    stored(database, *(reading(article(f"/{n}/", body, lead=None, language=language)) for n, body in bodies))
    with database.read() as session:
        page = search(session, Filter(asked), order="best")
    assert {hit.row.body for hit in page.hits} == found
    assert all(any(piece.is_hit for piece in hit.highlights.snippet) for hit in page.hits)


@pytest.mark.parametrize("words", ["казахстан", "Казахстана", "казахстану"])
def test_forms_that_a_stemmer_tells_apart_are_found(database: Database, words: str) -> None:
    stored(database, *(reading(article(f"/{n}/", f"Погода. {form}.", language="ru")) for n, form in enumerate(COUNTRY)))
    with database.read() as session:
        assert len(search(session, Filter(words)).hits) == len(COUNTRY)


def test_words_that_a_stemmer_leaves_out_are_words_of_a_phrase(database: Database) -> None:
    stored(database, reading(article("/1/", "Быть или не быть на tengri.example и/или дома.", language="ru")))
    with database.read() as session:
        for words in ('"быть или не быть"', "или", "example", '"и или дома"'):
            assert len(search(session, Filter(words)).hits) == 1, words
        assert search(session, Filter('"не или быть"')).hits == ()


def test_short_words_that_a_stemmer_makes_a_vowel_of_are_their_own(database: Database) -> None:
    bodies = ("ИИ и люди.", "Кошки и собаки.", "АО «Алма» сообщило.", "А ей её отдали.")
    stored(database, *(reading(article(f"/{n}/", body, lead=None, language="ru")) for n, body in enumerate(bodies)))
    with database.read() as session:

        def found(words: str) -> set[str]:
            return {hit.row.body for hit in search(session, Filter(words)).hits}

        assert found("ИИ") == found('"ии и люди"') == {bodies[0]}
        assert found("и") == {bodies[0], bodies[1]}
        assert found("АО") == found("«АО Алма»") == {bodies[2]}
        assert found("её") == found("ее") == {bodies[3]}
        assert found("люди -ИИ") == set()


def test_a_book_is_stored_and_found(database: Database) -> None:
    """PostgreSQL's index of one text holds 1 MB; a longer text must not fail."""
    body = " ".join(f"слово{n}" for n in range(150_000))
    stored(database, reading(article("/book/", body, language="ru")))
    with database.read() as session:
        assert len(search(session, Filter("слово77")).hits) == 1


# --- Order, pages -----------------------------------------------------------------------------------------------------
@pytest.fixture
def ranked(database: Database) -> Database:
    """The word stands twice in a body, in a lead, in a headline, and, older, in another headline."""
    texts = (
        ("In the body", None, "A bridge is a bridge. " + "Other words follow here. " * 20),
        ("In the lead", "The bridge is there.", "Other words follow here. " * 20),
        ("In the bridge headline", None, "Other words follow here. " * 20),
        ("The bridge of last year", None, "Other words follow here. " * 20),
    )
    stored(
        database,
        *(
            reading(
                article(f"/{n}/", f"{body}{n}", headline=headline, lead=lead, published_at=NOW - timedelta(hours=n))
            )
            for n, (headline, lead, body) in enumerate(texts)
        ),
    )
    return database


def headlines(database: Database, *, order: Order, limit: int = 50, words: str = "bridge") -> list[str | None]:
    """All pages, one after the other, while articles arrive that fit, too."""
    shown: list[str | None] = []
    after: Cursor | None = None
    while True:
        with database.read() as session:
            page = search(session, Filter(words), order=order, limit=limit, after=after)
        shown += [hit.row.headline for hit in page.hits]
        if page.next_cursor is None:
            return shown
        after = Cursor.decode(page.next_cursor.encode())
        assert after == page.next_cursor
        number = len(shown)
        stored(
            database, reading(article(f"/late{number}/", f"A bridge {number}", headline="Bridge", published_at=None))
        )


BEST = ["In the bridge headline", "The bridge of last year", "In the lead", "In the body"]
NEWEST = ["In the body", "In the lead", "In the bridge headline", "The bridge of last year"]


@pytest.mark.parametrize(("order", "expected"), [("best", BEST), ("newest", NEWEST)])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_in_either_order_neither_overlap_nor_miss(
    ranked: Database, order: Order, expected: list[str], limit: int
) -> None:
    assert headlines(ranked, order=order, limit=limit) == expected


def test_best_goes_on_where_the_last_hit_was_erased(ranked: Database) -> None:
    with ranked.read() as session:
        page = search(session, Filter("bridge"), order="best", limit=2)
    with ranked.write() as session:
        articles.erase(session, page.hits[1].row.id, "law", now=NOW)
    with ranked.read() as session:
        rest = search(session, Filter("bridge"), order="best", limit=2, after=page.next_cursor)
    assert [hit.row.headline for hit in rest.hits] == BEST[2:]


def test_a_cursor_of_the_other_order_is_refused(ranked: Database) -> None:
    with ranked.read() as session:
        page = search(session, Filter("bridge"), order="best", limit=2)
        with pytest.raises(QueryError, match="best first, not newest first"):
            search(session, Filter("bridge"), after=page.next_cursor)


def test_without_words_the_best_are_the_newest(ranked: Database) -> None:
    assert headlines(ranked, order="best", words="") == NEWEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "é",
        "W10",
        "WyJuIl0",
        "WyJuIiwxZTk5LDFd",
        "WyJuIiwwLDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "A" * 5_000,
        pytest.param("WyJuIiwwLHRydWVd", id="true in the place of a number"),
        pytest.param("W1tb" * 1_800, id="lists within lists"),
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no cursor"):
        Cursor.decode(text)


def test_hits_have_their_words_marked(ranked: Database) -> None:
    with ranked.read() as session:
        hit = search(session, Filter("bridges lead"), order="best").hits[0]
    assert [piece.text for piece in hit.highlights.headline if piece.is_hit] == ["lead"]
    assert [piece.text for piece in hit.highlights.snippet if piece.is_hit] == ["bridge"]


@pytest.mark.parametrize("words", ["", "bridge"])
def test_rare_and_common_words_are_found_in_either_way(
    ranked: Database, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL looks at the newest articles in turn, and where that is not enough finds all of them."""
    monkeypatch.setattr(newest, "LOOKED_AT", 1)
    assert headlines(ranked, order="newest", words=words, limit=1) == NEWEST


# --- Numbers ----------------------------------------------------------------------------------------------------------
def test_counts_stop_where_they_are_told(filled: Database) -> None:
    with filled.read() as session:
        assert count(session, Filter()) == Count(5, is_exact=True)
        assert count(session, Filter("алматы")) == Count(2, is_exact=True)
        assert count(session, Filter("метро")) == Count(0, is_exact=True)
        assert count(session, Filter(), most=5) == Count(5, is_exact=True)
        assert count(session, Filter(), most=4) == Count(4, is_exact=False)


def test_facets_are_those_of_what_is_found(database: Database) -> None:
    moments = (datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC))
    stored(
        database,
        reading(article("/1/", "Rain.", published_at=moments[0], section="City")),
        reading(article("/2/", "Rain in town.", published_at=moments[1], section=None, tags=("rain",), language="kk")),
        reading(article("/3/", "Snow.", authors=("Bo Li",))),
    )
    with database.read() as session:
        found = facets(session, Filter("rain"), zone=ZoneInfo("Asia/Almaty"))
        everything = facets(session, Filter(), most=1)
    assert found == {
        "source": [("herald", 2)],
        "section": [("City", 1)],
        "author": [("Ann Reed", 2), ("Bo Li", 2)],
        "tag": [("bridge", 1), ("rain", 1), ("traffic", 1)],
        "language": [("en", 1), ("kk", 1)],
        "day": [("2026-11-21", 1), ("2026-11-20", 1)],
    }
    assert everything["author"] == [("Bo Li", 3)]
    assert len(everything["day"]) == 2


def test_a_statement_about_words_leaves_postgresql_s_plans_as_they_were(postgresql_url: str) -> None:
    with Database(postgresql_url) as database, database.read() as session:
        count(session, Filter("bridge"))
        search(session, Filter("bridge"))
        assert session.scalar(text("SHOW enable_seqscan")) == "on"
