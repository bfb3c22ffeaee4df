"""Microdata: properties of the article, not of the things around it."""

from __future__ import annotations

import pytest

from crawler.extraction.found import Found
from crawler.extraction.microdata import read_microdata
from crawler.extraction.page import Page

ARTICLE = '<div itemscope itemtype="https://schema.org/NewsArticle">{}</div>'


def found(html: str) -> Found:
    return read_microdata(Page.read(html.encode(), "https://example.com/a"))


@pytest.mark.parametrize(
    ("inner", "field", "value"),
    [
        pytest.param('<h1 itemprop="headline">A</h1>', "headline", "A", id="text"),
        pytest.param('<h1 itemprop="name headline">A</h1>', "headline", "A", id="two properties"),
        pytest.param('<meta itemprop="datePublished" content="2024-05-02">', "published", "2024-05-02", id="content"),
        pytest.param(
            '<time itemprop="datePublished" datetime="2024-05-02T10:00">x</time>',
            "published",
            "2024-05-02T10:00",
            id="time",
        ),
        pytest.param(
            '<span itemprop="datePublished" content="2021-01-20">10:14, 20 января 2021</span>',
            "published",
            "2021-01-20",
            id="span",
        ),
        pytest.param(
            '<abbr itemprop="datePublished" title="2024-05-06T03:30:00-07:00">3:30 AM</abbr>',
            "published",
            "2024-05-06T03:30:00-07:00",
            id="abbr (Blogger)",
        ),
        pytest.param('<a itemprop="genre">Новости</a>', "section", "Новости", id="genre (Joomla)"),
        pytest.param(
            '<a itemprop="genre">News</a><a itemprop="articleSection">Sea</a>',
            "section",
            "Sea",
            id="section before genre",
        ),
        pytest.param('<span itemprop="author">Anna Smith</span>', "authors", ("Anna Smith",), id="author as text"),
        pytest.param(
            '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><img itemprop="image" src="/a.jpg">'
            '<b itemprop="name">Anna Smith</b></span>',
            "authors",
            ("Anna Smith",),
            id="author as a thing",
        ),
        pytest.param(
            '<i itemprop="author" itemscope itemtype="http://schema.org/Organization"><b itemprop="name">Desk</b></i>',
            "authors",
            (),
            id="organisation",
        ),
        pytest.param('<meta itemprop="keywords" content="a, b">', "tags", ("a", "b"), id="keywords"),
    ],
)
def test_a_value_is_found(inner: str, field: str, value: object) -> None:
    assert getattr(found(ARTICLE.format(inner)), field) == value


@pytest.mark.parametrize("kind", ["Comment", "Person", "Product", "BreadcrumbList"])
def test_properties_of_other_things_are_left(kind: str) -> None:
    said = found(
        f'<div itemscope itemtype="https://schema.org/{kind}"><b itemprop="headline">A</b>'
        '<i itemprop="author">B C</i></div>'
    )

    assert (said.headline, said.authors) == (None, ())


def test_authors_of_later_articles_are_those_of_other_stories() -> None:
    own, other = (ARTICLE.format(f'<i itemprop="author">{name}</i>') for name in ("Anna Smith", "Bolat Akhmetov"))

    assert found(own + other).authors == ("Anna Smith",)


def test_several_authors_of_one_article_are_all_named() -> None:
    names = '<i itemprop="author">Anna Smith</i><i itemprop="author">Bolat Akhmetov</i>'

    assert found(ARTICLE.format(names)).authors == ("Anna Smith", "Bolat Akhmetov")
