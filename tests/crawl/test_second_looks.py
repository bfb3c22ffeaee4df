"""What sites say for minutes or for a night is not believed at once: no article is lost by it, and none made of it."""

from __future__ import annotations

import pytest

from tests.crawl.crawling import Home, headline_of, path_of, publish, told
from tests.crawl.site import Reply, Site

NUMBERS = range(6)


def notice(headline: str) -> str:
    """A page that says what it says at length, as they do."""
    return f"<html><head><title>{headline}</title></head><body><h1>{headline}</h1><p>{told(7)}</p></body></html>"


def let_time_pass(home: Home) -> None:
    """What waits for a later run is due."""
    home.ask_for_writing("UPDATE links SET next_at = '2020-01-01 00:00:00.000000' WHERE next_at IS NOT NULL")


BAD_NIGHTS = [
    pytest.param(Reply("", status=302, headers={"Location": "/maintenance"}), id="all leads to one page"),
    pytest.param(Reply("not there", status=404), id="nothing is there"),
    pytest.param(notice("Технические работы"), id="maintenance"),
    pytest.param(notice("Checking your browser before accessing the Herald"), id="a challenge to robots"),
    pytest.param(notice("404 Not Found"), id="nothing is there, says a page"),
    pytest.param(Reply(""), id="empty pages"),
    pytest.param(lambda asked: Reply("", status=301, headers={"Location": asked.path}), id="circles"),
]


@pytest.mark.parametrize("answer", BAD_NIGHTS)
def test_after_a_bad_night_every_article_is_there(home: Home, site: Site, answer: Reply | str) -> None:
    publish(site, NUMBERS)
    for number in NUMBERS:
        site[path_of(number)] = answer
    site["/maintenance"] = notice("Back soon")
    home.declare(site)
    assert home.crawl()["outcome"] == "failed"
    assert home.headlines() == []
    publish(site, NUMBERS)
    let_time_pass(home)
    home.crawl()
    assert home.headlines() == [headline_of(number) for number in NUMBERS]


def test_pages_that_still_bring_no_article_do_not_make_a_run_fail(home: Home, site: Site) -> None:
    publish(site, range(7))
    for number in range(6):
        site[path_of(number)] = "<html><body><h1>Pictures</h1></body></html>"
    home.declare(site)
    assert home.crawl()["outcome"] == "succeeded"
    for state in ("pending", "rejected"):
        let_time_pass(home)
        assert home.crawl()["outcome"] == "succeeded", "its only pages are pages that brought none before"
        assert home.one("SELECT count(*) FROM links WHERE state = ?", state) == 6
    assert site.count(path_of(0)) == 3


def test_an_article_is_not_replaced_by_a_notice(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.crawl()
    site[path_of(1)] = notice("Сайт находится на техническом обслуживании")
    home.ask_for_writing("UPDATE articles SET revisit_at = '2020-01-01 00:00:00.000000'")
    home.crawl()
    assert home.ask("SELECT headline, revision, gone_at FROM articles") == [(headline_of(1), 1, None)]


def test_why_it_waits_and_what_to_do_is_said(home: Home, site: Site) -> None:
    publish(site, [1, 2, 3])
    site[path_of(1)] = Reply("", status=302, headers={"Location": "https://"})
    site[path_of(2)] = Reply("", status=429, headers={"Retry-After": "7200"})
    home.declare(site)
    home.crawl()
    nowhere = home.run("explain", site.url(path_of(1))).out
    assert "host_blocked" in nowhere, "it was its turn after the host had asked to be left alone"
    assert "→ It waits until the host may be asked again." in nowhere
    asked = home.run("explain", site.url(path_of(2))).out
    (until,) = home.ask("SELECT strftime('%Y-%m-%d %H:%M', blocked_until) FROM hosts")[0]
    assert f"after 1 attempt (http_429: the site cannot answer now), not before {until} UTC" in asked
    assert "→ Nothing has to be done: a later run asks for it again." in asked
    publish(site, [2, 3])
    home.ask_for_writing("UPDATE hosts SET blocked_until = NULL")
    let_time_pass(home)
    home.crawl()
    nowhere = home.run("explain", site.url(path_of(1))).out
    assert "redirected_nowhere" in nowhere and "Open it in a browser" in nowhere


def test_a_page_that_trips_our_reading_is_not_fetched_in_every_run(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    file = home.sources / "herald.toml"
    file.write_text(f'spider = "tests.scheduling.spiders:Raising"\n{file.read_text()}')
    assert home.crawl()["reasons"] == {"error": 1}
    home.crawl()
    assert site.count(path_of(1)) == 1
    assert "The fault is ours" in home.run("explain", site.url(path_of(1))).out


def test_an_article_that_was_moved_to_a_dead_host_does_not_wait_for_ever(home: Home, site: Site) -> None:
    publish(site, [1])
    site[path_of(1)] = Reply("", status=302, headers={"Location": "http://herald.invalid/1/"})
    home.declare(site)
    home.crawl()
    assert home.ask("SELECT state, attempts FROM links") == [("pending", 1)]
    assert "robots_unreachable" in home.one("SELECT reason FROM links")
