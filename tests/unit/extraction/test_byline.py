"""Who signs the story, on pages where only the visible byline says so, and where several readers do."""

from __future__ import annotations

import pytest

from crawler.articles.article import Origin
from crawler.extraction.authorship import choose_authors
from crawler.extraction.byline import Byline, read_byline
from crawler.extraction.found import Found
from crawler.extraction.page import Page
from crawler.extraction.readers import Readers
from crawler.extraction.surroundings import Surroundings

PUBLISHERS = ("The Example", "example.com")


def byline(after: str, *, before: str = "", elsewhere: str = "") -> Byline:
    html = f"<main>{before}<h1>Pier rises</h1>{after}<p>{'Text of the story. ' * 20}</p></main>{elsewhere}"
    page = Page.read(html.encode(), "https://example.com/a")
    return read_byline(page, Surroundings(page.landmarks.headings[0]), PUBLISHERS)


@pytest.mark.parametrize(
    ("html", "people"),
    [
        pytest.param('<a rel="author" href="/x">Anna Smith</a>', ("Anna Smith",), id="rel=author"),
        pytest.param('<span class="byline">By Anna Smith | May 2, 2024</span>', ("Anna Smith",), id="class and a day"),
        pytest.param(
            '<div class="author-name">Anna Smith<span> May 2, 2024 </span></div>', ("Anna Smith",), id="day behind"
        ),
        pytest.param('<a href="/authors/anna-smith/">Anna Smith</a>', ("Anna Smith",), id="address"),
        pytest.param("<div>By Anna Smith and Bolat Omarov</div>", ("Anna Smith", "Bolat Omarov"), id="plain text"),
        pytest.param("<div>Written by <b>Anna Smith</b></div>", ("Anna Smith",), id="label apart"),
        pytest.param("<div>Автор: Анна Кузнецова</div>", ("Анна Кузнецова",), id="Russian"),
        pytest.param(
            '<ul><li class="author">Anna Smith</li><li class="author">Bolat Omarov</li></ul>',
            ("Anna Smith", "Bolat Omarov"),
            id="list",
        ),
        pytest.param(
            '<div class="authors"><a href="/a">Anna Smith</a><a href="/b">Bolat Omarov</a></div>',
            ("Anna Smith", "Bolat Omarov"),
            id="links in one element",
        ),
        pytest.param(
            '<a class="author" href="/x">View all posts by Anna Smith</a>', ("Anna Smith",), id="link to more"
        ),
        pytest.param('<div class="name">AFP, MANILA</div>', ("AFP",), id="agency"),
        pytest.param(
            '<div class="author">By <b>Anna Smith</b><i>Autos Desk</i></div>',
            ("Anna Smith",),
            id="role in its own element",
        ),
        pytest.param('<b class="jobber-post__author">Anna Smith</b>', ("Anna Smith",), id="job in another word"),
        pytest.param("<b>Contributors:</b> Anna Smith", ("Anna Smith",), id="contributors"),
        pytest.param("<p>Authors: Anna Smith and Bolat Omarov</p>", ("Anna Smith", "Bolat Omarov"), id="several"),
        pytest.param("<p>Muallif: Dilnoza Karimova</p>", ("Dilnoza Karimova",), id="Uzbek"),
        pytest.param("<p>Муаллиф: Дилноза Каримова</p>", ("Дилноза Каримова",), id="Uzbek in Cyrillic"),
        pytest.param('<div class="byline">كتب: أحمد المنصوري</div>', ("أحمد المنصوري",), id="Arabic"),
        pytest.param("<p>מאת: דוד כהן</p>", ("דוד כהן",), id="Hebrew"),
        pytest.param("<span>来源：示例日报</span><span>记者：张伟</span>", ("张伟",), id="Chinese"),
        pytest.param("<li>홍길동 기자</li>", ("홍길동",), id="Korean"),
        pytest.param("<p>[서울=예시] 홍길동 기자</p>", ("홍길동",), id="Korean, with a dateline"),
        pytest.param("<p>山田太郎 記者</p>", ("山田太郎",), id="Japanese"),
    ],
)
def test_a_printed_byline_is_read(html: str, people: tuple[str, ...]) -> None:
    assert byline(html).people == people


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<a class="author-signup" href="/x">Sign Up</a>', id="button"),
        pytest.param('<div class="author">I dove into the sea and never looked back</div>', id="sentence"),
        pytest.param('<a href="/team/x">Privacy & Terms</a>', id="menu"),
        pytest.param('<div class="related-author">Bolat Omarov</div>', id="related story"),
        pytest.param('<div class="comment-author">Bolat Omarov</div>', id="comment"),
        pytest.param('<a href="/profile/x">新規登録</a>', id="words without capitals behind an address"),
        pytest.param('<div class="author">The Example with Agencies</div>', id="the publisher and others"),
    ],
)
def test_what_is_no_person_is_none(html: str) -> None:
    assert byline(html).people == ()


def test_a_byline_before_the_headline_counts_after_one_behind_it() -> None:
    before = '<span class="author">Bolat Omarov</span>'

    assert byline("", before=before).people == ("Bolat Omarov",)
    assert byline('<span class="author">Anna Smith</span>', before=before).people == ("Anna Smith",)


