"""Is the crawler a guest that one would have again? Real crawls of a site that wants something."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.crawl.crawling import Home, feed, headline_of, path_of, publish, until
from tests.crawl.site import Reply, Site


def rules(text: str) -> Reply:
    return Reply(text, content_type="text/plain")


def pauses(site: Site) -> list[float]:
    """Seconds between requests; robots.txt is no page."""
    moments = [asked.at for asked in site.asked if asked.path != "/robots.txt"]
    return [later - earlier for earlier, later in pairwise(moments)]


def test_one_request_at_a_time_with_the_delay_of_the_source(home: Home, site: Site) -> None:
    publish(site, range(4))
    home.declare(site, delay="250ms")
    assert home.crawl()["new"] == 4
    assert len(pauses(site)) == 4
    assert min(pauses(site)) >= 0.24  # the clock of the site is not that of the crawler


def test_a_longer_crawl_delay_wins(home: Home, site: Site) -> None:
    publish(site, range(3))
    site["/robots.txt"] = rules("User-agent: *\nCrawl-delay: 0.4\n")
    home.declare(site, delay="50ms")
    assert home.crawl()["new"] == 3
    assert min(pauses(site)) >= 0.39


def test_a_crawl_delay_that_no_clock_can_count_stops_nobody(home: Home, site: Site) -> None:
    publish(site, [1])
    site["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 1e17\n", content_type="text/plain")
    home.declare(site)
    home.start("crawl", "herald")
    until(lambda: home.ask("SELECT delay_s FROM hosts") == [(86_400.0,)])
    until(lambda: home.ask("SELECT 1 FROM run_logs WHERE message LIKE '%86400 s between two requests%'"))
    assert site.paths() == ["/robots.txt"]


def test_a_long_crawl_delay_does_not_keep_a_run_beyond_its_time(home: Home, site: Site) -> None:
    publish(site, [1, 2, 3])
    home.declare(site)
    assert home.crawl("--limit", "1")["new"] == 1
    home.ask_for_writing("UPDATE hosts SET delay_s = 30")
    result = home.crawl(CRAWLER_RUN_TIMEOUT="2s")
    assert (result["outcome"], result["errors"]) == ("timed_out", 0)
    assert (
        home.ask("SELECT attempts, next_at, leased_until FROM links WHERE state = 'pending'") == [(0, None, None)] * 2
    )
    # The list itself has to wait now: first came robots.txt.
    home.ask_for_writing("UPDATE hosts SET robots_fetched_at = NULL")
    site["/robots.txt"] = rules("User-agent: *\nCrawl-delay: 3600\n")
    result = home.crawl(CRAWLER_RUN_TIMEOUT="2s")
    assert (result["outcome"], result["errors"]) == ("timed_out", 0)
    assert home.ask("SELECT failures, last_error FROM feeds") == [(0.0, None)]


def test_a_shorter_crawl_delay_does_not(home: Home, site: Site) -> None:
    publish(site, range(3))
    site["/robots.txt"] = rules("User-agent: *\nCrawl-delay: 0.01\n")
    home.declare(site, delay="250ms")
    home.crawl()
    assert min(pauses(site)) >= 0.24


def test_the_user_agent_says_who_asks_and_whom_to_write_to(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.crawl()
    agents = {asked.headers["user-agent"] for asked in site.asked}
    assert len(agents) == 1
    assert "news-crawler/" in (agent := agents.pop())
    assert "tests@herald.example" in agent


def test_without_a_contact_the_user_is_warned(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    assert "CRAWLER_CONTACT is not set" in home.run("crawl", "herald", CRAWLER_CONTACT="").err


# --- robots.txt -------------------------------------------------------------------------------------------------------
def test_what_robots_txt_disallows_is_never_asked_for(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    site["/robots.txt"] = rules(f"User-agent: *\nDisallow: {path_of(2)}\n")
    home.declare(site)
    result = home.crawl()
    assert home.headlines() == [headline_of(1)]
    assert site.count(path_of(2)) == 0
    assert home.links()[path_of(2)] == "rejected"
    assert result["reasons"] == {"robots_disallowed": 1}


def test_rules_for_us_by_name_are_ours(home: Home, site: Site) -> None:
    publish(site, [1])
    site["/robots.txt"] = rules("User-agent: *\nDisallow:\n\nUser-agent: news-crawler\nDisallow: /\n")
    home.declare(site)
    home.crawl()
    assert site.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply(status=503), id="503"),
        pytest.param(Reply(status=500), id="500"),
        pytest.param(Reply(fault="reset"), id="connection reset"),
        pytest.param(Reply(fault="hang"), id="no answer"),
    ],
)
def test_without_an_answer_for_robots_txt_nothing_is_fetched(home: Home, site: Site, answer: Reply) -> None:
    publish(site, [1])
    site["/robots.txt"] = answer
    home.declare(site, timeout="1s")
    result = home.crawl()
    assert set(site.paths()) == {"/robots.txt"}
    assert (result["outcome"], result["code"]) == ("failed", 1)
    site["/robots.txt"] = rules("User-agent: *\nDisallow:\n")
    home.ask_for_writing("UPDATE hosts SET blocked_until = NULL, failures = 0")  # as if the pause were over
    assert home.crawl()["new"] == 1


def test_without_a_robots_txt_there_are_no_rules(home: Home, site: Site) -> None:
    publish(site, [1])
    site["/robots.txt"] = Reply(status=404)
    home.declare(site)
    assert home.crawl()["new"] == 1


def test_robots_txt_is_kept_for_the_next_process(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.crawl()
    publish(site, [1, 2])
    assert home.crawl()["new"] == 1
    assert site.count("/robots.txt") == 1


def test_while_robots_txt_cannot_be_reached_its_copy_holds(home: Home, site: Site) -> None:
    publish(site, [1])
    site["/robots.txt"] = rules(f"User-agent: *\nDisallow: {path_of(3)}\n")
    home.declare(site)
    home.crawl()
    publish(site, [1, 2, 3])
    site["/robots.txt"] = Reply(fault="reset")
    # The copy is two days old: stale, so it is asked for again, and not too old to be used.
    home.ask_for_writing("UPDATE hosts SET robots_fetched_at = datetime(robots_fetched_at, '-2 days')")
    assert home.crawl()["new"] == 1
    assert site.count("/robots.txt") >= 2
    assert site.count(path_of(3)) == 0


# --- Retry-After ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [429, 503])
def test_a_wish_to_be_left_alone_outlives_the_process(home: Home, site: Site, status: int) -> None:
    publish(site, range(5))
    site[path_of(3)] = Reply(status=status, headers={"Retry-After": "3600"})
    home.declare(site)
    home.crawl()
    # Newest first: 4 was fetched, 3 brought the wish, the others were left.
    assert home.headlines() == [headline_of(4)]
    assert site.paths()[-1] == path_of(3)
    asked = len(site.asked)
    home.crawl()
    assert len(site.asked) == asked, "the next process asked nevertheless"
    assert home.links()[path_of(0)] == "pending"

    site[path_of(3)] = feed(site, [])  # the wish is over
    publish(site, range(5))
    home.ask_for_writing("UPDATE hosts SET blocked_until = datetime('now', '-1 minute')")
    home.ask_for_writing("UPDATE links SET next_at = NULL WHERE state = 'pending'")
    home.crawl()
    assert home.headlines() == [headline_of(number) for number in range(5)]


def test_a_short_wish_is_waited_for_within_the_run(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    page = site.pages[path_of(2)]
    assert isinstance(page, str)
    site[path_of(2)] = lambda asked: (
        page if site.count(path_of(2)) > 1 else Reply(status=429, headers={"Retry-After": "1"})
    )
    home.declare(site)
    assert home.crawl()["new"] == 2
    again = [asked.at for asked in site.asked if asked.path == path_of(2)]
    assert again[1] - again[0] >= 0.95


def test_an_overloaded_site_that_names_no_time_is_left_alone_for_a_while(home: Home, site: Site) -> None:
    publish(site, [1, 2, 3])
    site[path_of(3)] = Reply(status=503)
    home.declare(site)
    home.start("crawl", "herald")
    until(lambda: home.ask("SELECT blocked_until FROM hosts WHERE blocked_until > datetime('now', '+30 seconds')"))
    assert site.paths()[-1] == path_of(3)


def test_a_silent_host_is_given_up_after_a_few_requests(home: Home, site: Site) -> None:
    publish(site, range(20))
    for number in range(20):
        site[path_of(number)] = Reply(fault="reset")
    home.declare(site)
    result = home.crawl()
    asked = sum(path.startswith("/news/") for path in site.paths())
    assert asked <= 8, "one retry for each of three or four addresses"
    assert result["outcome"] == "failed"
    assert set(home.links().values()) == {"pending"}
