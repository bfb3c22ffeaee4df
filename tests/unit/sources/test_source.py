"""Declarations: what they infer, which contradictions they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from crawler.sources.source import MAX_PATH, Contradictions, Source


def test_a_plain_address_stands_for_a_declaration(herald: dict[str, Any]) -> None:
    herald["editions"][0] |= {"feeds": "https://a.example/rss", "sitemaps": ["https://a.example/map.xml"]}
    edition = Source.model_validate(herald).editions[0]
    assert [feed.url for feed in edition.feeds] == ["https://a.example/rss"]
    assert [sitemap.newest for sitemap in edition.sitemaps] == ["lastmod"]


def test_declarations_are_frozen(herald: dict[str, Any]) -> None:
    source = Source.model_validate(herald)
    with pytest.raises(ValidationError, match="frozen"):
        source.name = "Another"  # type: ignore[misc]


def test_the_schedule_has_the_first_editions_zone_unless_it_has_its_own(herald: dict[str, Any]) -> None:
    assert Source.model_validate(herald).schedule_zone.key == "Europe/London"
    assert Source.model_validate(herald | {"timezone": "Asia/Almaty"}).schedule_zone.key == "Asia/Almaty"


@pytest.mark.parametrize(
    ("path", "article_id"),
    [
        pytest.param("/news/7-rain-falls/", "7", id="as it is"),
        pytest.param("/news/7-rain-falls/?page=2", "7", id="the query makes no other article"),
        pytest.param("/news/%37-rain-falls/", "7", id="escapes are decoded"),
        pytest.param("/news/", None, id="navigation"),
        pytest.param("/horoscope/7-rain-falls/", None, id="excluded"),
        pytest.param("/" + "a" * MAX_PATH + "/7-rain/", None, id="longer than any path"),
    ],
)
def test_the_article_pattern_judges_paths(herald: dict[str, Any], path: str, article_id: str | None) -> None:
    herald["editions"][0]["not_article"] = "^/horoscope/"
    match = Source.model_validate(herald).editions[0].article_match(path)
    assert (match["id"] if match else None) == article_id


@pytest.mark.parametrize("host", ["herald.example", "www.herald.example", "m.herald.example", "WWW.Herald.example"])
def test_a_leading_www_does_not_matter(herald: dict[str, Any], host: str) -> None:
    edition = Source.model_validate(herald).edition_of(host)
    assert edition is not None
    assert edition.id == "en"


def test_a_sister_site_is_no_edition(herald: dict[str, Any]) -> None:
    assert Source.model_validate(herald).edition_of("sport.herald.example") is None


def test_layouts_belong_to_all_editions_unless_they_name_some(herald: dict[str, Any]) -> None:
    herald["editions"].append(herald["editions"][0] | {"id": "fr", "host": "fr.herald.example"})
    herald["layouts"] = [
        {"name": "2024", "article": "article"},
        {"name": "old-fr", "article": "table", "editions": "fr"},
    ]
    source = Source.model_validate(herald)
    assert [[layout.name for layout in source.layouts_of(edition)] for edition in source.editions] == [
        ["2024"],
        ["2024", "old-fr"],
    ]


def test_every_contradiction_is_found_at_once(herald: dict[str, Any]) -> None:
    edition = herald["editions"][0]
    edition["listings"] = [
        {"url": "https://a.example/", "date": "time", "next": "a", "next_page": "https://a.example/{page}"}
    ]
    herald["editions"].append(edition | {"article": "^/x/", "id_is_key": True, "listings": []})
    herald["layouts"] = [
        {"name": "a", "article": "p", "since": "2024-01-01", "until": "2023-01-01"},
        {"name": "a", "article": "p", "editions": ["fr"]},
    ]
    with pytest.raises(ValidationError) as refusal:
        Source.model_validate(herald)
    (error,) = refusal.value.errors()
    contradictions = error["ctx"]["error"]
    assert isinstance(contradictions, Contradictions)
    assert {each.path for each in contradictions.found} == {
        ("editions", 0, "listings", 0, "date"),
        ("editions", 0, "listings", 0, "next"),
        ("editions", 1, "id"),
        ("editions", 1, "id_is_key"),
        ("layouts", 0, "until"),
        ("layouts", 1, "name"),
        ("layouts", 1, "editions", 0),
    }
    assert "there are: en, en" in str(contradictions)
