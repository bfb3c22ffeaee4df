"""The main job on its first site, under the site's own addresses: a proxy plays the Internet, http and https.

The seed page comes from ../shared beside the checkout, and is not part of the project; without it this file skips.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.crawl.crawling import Done, Home
from tests.crawl.proxy import Authority, Proxy, serve_proxy
from tests.crawl.site import Reply

SEED = Path(__file__).parents[2] / "../shared/samples/tengrinews"
pytestmark = pytest.mark.skipif(not SEED.is_dir(), reason="../shared is not beside the checkout")

HOST = "tengrinews.kz"
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Tengrinews.kz</title><link>https://tengrinews.kz/</link>{items}</channel></rss>"""
ITEM = "<item><title>{headline}</title><link>{url}?utm_source=rss</link><pubDate>{date}</pubDate></item>"

EXPECTED: dict[str, Any] = json.loads((SEED / "seed-article.expected.json").read_text("utf-8")) if SEED.is_dir() else {}


@dataclass(frozen=True)
class Crawled:
    """What two crawls left behind."""

    home: Home
    internet: Proxy
    results: list[Done]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Crawled]:
    """tengrinews.kz with one article, listed as if it were of today, crawled twice; the others have nothing new.

    The source file is the packaged one, with its delay of two seconds: crawled once for all tests.
    """
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    item = ITEM.format(headline=EXPECTED["headline"], url=EXPECTED["url"], date=now)
    home = Home(tmp_path_factory.mktemp("home"))
    with serve_proxy(authority) as internet:
        site = internet.site(HOST)
        site["/news.rss"] = Reply(FEED.format(items=item), content_type="application/rss+xml", etag=True)
        site[urlsplit(EXPECTED["url"]).path] = (SEED / "seed-article.html").read_bytes()
        for other in (f"kaz.{HOST}", f"en.{HOST}"):
            old = ITEM.format(
                headline="Old", url=f"https://{other}/news/old-1000/", date="Mon, 05 Oct 2020 10:00:00 +0000"
            )
            internet.site(other)["/news.rss"] = Reply(FEED.format(items=old), content_type="application/rss+xml")
        environment = {**internet.environment, "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "0"}
        results = [home.run("crawl", "tengrinews", "--json", **environment) for _ in range(2)]
        yield Crawled(home, internet, results)
    home.leave()


def test_the_seed_article_is_stored_with_every_field_right(crawled: Crawled) -> None:
    assert crawled.results[0].json[0]["new"] == 1, crawled.results[0].err
    article = crawled.home.run("article", "show", EXPECTED["url"], "--json").json
    for name in ("canonical_url", "site_article_id", "headline", "lead", "published_at", "language", "section"):
        assert article[name] == EXPECTED[name], name
    assert article["authors"] == EXPECTED["authors"]
    assert article["tags"] == EXPECTED["tags"]
    assert article["body"].split("\n\n") == EXPECTED["body_paragraphs"]
    assert [{name: image[name] for name in ("url", "credit")} for image in article["images"]] == EXPECTED["images"]
    assert {"headline", "lead", "body", "published_at", "tags", "section"} <= article["origins"].keys()


def test_people_can_read_it(crawled: Crawled) -> None:
    printed = crawled.home.run("article", "show", EXPECTED["url"]).out
    for text in (EXPECTED["headline"], EXPECTED["lead"], *EXPECTED["body_paragraphs"]):
        assert text in printed


def test_https_was_spoken_throughout(crawled: Crawled) -> None:
    urls = [row[0] for row in crawled.home.ask("SELECT url FROM fetches")]
    assert urls
    assert all(url.startswith("https://") for url in urls)


def test_the_second_crawl_fetches_nothing_again(crawled: Crawled) -> None:
    second = crawled.results[1].json[0]
    assert (second["outcome"], second["fetched"]) == ("succeeded", 0)
    paths = crawled.internet.site(HOST).paths()
    assert sum("434214" in path for path in paths) == 1
    assert paths.count("/robots.txt") == 1
    assert crawled.home.ask("SELECT count(*), max(revision) FROM articles") == [(1, 1)]
