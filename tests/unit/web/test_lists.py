"""The lists of a source on its page: what its file declares beside what is known of each."""

from __future__ import annotations

from crawler.sources.source import Source
from crawler.storage.tables import FeedRow
from crawler.web.pages.source import lists_of

MAP, FEED, MOVED = "https://a.example/sitemap.xml", "https://a.example/ru.xml", "https://a.example/old.xml"


def edition(language: str, **lists: list[str]) -> dict[str, object]:
    return {
        "id": language,
        "host": "a.example",
        "language": language,
        "timezone": "Asia/Almaty",
        "article": f"^/{language}/",
        **lists,
    }


def test_a_list_that_editions_share_is_one_and_was_read() -> None:
    editions = [edition("ru", feeds=[FEED], sitemaps=[MAP]), edition("kk", sitemaps=[MAP])]
    source = Source.model_validate({"id": "a", "name": "A", "home": "https://a.example/", "editions": editions})
    rows = [FeedRow(kind="sitemap", url=MAP), FeedRow(kind="feed", url=MOVED)]
    assert [(one.kind, one.url, one.edition, one.row) for one in lists_of(source, rows)] == [
        ("feed", FEED, "ru", None),
        ("sitemap", MAP, "ru, kk", rows[0]),
        ("feed", MOVED, "", rows[1]),
    ]
