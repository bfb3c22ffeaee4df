"""What makes no difference to the marks of a text, what does, and which texts are too short for any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.duplicates import sketch
from crawler.duplicates.sketch import (
    ENOUGH,
    LEAST,
    MOST,
    SCALE,
    fingerprint,
    pack_facts,
    pack_sketch,
    read,
    unpack_facts,
    unpack_sketch,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Дождь в Алматы", "ДОЖДЬ в алматы", id="case"),
        pytest.param("всё ещё идёт", "все еще идет", id="yo"),
        pytest.param("Он сказал: «да» — и ушёл.", 'Он сказал "да" - и ушел', id="quotes, dashes, stops"),
        pytest.param("1 200 000 тенге", "1,200,000 тенге", id="separators of thousands"),
        pytest.param("1\u00a0200 тенге", "1200 тенге", id="a space that does not break"),
        pytest.param("12,5 процента", "12.5 процента", id="decimal comma and point"),
        pytest.param("один\n\nдва  три", "один два три", id="paragraphs and spaces"),
        pytest.param("قال، إن المدينة", "قال إن المدينة", id="an Arabic comma"),
    ],
)
def test_these_words_are_the_same(one: str, other: str) -> None:
    assert read(one).words == read(other).words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Нур-Султан 17-го", ["нур", "султан", "17", "го"], id="parts of a compound"),
        pytest.param("в 2021 150 человек", ["в", "2021", "150", "человек"], id="a year is no thousand"),
        pytest.param("COVID19 и Су35", ["covid19", "и", "су35"], id="digits inside a word"),
        pytest.param("қазақ тілі, әлем", ["қазақ", "тілі", "әлем"], id="Kazakh letters"),
        pytest.param("समाचार हिन्दी में", ["समाचार", "हिन्दी", "में"], id="vowels that ride on letters"),
        pytest.param("本日は晴", ["本", "日", "は", "晴"], id="no spaces between words"),
        pytest.param("ข่าว", ["ข", "่", "า", "ว"], id="Thai signs"),
        pytest.param("100 сом - 😀 !", ["100", "сом"], id="no words"),
    ],
)
def test_text_is_read_as_words(text: str, words: list[str]) -> None:
    assert read(text).words == words


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param("Вчера Ахметов уехал. Омаров остался.", {"ахметов"}, id="not what opens a sentence"),
        pytest.param("Первый абзац\nВторой абзац", set(), id="nor a paragraph"),
        pytest.param("Он сказал: «Мы едем в Семей»", {"семей"}, id="nor a quotation"),
        pytest.param("Завод «Казцинк» закрыт", {"казцинк"}, id="but a name in quotes"),
        pytest.param("жители г. Алматы и А. Иванов", {"алматы", "иванов"}, id="abbreviations end no sentence"),
        pytest.param("погибли 3 и ранены 12,5", {"3", "125"}, id="numbers"),
        pytest.param("وقال ٣ من السكان", {"٣"}, id="a script without capitals has numbers only"),
    ],
)
def test_facts_are_numbers_and_names(text: str, facts: set[str]) -> None:
    words, names, numbers = read(text)
    assert names | {words[place] for place in numbers} == facts


def test_numbers_are_known_with_the_words_around_them() -> None:
    assert fingerprint("ночью 8 градусов, днём 15 градусов 20").figures == {
        ("ночью", "градусов"): {"8"},
        ("днем", "градусов"): {"15"},
        ("градусов", ""): {"20"},
    }


def test_a_sketch_is_a_sample_with_bounds() -> None:
    words = [f"word{n}" for n in range(2_000)]
    sizes = {n: len(fingerprint(" ".join(words[:n])).sketch) for n in (0, 2, 10, 60, 250, 2_000)}
    assert (sizes[0], sizes[2], sizes[10]) == (0, 1, 8)
    assert sizes[60] == LEAST
    assert 0.6 * 250 / SCALE < sizes[250] < 1.4 * 250 / SCALE
    assert sizes[2_000] == MOST


def test_the_sketch_of_a_part_is_nearly_a_part_of_the_sketch() -> None:
    words = [f"word{n}" for n in range(400)]
    whole, part = fingerprint(" ".join(words)), fingerprint(" ".join(words[100:300]))
    assert set(part.sketch) <= set(whole.sketch)


def test_a_text_too_short_says_so() -> None:
    assert not fingerprint(" ".join(f"w{n}" for n in range(ENOUGH + 1))).is_enough
    assert fingerprint(" ".join(f"w{n}" for n in range(ENOUGH + 2))).is_enough


@given(st.text(max_size=300))
def test_any_text_has_marks_that_databases_can_keep(text: str) -> None:
    marks = fingerprint(text)
    assert set(marks.sketch) <= marks.shingles
    assert all(0 <= hash_ < 2**63 for hash_ in marks.sketch)
    assert list(marks.sketch) == sorted(marks.sketch)
    assert tuple(unpack_sketch(pack_sketch(marks.sketch))) == marks.sketch
    assert frozenset(unpack_facts(pack_facts(marks.facts))) == marks.facts


def test_the_stored_form_is_the_same_on_every_machine() -> None:
    assert pack_sketch([1, 2**62]) == bytes([1, *[0] * 7, *[0] * 7, 0x40])
    assert pack_facts([258]) == bytes([2, 1, 0, 0])


def test_marks_stay_what_they_are_while_the_version_does() -> None:
    """Stored marks are compared with new ones: whoever changes them counts METHOD_VERSION up."""
    marks = fingerprint("Министр Ахметов открыл в Семее 12 новых школ, сообщает пресс-служба ведомства в понедельник.")
    assert sketch.METHOD_VERSION == 1
    assert marks.sketch[:2] == (192531418574814965, 990762844469104226)
    assert sorted(marks.facts)[:2] == [2490240071, 3301512319]
