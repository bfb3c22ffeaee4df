"""A content hash changes with the words of a text, and with nothing else."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.duplicates import fingerprint
from crawler.duplicates.fingerprint import SIZE, content_hash

HEADLINE, LEAD, BODY = "Мост «Восток»", "Мост открыт.", "Первый абзац.\n\nВторой - последний."


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(fingerprint).failed == 0


@pytest.mark.parametrize(
    ("headline", "lead", "body"),
    [
        pytest.param('Мост "Восток"', LEAD, BODY, id="another style of quotes"),
        pytest.param("Мост „Восток“", LEAD, BODY, id="German quotes"),
        pytest.param(f" {HEADLINE}\n", LEAD, BODY, id="blanks around"),
        pytest.param(HEADLINE, LEAD, "Первый\u00a0абзац. Второй -  последний.", id="other paragraphs and spaces"),
        pytest.param(HEADLINE, LEAD, BODY.replace("й", "и\u0306"), id="decomposed letters"),
    ],
)
def test_typography_makes_no_difference(headline: str, lead: str, body: str) -> None:
    assert content_hash(headline, lead, body) == content_hash(HEADLINE, LEAD, BODY)


@pytest.mark.parametrize(
    ("headline", "lead", "body"),
    [
        pytest.param("Мост «Запад»", LEAD, BODY, id="another headline"),
        pytest.param(HEADLINE, None, BODY, id="no lead"),
        pytest.param(HEADLINE, LEAD, BODY + " Третий.", id="one sentence more"),
        pytest.param(HEADLINE, LEAD, BODY.upper(), id="case"),
        pytest.param(HEADLINE, LEAD, BODY.replace("-", "—"), id="a dash"),
        pytest.param(HEADLINE, LEAD, BODY.replace(".", "!"), id="punctuation"),
        pytest.param(HEADLINE, LEAD + " Первый абзац.", "Второй - последний.", id="a sentence moved to the lead"),
    ],
)
def test_words_and_signs_make_one(headline: str, lead: str | None, body: str) -> None:
    assert content_hash(headline, lead, body) != content_hash(HEADLINE, LEAD, BODY)


def test_no_headline_is_an_empty_one() -> None:
    assert content_hash(None, None, "") == content_hash("", "", " ")


@given(st.none() | st.text(), st.none() | st.text(), st.text())
def test_any_text_has_a_hash_of_its_size(headline: str | None, lead: str | None, body: str) -> None:
    assert len(content_hash(headline, lead, body)) == SIZE
