"""JSON-LD: mended where sites break it, and read for what it says about the page's own article."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.json_ld import read_json_ld
from crawler.extraction.json_text import read_objects
from crawler.extraction.page import Page

URL = "https://example.com/news/1"


def found(*objects: Any) -> Any:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in objects)
    return read_json_ld(Page.read(f"<html>{scripts}</html>".encode(), URL))


def article(**values: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "A long road", **values}


@pytest.mark.parametrize(
    "script",
    [
        pytest.param('{"headline": "A"}', id="plain"),
        pytest.param('[[{"headline": "A"}]]', id="lists in lists"),
        pytest.param('{"@context": "x", "@graph": [{"headline": "A"}]}', id="graph"),
        pytest.param('{"headline": "A",}', id="trailing comma"),
        pytest.param('<!-- {"headline": "A"} -->', id="HTML comment"),
        pytest.param('//<![CDATA[\n{"headline": "A"}\n//]]>', id="CDATA"),
        pytest.param('{"headline": "A", "text": "two\nlines\tand a tab"}', id="control characters"),
        pytest.param('{"headline": "A", "text": "it\\\'s"}', id="wrong escape"),
        pytest.param("{&quot;headline&quot;: &quot;A&quot;}", id="entities"),
        pytest.param('{"headline": "A"};', id="semicolon"),
        pytest.param('{"headline": "A"} {"headline": "B"}', id="several values"),
        pytest.param('{"@type": "Article", "headline": "A", "text": "he said "no" and left"}', id="bare quotes"),
        pytest.param('{"headline": "A", "datePublished": "2024-05-02", "oops', id="cut off"),
    ],
)
def test_broken_scripts_are_mended(script: str) -> None:
    assert read_objects([script])[0]["headline"] == "A"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("", id="empty"),
        pytest.param("null", id="null"),
        pytest.param("window.x = 1", id="JavaScript"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"a":' * 100_000, id="deep objects"),
        pytest.param('"' + "x" * 3_000_000 + '"', id="too large"),
    ],
)
def test_what_cannot_be_mended_gives_nothing(script: str) -> None:
    assert read_objects([script]) == ()


@given(st.text(max_size=300))
def test_any_text_is_survived(script: str) -> None:
    assert isinstance(read_objects([script]), tuple)


def test_all_fields_are_read() -> None:
    said = found(
        article(
            description="What happened.",
            author=[{"@type": "Person", "name": "Anna Smith"}, {"@type": "Organization", "name": "Desk"}],
            datePublished="2024-05-02T10:00:00+06:00",
            dateModified="2024-05-02T11:00:00+06:00",
            articleSection=["Politics", "World"],
            keywords="roads, north",
            inLanguage={"@type": "Language", "name": "Russian", "alternateName": "ru"},
            image={"@type": "ImageObject", "url": "/a.jpg", "caption": "A road"},
            isAccessibleForFree="False",
            publisher={"@type": "Organization", "name": "The Example"},
            articleBody="One.\n\nTwo.",
        )
    )

    assert (said.headline, said.lead, said.is_news) == ("A long road", "What happened.", True)
    assert (said.authors, said.organisations, said.publishers) == (("Anna Smith",), ("Desk",), ("The Example",))
    assert (said.published, said.modified) == ("2024-05-02T10:00:00+06:00", "2024-05-02T11:00:00+06:00")
    assert (said.section, said.tags, said.language) == ("Politics", ("roads", "north"), "ru")
    assert [(image.url, image.caption) for image in said.images] == [("https://example.com/a.jpg", "A road")]
    assert said.is_accessible_for_free is False
    assert said.body == ("One.", "Two.")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        pytest.param("Anna Smith", ("Anna Smith",), id="text"),
        pytest.param({"name": "Anna Smith"}, ("Anna Smith",), id="no type"),
        pytest.param(
            {"@type": "Person", "name": ["Anna Smith", "Bolat Akhmetov"]}, ("Anna Smith", "Bolat Akhmetov"), id="names"
        ),
        pytest.param(
            {"@type": "Person", "givenName": "Anna", "familyName": "Smith"}, ("Anna Smith",), id="given and family"
        ),
        pytest.param({"@id": "#anna"}, ("Anna Smith",), id="reference"),
        pytest.param([["Anna Smith"]], ("Anna Smith",), id="list in a list"),
        pytest.param({"@type": "NewsMediaOrganization", "name": "The Example"}, (), id="organisation"),
        pytest.param({"@type": ["Person", "Organization"], "name": "Anna Smith"}, ("Anna Smith",), id="both"),
        pytest.param(None, (), id="none"),
        pytest.param(7, (), id="number"),
    ],
)
def test_authors_are_people(author: Any, names: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#anna", "name": "Anna Smith"}

    assert found({"@graph": [article(author=author), person]}).authors == names


def test_of_several_articles_the_page_s_own_is_read() -> None:
    related = {"@type": "NewsArticle", "headline": "Another", "url": "https://example.com/news/2", "author": "B C"}
    own = article(mainEntityOfPage={"@type": "WebPage", "@id": URL})

    assert found(related, own).headline == "A long road"


def test_an_article_inside_a_page_object_is_found() -> None:
    assert found({"@type": "WebPage", "mainEntity": article(datePublished="2024-05-02")}).published == "2024-05-02"


def test_a_page_object_gives_its_dates_where_there_is_no_article() -> None:
    said = found({"@type": "WebPage", "name": "Home", "datePublished": "2024-05-02", "dateModified": "2024-05-03"})

    assert (said.headline, said.published, said.modified) == (None, "2024-05-02", "2024-05-03")


@pytest.mark.parametrize("kind", ["JobPosting", "Organization", "BreadcrumbList", "VideoObject"])
def test_other_things_are_no_article(kind: str) -> None:
    assert found({"@type": kind, "headline": "A", "datePublished": "2024-05-02"}).headline is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["@type", "name", "url", "@id", "x"]), inner)
        ),
        max_leaves=12,
    ),
    st.sampled_from(
        ["author", "image", "keywords", "articleSection", "publisher", "mainEntityOfPage", "datePublished", "@graph"]
    ),
)
def test_any_shape_of_a_value_is_survived(value: Any, field: str) -> None:
    found(article(**{field: value}))
