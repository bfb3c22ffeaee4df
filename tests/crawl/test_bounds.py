"""What a crawl must survive, and where it must not go: faults below HTTP, endless answers, addresses of the house."""

from __future__ import annotations

import pytest

from tests.crawl.crawling import Home, feed, headline_of, path_of, publish
from tests.crawl.proxy import Proxy
from tests.crawl.site import Reply, Site


def moved(address: str) -> Reply:
    return Reply(status=302, headers={"Location": address})


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        pytest.param(Reply(fault="hang"), "pending", "timeout", id="no answer"),
        pytest.param(Reply(fault="reset"), "pending", "connection_lost", id="connection reset"),
        pytest.param(Reply("<html>", fault="cut_off"), "pending", "cut_off", id="shorter than announced"),
        pytest.param(Reply(fault="endless"), "rejected", "too_large", id="without end"),
        pytest.param(Reply("x" * 60_000), "rejected", "too_large", id="larger than allowed"),
        pytest.param(Reply("x" * 60_000, gzipped=True), "rejected", "too_large", id="larger than allowed, unpacked"),
        pytest.param(Reply(status=500), "pending", "http_500", id="500"),
        pytest.param(Reply(status=404), "pending", "http_404", id="404"),
        pytest.param(Reply(status=410), "gone", "http_410", id="410"),
        pytest.param(Reply(status=403), "pending", "http_403", id="403"),
        pytest.param(Reply("<html><body>Subscribe!</body></html>"), "pending", "unreadable", id="no article"),
        pytest.param(Reply(b"\x89PNG\r\n\x1a\n", content_type="image/png"), "pending", "unreadable", id="a picture"),
        pytest.param(moved(path_of(2)), "pending", "too_many_redirects", id="a circle"),
        pytest.param(moved("/"), "pending", "redirected_away", id="sent to the home page"),
        pytest.param(moved("https://"), "pending", "redirected_nowhere", id="sent to no host"),
        pytest.param(moved("file:///etc/hosts"), "pending", "redirected_nowhere: HTTP 302", id="sent to a file"),
        pytest.param(Reply(status=302), "pending", "redirected_nowhere: HTTP 302", id="sent nowhere"),
        pytest.param(Reply("<a>1</a><a>2</a>", status=300), "pending", "redirected_nowhere", id="a choice"),
    ],
)  # fmt: skip
def test_one_bad_page_costs_only_itself(home: Home, site: Site, fault: Reply, state: str, reason: str) -> None:
    publish(site, [1, 2, 3])
    site["/"] = "<html><body>All news</body></html>"
    site[path_of(2)] = fault
    home.declare(site, timeout="1s", max_bytes=50_000)
    result = home.crawl()
    assert home.headlines() == [headline_of(1), headline_of(3)]
    assert home.links()[path_of(2)] == state
    assert reason in home.one("SELECT reason FROM links WHERE url = ?", site.url(path_of(2)))
    assert sum(result["reasons"].values()) == 1
    assert result["code"] == 0


def test_a_page_that_failed_is_asked_for_again_in_a_later_run(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    site[path_of(2)] = Reply(status=500)
    home.declare(site)
    home.crawl()
    asked = site.count(path_of(2))
    publish(site, [1, 2])
    assert home.crawl()["fetched"] == 0, "it is too early"
    home.ask_for_writing("UPDATE links SET next_at = datetime('now', '-1 second') WHERE state = 'pending'")
    assert home.crawl()["new"] == 1
    assert site.count(path_of(2)) == asked + 1


# --- Addresses inside the house ---------------------------------------------------------------------------------------
def test_private_addresses_are_refused(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    result = home.crawl(CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    assert site.asked == []
    assert result["code"] == 1
    assert home.one("SELECT count(*) FROM run_logs WHERE message LIKE '%CRAWLER_ALLOW_PRIVATE_ADDRESSES=1%'") >= 1


@pytest.mark.parametrize("name", ["localhost", "127.1", "0x7f000001", "2130706433"])
def test_a_redirect_into_the_house_is_refused(home: Home, site: Site, proxy: Proxy, name: str) -> None:
    herald = proxy.site("herald.example")
    publish(herald, [1, 2])
    secret = f"http://{name}:{site.host.partition(':')[2]}/secret"
    herald[path_of(2)] = moved(secret)
    home.declare(herald)
    home.crawl(**proxy.environment, CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    assert home.headlines() == [headline_of(1)]
    assert home.links()[path_of(2)] == "rejected"
    assert site.asked == []
    assert all(name not in host for host in proxy.sites)


def test_a_name_that_leads_into_the_house_is_refused(home: Home, site: Site) -> None:
    # "localtest" names resolve to loopback by definition (RFC 6761); no name server is asked.
    port = site.host.partition(":")[2]
    publish(site, [1])
    site.host = f"news.localhost:{port}"
    site["/rss.xml"] = feed(site, [1])
    home.declare(site)
    home.crawl(CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    assert site.asked == []


# --- TLS --------------------------------------------------------------------------------------------------------------
def test_a_certificate_that_nobody_vouches_for_is_refused_unless_the_source_says_so(home: Home, proxy: Proxy) -> None:
    herald = proxy.site("herald.example")
    publish(herald, [1])
    herald["/rss.xml"] = Reply(feed(herald, [1]).content.replace(b"http://", b"https://"))
    edition = 'feeds = ["https://herald.example/rss.xml"]\n'
    home.declare_text(herald, edition)
    environment = {**proxy.environment, "CRAWLER_CA_BUNDLE": ""}
    result = home.crawl(**environment)
    assert result["code"] == 1
    assert herald.asked == []
    assert home.one("SELECT count(*) FROM run_logs WHERE message LIKE '%certificate%CRAWLER_CA_BUNDLE%'") >= 1

    source = home.sources / "herald.toml"
    source.write_text(
        source.read_text().replace("[politeness]", "[politeness]\nverify_tls = false").replace('"http:', '"https:')
    )
    assert home.crawl(**environment)["new"] == 1


def test_a_certificate_of_the_given_authority_is_trusted(home: Home, proxy: Proxy) -> None:
    herald = proxy.site("herald.example")
    publish(herald, [1])
    herald["/rss.xml"] = Reply(feed(herald, [1]).content.replace(b"http://", b"https://"))
    home.declare_text(herald, 'feeds = ["https://herald.example/rss.xml"]\n')
    source = home.sources / "herald.toml"
    source.write_text(source.read_text().replace('home = "http:', 'home = "https:'))
    assert home.crawl(**proxy.environment, CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")["new"] == 1
