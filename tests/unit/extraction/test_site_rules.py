"""A source's layouts: which one fits, and what its selectors find."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.articles.article import Image
from crawler.extraction.page import Page
from crawler.extraction.site_rules import SiteReading, read_site_rules
from crawler.sources.source import Layout

STORY = "<p>The council met.</p><p>It decided to build.</p>"


def layout(**rules: Any) -> Layout:
    return Layout.model_validate({"name": "now", "article": "article", "headline": "h1", "body": ".text", **rules})


def read(html: str, *layouts: Layout) -> SiteReading | None:
    return read_site_rules(Page.read(html.encode(), "https://example.com/a"), layouts)


def found(html: str, **rules: Any) -> SiteReading:
    reading = read(html, layout(**rules))
    assert reading is not None
    return reading


def test_the_first_layout_whose_box_holds_text_is_taken() -> None:
    older = layout(name="old", article=".story", body=".story")
    page = f"<div class=story><h1>A</h1>{STORY}</div>"

    reading = read(page, layout(), layout(name="empty", article=".story", body=".absent"), older)

    assert reading is not None and reading.layout is older
    assert reading.found.body == ("The council met.", "It decided to build.")


def test_a_layout_without_text_still_gives_its_other_fields() -> None:
    reading = found("<article><h1>A</h1><time>2 мая 2024</time></article>", published="time")

    assert (reading.found.headline, reading.published, reading.found.body) == ("A", ("2 мая 2024",), ())


def test_no_layout_fits_another_page() -> None:
    assert read(f"<div>{STORY}</div>", layout()) is None


def test_selectors_look_inside_the_article_first_and_then_on_the_page() -> None:
    menu, who = "<div class=tags><a>menu</a></div>", "<b class=who>Anna</b>"
    page = f"{menu}<article><h1>A</h1><div class=text>{STORY}</div></article>{who}"

    assert found(page, authors=".who").found.authors == ("Anna",)
    assert found(page.replace("</h1>", "</h1><i class=tags><a>own</a></i>"), tags=".tags a").found.tags == ("own",)


def test_the_first_selector_that_finds_something_wins_and_attributes_can_be_taken() -> None:
    page = f'<article><h1>A</h1><time datetime="2024-05-02">x</time><div class=text>{STORY}</div></article>'

    assert found(page, published=[".absent", "time@datetime", "time"]).published == ("2024-05-02", "x")


def test_what_supplied_another_field_is_no_part_of_a_body_around_it() -> None:
    page = f"<article><h1>A</h1><time>2 мая 2024</time><i class=lead>Lead.</i>{STORY}<b class=tag>one</b></article>"

    reading = found(page, body="article", published="time", lead=".lead", tags=".tag")

    assert reading.found.body == ("The council met.", "It decided to build.")
    assert (reading.found.lead, reading.found.tags) == ("Lead.", ("one",))


def test_a_removed_part_of_the_headline_is_no_part_of_it() -> None:
    page = f"<article><h1>A long road <span>120</span></h1><div class=text>{STORY}</div></article>"

    assert found(page, remove="h1 span").found.headline == "A long road"


@pytest.mark.parametrize(
    ("paragraph", "kept"),
    [
        pytest.param("<p>Subscribe to our channel!</p>", (), id="promotion"),
        pytest.param("<p>Read also: <a href=/x>Another story</a></p>", (), id="pointer alone"),
        pytest.param(
            "<p>It rained. Читайте также: <a href=/x>Другое</a></p>", ("It rained.",), id="pointer at the end"
        ),
        pytest.param(
            "<p>He asked to read also: nothing.</p>", ("He asked to read also: nothing.",), id="in a sentence"
        ),
        pytest.param("<p>Stop here</p><p>Late.</p>", (), id="the body ends"),
    ],
)
def test_promotion_pointers_and_what_follows_the_end_are_left_out(paragraph: str, kept: tuple[str, ...]) -> None:
    page = f"<article><h1>A</h1><div class=text><p>First.</p>{paragraph}</div></article>"

    assert found(page, promo="subscribe to", stop_phrases="stop").found.body == ("First.", *kept)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        pytest.param("<p><strong>All of it bold.</strong></p><p>Text.</p>", "All of it bold.", id="all bold"),
        pytest.param("<p><strong>Astana</strong> is large.</p><p>Text.</p>", None, id="one word bold"),
    ],
)
def test_a_bold_lead_is_a_whole_paragraph(text: str, lead: str | None) -> None:
    reading = found(f"<article><div class=text>{text}</div></article>", lead=".text > p:first-of-type > strong")

    assert reading.found.lead == lead
    assert reading.found.body[-1] == "Text." and len(reading.found.body) == (1 if lead else 2)


def test_the_lead_is_the_first_element_with_words_of_its_own() -> None:
    page = "<article><div class=text><p><img src=a.jpg></p><p>Фото: МИД</p><p>Lead.</p><p>Text.</p></div></article>"

    reading = found(page, lead=".text > p")

    assert (reading.found.lead, reading.found.body) == ("Lead.", ("Text.",))


def test_pictures_outside_come_first_with_the_captions_of_their_places() -> None:
    page = (
        "<article><div class=top><img src=/1.jpg><i>One. Photo: Anna</i><img src=/2.jpg><i>Two</i></div>"
        f"<div class=text>{STORY}<figure><img src=/3.jpg><figcaption>Three</figcaption></figure></div></article>"
    )

    assert found(page, images=".top img", captions=".top i").found.images == (
        Image("https://example.com/1.jpg", "One.", "Anna"),
        Image("https://example.com/2.jpg", "Two"),
        Image("https://example.com/3.jpg", "Three"),
    )


@pytest.mark.parametrize(
    "top",
    [
        pytest.param("<img src=/1.jpg><i>Photo: Anna</i><i>Photo: Anna Photo: Anna</i>", id="printed twice"),
        pytest.param(
            "<figure><a><img src=/1.jpg></a><figcaption>Photo: Anna</figcaption></figure>", id="in its figure"
        ),
        pytest.param('<img src=/1.jpg alt="Photo: Anna">', id="only in its alt"),
    ],
)
def test_the_lead_picture_s_credit_is_found_wherever_it_stands(top: str) -> None:
    page = f"<article><div class=top>{top}</div><div class=text>{STORY}</div></article>"

    assert found(page, images=".top img", captions=".top i").found.images == (
        Image("https://example.com/1.jpg", None, "Anna"),
    )


def test_a_credit_in_a_body_without_pictures_is_the_lead_picture_s() -> None:
    page = f"<article><img class=top src=/1.jpg><div class=text><p>Фото: МИД</p>{STORY}</div></article>"

    reading = found(page, images=".top")

    assert reading.found.images == (Image("https://example.com/1.jpg", None, "МИД"),)
    assert reading.found.body == ("The council met.", "It decided to build.")
