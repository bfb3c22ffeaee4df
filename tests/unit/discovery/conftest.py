"""What the tests of the discovery room share: a source, and the moment at which lists are fetched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.sources.source import Source


@pytest.fixture
def now() -> datetime:
    """10:00 in Almaty."""
    return datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def herald() -> Source:
    """A site in two languages on hosts of their own, with a mirror, a sister site and numbered articles."""
    edition: dict[str, Any] = {
        "timezone": "Asia/Almaty",
        "article": r"^/[a-z]+/(?P<id>\d+)-[^/]+/$",
        "not_article": "^/weather/",
        "id_is_key": True,
    }
    return Source.model_validate(
        {
            "id": "herald",
            "name": "The Example Herald",
            "home": "https://www.herald.example/",
            "max_undated": 3,
            "editions": [
                {"id": "ru", "host": "www.herald.example", "mirrors": "test.herald.example", "language": "ru"}
                | edition,
                {"id": "kk", "host": "kaz.herald.example", "language": "kk"} | edition,
            ],
        }
    )
