"""The article in the JSON of a page's scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extraction.found import Found
from crawler.extraction.page import Page
from crawler.extraction.script_state import paragraphs_of, read_script_state

LONG = "The council met on Monday and decided to rebuild the northern pier before the next winter comes. "
BODY = f"<p>{LONG * 2}</p><h2>Costs</h2><p>{LONG}</p>"


def found(script: str) -> Found:
    return read_script_state(Page.read(f"<body>{script}</body>".encode(), "https://example.com/a"))


def next_data(value: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(next_data({"props": {"pageProps": {"article": {"title": "A", "content": BODY}}}}), id="Next.js"),
        pytest.param(
            f"<script>window.__NUXT__ = {json.dumps({'data': [{'title': 'A', 'text': BODY}]})};</script>", id="Nuxt"
        ),
        pytest.param(
            f"<script>window.initialState = {json.dumps({'a': {'headline': 'A', 'body': BODY}})}</script>", id="state"
        ),
        pytest.param(
            next_data({"a": {"title": "A", "content": BODY.replace("<", "&lt;").replace(">", "&gt;")}}), id="escaped"
        ),
    ],
)
def test_the_article_is_found_wherever_the_state_keeps_it(script: str) -> None:
    said = found(script)

    assert said.headline == "A"
    assert [len(paragraph) > 50 for paragraph in said.body] == [True, False, True]


def test_blocks_of_an_editor_are_paragraphs() -> None:
    blocks = [
        {"type": "paragraph", "data": {"text": f"<b>{LONG}</b>"}},
        {"type": "image"},
        {"type": "paragraph", "text": LONG * 2},
    ]

    assert found(next_data({"story": {"title": "A", "blocks": blocks}})).body == (LONG.strip(), (LONG * 2).strip())


def test_of_several_objects_the_one_with_most_text_is_the_article() -> None:
    teaser = {"title": "Teaser", "text": LONG * 3}
    article = {"title": "A", "text": LONG * 9, "published_at": "2024-05-02T10:00:00Z", "lead": "What happened."}

    said = found(next_data({"related": [teaser], "article": article}))

    assert (said.headline, said.published, said.lead) == ("A", "2024-05-02T10:00:00Z", "What happened.")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("", id="none"),
        pytest.param(next_data({"title": "A", "text": "short"}), id="short"),
        pytest.param(next_data({"text": LONG * 9}), id="no title"),
        pytest.param(f"<script>window.__X__ = {{a: '{LONG * 9}'}}</script>", id="JavaScript"),
        pytest.param(f'<script type="application/json">{"[" * 50_000}</script>', id="deep"),
        pytest.param(
            f'<script type="application/ld+json">{json.dumps({"headline": "A", "articleBody": LONG * 9})}</script>',
            id="JSON-LD",
        ),
    ],
)
def test_what_is_no_article_gives_nothing(script: str) -> None:
    assert found(script).body == ()


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        pytest.param("<p>One.</p><p>Two.</p>", ("One.", "Two."), id="HTML"),
        pytest.param("One.<br><br>Two.", ("One.", "Two."), id="breaks"),
        pytest.param("&lt;p&gt;One.&lt;/p&gt;", ("One.",), id="escaped"),
        pytest.param("&amp;lt;p&amp;gt;One.&amp;lt;/p&amp;gt;", ("One.",), id="escaped twice"),
        pytest.param("One.\n\nTwo.", ("One.", "Two."), id="lines"),
        pytest.param("&laquo;One&raquo;", ("«One»",), id="entities"),
    ],
)
def test_a_text_has_paragraphs_in_whatever_form(text: str, paragraphs: tuple[str, ...]) -> None:
    assert paragraphs_of(text) == paragraphs
