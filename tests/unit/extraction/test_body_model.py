"""The trained model fits the numbers it is fed; early decisions are those of all trees; where blocks come from."""

from __future__ import annotations

import math

import pytest

from crawler.extraction import body_model
from crawler.extraction.body import EXITED, probabilities, threshold_of
from crawler.extraction.body_blocks import find_blocks, kinds_of
from crawler.extraction.body_context import asked_again, context_rows
from crawler.extraction.body_features import Features
from crawler.extraction.body_numbers import CONTEXT, FIRST, STRUCTURE, WHOLE
from crawler.extraction.body_text import Hints, Wording
from crawler.extraction.body_words import KIND_NAMES, PHRASES, SIGN_UP, tokens_of
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


def whole_row(features: Features, i: int) -> list[float]:
    return features.rows[i] + features.wording.row(i, features.heading[i])


def test_names_are_unique_and_each_row_has_a_number_of_its_type_for_each():
    features = features_of(HTML)
    assert len({*FIRST, *CONTEXT}) == len(FIRST) + len(CONTEXT)
    assert {*FIRST, *CONTEXT} > WHOLE
    chances = [0.7 if i in features.asked else 0.0 for i in range(len(features.rows))]
    contexts = context_rows(features, chances, features.asked)
    assert len(contexts) == len(features.asked) > 3
    for i, context in zip(features.asked, contexts, strict=True):
        types = dict(zip([*FIRST, *CONTEXT], map(type, whole_row(features, i) + context), strict=True))
        assert types == {name: int if name in WHOLE else float for name in types}


def test_the_model_was_trained_on_as_many_numbers_as_it_is_given():
    counts = [{group.__code__.co_argcount for group in groups} for groups in body_model.STAGES]
    assert counts == [{len(STRUCTURE)}, {len(FIRST)}, {len(FIRST) + len(CONTEXT)}]


def test_early_decisions_are_those_of_all_trees():
    features = features_of(HTML)
    chances = probabilities(features)
    asked = features_of(HTML)
    decided = [i for i in asked.asked if chances[i] in (EXITED, 1 - EXITED)]
    assert len(decided) > 2
    ((early,), later, _) = body_model.STAGES
    for i in decided:
        score = early(*asked.rows[i]) + sum(group(*whole_row(asked, i)) for group in later)
        assert (chances[i] > 0.5) == (score > 0)


def test_words_are_read_only_where_structure_does_not_decide():
    cards = "<div class=card><h3><a href=/n>Another story</a></h3><p>It is told elsewhere</p></div>" * 20
    features = features_of(HTML.replace("<footer>", f"<section class=more>{cards}</section><footer>"))
    probabilities(features)
    assert {len(features.rows[i]) for i in features.asked} == {len(STRUCTURE), len(FIRST)}


def test_blocks_are_runs_of_text_in_page_order_without_navigation_and_footer():
    texts = [text[:20] for text in find_blocks(Page.read(HTML.encode(), "").tree.body).text]
    assert texts == [
        "A new pier",
        "The town rebuilds it",
        "2023 12 boats",
        "Work begins in May, ",
        "Read also: twelve bo",
    ]


def test_numbers_are_numbers_on_any_text():
    signs = "<p>".join(("?", "«»", "…", "1", "ﷺ", "日本", "👍" * 9, "a" * 9_000, "<a>x</a>", "<b>y</b><br>z<br><br>."))
    features = features_of(f"<body>{signs}</body>")
    assert len(features.asked) > 9
    for i in features.asked:
        assert all(math.isfinite(value) for value in whole_row(features, i))


MENU = "<div class=links>" + "".join(f"<p><a href=/{n}>Section {n}</a></p>" for n in range(9)) + "</div>"


def test_menus_get_no_rows_and_no_chance():
    features = features_of(HTML.replace("</article>", f"</article>{MENU}"))
    menu = [i for i, text in enumerate(features.found.text) if text.startswith("Section")]
    assert len(menu) == 9
    assert not {*menu[3:]} & {*features.asked}
    chances = probabilities(features)
    assert all(not features.rows[i] and chances[i] == 0 for i in menu[3:])
    learned_from = Features(features.found, features.hints, spare=False)
    assert {len(row) for row in learned_from.rows} == {len(STRUCTURE)}


def wording_of(*texts: str, headline: str = "") -> Wording:
    return Wording(texts, [*map(len, texts)], [0.0] * len(texts), Hints(headline, "", ""))


def test_the_headline_is_found_among_blocks_of_its_length():
    headline = "A new pier for the town"
    assert (
        wording_of(
            "Home", f"{headline} {headline} and more", "A New Pier for the Town", headline=headline
        ).headline_at()
        == 2
    )
    assert wording_of("Home", "Something else in the town", headline=headline).headline_at() is None
    assert wording_of("Home").headline_at() is None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        pytest.param("– Read also: twelve boats lost", "read", id="a beginning"),
        pytest.param("Фото: порт", "photo", id="Russian"),
    ],
)
def test_short_blocks_may_begin_with_a_phrase(text: str, phrase: str):
    assert wording_of(text).phrase(0) == PHRASES[phrase]


def test_phrases_are_looked_for_in_short_blocks_only():
    words = wording_of("All news in our newsletter", "The harbour opens", "Read also " + "about boats " * 40)
    assert words.phrase(0) in SIGN_UP
    assert (words.phrase(1), words.phrase(2)) == (0, 0)


def test_copies_of_a_text_are_counted():
    words = wording_of("A", "B", "A")
    assert [words.copies(i) for i in range(3)] == [2, 1, 2]


def test_a_page_of_nothing_but_links_is_looked_at():
    features = features_of(f"<body>{MENU}</body>")
    assert features.asked == [*range(9)]


def test_what_opens_on_a_click_is_no_block():
    hidden = "<div class='user-dropdown'><p>Your account and settings</p></div>"
    assert find_blocks(Page.read(f"<body>{hidden}<p>Text</p></body>".encode(), "").tree.body).text == ["Text"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('The pier, he said: "Closed."', {"the", "pier", "he", "said", "closed"}, id="signs around words"),
        pytest.param("«Көпір» жабық.", {"көпір", "жабық"}, id="other quotation marks"),
    ],
)
def test_words_are_told_from_the_signs_around_them(text: str, words: set[str]):
    assert tokens_of(text) == words


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


def test_only_doubtful_blocks_get_a_second_look():
    assert asked_again([0.0, 0.01, 0.2, 0.7, 0.99]) == [2, 3]
    assert asked_again([]) == []


@pytest.mark.parametrize(
    ("chance", "low", "high"),
    [pytest.param(0.99, 0.45, 0.5, id="sure: near a half"), pytest.param(0.3, 0.15, 0.25, id="unsure: lower")],
)
def test_the_threshold_follows_how_sure_a_page_is(chance: float, low: float, high: float):
    features = features_of(HTML)
    chances = [chance if width > 100 else 0.01 for width in features.width]
    assert low <= threshold_of(features, chances) <= high
