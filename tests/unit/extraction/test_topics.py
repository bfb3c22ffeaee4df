"""Section and tags of pages whose mark-up names neither."""

from __future__ import annotations

import json

import pytest

from crawler.articles.article import Origin
from crawler.extraction import extract
from crawler.extraction.page import Page
from crawler.extraction.topics import read_topics

URL = "https://example.kz/harbour/pier-rises"
STORY = "<h1>Pier rises</h1>" + "<p>The council rebuilds the pier that a storm had torn apart in late winter.</p>" * 9


def section(html: str) -> str | None:
    return read_topics(Page.read(html.encode(), URL), "Pier rises", section=True, tags=False).section


def tags(html: str) -> tuple[str, ...]:
    return read_topics(Page.read(html.encode(), URL), "Pier rises", section=False, tags=True).tags


def described(*steps: object) -> str:
    way = {"@type": "BreadcrumbList", "itemListElement": list(steps)}
    return f'<script type="application/ld+json">{json.dumps(way)}</script>'


@pytest.mark.parametrize(
    ("html", "name"),
    [
        pytest.param(
            '<div class="bx-breadcrumb"><a href="/">Главная</a><a href="/news/">Новости</a>'
            '<a href="/news/harbour/">Порт</a><span>Pier rises</span></div>',
            "Порт",
            id="breadcrumbs: the last step before the story",
        ),
        pytest.param(
            '<div class="breadcrumb"><a href="/ru/">Главная</a><a href="/harbour/pier-rises">Причал</a></div>',
            None,
            id="breadcrumbs: neither home nor the story itself",
        ),
        pytest.param(
            '<p class="breadcrumbs"><a href="/sea/">Sea</a><a href="/harbour/pier">Pier rises</a></p>',
            "Sea",
            id="breadcrumbs: not the story's headline",
        ),
        pytest.param(
            described(
                {"@type": "ListItem", "position": 2, "name": "Harbour", "item": "https://example.kz/harbour/"},
                {"@type": "ListItem", "position": 1, "item": {"@id": "https://example.kz/", "name": "Home"}},
                {"@type": "ListItem", "position": 3, "name": "Pier rises"},
            ),
            "Harbour",
            id="JSON-LD, in the order of its positions",
        ),
        pytest.param(described("a", {"position": "x"}, {"item": 7}), None, id="JSON-LD that makes no sense"),
        pytest.param('<article><a rel="category tag" href="/c/sea">Sea</a></article>', "Sea", id="WordPress"),
        pytest.param(
            '<div itemscope itemtype="https://schema.org/BreadcrumbList"><i itemprop="itemListElement" itemscope>'
            '<a href="/">Home</a></i> <i itemprop="itemListElement" itemscope><a href="/sea/">Sea</a></i> Pier rises'
            "</div>",
            "Sea",
            id="microdata in a box of any name",
        ),
        pytest.param('<nav><a rel="category tag" href="/c/sea">Sea</a></nav>', None, id="a menu"),
        pytest.param('<footer><a rel="category tag" href="/c/sea">Sea</a></footer>', None, id="the page's footer"),
        pytest.param("<p>Nothing</p>", None, id="nothing"),
    ],
)
def test_a_section(html: str, name: str | None) -> None:
    assert section(html) == name


@pytest.mark.parametrize(
    ("html", "names"),
    [
        pytest.param(
            '<article><footer><a rel="category tag">Sea</a> <a rel="tag">pier</a> <a rel="tag">#storm</a></footer>',
            ("pier", "storm"),
            id="WordPress, in the footer of an article",
        ),
        pytest.param(
            '<div><a rel="tag">pier</a></div><div><a rel="tag">other</a></div>', ("pier",), id="only those of one box"
        ),
        pytest.param(
            '<ul class="itemTags"><li><a href="/t/1">pier</a></li><li><a href="/t/2">storm</a></li></ul>',
            ("pier", "storm"),
            id="a box that is named after them",
        ),
        pytest.param('<div class="tags-cloud"><a href="/t/1">pier</a></div>', (), id="a cloud"),
        pytest.param('<div class="vantagestore"><a href="/t/1">pier</a></div>', (), id="a word that holds the name"),
        pytest.param(
            '<div class="tags">' + "".join(f'<a href="/t/{i}">t{i}</a>' for i in range(40)) + "</div>",
            (),
            id="all of the site",
        ),
    ],
)
def test_tags(html: str, names: tuple[str, ...]) -> None:
    assert tags(html) == names


def test_what_mark_up_names_comes_first_and_the_origin_tells() -> None:
    printed = '<p class="breadcrumbs"><a href="/sea/">Sea</a></p><div class="tags"><a href="/t">pier</a></div>'
    article = extract((STORY + printed).encode(), URL)
    assert (article.section, article.tags) == ("Sea", ("pier",))
    assert (article.origins["section"], article.origins["tags"]) == (Origin.GENERIC, Origin.GENERIC)

    named = '<meta property="article:section" content="Harbour"><meta property="article:tag" content="storm">'
    article = extract((named + STORY + printed).encode(), URL)
    assert (article.section, article.tags) == ("Harbour", ("storm",))
