"""Articles are looked at again: edits are kept, what was taken away is known to be gone, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.crawl.crawling import Home, article, headline_of, path_of, publish, told
from tests.crawl.site import Reply, Site

NUMBERS = [1, 2, 3]


@pytest.fixture
def crawled(home: Home, site: Site) -> Home:
    """Three articles that are known, and due to be looked at again."""
    publish(site, NUMBERS)
    home.declare(site)
    assert home.crawl()["code"] == 0
    make_due(home)
    return home


def make_due(home: Home) -> None:
    home.ask_for_writing("UPDATE articles SET revisit_at = '2020-01-01 00:00:00.000000'")


def give_spider(home: Home, name: str) -> None:
    file = home.sources / "herald.toml"
    file.write_text(f'spider = "tests.scheduling.spiders:{name}"\n{file.read_text()}')


def test_a_first_crawl_plans_the_next_look(home: Home, site: Site) -> None:
    publish(site, NUMBERS)
    home.declare(site)
    home.crawl()
    planned = home.ask("SELECT round((julianday(revisit_at) - julianday(published_at)) * 24) FROM articles")
    assert planned == [(24.0,)] * 3, "they are twelve hours old"
    home.crawl()
    assert [site.count(path_of(n)) for n in NUMBERS] == [1, 1, 1], "nothing is due"


def test_an_edit_is_kept_as_a_revision(crawled: Home, site: Site) -> None:
    site[path_of(2)] = article(2, text=told(2) + " The mayor denies it.")
    crawled.crawl()
    assert [site.count(path_of(n)) for n in NUMBERS] == [2, 2, 2]
    assert crawled.ask("SELECT headline FROM articles WHERE revision = 2") == [(headline_of(2),)]
    assert crawled.one("SELECT count(*) FROM revisions") == 1
    done = crawled.run("article", "history", site.url(path_of(2)), "--diff")
    assert "{+ The mayor denies it" in done.out
    assert "The mayor denies it" in crawled.run("article", "show", site.url(path_of(2))).out


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply("gone", status=410), id="410"),
        pytest.param(Reply("not there", status=404), id="404"),
        pytest.param(Reply("", status=302, headers={"Location": "/"}), id="redirected to the home page"),
        pytest.param(article(1, headline="Page not found"), id="a page that says so"),
    ],
)
def test_what_was_taken_away_is_gone_and_its_text_stays(crawled: Home, site: Site, reply: Reply | str) -> None:
    site["/"] = "<html><body><h1>The Herald</h1></body></html>"
    site[path_of(1)] = reply
    crawled.crawl()
    gone = crawled.ask("SELECT headline, gone_at IS NOT NULL, revision FROM articles ORDER BY headline")
    assert gone == [(headline_of(1), 1, 1), (headline_of(2), 0, 1), (headline_of(3), 0, 1)]
    # It may come back.
    site[path_of(1)] = article(1)
    make_due(crawled)
    crawled.crawl()
    assert crawled.one("SELECT count(*) FROM articles WHERE gone_at IS NOT NULL") == 0


def test_a_site_that_knows_it_is_unchanged_sends_nothing(crawled: Home, site: Site) -> None:
    seen = crawled.one("SELECT max(last_seen_at) FROM articles")
    for number in NUMBERS:
        site[path_of(number)] = lambda asked: Reply("", status=304 if "if-modified-since" in asked.headers else 500)
    crawled.crawl()
    assert crawled.one("SELECT min(last_seen_at) FROM articles") > seen
    assert crawled.one("SELECT count(*) FROM articles WHERE gone_at IS NOT NULL") == 0
    outcomes = crawled.ask("SELECT outcome, count(*) FROM fetches WHERE kind = 'revisit' GROUP BY outcome")
    assert outcomes == [("not_modified", 3)]


def test_a_site_that_is_down_takes_nothing_away(crawled: Home, site: Site) -> None:
    for number in NUMBERS:
        site[path_of(number)] = Reply("down", status=500)
    crawled.crawl()
    assert crawled.ask("SELECT count(*), count(gone_at) FROM articles") == [(3, 0)]
    assert crawled.one("SELECT count(*) FROM articles WHERE revisit_at > '2020-01-02'") == 3


def test_a_limited_crawl_looks_at_nothing_again(crawled: Home, site: Site) -> None:
    crawled.crawl("--limit", "1")
    assert [site.count(path_of(n)) for n in NUMBERS] == [1, 1, 1]


def test_a_run_may_only_look_again(crawled: Home, site: Site) -> None:
    publish(site, [*NUMBERS, 4])
    site[path_of(2)] = article(2, text=told(2) + " The mayor denies it.")
    crawled.ask_for_writing(
        f"UPDATE articles SET revisit_at = '2019-01-01 00:00:00.000000' WHERE headline = '{headline_of(2)}'"
    )
    asked = site.count("/rss.xml")
    result = crawled.crawl("--revisit", "--limit", "2")
    assert (result["outcome"], result["fetched"], result["revised"]) == ("succeeded", 0, 1)
    assert crawled.ask("SELECT kind, outcome FROM runs ORDER BY id DESC LIMIT 1") == [("revisit", "succeeded")]
    assert site.count("/rss.xml") == asked
    assert sum(site.count(path_of(n)) for n in NUMBERS) == 5
    assert site.count(path_of(4)) == 0
    crawled.ask_for_writing("UPDATE articles SET revisit_at = NULL")
    assert crawled.crawl("--revisit")["outcome"] == "succeeded", "nothing is due"


def test_lists_that_name_nothing_are_told_although_known_articles_answer(crawled: Home, site: Site) -> None:
    publish(site, [])
    for number in NUMBERS:
        site[path_of(number)] = Reply("", status=304)
    assert crawled.crawl()["outcome"] == "empty"


def test_a_page_that_trips_the_reading_is_put_off(crawled: Home, site: Site) -> None:
    give_spider(crawled, "Raising")
    assert crawled.crawl()["outcome"] == "succeeded_with_errors"
    assert crawled.ask("SELECT count(*), count(gone_at) FROM articles WHERE revisit_at > '2020-01-02'") == [(3, 0)]
    assert crawled.ask("SELECT DISTINCT outcome FROM fetches WHERE kind = 'revisit'") == [("error",)]


def test_what_there_is_no_time_for_stays_due(crawled: Home, site: Site) -> None:
    give_spider(crawled, "Hurried")
    assert crawled.crawl()["outcome"] == "succeeded"
    assert [site.count(path_of(n)) for n in NUMBERS] == [1, 1, 1]
    assert crawled.one("SELECT count(*) FROM articles WHERE revisit_at < '2020-01-02'") == 3
