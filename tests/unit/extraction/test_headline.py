"""Which title is the headline."""

from __future__ import annotations

import pytest

from crawler.articles.article import Origin
from crawler.extraction.found import Found
from crawler.extraction.headline import Headline, SiteWords, Titles, heading_text, heading_with, headings_of
from crawler.extraction.page import Page
from crawler.extraction.readers import Readers

STORY = "Town council rebuilds the northern pier"


def chosen(
    html: str, *, json_ld: str | None = None, news: bool = False, og: str | None = None, title: str | None = None
) -> Headline:
    page = Page.read(f"<html>{html}</html>".encode(), "https://example.com/a")
    titles = Titles(
        headings_of(page),
        Found(origin=Origin.JSON_LD, headline=json_ld, is_news=news),
        Found(origin=Origin.META, headline=og, document_title=title),
        Found(origin=Origin.MICRODATA),
        ("The Example",),
    )
    return titles.headline()


def test_a_news_article_s_json_ld_comes_first() -> None:
    assert chosen(f"<h1>Pier to rise again in {STORY}</h1>", json_ld=STORY, news=True) == (STORY, Origin.JSON_LD)


def test_microdata_and_og_title_together_outvote_json_ld() -> None:
    page = Page.read(b"<h1>Pier rises</h1>", "")
    titles = Titles(
        headings_of(page),
        Found(origin=Origin.JSON_LD, headline="All about the pier", is_news=True),
        Found(origin=Origin.META, headline="Pier rises"),
        Found(origin=Origin.MICRODATA, headline="Pier rises"),
        (),
    )

    assert titles.headline() == ("Pier rises", Origin.MICRODATA)


def test_elsewhere_the_printed_heading_is_better_than_a_title_for_search_engines() -> None:
    assert chosen(f"<h1>{STORY}</h1>", json_ld="Pier rebuilds: the northern guide 2025") == (STORY, Origin.GENERIC)


@pytest.mark.parametrize(
    ("html", "titles"),
    [
        pytest.param("<h1>The Example</h1>", {"og": STORY}, id="the publisher"),
        pytest.param(
            "<h1>Harbour News</h1>", {"title": f"{STORY} | Harbour News", "og": STORY}, id="the title's last part"
        ),
        pytest.param("<h1>Our blog</h1>", {"og": STORY}, id="words that no other title knows"),
        pytest.param(f"<h1>{'A very long paragraph in large print. ' * 8}</h1>", {"og": STORY}, id="a paragraph"),
        pytest.param("<h1> </h1>", {"og": STORY}, id="empty"),
        pytest.param("", {"og": f"{STORY} - The Example"}, id="none; the publisher's name goes"),
        pytest.param("", {"title": f"{STORY} | The Example"}, id="only a document title"),
    ],
)
def test_a_heading_that_is_no_headline_gives_way(html: str, titles: dict[str, str]) -> None:
    assert chosen(html, **titles) == (STORY, Origin.META)  # type: ignore[arg-type]


def test_of_several_headings_the_one_that_other_titles_know_is_taken() -> None:
    html = f"<h1>The Example</h1><h1>Menu</h1><h1>{STORY}</h1><h1>More stories</h1>"

    assert chosen(html, og=STORY) == (STORY, Origin.GENERIC)


def test_a_kicker_in_the_heading_is_cut_where_another_title_has_the_rest() -> None:
    assert chosen(f"<h1>Harbour: {STORY}</h1>", og=STORY) == (STORY, Origin.META)


def test_a_headline_that_was_cut_is_completed() -> None:
    whole = f"{STORY} after a storm had torn it apart in late winter, and the fishermen ask for larger boats"

    assert chosen(f"<h1>{whole}</h1>", json_ld=whole[:105], news=True) == (whole, Origin.JSON_LD)
    assert chosen("", json_ld=f"{whole[:40]}...", news=True, og=whole) == (whole, Origin.JSON_LD)


def test_no_title_at_all_is_no_headline() -> None:
    assert chosen("<p>x</p>")[0] is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param(
            "<h1><span>Harbour</span><span>Pier rises</span></h1>", "Harbour Pier rises", id="kicker in a span"
        ),
        pytest.param("<h1>Pier<br>rises</h1>", "Pier rises", id="line break"),
        pytest.param("<h1>The <b>p</b>ier</h1>", "The pier", id="a word in two parts"),
        pytest.param("<h1>What’s <em>new</em>?</h1>", "What’s new?", id="punctuation"),
    ],
)
def test_parts_of_a_heading_do_not_run_together(html: str, text: str) -> None:
    assert heading_text(Page.read(html.encode(), "").landmarks.headings[0]) == text


