"""A byline names people, and only people."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.articles import bylines
from crawler.articles.bylines import clean_author

PUBLISHERS = ("Herald.kz", "The Steppe Herald")


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(bylines).failed == 0


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        pytest.param("Anna Smith", ["Anna Smith"], id="a name"),
        pytest.param("By Anna Smith", ["Anna Smith"], id="By"),
        pytest.param("Written by: Anna Smith", ["Anna Smith"], id="Written by"),
        pytest.param("Автор: Иван Петров", ["Иван Петров"], id="Автор"),
        pytest.param("Авторы статьи: Иван Петров, Мария Ким", ["Иван Петров", "Мария Ким"], id="Авторы"),
        pytest.param("Von Ursula Müller", ["Ursula Müller"], id="Von, a label"),
        pytest.param("Von der Leyen", ["Von der Leyen"], id="Von, part of a name"),
        pytest.param("Par Jean Dupont", ["Jean Dupont"], id="Par"),
        pytest.param("Por João Silva e Maria Souza", ["João Silva", "Maria Souza"], id="Por, before two"),
        pytest.param("Муаллиф: Дилноза Каримова", ["Дилноза Каримова"], id="Uzbek label"),
        pytest.param("بقلم أحمد المنصوري", ["أحمد المنصوري"], id="Arabic label"),
        pytest.param("מאת: דוד כהן", ["דוד כהן"], id="Hebrew label"),
        pytest.param("记者：张伟", ["张伟"], id="Chinese label"),
        pytest.param("홍길동 기자", ["홍길동"], id="Korean role"),
        pytest.param("Авторы: Иван Петров, Анна Ким. Фото: Олег Ли", ["Иван Петров", "Анна Ким"], id="photographer"),
        pytest.param("Беседовали Анна Ким и Олег Ли", ["Анна Ким", "Олег Ли"], id="who asked"),
        pytest.param("Super User", [], id="the first account of a content system"),
        pytest.param("Por Redação, São Paulo", [], id="a desk and its city"),
        pytest.param("Di Maio", ["Di Maio"], id="Di, part of a name"),
        pytest.param("記者 山田太郎", ["山田太郎"], id="Japanese label"),
        pytest.param("Anna Smith and Bob Jones", ["Anna Smith", "Bob Jones"], id="and"),
        pytest.param("Anna Smith, Bob Jones and Carl White", ["Anna Smith", "Bob Jones", "Carl White"], id="a list"),
        pytest.param("Айгүл Сейіт және Болат Ахмет", ["Айгүл Сейіт", "Болат Ахмет"], id="және"),
        pytest.param("Мария Ким и Иван Петров", ["Мария Ким", "Иван Петров"], id="и"),
        pytest.param("Eva Braun & Max Maier", ["Eva Braun", "Max Maier"], id="ampersand"),
        pytest.param("Anna Smith/Bob Jones", ["Anna Smith", "Bob Jones"], id="slash"),
        pytest.param("Anna Smith; Bob Jones", ["Anna Smith", "Bob Jones"], id="semicolon"),
        pytest.param("ANNA SMITH AND BOB JONES", ["ANNA SMITH", "BOB JONES"], id="in capitals"),
        pytest.param("牛镛、岳弘彬", ["牛镛", "岳弘彬"], id="Chinese list"),
        pytest.param("José Ortega y Gasset", ["José Ortega y Gasset"], id="y inside a name"),
        pytest.param("Ludwig van Beethoven", ["Ludwig van Beethoven"], id="van"),
        pytest.param("ИВАНОВ Иван", ["ИВАНОВ Иван"], id="surname first, in capitals"),
        pytest.param("Smith, John A.", ["John A. Smith"], id="surname first, with a comma"),
        pytest.param("Anna Smith, Reuters", ["Anna Smith"], id="agency behind a comma"),
        pytest.param("By ANNA SMITH Associated Press", ["ANNA SMITH"], id="agency behind a name"),
        pytest.param("Anna Smith (Reuters)", ["Anna Smith"], id="agency in brackets"),
        pytest.param("Associated Press", ["Associated Press"], id="an agency alone"),
        pytest.param("Иван Петров, корреспондент, Herald.kz", ["Иван Петров"], id="role and publisher"),
        pytest.param("Senior Correspondent Anna Smith", ["Anna Smith"], id="role in front"),
        pytest.param("Anna Smith in London", ["Anna Smith"], id="place"),
        pytest.param("Anna Smith, New York", ["Anna Smith"], id="place of two words"),
        pytest.param("Anna Smith 12 May 2024", ["Anna Smith"], id="date behind"),
        pytest.param("Anna Smith anna@herald.kz", ["Anna Smith"], id="e-mail beside the name"),
        pytest.param("Anna Smith @asmith", ["Anna Smith"], id="handle beside the name"),
        pytest.param("Anna Smith, Anna SMITH", ["Anna Smith"], id="said twice"),
        pytest.param("Reporting by Anna Smith; Editing by Bob Jones", ["Anna Smith"], id="who edited is no author"),
        pytest.param("Жанар", ["Жанар"], id="a single name"),
        pytest.param("anna@herald.kz", [], id="e-mail"),
        pytest.param("https://social.example/anna.smith", [], id="address"),
        pytest.param("@asmith", [], id="handle"),
        pytest.param("Herald", [], id="publisher without its domain ending"),
        pytest.param("STEPPE HERALD", [], id="publisher in capitals without its article"),
        pytest.param("Herald Staff", [], id="the publisher's staff"),
        pytest.param("Редакция Herald.kz", [], id="the publisher's desk"),
        pytest.param("Admin", [], id="admin"),
        pytest.param("редакция", [], id="редакция"),
        pytest.param("Newsroom", [], id="newsroom"),
        pytest.param("Guest Contributor", [], id="nobody in particular"),
        pytest.param("By", [], id="a label without a name"),
        pytest.param("12.05.2024", [], id="a date"),
        pytest.param("Anna Smith, " * 200, [], id="a text, not a byline"),
        pytest.param("", [], id="empty"),
    ],
)
def test_people(byline: str, people: list[str]) -> None:
    assert list(clean_author(byline, PUBLISHERS)) == people


BYLINE = st.lists(
    st.sampled_from(
        ("By ", "Anna Smith", "Bob Jones", " and ", ", ", "Reuters", "Herald.kz", "Admin", ";", "(", ")", "7", "и ")
    )
).map("".join)


@given(BYLINE | st.text())
def test_whatever_stands_there_names_are_clean_and_stable(byline: str) -> None:
    people = clean_author(byline, PUBLISHERS)
    assert len({name.casefold() for name in people}) == len(people)
    for name in people:
        assert name == name.strip()
        assert name.casefold() not in {"herald.kz", "admin"}
