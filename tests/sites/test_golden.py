"""Golden pages: saved designs of each site, with texts of our own, and every field that must be read from them.

A page is `<layout>_<language>_<case>.html`; beside it, a JSON file of the same name holds the source, the address, the
fetch moment where relative dates need one, and the expected fields. A field that is not named there is not judged.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from crawler.articles.article import Article
from crawler.articles.normalise import normalise_article
from crawler.extraction import extract
from crawler.sources.registry import Registry

PAGES = sorted(Path(__file__).parent.glob("*/*.html"))


@lru_cache(maxsize=1)
def registry() -> Registry:
    return Registry.load()


def expected_of(page: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(page.with_suffix(".json").read_text("utf-8"))
    return loaded


def read(page: Path, expected: dict[str, Any]) -> Article:
    fetched = expected.get("fetched_at")
    return extract(
        page.read_bytes(),
        expected["url"],
        source=registry().get(expected["source"]),
        fetched_at=datetime.fromisoformat(fetched) if fetched else None,
        content_type=expected.get("content_type"),
    )


def found_in(article: Article) -> dict[str, Any]:
    """The article's fields as JSON has them."""
    return {
        **{name: getattr(article, name) for name in ("canonical_url", "site_article_id", "headline", "lead")},
        **{name: getattr(article, name) for name in ("section", "language", "layout", "is_accessible_for_free")},
        "paragraphs": list(article.paragraphs),
        "authors": list(article.authors),
        "tags": list(article.tags),
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit} for i in article.images],
        "published_at": article.published_at.isoformat().replace("+00:00", "Z") if article.published_at else None,
        "modified_at": article.modified_at.isoformat().replace("+00:00", "Z") if article.modified_at else None,
        "related_links": list(article.related_links),
        "translations": [[one.language, one.url] for one in article.translations],
    }


@pytest.mark.parametrize("page", [pytest.param(page, id=f"{page.parent.name}/{page.stem}") for page in PAGES])
def test_every_field_is_read_exactly(page: Path) -> None:
    expected = expected_of(page)
    article = read(page, expected)

    found = found_in(article)
    judged = {name: value for name, value in expected.items() if name in found}
    assert {name: found[name] for name in judged} == judged
    assert normalise_article(article) == article
    assert article.confidence is not None and article.confidence > 0.5


def test_every_layout_has_a_page() -> None:
    declared = {(source.id, layout.name) for source in registry().sources.values() for layout in source.layouts}
    shown = {(expected["source"], expected["layout"]) for expected in map(expected_of, PAGES)}
    assert declared == shown
