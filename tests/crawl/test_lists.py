"""Where links come from: feeds, sitemaps, listings, each in the place of another; and what is not fetched twice."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.crawl.crawling import Home, article, headline_of, path_of, publish, published_of, told
from tests.crawl.site import Reply, Site


def sitemap(site: Site, numbers: list[int], *, changed_at: dict[int, datetime] | None = None) -> Reply:
    rows = "".join(
        f"<url><loc>{site.url(path_of(n))}</loc>"
        f"<lastmod>{(changed_at or {}).get(n, published_of(n)).isoformat()}</lastmod></url>"
        for n in numbers
    )
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return Reply(text, content_type="application/xml", etag=True)


def listing(numbers: list[int], *, older: str | None = None) -> str:
    links = "".join(f'<li><a href="{path_of(n)}">{headline_of(n)}</a></li>' for n in numbers)
    return f"<html><body><ul>{links}</ul>" + (f'<a class="older" href="{older}">Older</a>' if older else "")


def rewritten(site: Site, change: Callable[[str], str]) -> Reply:
    """The site's feed with another text."""
    said = site.pages["/rss.xml"]
    assert isinstance(said, Reply)
    return replace(said, body=change(said.content.decode()))


def test_known_links_are_not_fetched_again(home: Home, site: Site) -> None:
    publish(site, [1, 2, 3])
    home.declare(site)
    assert home.crawl()["new"] == 3
    publish(site, [1, 2, 3, 4])
    assert home.crawl()["new"] == 1
    assert [site.count(path_of(number)) for number in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_a_list_that_editions_share_is_read_once_and_its_links_counted_once(home: Home, site: Site) -> None:
    publish(site, [1, 2, 3])
    site["/sitemap.xml"] = sitemap(site, [1, 2, 3], changed_at={1: datetime.now(UTC) - timedelta(days=9)})
    shared = f'sitemaps = ["{site.url("/sitemap.xml")}"]\n'
    other = f'id = "kk"\nhost = "{site.host}"\nlanguage = "kk"\ntimezone = "Asia/Almaty"\narticle = "^/kk/"\n'
    home.declare_text(site, f"{shared}[[editions]]\n{other}{shared}")
    result = home.crawl()
    assert (result["new"], result["left_out"]) == (2, {"too_old": 1})
    assert site.count("/sitemap.xml") == 1


def test_an_unchanged_feed_is_asked_for_by_condition(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.crawl()
    result = home.crawl()
    first, second = (asked for asked in site.asked if asked.path == "/rss.xml")
    assert "if-none-match" not in first.headers
    assert "if-none-match" in second.headers
    assert (result["outcome"], result["discovered"], result["fetched"]) == ("succeeded", 0, 0)


def test_a_server_that_always_says_not_modified_silences_no_source(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.crawl()
    publish(site, [1, 2])
    whole = site.pages["/rss.xml"]
    assert isinstance(whole, Reply)
    site["/rss.xml"] = lambda asked: Reply(status=304) if "if-none-match" in asked.headers else whole
    assert home.crawl()["new"] == 0
    home.ask_for_writing("UPDATE feeds SET last_read_at = strftime('%Y-%m-%d %H:%M:%f000', 'now', '-6 hours')")
    assert home.crawl()["new"] == 1


def test_links_that_an_earlier_run_left_are_taken_although_the_feed_has_not_changed(home: Home, site: Site) -> None:
    publish(site, range(5))
    home.declare(site)
    assert home.crawl("--limit", "2")["new"] == 2
    assert home.headlines() == [headline_of(3), headline_of(4)], "newest first"
    assert home.crawl()["new"] == 3
    assert site.asked[-4].path == "/rss.xml"
    assert len(home.headlines()) == 5


DEAD_FEEDS = [
    pytest.param(Reply(status=404), id="404"),
    pytest.param(Reply(status=500), id="500"),
    pytest.param(Reply("<!doctype html><html><body>All news</body></html>"), id="a page instead"),
    pytest.param(Reply("<rss><channel><title>", content_type="application/rss+xml"), id="cut off"),
    pytest.param(Reply(fault="reset"), id="connection reset"),
    pytest.param(Reply(fault="hang"), id="no answer"),
]


@pytest.mark.parametrize("dead", DEAD_FEEDS)
def test_a_dead_feed_is_replaced_by_the_sitemap(home: Home, site: Site, dead: Reply) -> None:
    publish(site, [1, 2])
    site["/rss.xml"] = dead
    site["/sitemap.xml"] = sitemap(site, [1, 2])
    home.declare(site, sitemaps=[site.url("/sitemap.xml")], timeout="1s")
    result = home.crawl()
    assert result["new"] == 2
    assert home.one("SELECT DISTINCT discovered_via FROM links WHERE discovered_via != 'canonical'") == "sitemap"
    assert home.one("SELECT last_error IS NOT NULL FROM feeds WHERE kind = 'feed'") == 1


def test_dead_feed_and_sitemap_are_replaced_by_the_listing(home: Home, site: Site) -> None:
    publish(site, range(6))
    site["/rss.xml"] = site["/sitemap.xml"] = Reply(status=404)
    site["/all/"] = listing([5, 4, 3], older="/all/2/")
    site["/all/2/"] = listing([2, 1, 0])
    home.declare_text(
        site,
        f'feeds = ["{site.url("/rss.xml")}"]\nsitemaps = ["{site.url("/sitemap.xml")}"]\n'
        f'listings = [{{ url = "{site.url("/all/")}", next = "a.older" }}]',
    )
    assert home.crawl()["new"] == 6
    publish(site, range(7))
    site["/rss.xml"] = Reply(status=404)
    site["/all/"] = listing([6, 5, 4], older="/all/2/")
    assert home.crawl()["new"] == 1


def test_a_listing_is_not_walked_beyond_a_page_without_news(home: Home, site: Site) -> None:
    publish(site, range(9))
    for page in range(3):
        site[f"/all/{page}/"] = listing([8 - 3 * page, 7 - 3 * page, 6 - 3 * page], older=f"/all/{page + 1}/")
    home.declare_text(site, f'listings = [{{ url = "{site.url("/all/0/")}", next = "a.older" }}]')
    assert home.crawl()["new"] == 9
    home.crawl()
    assert [site.count(f"/all/{page}/") for page in range(3)] == [2, 1, 1]


def test_a_sitemap_index_is_followed_to_its_compressed_child(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    site["/sitemap.xml"] = Reply(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{site.url("/news.xml.gz")}'
        "</loc></sitemap></sitemapindex>",
        content_type="application/xml",
    )
    site["/news.xml.gz"] = Reply(gzip.compress(sitemap(site, [1, 2]).content), content_type="application/gzip")
    home.declare(site, feeds=[], sitemaps=[site.url("/sitemap.xml")])
    assert home.crawl()["new"] == 2


def test_when_every_list_is_dead_the_run_has_failed_and_says_why(home: Home, site: Site) -> None:
    site["/rss.xml"] = Reply(status=500)
    home.declare(site, sitemaps=[site.url("/sitemap.xml")])
    result = home.crawl()
    assert (result["outcome"], result["code"]) == ("failed", 1)
    assert "http_500" in result["reason"]
    assert "http_404" in result["reason"]


def test_what_lies_beyond_the_horizon_is_counted_and_not_stored_until_since_asks_for_it(home: Home, site: Site) -> None:
    old = datetime.now(UTC) - timedelta(days=9)
    publish(site, [1, 2])
    dates = re.compile(r"<pubDate>[^<]*</pubDate>")
    site["/rss.xml"] = rewritten(
        site, lambda text: dates.sub(f"<pubDate>{format_datetime(old)}</pubDate>", text, count=1)
    )
    home.declare(site)
    result = home.crawl()
    assert (result["new"], result["left_out"]) == (1, {"too_old": 1})
    assert path_of(1) not in home.links()
    assert home.crawl("--since", f"{old - timedelta(days=1):%Y-%m-%d}")["new"] == 1
    assert site.count(path_of(1)) == 1


# --- What has changed -------------------------------------------------------------------------------------------------
def test_an_article_that_its_feed_calls_changed_is_fetched_again(home: Home, site: Site) -> None:
    publish(site, range(4))
    home.declare(site)
    home.crawl()
    site[path_of(2)] = article(2, text="The footbridge was closed again on its first evening, the council said.")
    now = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    title = f"<title>{headline_of(2)}</title>"
    change = f'<updated xmlns="http://www.w3.org/2005/Atom">{now}</updated>'
    site["/rss.xml"] = rewritten(site, lambda text: text.replace(title, title + change))
    result = home.crawl()
    assert (result["new"], result["revised"], result["fetched"]) == (0, 1, 1)
    assert "closed again" in home.one("SELECT body FROM articles WHERE headline = ?", headline_of(2))
    assert told(2) in home.one("SELECT body FROM revisions")
    site["/rss.xml"] = rewritten(site, lambda text: text + "<!-- generated again -->")
    assert home.crawl()["fetched"] == 0, "a change is fetched once"


def test_a_list_that_calls_everything_changed_is_not_believed(home: Home, site: Site) -> None:
    publish(site, range(12))
    site["/sitemap.xml"] = sitemap(site, list(range(12)))
    home.declare(site, feeds=[], sitemaps=[site.url("/sitemap.xml")])
    home.crawl()
    now = datetime.now(UTC) + timedelta(seconds=1)
    site["/sitemap.xml"] = sitemap(site, list(range(12)), changed_at=dict.fromkeys(range(12), now))
    assert home.crawl()["fetched"] == 0
