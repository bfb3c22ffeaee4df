"""Which lists say that an article has changed, and which of them are believed?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.discovery.feeds import read_feed
from crawler.discovery.links import Entry, select_links
from crawler.discovery.sitemaps import read_sitemap
from crawler.sources.source import Source

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
URL = "https://herald.example/feed"
HERALD = Source.model_validate(
    {
        "id": "herald",
        "name": "The Herald",
        "home": "https://herald.example/",
        "editions": [
            {"id": "en", "host": "herald.example", "language": "en", "timezone": "UTC", "article": r"/(?P<id>\d+)/$"}
        ],
    }
)


def rss(parts: str) -> str:
    item = f"<item><link>/1/</link><pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate>{parts}</item>"
    return f'<rss xmlns:a="http://www.w3.org/2005/Atom" xmlns:d="http://purl.org/dc/terms/"><channel>{item}</channel></rss>'


def atom(parts: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1/"/>{parts}</entry></feed>'


@pytest.mark.parametrize(
    ("feed", "changed_at"),
    [
        pytest.param(rss(""), None, id="RSS: says nothing"),
        pytest.param(rss("<a:updated>2026-11-24T09:30:00Z</a:updated>"), CHANGED, id="RSS: atom:updated"),
        pytest.param(rss("<d:modified>2026-11-24T09:30:00Z</d:modified>"), CHANGED, id="RSS: dcterms:modified"),
        pytest.param(rss("<a:updated>2026-11-24</a:updated>"), None, id="RSS: only the day"),
        pytest.param(rss("<a:updated>soon</a:updated>"), None, id="RSS: no date"),
        pytest.param(
            atom("<published>2026-11-24T08:00:00Z</published><updated>2026-11-24T09:30:00Z</updated>"),
            CHANGED,
            id="Atom: published and updated",
        ),
        pytest.param(atom("<updated>2026-11-24T09:30:00Z</updated>"), CHANGED, id="Atom: updated alone"),
        pytest.param(
            json.dumps(
                {"items": [{"url": "/1/", "date_published": "2026-11-24", "date_modified": CHANGED.isoformat()}]}
            ),
            CHANGED,
            id="JSON Feed: date_modified",
        ),
    ],
)
def test_changes_in_feeds(feed: str, changed_at: datetime | None) -> None:
    (entry,) = read_feed(feed.encode(), URL, now=NOW).entries
    assert entry.changed_at == changed_at


def sitemap(*entries: str) -> bytes:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        + "".join(f"<url><loc>https://herald.example/{n}/</loc>{parts}</url>" for n, parts in enumerate(entries))
        + "</urlset>"
    ).encode()


LASTMOD = "<lastmod>2026-11-24T09:30:00Z</lastmod>"
NEWS = "<news:news><news:publication_date>2026-11-24T08:00:00Z</news:publication_date></news:news>"


@pytest.mark.parametrize(
    ("parts", "published_at", "changed_at"),
    [
        pytest.param(LASTMOD, CHANGED, CHANGED, id="lastmod dates both"),
        pytest.param(LASTMOD + NEWS, NOW.replace(hour=8), CHANGED, id="publication date beside it"),
        pytest.param("<lastmod>2026-11-24</lastmod>", NOW.replace(hour=0), None, id="only the day"),
    ],
)
def test_changes_in_sitemaps(parts: str, published_at: datetime, changed_at: datetime | None) -> None:
    (entry,) = read_sitemap(sitemap(parts), URL, now=NOW).entries
    assert (entry.published_at, entry.changed_at) == (published_at, changed_at)


def test_the_moment_at_which_a_sitemap_was_made_is_no_change_and_publication_dates_stay() -> None:
    entries = read_sitemap(sitemap(*[LASTMOD + NEWS] * 50, *[LASTMOD] * 50), URL, now=NOW).entries
    assert {entry.changed_at for entry in entries} == {None}
    assert [entry.published_at for entry in entries] == [NOW.replace(hour=8)] * 50 + [None] * 50


@pytest.mark.parametrize(
    ("changed_at", "believed"),
    [
        pytest.param(NOW - timedelta(hours=1), True, id="past"),
        pytest.param(NOW + timedelta(minutes=1), True, id="a fast clock"),
        pytest.param(NOW + timedelta(hours=5), False, id="a wrong zone: it would be fetched at every visit"),
    ],
)
def test_a_change_that_lies_ahead_is_not_believed(changed_at: datetime, believed: bool) -> None:
    entries = [Entry("/1/", published_at=NOW - timedelta(hours=2), changed_at=changed_at)]
    (link,) = select_links(entries, HERALD, via="feed", via_url=URL, now=NOW).links
    assert link.changed_at == (changed_at if believed else None)


def test_of_an_address_that_stands_twice_the_change_is_kept() -> None:
    entries = [Entry("/1/"), Entry("/1/#photo", changed_at=CHANGED)]
    (link,) = select_links(entries, HERALD, via="feed", via_url=URL, now=NOW).links
    assert link.changed_at == CHANGED
