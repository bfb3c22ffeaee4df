"""A database with articles whose texts are meant to break tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crawler.articles.article import Image
from crawler.storage.database import Database
from tests.storage.stories import HOST, NOW, article, reading, stored

UNDATED: dict[str, Any] = {"published_at": None, "section": None}
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def filled(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Three articles; CRAWLER_DATABASE_URL names their database, CRAWLER_TIMEZONE is five hours ahead of UTC."""
    monkeypatch.setenv("CRAWLER_DATABASE_URL", database_url)
    monkeypatch.setenv("CRAWLER_TIMEZONE", "Asia/Almaty")
    images = (Image(f"{HOST}/1.jpg", "At dawn", "Cy Day"), Image(f"{HOST}/2.jpg", None, None))
    body, formula = 'First "line";\n\nsecond, line.', '=HYPERLINK("http://x.example")'
    # One after the other: their numbers are in this order.
    for made in (
        article("/1/", body, headline=formula, images=images),
        article("/2/", "Ёлка на площади.", headline="-5 градусов", lead=None, language="ru", authors=("@home",)),
        article("/3/", "Snow.", **UNDATED, tags=(), images=(), is_accessible_for_free=False),
    ):
        stored(database, reading(made))
    edited = article("/3/", "Snow melts.", **UNDATED, is_accessible_for_free=False, fetched_at=LATER)
    stored(database, reading(edited), now=LATER)
    return database