def test_a_lesser_heading_may_print_the_headline() -> None:
    page = Page.read(f"<h1>The Example</h1><h3>{STORY}</h3>".encode(), "")

    node = heading_with(page, STORY)
    other = heading_with(page, "Something else")

    assert node is not None and node.tag == "h3"
    assert other is not None and other.tag == "h1"


@pytest.mark.parametrize(
    ("title", "url", "headline"),
    [
        pytest.param("Six teas | Example", "https://www.drinkexample.com/a", "Six teas", id="part of the host"),
        pytest.param("Six teas - Example Teas", "https://teas.example.com/a", "Six teas", id="all words of the host"),
        pytest.param("Six teas | Opinion", "https://a.kz/opinion/six", "Six teas", id="section, as the address has it"),
        pytest.param("Six teas | Opinion", "https://a.kz/news/six", "Six teas | Opinion", id="another section"),
        pytest.param("Tea - Opinion", "https://a.kz/opinion/six", "Tea - Opinion", id="a dash parts no section"),
        pytest.param("Six teas | AI", "https://daily.kz/six", "Six teas | AI", id="too short to be a name"),
        pytest.param("Example", "https://example.com/", "Example", id="nothing but the name"),
    ],
)
def test_a_title_loses_the_name_of_its_site_and_section(title: str, url: str, headline: str) -> None:
    assert SiteWords(url).cut(title) == headline


def test_a_heading_that_only_stands_around_the_title_names_the_site() -> None:
    html = "<h1>Pier Notes</h1>"
    assert chosen(html, og=STORY, title=f"Pier Notes: {STORY}") == (STORY, Origin.META)


def test_a_heading_of_the_text_is_not_the_headline_though_the_title_has_its_word() -> None:
    title = "What we learnt about the pier, the harbour, Tobol and a hundred other places"
    assert chosen("<h1>Tobol</h1>", og=title) == (title, Origin.META)


def test_what_a_lesser_heading_prints_is_the_headline_without_the_site_s_name() -> None:
    page = Page.read(f"<title>{STORY} - Harbour News</title><h3>{STORY}</h3>".encode(), "https://example.com/a")

    assert Readers(page, None, None).headline == (STORY, Origin.META)


@pytest.mark.parametrize(
    ("html", "title"),
    [
        pytest.param(f"<h2>{STORY}</h2>", f"{STORY} / Harbour News", id="a slash"),
        pytest.param(f"<h2>{STORY}</h2>", f"{STORY} » Harbour News", id="an arrow"),
        pytest.param(f'<div class="news-title">{STORY}</div>', f"Harbour News - {STORY}", id="the name in front"),
    ],
)
def test_wherever_the_site_s_name_stands(html: str, title: str) -> None:
    page = Page.read(f"<title>{title}</title>{html}".encode(), "https://example.com/a")

    assert Readers(page, None, None).headline == (STORY, Origin.META)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        pytest.param("Harbour", "Harbour - Council rebuilds the pier", id="the site's name stands first"),
        pytest.param("Something else", f"{STORY} - Part two", id="no heading prints the beginning"),
        pytest.param(f"{STORY} - Part two", f"{STORY} - Part two", id="a heading prints all of it"),
    ],
)
def test_a_title_stays_whole(heading: str, title: str) -> None:
    page = Page.read(f"<title>{title}</title><h3>{STORY[:9]}</h3><h2>{heading}</h2>".encode(), "https://example.com/a")

    assert Readers(page, None, None).headline == (title, Origin.META)


def test_in_a_script_without_spaces_a_heading_is_known_by_its_signs() -> None:
    page = Page.read("<title>大桥恢复通行_示例新闻</title><h1>大桥恢复通行</h1>".encode(), "https://example.cn/a")

    assert Readers(page, None, None).headline == ("大桥恢复通行", Origin.GENERIC)


def test_a_headline_is_found_behind_its_kicker_and_in_a_named_element() -> None:
    kicker = Page.read(f"<h3><span>Harbour</span><span>{STORY}</span></h3>".encode(), "https://example.com/a")
    named = Page.read(f'<div class="news-title">{STORY}</div>'.encode(), "https://example.com/a")

    for page, tag in ((kicker, "h3"), (named, "div")):
        heading = heading_with(page, STORY)
        assert heading is not None
        assert heading.tag == tag
