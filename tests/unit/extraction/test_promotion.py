"""Promotion is found as if every pattern were asked of every paragraph, only faster."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.promotion import without_promotion
from crawler.sources.registry import Registry
from crawler.sources.source import Layout

PATTERNS = sorted({p for source in Registry.load().sources.values() for one in source.layouts for p in one.promo})


def layout(**fields: object) -> Layout:
    return Layout.model_validate({"name": "a", "article": "body", **fields})


@pytest.mark.parametrize(
    ("promo", "paragraph"),
    [
        pytest.param("Our app", "Try our APP today", id="in any case"),
        pytest.param(r"example\.kz есть", "Example.kz есть и там", id="an escaped sign is a plain one"),
        pytest.param("apps?", "One app", id="the last sign is optional"),
        pytest.param("Our app|Our bot", "Ask our bot", id="branches"),
        pytest.param("[(|]app", "Our |app", id="brackets inside a class"),
        pytest.param("(?:Our|My) app", "It is my app", id="begins with a group"),
        pytest.param("^Our app", "Our app", id="at the beginning"),
        pytest.param("^Our|app$", "Get the app", id="only one branch is bound to the beginning"),
    ],
)
def test_paragraphs_that_hold_a_pattern_are_dropped(promo: str, paragraph: str) -> None:
    assert list(without_promotion(["It rains.", paragraph], layout(promo=promo))) == ["It rains."]


@given(
    st.lists(st.sampled_from([*PATTERNS, "Новости", "қала", " ", ".", "НАШИ НОВОСТИ ТЕПЕРЬ В WHATSAPP"]), max_size=6)
)
def test_the_packaged_patterns_find_what_they_would_find_one_by_one(parts: list[str]) -> None:
    paragraph = re.sub(r"[\\^$]|\(\?:", "", "".join(parts))
    told = not any(re.search(pattern, paragraph, re.IGNORECASE) for pattern in PATTERNS)
    assert list(without_promotion([paragraph], layout(promo=PATTERNS))) == [paragraph] * (told and bool(paragraph))


def test_the_text_ends_before_a_stop_phrase() -> None:
    kept = without_promotion(["One.", "Found a mistake? Write to us", "Two."], layout(stop_phrases="found a mistake"))
    assert list(kept) == ["One."]


@pytest.mark.parametrize(
    ("paragraph", "kept"),
    [
        pytest.param("It rains. Читайте также: Солнце над морем", ["It rains."], id="behind a sentence"),
        pytest.param("Читайте также: Солнце над морем", [], id="alone"),
        pytest.param("Он сказал: читайте также книги", ["Он сказал: читайте также книги"], id="inside a sentence"),
    ],
)
def test_pointers_to_other_stories_are_cut_off(paragraph: str, kept: list[str]) -> None:
    assert list(without_promotion([paragraph], layout())) == kept
