"""`crawler crawl` and Scrapy's own commands: what they store, record, print, and with which code they end."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.crawl.crawling import CHECKOUT, LONGEST, Home, headline_of, path_of, publish
from tests.crawl.site import Reply, Site


def test_an_empty_machine_needs_nothing_but_the_command(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    assert not home.database.exists()
    done = home.run("crawl", "herald")
    assert done.code == 0, done.err
    assert "succeeded" in done.out
    assert home.headlines() == [headline_of(1)]


def test_the_closing_table_counts_what_happened(home: Home, site: Site) -> None:
    publish(site, range(5))
    site[path_of(0)] = Reply(status=410)
    site[path_of(1)] = "<html><body>nothing</body></html>"
    site[path_of(2)] = site.pages[path_of(3)]
    home.declare(site)
    result = home.crawl()
    wanted = {"discovered": 5, "fetched": 5, "new": 2, "duplicate": 1, "revised": 0, "unchanged": 0, "rejected": 1}
    assert {name: result[name] for name in wanted} == wanted
    assert result["seconds"] > 0
    assert set(result["reasons"]) == {"http_410", *(word for word in result["reasons"] if word != "http_410")}
    assert sum(result["reasons"].values()) == 2


def test_a_dry_run_shows_and_stores_nothing(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    home.declare(site)
    done = home.run("crawl", "herald", "--dry-run", "--json")
    assert done.code == 0, done.err
    assert {one["headline"] for one in done.json["articles"]} == {headline_of(1), headline_of(2)}
    assert not home.database.exists()
    shown = home.run("crawl", "herald", "--dry-run").out
    assert "2 articles were read and nothing was stored" in shown
    assert shown.split()[:2] == ["source", "outcome"]  # no number of a run: its record is gone


@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=["a crawl", "a dry run, whose log is gone"])
def test_a_crawl_that_failed_shows_what_its_log_complains_of(home: Home, site: Site, words: list[str]) -> None:
    publish(site, [1])
    home.declare(site)
    done = home.run("crawl", "herald", *words, CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    assert done.code == 1
    assert "herald: failed: no list of the source can be read: 1 private_address" in done.out
    assert "set CRAWLER_ALLOW_PRIVATE_ADDRESSES=1 if you mean it" in done.out


def test_a_limit_is_kept(home: Home, site: Site) -> None:
    publish(site, range(6))
    home.declare(site)
    assert home.crawl("--limit", "2")["fetched"] == 2
    assert home.headlines() == [headline_of(4), headline_of(5)]


def test_a_source_that_is_not_there_ends_with_two_and_names_the_nearest(home: Home, site: Site) -> None:
    home.declare(site)
    done = home.run("crawl", "heralt")
    assert done.code == 2
    assert "herald" in done.err
    assert "Traceback" not in done.err


def test_several_sources_are_crawled_side_by_side(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    home.declare(site, source_id="observer", feeds=[site.url("/dead.xml")])
    done = home.run("crawl", "herald", "observer", "--json")
    assert {one["source"]: one["outcome"] for one in done.json} == {"herald": "succeeded", "observer": "failed"}
    assert done.code == 1


def test_a_wrong_source_file_hides_no_other(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    (home.sources / "broken.toml").write_text('id = "broken"\nname = 7\n')
    done = home.run("crawl", "herald")
    assert done.code == 0
    assert "broken.toml" in done.err
    assert home.headlines() == [headline_of(1)]


def test_every_request_and_record_of_a_run_is_kept(home: Home, site: Site) -> None:
    publish(site, [1])
    site[path_of(1)] = Reply(status=500)
    home.declare(site)
    run_id = home.crawl()["run"]
    kinds = {row[0] for row in home.ask("SELECT kind FROM fetches WHERE run_id = ?", run_id)}
    assert kinds == {"robots", "feed", "article"}
    shown = home.run("run", "show", str(run_id), "--json").json
    assert shown["source_id"] == "herald"
    log = home.run("log", str(run_id))
    assert "http_500" in log.out
    assert "http_500" in home.run("explain", site.url(path_of(1))).out


def scrapy(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        env=home.environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_scrapy_lists_every_source(home: Home, site: Site) -> None:
    home.declare(site)
    done = scrapy(home, "list")
    assert {"herald", "tengrinews"} <= set(done.stdout.split())


def test_a_plain_scrapy_crawl_is_recorded_like_any_run(home: Home, site: Site) -> None:
    publish(site, range(4))
    home.declare(site)
    done = scrapy(home, "crawl", "herald", "-a", "limit=3")
    assert done.returncode == 0, done.stderr
    assert len(home.headlines()) == 3
    (run,) = home.ask("SELECT source_id, state, outcome, new, options FROM runs")
    assert run[:4] == ("herald", "finished", "succeeded", 3)
    assert json.loads(run[4])["limit"] == 3
    assert home.one("SELECT count(*) FROM run_logs") > 0
    assert home.one("SELECT count(*) FROM fetches") == 5


def test_a_wrong_option_of_scrapy_crawl_is_named(home: Home, site: Site) -> None:
    home.declare(site)
    assert "limits" in scrapy(home, "crawl", "herald", "-a", "limits=3").stderr


def test_one_page_is_tried_without_being_stored(home: Home, site: Site) -> None:
    publish(site, [1])
    home.declare(site)
    done = home.run("source", "test", site.url(path_of(1)), "--json")
    assert done.code == 0, done.err
    assert done.json["source"] == "herald"
    assert done.json["fields"]["headline"]["value"] == headline_of(1)
    assert "/robots.txt" in site.paths()
    assert not home.database.exists()


# `crawler WORDS` whose files grow no further, as with `ulimit -f`.
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv = ["crawler", *sys.argv[2:]]
from crawler.cli import main
main()
"""


@pytest.mark.parametrize("most", [20_000, 34_000], ids=["the command cannot read", "its crawl cannot begin"])
def test_a_disk_that_takes_no_more_ends_with_three_and_says_what_to_do(home: Home, site: Site, most: int) -> None:
    publish(site, [1])
    home.declare(site)
    with home.migrated():
        pass
    process = home.start_python("-c", _LIMITED, str(most), "crawl", "herald")
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 3, out + err
    assert f"{home.database}: the disk takes or gives no more of the file. Check free space" in out + err
    assert "Traceback" not in out + err
    assert home.crawl()["new"] == 1
