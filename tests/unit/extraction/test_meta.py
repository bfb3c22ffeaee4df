"""The page's head: names in the order of their reliability, links, images, translations."""

from __future__ import annotations

import pytest

from crawler.articles.article import Image, Translation
from crawler.extraction.found import Found
from crawler.extraction.meta import read_meta, weak_published
from crawler.extraction.page import Page

URL = "https://kaz.example.kz/news/a-1/"


def found(head: str) -> Found:
    return read_meta(Page.read(f"<html><head>{head}</head></html>".encode(), URL))


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        pytest.param(
            '<meta name="og:title" content="A"><title>A | Site</title>', "headline", "A", id="og:title by name"
        ),
        pytest.param(
            "<title> A | Site </title><svg><title>icon</title></svg>", "document_title", "A | Site", id="title"
        ),
        pytest.param(
            '<meta name="description" content="D"><meta property="og:description" content="O">',
            "lead",
            "O",
            id="og first",
        ),
        pytest.param(
            '<meta name="article:published_time" content="2024-05-02">', "published", "2024-05-02", id="by name"
        ),
        pytest.param(
            '<meta property="article:published_time" content="2024-05-02">', "published", "2024-05-02", id="by property"
        ),
        pytest.param('<meta name="date" content="2024-05-02">', "published", None, id="a name that may mean anything"),
        pytest.param('<meta property="og:updated_time" content="2024-05-03">', "modified", "2024-05-03", id="updated"),
        pytest.param(
            '<meta name="author" content="Anna Smith"><meta name="byl" content="B">',
            "authors",
            ("Anna Smith",),
            id="first name",
        ),
        pytest.param(
            '<meta name="article:author" content="https://www.facebook.com/x">',
            "authors",
            (),
            id="an address is no author",
        ),
        pytest.param(
            '<meta name="citation_author" content="Smith, Anna"><meta name="citation_author" content="Omarov, Bolat">',
            "authors",
            ("Anna Smith", "Bolat Omarov"),
            id="names turned round",
        ),
        pytest.param('<meta name="article:section" content="World">', "section", "World", id="section"),
        pytest.param(
            '<meta name="article:tag" content="a"><meta name="article:tag" content="b">', "tags", ("a", "b"), id="tags"
        ),
        pytest.param('<meta name="keywords" content="a, b;c">', "tags", ("a", "b", "c"), id="keywords"),
        pytest.param(
            '<meta property="og:image" content="/u/1.jpg">',
            "images",
            (Image("https://kaz.example.kz/u/1.jpg"),),
            id="relative image",
        ),
        pytest.param('<link rel="canonical" href="/news/a-1/">', "canonical", URL, id="canonical"),
        pytest.param(
            '<meta property="article:content_tier" content="locked">', "is_accessible_for_free", False, id="locked"
        ),
        pytest.param('<meta name="isAccessibleForFree" content="true">', "is_accessible_for_free", True, id="free"),
        pytest.param(
            '<link rel="alternate" hreflang="ru" href="https://example.kz/a-7/">'
            '<link rel="alternate" hreflang="x" href="/">'
            '<link rel="alternate" type="application/rss+xml" href="/rss">',
            "translations",
            (Translation("ru", "https://example.kz/a-7/"),),
            id="translations",
        ),
        pytest.param('<meta property="og:site_name" content="Example">', "publishers", ("Example",), id="publisher"),
    ],
)
def test_a_value_is_found(head: str, field: str, value: object) -> None:
    assert getattr(found(head), field) == value


def test_a_card_s_label_may_name_the_author() -> None:
    card = '<meta name="twitter:label{0}" content="{1}"><meta name="twitter:data{0}" content="{2}">'
    cards = card.format(1, "Reading time", "3 minutes") + card.format(2, "Written by", "Anna Smith")
    assert found(cards).authors == ("Anna Smith",)


def test_a_weak_date_is_known_apart() -> None:
    page = Page.read(b'<meta name="date" content="2024-05-02">', URL)

    assert weak_published(page) == "2024-05-02"