def test_the_publisher_s_signature_near_the_headline_ends_the_search() -> None:
    elsewhere = '<div class="author">Bolat Omarov</div>'

    assert byline('<span class="author">The Example</span>', elsewhere=elsewhere) == Byline((), "The Example")


def test_a_desk_is_the_signature_where_nobody_else_is_near() -> None:
    elsewhere = f'{"<p>x</p>" * 100}<div class="author">Bolat Omarov</div>'

    assert byline('<span class="author">Newsroom</span>', elsewhere=elsewhere) == Byline((), "Newsroom")


def said(origin: Origin, *names: str, organisations: tuple[str, ...] = ()) -> Found:
    return Found(origin=origin, authors=names, organisations=organisations)


def printed() -> Byline:
    return Byline(("Bolat Omarov",), None)


def never() -> Byline:
    raise AssertionError("the visible page was not needed")


def test_the_first_reader_with_people_wins_and_the_page_is_not_searched() -> None:
    authors = choose_authors(
        [said(Origin.JSON_LD, "The Example"), said(Origin.META, "Anna Smith, Reuters")], never, PUBLISHERS
    )

    assert (authors.people, authors.origin, authors.signature) == (("Anna Smith",), Origin.META, None)


def test_an_account_s_name_gives_way_to_a_printed_byline_but_is_better_than_nothing() -> None:
    readers = [said(Origin.JSON_LD, "andrew.smith84")]

    assert choose_authors(readers, printed, PUBLISHERS).people == ("Bolat Omarov",)
    assert choose_authors(readers, lambda: Byline((), None), PUBLISHERS).people == ("andrew.smith84",)


def test_a_publisher_is_no_author_but_the_signature() -> None:
    readers = [said(Origin.JSON_LD, organisations=("The Example",)), said(Origin.META, "https://example.com/x")]

    authors = choose_authors(readers, lambda: Byline((), "Newsroom"), PUBLISHERS)

    assert (authors.people, authors.signature) == ((), "The Example")


def test_neither_a_sentence_nor_a_bare_label_signs() -> None:
    assert byline('<div class="author">We ask our readers to write to us often</div>').signature is None
    assert byline('<div class="author">Written By</div>').signature is None


LONG = "<p>Волны били о причал всю ночь, и к утру от него осталась половина.</p>" * 90


def signed(behind: str, *, story: str = LONG) -> tuple[str, ...]:
    html = f"<title>Причал снесло</title><h1>Причал снесло</h1><article>{story}{behind}</article>"
    return Readers(Page.read(html.encode(), "https://example.kz/a"), None, None).byline.people


@pytest.mark.parametrize(
    ("behind", "people"),
    [
        pytest.param("<p><strong>Автор: Асель Ким</strong></p>", ("Асель Ким",), id="label and name"),
        pytest.param("<p>Подготовила Асель Ким</p>", ("Асель Ким",), id="who prepared it"),
        pytest.param("<p>Текст: <b>Асель Ким</b></p>", ("Асель Ким",), id="label apart"),
        pytest.param('<p style="text-align: right"><em>Асель Ким</em></p>', ("Асель Ким",), id="name alone, set apart"),
        pytest.param("<p>Асель Ким</p>", (), id="name alone, not set apart"),
        pytest.param("<p><b>Автор: Асель Ким</b></p><p><b>Автор: Олег Пак</b></p>", (), id="several: other stories'"),
    ],
)
def test_who_signs_at_the_end(behind: str, people: tuple[str, ...]) -> None:
    assert signed(behind) == people


@pytest.mark.parametrize(
    ("behind", "people"),
    [
        pytest.param("<h3>Written by Anna Smith</h3>", ("Anna Smith",), id="label and name"),
        pytest.param("<p>This post was written by Anna Smith, editor.</p>", ("Anna Smith",), id="a sentence about it"),
        pytest.param("<p>It sold a book written by Anna Smith in May.</p>", (), id="inside another sentence"),
        pytest.param("<div><b>Related Articles</b></div>", (), id="a heading, written like a name"),
    ],
)
def test_who_signs_at_the_end_in_english(behind: str, people: tuple[str, ...]) -> None:
    assert (
        signed(behind, story="<p>The waves beat against the pier all night, and half of it was gone.</p>" * 90)
        == people
    )


def test_the_hero_of_a_story_does_not_sign_it() -> None:
    hero = "<p>Причал строил инженер Руслан Каримов, и он же осмотрел его утром после бури.</p>"

    assert signed("<p><b>Руслан Каримов</b></p>", story=hero + LONG) == ()


def test_without_a_visible_reader_only_mark_up_is_asked() -> None:
    assert choose_authors([said(Origin.META, "example.com")], None, PUBLISHERS) == ((), Origin.GENERIC, "example.com")


def test_the_only_person_that_links_to_authors_name_is_the_author() -> None:
    far = "<p>Text of the story.</p>" * 100
    one = '<a href="/authors/anna/">Anna Smith</a>'
    other = '<a href="/authors/bolat/">Bolat Omarov</a>'

    assert byline(far, elsewhere=one + one).people == ("Anna Smith",)
    assert byline(far, elsewhere=one + other).people == ()
