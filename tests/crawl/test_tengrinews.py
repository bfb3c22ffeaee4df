"""The main job on its first site, under the site's own addresses: a proxy plays the Internet, http and https.

The seed page comes from ../shared beside the checkout, and is not part of the project; without it this file skips.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.crawl.crawling import Home
from tests.crawl.proxy import Proxy
from tests.crawl.site import Reply

SEED = Path(__file__).parents[2] / "../shared/samples/tengrinews"
pytestmark = pytest.mark.skipif(not SEED.is_dir(), reason="../shared is not beside the checkout")

HOST = "tengrinews.kz"
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Tengrinews.kz</title><link>https://tengrinews.kz/</link>
<item><title>{headline}</title><link>{url}?utm_source=rss</link><pubDate>{date}</pubDate></item></channel></rss>"""


@pytest.fixture
def expected() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SEED / "seed-article.expected.json").read_text("utf-8"))
    return loaded


@pytest.fixture
def internet(proxy: Proxy, expected: dict[str, Any]) -> Proxy:
    """tengrinews.kz with one article, listed as if it were of today; the other editions are down."""
    site = proxy.site(HOST)
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    feed = FEED.format(headline=expected["headline"], url=expected["url"], date=now)
    site["/news.rss"] = Reply(feed, content_type="application/rss+xml")
    site[urlsplit(expected["url"]).path] = (SEED / "seed-article.html").read_bytes()
    return proxy


def test_the_seed_article_is_stored_with_all_fields_right(
    home: Home, internet: Proxy, expected: dict[str, Any]
) -> None:
    environment = {**internet.environment, "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "0"}
    done = home.run("crawl", "tengrinews", "--json", **environment)
    assert done.json[0]["new"] == 1, done.err
    article = home.run("article", "show", expected["url"], "--json").json

    for name in ("canonical_url", "site_article_id", "headline", "lead", "published_at", "language", "section"):
        assert article[name] == expected[name], name
    assert article["authors"] == expected["authors"]
    assert article["tags"] == expected["tags"]
    assert article["body"].split("\n\n") == expected["body_paragraphs"]
    assert [{name: image[name] for name in ("url", "credit")} for image in article["images"]] == expected["images"]
    assert (article["source_id"], article["edition"]) == ("tengrinews", "ru")
    assert {"headline", "lead", "body", "published_at", "tags", "section"} <= article["origins"].keys()

    printed = home.run("article", "show", expected["url"]).out
    assert expected["headline"] in printed
    assert expected["body_paragraphs"][-1] in printed


def test_https_was_spoken_throughout_and_nobody_else_was_asked(home: Home, internet: Proxy) -> None:
    home.run("crawl", "tengrinews", **internet.environment, CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    urls = [row[0] for row in home.ask("SELECT url FROM fetches")]
    assert urls
    assert all(url.startswith("https://") for url in urls)
    assert home.one("SELECT url FROM links WHERE state = 'stored'").startswith(f"https://{HOST}/")


def test_a_second_crawl_fetches_nothing_again(home: Home, internet: Proxy, expected: dict[str, Any]) -> None:
    for _ in range(2):
        home.run("crawl", "tengrinews", **internet.environment)
    assert internet.site(HOST).count(urlsplit(expected["url"]).path) == 1
    assert home.ask("SELECT count(*), max(revision) FROM articles") == [(1, 1)]
