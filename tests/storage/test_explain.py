"""What is said of addresses that brought no article and of which nothing is recorded."""

from __future__ import annotations

import pytest

from crawler.errors import UrlError
from crawler.monitoring.explain import explain
from crawler.sources.registry import Registry
from crawler.sources.source import Source
from crawler.storage import feeds
from crawler.storage.database import Database
from tests.storage.stories import NOW


def edition(language: str, **lines: object) -> dict[str, object]:
    article = rf"^/{language}/news/(?P<id>\d+)-"
    return {
        "id": language,
        "host": "a.example",
        "language": language,
        "timezone": "Asia/Almaty",
        "article": article,
        **lines,
    }


SOURCE = Source.model_validate(
    {
        "id": "a",
        "name": "A",
        "home": "https://a.example/",
        "editions": [edition("ru", not_article=["^/ru/news/[0-9]+-goroskop"]), edition("kk")],
    }
)
REGISTRY = Registry({"a": SOURCE}, {})


@pytest.mark.parametrize(
    ("path", "verdict", "summary"),
    [
        pytest.param(
            "/kk/foto/1",
            "filtered",
            r"Its path fits no article pattern of a (ru: ^/ru/news/(?P<id>\d+)-; kk: ^/kk/news/(?P<id>\d+)-).",
            id="every edition of its host is named",
        ),
        pytest.param(
            "/ru/news/5-goroskop-na-den/",
            "filtered",
            "Its path fits `not_article` of a/ru (^/ru/news/[0-9]+-goroskop), which leaves it out.",
            id="left out on purpose",
        ),
        pytest.param(
            "/kk/news/5-x/",
            "unseen",
            "It is an address of a/kk, but no list that was read has named it, or only when it was too old.",
            id="links that are too old are counted only",
        ),
    ],
)
def test_an_address_without_a_record(database: Database, path: str, verdict: str, summary: str) -> None:
    with database.read() as session:
        found = explain(session, f"https://a.example{path}", REGISTRY)
    assert (found.verdict, found.summary) == (verdict, summary)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("robots_unreachable: HTTP 500", "It waits until the site's robots.txt can be read again."),
        ("http_404: HTTP status 404", "crawler source health a"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(database: Database, error: str, advice: str) -> None:
    """The older articles that --since would bring are not what is missing then."""
    feed = "https://a.example/kk/rss.xml"
    editions = [edition("ru"), edition("kk", feeds=[feed])]
    source = Source.model_validate({"id": "a", "name": "A", "home": "https://a.example/", "editions": editions})
    with database.write() as session:
        feeds.failed(session, "a", feed, kind="feed", now=NOW, error=error)
        registry = Registry({"a": source}, {})
        found = [explain(session, f"https://a.example/{one}/news/5-x/", registry) for one in ("ru", "kk")]
    assert found[0].summary.startswith("It is an address of a/ru, but no list that was read has named it")
    assert found[1].summary == f"It is an address of a/kk; its feed {feed}, which may name it, cannot be read: {error}"
    assert found[1].advice == advice


def test_an_address_without_its_scheme_is_refused_with_what_to_write(database: Database) -> None:
    with database.read() as session, pytest.raises(UrlError, match="write it with https:// at its beginning"):
        explain(session, "a.example/kk/news/5-x/", REGISTRY)
