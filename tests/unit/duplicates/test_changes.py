"""Which changes of a text mean something, and how they are shown."""

from __future__ import annotations

import pytest

from crawler.duplicates.changes import LONGEST_COMPARED, Piece, diff, is_meaningful

BODY = "Мост открыли утром.\n\nРемонт шёл пять месяцев и стоил 1,3 миллиарда тенге."


@pytest.mark.parametrize(
    "line",
    [
        "Просмотров: 1 204",
        "1204 просмотра",
        "Комментарии (15)",
        "12 пікір",
        "Қаралым: 77",
        "3,402 views",
        "Обновлено: 24 ноября 2026, 13:05",
        "Обновлено в 13:05",
        "Жаңартылды: 13:05",
        "Last updated at 10:15",
        "Читайте также: Паром вернулся в порт",
        "Подпишитесь на наш канал в мессенджере!",
        "Тағы оқыңыз: Паром қайтты",
        "Read also: The ferry is back",
        "Subscribe to our newsletter",
    ],
)
def test_a_line_that_sites_change_by_themselves_means_nothing(line: str) -> None:
    assert not is_meaningful(["Мост", None, BODY], ["Мост", None, f"{BODY}\n\n{line}"])
    assert not is_meaningful(["Мост", None, f"{line}\n\n{BODY}"], ["Мост", None, BODY])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("«Мост»  открыт", '"Мост" открыт', id="quotes and spaces"),
        pytest.param("Просмотров: 10", "Просмотров: 11", id="a counter"),
    ],
)
def test_these_texts_are_the_same(before: str, after: str) -> None:
    assert not is_meaningful([before], [after])


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(BODY.replace("пять", "шесть"), id="a word"),
        pytest.param(BODY.replace("1,3", "1,4"), id="a number"),
        pytest.param(BODY.replace(".", "!"), id="a mark"),
        pytest.param(BODY.partition("\n")[0], id="a paragraph less"),
        pytest.param(BODY + "\n\nОбновлено здание вокзала, а Лев Омаров назначен его начальником.", id="a sentence"),
        pytest.param(BODY + "\n\nКомментарии дал аким города.", id="a sentence that begins like a counter"),
        pytest.param(BODY + "\n\n" + "Читайте также: " + "длинный рассказ " * 20, id="a paragraph as long as a text"),
    ],
)
def test_an_edit_means_something(after: str) -> None:
    assert is_meaningful(["Мост", None, BODY], ["Мост", None, after])


def test_a_change_of_the_headline_or_the_lead_does() -> None:
    assert is_meaningful(["Мост", None, BODY], ["Мосты", None, BODY])
    assert is_meaningful(["Мост", None, BODY], ["Мост", "Наконец", BODY])


def test_changed_words_are_shown_inside_their_paragraph() -> None:
    assert diff(BODY, BODY.replace("пять месяцев", "шесть месяцев")) == [
        [
            Piece("same", "Ремонт шёл "),
            Piece("removed", "пять"),
            Piece("added", "шесть"),
            Piece("same", " месяцев и стоил 1,3 миллиарда тенге."),
        ]
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        pytest.param(None, "New.", [[Piece("added", "New.")]], id="from nothing"),
        pytest.param("Old.", None, [[Piece("removed", "Old.")]], id="to nothing"),
        pytest.param("A.\n\nB.\n\nC.", "A.\n\nC.", [[Piece("removed", "B.")]], id="a paragraph less"),
        pytest.param("A.", "A.\n\nB.", [[Piece("added", "B.")]], id="a paragraph more"),
        pytest.param(
            "It rains.", "Ships sail far.", [[Piece("removed", "It rains."), Piece("added", "Ships sail far.")]],
            id="another paragraph is shown whole",
        ),
        pytest.param("A.", "A.", [], id="nothing changed"),
    ],
)  # fmt: skip
def test_paragraphs_are_shown(before: str | None, after: str | None, shown: list[list[Piece]]) -> None:
    assert diff(before, after) == shown


def test_a_very_long_paragraph_is_shown_whole() -> None:
    before = "word " * LONGEST_COMPARED
    assert [piece.kind for piece in diff(before, before + "more")[0]] == ["removed", "added"]
