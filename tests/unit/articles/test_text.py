"""Text keeps its words and loses what nobody sees."""

from __future__ import annotations

import doctest
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.articles import text
from crawler.articles.text import clean_headline, normalise_paragraphs, normalise_text, split_credit, word_count


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(text).failed == 0


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        pytest.param("  Одно \n\t слово  ", "Одно слово", id="blanks and line breaks"),
        pytest.param("10\u00a0000\u202fтенге", "10 000 тенге", id="spaces that do not break"),
        pytest.param("Казах\u00adстан", "Казахстан", id="soft hyphen"),
        pytest.param("а\u200bб\ufeffв\u2060г", "абвг", id="zero-width signs"),
        pytest.param("кафе\u0301", "кафе\u0301", id="a stress that has no letter of its own stays"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("a\x00b\x07c", "abc", id="control characters"),
        pytest.param("«Да», — “he said” - 'no'", "«Да», — “he said” - 'no'", id="quotes and dashes as printed"),
        pytest.param("&amp;quot;Да&amp;quot; &laquo;нет&raquo;", '"Да" «нет»', id="escaped twice"),
        pytest.param("&#171;да&#187;&#8230;", "«да»…", id="escaped by number"),
        pytest.param("&amp;amp;amp;", "&", id="escaped over and over"),
        pytest.param("R&D; AT&T, a&b", "R&D; AT&T, a&b", id="plain ampersands"),
        pytest.param("?a=1&copy=2", "?a=1&copy=2", id="parameters of an address"),
        pytest.param("1 &lt; 2", "1 &lt; 2", id="what would read as mark-up stays escaped"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian keeps its joiner"),
        pytest.param("क्\u200dष", "क्\u200dष", id="Devanagari keeps its joiner"),
        pytest.param("👩\u200d🚀", "👩\u200d🚀", id="emoji keeps its joiner"),
        pytest.param("сло\u200cво", "слово", id="a joiner without a use"),
        pytest.param("\u202bשלום\u202c עולם", "שלום עולם", id="direction marks"),
        pytest.param("日本語の\u3000文章", "日本語の 文章", id="ideographic space"),
        pytest.param("", "", id="empty"),
    ],
)
def test_paragraph(printed: str, clean: str) -> None:
    assert normalise_text(printed) == clean


def test_hostile_escaping_is_left_as_it_is() -> None:
    nested = "&" * 200 + "amp;" * 3 + "#97;mp;" * 200
    assert normalise_text(normalise_text(nested)) == normalise_text(nested)


def test_paragraphs_that_show_nothing_are_dropped() -> None:
    assert normalise_paragraphs(["Бір.", "\u200b \u00a0", "", "Екі."]) == ("Бір.", "Екі.")


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        pytest.param("Дорога длиной в год | Herald.kz", "Дорога длиной в год", id="the publisher behind a bar"),
        pytest.param("A road - part two - The Herald", "A road - part two", id="only the last part"),
        pytest.param("A road — Herald — herald.kz", "A road", id="twice"),
        pytest.param("A road - and back", "A road - and back", id="a dash of the headline"),
        pytest.param("Herald: who reads it?", "Herald: who reads it?", id="a story about the publisher"),
        pytest.param("The Herald", "The Herald", id="nothing but the publisher"),
    ],
)
def test_headline(printed: str, clean: str) -> None:
    assert clean_headline(printed, publishers=["herald.kz"]) == clean


@pytest.mark.parametrize(
    ("caption", "shown", "credit"),
    [
        pytest.param("Фото: Служба спасения", None, "Служба спасения", id="credit only"),
        pytest.param("Фото:пример.kz/a Фото:пример.kz/a", None, "пример.kz/a", id="glued and said twice"),
        pytest.param(
            "Мост через реку. Сурет: әкімдік", "Мост через реку.", "әкімдік", id="behind a sentence, in Kazakh"
        ),
        pytest.param("Мост (Фото: А. Б.)", "Мост", "А. Б.", id="in brackets, initials keep their stops"),
        pytest.param("[Photo: Herald] The bridge", "The bridge", "Herald", id="in brackets in front"),
        pytest.param("The bridge | Photo by Anna Smith", "The bridge", "Anna Smith", id="photo by"),
        pytest.param("Image: Herald\nThe bridge", "The bridge", "Herald", id="on a line of its own"),
        pytest.param("© Herald", None, "Herald", id="copyright sign"),
        pytest.param("The bridge (c) Herald.", "The bridge", "Herald", id="copyright in letters"),
        pytest.param("Foto: A. Vidéo: B", None, "A. Vidéo: B", id="an unknown label stays"),
        pytest.param("Фото: А Фото: Б", None, "А / Б", id="two makers"),
        pytest.param("На фото: новый мост", "На фото: новый мост", None, id="a label of what is seen"),
        pytest.param("На фото: мост. Фото: Б.", "На фото: мост.", "Б.", id="both"),
        pytest.param("Архивное фото", "Архивное фото", None, id="no maker named"),
        pytest.param("Мост Мост", "Мост", None, id="a caption said twice"),
        pytest.param("写真：共同", None, "共同", id="Japanese"),
        pytest.param(" ", None, None, id="empty"),
    ],
)
def test_caption(caption: str, shown: str | None, credit: str | None) -> None:
    assert split_credit(caption) == (shown, credit)


def test_a_text_is_no_caption() -> None:
    text = "Фото: А. Ким. " * 100
    assert split_credit(text) == (text.strip(), None)


@pytest.mark.parametrize(
    ("s", "words"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("Бір - екі, «үш».", 3, id="signs are no words"),
        pytest.param("2 млн", 2, id="numbers are"),
        pytest.param("नमस्ते दुनिया", 2, id="vowel signs cut no word"),
        pytest.param("日本語 abc", 4, id="unspaced scripts by character"),
    ],
)
def test_words(s: str, words: int) -> None:
    assert word_count(s) == words


PIECES = st.sampled_from(
    (
        "&",
        "amp;",
        "#38;",
        "quot;",
        "#x26;",
        "#97;",
        "lt;",
        " ",
        "\n",
        "\u00ad",
        "\u200d",
        "\u200b",
        "e",
        "\u0301",
        "ب",
        "\u037e",
    )
)
ESCAPED = st.lists(PIECES | st.characters(), max_size=14).map("".join)
CAPTION = st.lists(st.sampled_from(("Фото:", "©", "(", ")", "[", " ", "\n", "Photo by ", "a", "на ", ".", "Источник ")))


@given(ESCAPED | st.text())
@example("&&#97;mp;#97;mp;")
@example("e\u200d\u0301")
@example("\ud800")
def test_normalising_twice_changes_nothing(s: str) -> None:
    clean = normalise_text(s)
    assert normalise_text(clean) == clean
    assert is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S")).filter(lambda c: c not in "&\ufffc")))
def test_no_letter_or_sign_is_lost(s: str) -> None:
    assert normalise_text(s) == normalize("NFC", s)


@given(CAPTION.map("".join) | st.text())
def test_splitting_a_caption_twice_changes_nothing(caption: str) -> None:
    shown, _ = split_credit(caption)
    if shown is not None:
        assert split_credit(shown) == (shown, None)
