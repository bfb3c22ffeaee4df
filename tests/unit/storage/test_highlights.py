"""Hits are marked in all their forms, in pieces that joined are the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.storage.highlights import SNIPPET, Piece, highlight
from crawler.storage.question import read_question
from crawler.storage.word_forms import fold


def marked(words: str, text: str) -> str:
    pieces = highlight(read_question(words), text, None, "").headline
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        pytest.param("президента", "Президенту доложили", "[Президенту] доложили", id="Russian forms"),
        pytest.param("мектептің", "Жаңа мектептер", "Жаңа [мектептер]", id="Kazakh forms"),
        pytest.param("елка", "На площади ёлка", "На площади [ёлка]", id="ё and е"),
        pytest.param("суд", "Рассудок и суд", "Рассудок и [суд]", id="words from their beginning only"),
        pytest.param("суд", "Судьба и суды", "Судьба и [суды]", id="endings, not other words"),
        pytest.param("мост ремонт", "Ремонт моста", "[Ремонт] [моста]", id="several words"),
        pytest.param('"новый год"', "Новый год и новый дом", "[Новый год] и новый дом", id="a phrase as a whole"),
        pytest.param('"новый год"', "новый, год", "[новый, год]", id="a phrase over a sign"),
        pytest.param("школа -ремонт", "Ремонт школы", "Ремонт [школы]", id="what must not occur is no hit"),
        pytest.param("школа OR лицей", "Лицеи", "[Лицеи]", id="either word"),
        pytest.param("кто-то", "Кто-то пришёл", "[Кто]-[то] пришёл", id="parts of a word"),
        pytest.param("", "Кто-то пришёл", "Кто-то пришёл", id="nothing asked"),
    ],
)
def test_forms_are_marked(words: str, text: str, shown: str) -> None:
    assert marked(words, text) == shown


def test_a_snippet_is_where_most_hits_are() -> None:
    body = "Мост. " + "Ничего. " * 100 + "Тут ремонт моста, и ремонт моста дорог. " + "Ничего. " * 100
    snippet = highlight(read_question("ремонт моста"), None, None, body).snippet
    assert snippet[0] == Piece("… ", False)
    assert snippet[-1] == Piece(" …", False)
    assert [piece.text for piece in snippet if piece.is_hit] == ["ремонт", "моста", "ремонт", "моста"]
    assert len("".join(piece.text for piece in snippet)) <= SNIPPET + 4


def test_without_hits_the_snippet_is_the_beginning() -> None:
    assert highlight(read_question("мост"), None, "Lead.", "One.\n\nTwo.").snippet == (Piece("Lead. One. Two.", False),)


@given(st.text(max_size=300), st.lists(st.text(alphabet="абё1", min_size=1, max_size=6), min_size=1, max_size=3))
def test_the_pieces_are_the_text(text: str, words: list[str]) -> None:
    found = highlight(read_question(" ".join(words)), text, None, "")
    assert "".join(piece.text for piece in found.headline) == text
    assert all(piece.text for piece in found.headline)


@given(st.text(max_size=300))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
