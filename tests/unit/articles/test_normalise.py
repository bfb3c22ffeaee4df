"""An article has one stored form; bringing it there twice changes nothing."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.articles import normalise
from crawler.articles.article import Article, Image, Origin, Translation
from crawler.articles.normalise import normalise_article

URL = "https://herald.example/news/bridge-12/"
LEAD = "В городе открыли новый мост через реку, сообщает «Вестник»."
FIRST = "Мост строили два года."
LAST = "Движение по нему начнётся утром."


def article(**fields: Any) -> Article:
    return Article(**{"url": URL, "canonical_url": URL, **fields})


def body_of(*paragraphs: str, **fields: Any) -> tuple[str, ...]:
    return normalise_article(article(body="\n\n".join(paragraphs), **fields)).paragraphs


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(normalise).failed == 0


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param(LEAD, id="letter for letter"),
        pytest.param('В городе открыли новый мост через реку, сообщает "Вестник"', id="in other typography"),
        pytest.param(LEAD.upper(), id="in capitals"),
        pytest.param(f"АСТАНА. 5 мая. ВЕСТНИК – {LEAD}", id="behind a dateline"),
        pytest.param(f"ASTANA (Herald) — «{LEAD}", id="behind a dateline, quoted"),
    ],
)
def test_a_lead_that_the_body_begins_with_goes(repeated: str) -> None:
    assert body_of(repeated, FIRST, LAST, lead=LEAD) == (FIRST, LAST)


def test_a_lead_said_three_times_is_said_once() -> None:
    assert body_of(LEAD, LEAD, FIRST, lead=LEAD) == (FIRST,)


def test_a_dateline_in_the_lead_only_makes_no_difference() -> None:
    assert body_of(LEAD, FIRST, lead=f"АСТАНА – {LEAD}") == (FIRST,)


@pytest.mark.parametrize(
    ("first", "lead"),
    [
        pytest.param(f"{LEAD} {FIRST}", LEAD, id="the first paragraph says more"),
        pytest.param(f"Ранее сообщалось иное. Теперь известно главное: почему {LEAD}", LEAD, id="a long way in front"),
        pytest.param("Он сказал: да.", "Да.", id="a short lead at the end of a sentence"),
        pytest.param(FIRST, LEAD, id="another text"),
        pytest.param(LEAD, None, id="no lead"),
    ],
)
def test_a_first_paragraph_of_its_own_stays(first: str, lead: str | None) -> None:
    assert body_of(first, LAST, lead=lead) == (first, LAST)


def test_a_lead_further_down_stays() -> None:
    assert body_of(FIRST, LEAD, lead=LEAD) == (FIRST, LEAD)


def test_a_lead_of_the_meta_data_that_the_body_begins_with_is_printed() -> None:
    normal = normalise_article(article(lead=LEAD, lead_on_page=False, body=f"{LEAD}\n\n{FIRST}"))
    assert (normal.lead, normal.lead_on_page, normal.text) == (LEAD, True, f"{LEAD}\n\n{FIRST}")


def test_a_story_of_one_paragraph_keeps_it_as_its_body() -> None:
    normal = normalise_article(article(lead=LEAD, lead_on_page=False, body=LEAD, origins={"lead": Origin.META}))
    assert (normal.lead, normal.body, normal.origins) == (None, LEAD, {})


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param("Новый мост", id="the caption"),
        pytest.param("Фото: Служба дорог", id="the credit with its label"),
        pytest.param("Служба дорог", id="the credit"),
        pytest.param("Новый мост. Фото: Служба дорог", id="both"),
        pytest.param("\u200b", id="nothing visible"),
    ],
)
def test_paragraphs_that_belong_to_a_photo_go(paragraph: str) -> None:
    image = Image("https://herald.example/a.jpg", "Новый мост.", "Служба дорог")
    assert body_of(FIRST, paragraph, LAST, images=(image,)) == (FIRST, LAST)


def test_a_photo_that_nobody_knows_keeps_its_paragraph() -> None:
    assert body_of(FIRST, "Фото: Служба дорог", "***") == (FIRST, "Фото: Служба дорог", "***")


def test_mentions_of_one_image_are_merged_in_order() -> None:
    one, two = "https://herald.example/1.jpg", "https://herald.example/2.jpg"
    images = (Image(one), Image(two), Image(f" {one} ", "Мост. Фото: А. Ким"), Image(one, "Другая", "Б"), Image(" "))
    assert normalise_article(article(images=images)).images == (Image(one, "Мост.", "А. Ким"), Image(two))


def test_a_credit_loses_its_label() -> None:
    (image,) = normalise_article(article(images=(Image(URL, "Мост", "Фото: А. Ким"),))).images
    assert image == Image(URL, "Мост", "А. Ким")


def test_lists_hold_each_value_once_in_the_first_spelling() -> None:
    normal = normalise_article(
        article(
            authors=("Анна Ким", " анна  ким ", ""),
            tags=("#Мост", "мост", "Река\u00a0Есиль"),
            related_links=(URL, URL),
            translations=(Translation("kk", URL), Translation("kk", URL)),
        )
    )
    assert normal.authors == ("Анна Ким",)
    assert normal.tags == ("Мост", "Река Есиль")
    assert normal.related_links == (URL,)
    assert normal.translations == (Translation("kk", URL),)


def test_fields_that_say_nothing_are_empty_and_have_no_origin() -> None:
    blank = article(headline=" ", lead="\u200b", section="", origins={"headline": Origin.META, "url": Origin.URL})
    normal = normalise_article(blank)
    assert (normal.headline, normal.lead, normal.section) == (None, None, None)
    assert normal.origins == {"url": Origin.URL}


def test_moments_become_utc_and_naive_ones_are_refused() -> None:
    local = datetime(2024, 5, 2, 15, tzinfo=timezone(timedelta(hours=5)))
    published = normalise_article(article(published_at=local)).published_at
    assert published is not None
    assert published.isoformat() == "2024-05-02T10:00:00+00:00"
    with pytest.raises(ValueError, match="naive"):
        normalise_article(article(modified_at=local.replace(tzinfo=None)))


PHRASES = st.lists(
    st.sampled_from(
        (LEAD, FIRST, "АСТАНА – ", "Фото: ", "А. Ким", "©", "Мост", " ", "\n\n", "\n", "&amp;quot;", "\u200d", "#", "(")
    )
    | st.text(max_size=3),
    max_size=6,
).map("".join)
MAYBE = st.none() | PHRASES
ARTICLES = st.builds(
    Article,
    url=st.just(URL),
    canonical_url=st.just(URL),
    headline=MAYBE,
    lead=MAYBE,
    lead_on_page=st.booleans(),
    body=st.lists(PHRASES, max_size=5).map("\n\n".join),
    section=MAYBE,
    authors=st.lists(PHRASES, max_size=3).map(tuple),
    tags=st.lists(PHRASES, max_size=3).map(tuple),
    images=st.lists(st.builds(Image, st.sampled_from((URL, "", " a")), MAYBE, MAYBE), max_size=3).map(tuple),
    published_at=st.none() | st.just(datetime(2024, 5, 2, tzinfo=UTC)),
    origins=st.dictionaries(st.sampled_from(("headline", "lead", "body")), st.just(Origin.GENERIC)),
)


@given(ARTICLES)
def test_normalising_twice_changes_nothing(any_article: Article) -> None:
    normal = normalise_article(any_article)
    assert normalise_article(normal) == normal


@given(ARTICLES)
def test_paragraphs_keep_their_order(any_article: Article) -> None:
    plain = replace(any_article, lead=None, images=())
    printed = normalise_article(plain).paragraphs
    assert all(printed)
    assert normalise_article(replace(plain, body="\n\n".join(reversed(printed)))).paragraphs == tuple(reversed(printed))
