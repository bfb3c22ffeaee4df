"""The trained model fits the numbers it is fed; early decisions are those of all trees; where blocks come from."""

from __future__ import annotations

import math

import pytest

from crawler.extraction import body_model
from crawler.extraction.body import EXITED, probabilities, threshold_of
from crawler.extraction.body_blocks import find_blocks, kinds_of
from crawler.extraction.body_context import CONTEXT, asked_again, context_rows
from crawler.extraction.body_features import FIRST, Features, Hints
from crawler.extraction.body_words import KIND_NAMES
from crawler.extraction.page import Page

HTML = (
    "<body><nav><a href=/>Home</a></nav><article><h1>A new pier</h1><p>"
    + "The town rebuilds its northern pier after the storm. " * 4
    + "</p><table><tr><td>2023</td><td>12 boats</td></tr></table><p>"
    + "Work begins in May, the harbour office said on Monday. " * 4
    + "</p></article><div class=related><a href=/1>Read also: twelve boats lost</a></div>"
    + "<footer>Imprint</footer></body>"
)


def features_of(html: str) -> Features:
    return Features(find_blocks(Page.read(html.encode(), "").tree.body), Hints("A new pier", "", ""))


def test_names_are_unique_and_each_row_has_a_number_for_each():
    features = features_of(HTML)
    assert len({*FIRST, *CONTEXT}) == len(FIRST) + len(CONTEXT)
    assert {len(row) for row in features.rows} == {len(FIRST)}
    chances = [0.5] * len(features.rows)
    everything = range(len(chances))
    assert {len(row) for row in context_rows(features, chances, everything)} == {len(CONTEXT)}


def test_the_model_was_trained_on_as_many_numbers_as_it_is_given():
    counts = [{group.__code__.co_argcount for group in groups} for groups in body_model.PASSES]
    assert counts == [{len(FIRST)}, {len(FIRST) + len(CONTEXT)}]


def test_early_decisions_are_those_of_all_trees():
    features = features_of(HTML)
    for chance, row in zip(probabilities(features), features.rows, strict=True):
        score = sum(group(*row) for group in body_model.PASSES[0])
        if chance in (EXITED, 1 - EXITED):
            assert (chance > 0.5) == (score > 0)


def test_blocks_are_runs_of_text_in_page_order_without_navigation_and_footer():
    texts = [block.text[:20] for block in find_blocks(Page.read(HTML.encode(), "").tree.body).blocks]
    assert texts == [
        "A new pier",
        "The town rebuilds it",
        "2023 12 boats",
        "Work begins in May, ",
        "Read also: twelve bo",
    ]


def test_numbers_are_numbers_on_any_text():
    signs = "<p>".join(("?", "«»", "…", "1", "ﷺ", "日本", "👍" * 9, "a" * 9_000, "<a>x</a>", "<b>y</b><br>z<br><br>."))
    for row in features_of(f"<body>{signs}</body>").rows:
        assert all(math.isfinite(value) for value in row)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        pytest.param("article__lead", "lead", id="BEM"),
        pytest.param("relatedPosts", "related", id="camel case"),
        pytest.param("cookie-notice", "overlay", id="hyphens"),
        pytest.param("COMMENTS", "comment", id="upper case"),
    ],
)
def test_names_of_elements_tell_their_kind(names: str, kind: str):
    assert kinds_of(names) >> KIND_NAMES.index(kind) & 1


def test_ruled_out_blocks_are_asked_again_only_beside_kept_ones():
    assert asked_again([0.01] * 10 + [0.9] + [0.01] * 10) == [7, 8, 9, 10, 11, 12, 13]
    assert asked_again([0.01, 0.2, 0.01]) == [1]
    assert asked_again([]) == []


@pytest.mark.parametrize(
    ("chance", "low", "high"),
    [pytest.param(0.99, 0.45, 0.5, id="sure: near a half"), pytest.param(0.3, 0.15, 0.25, id="unsure: lower")],
)
def test_the_threshold_follows_how_sure_a_page_is(chance: float, low: float, high: float):
    features = features_of(HTML)
    chances = [chance if row[0] > 100 else 0.01 for row in features.rows]
    assert low <= threshold_of(features, chances) <= high
