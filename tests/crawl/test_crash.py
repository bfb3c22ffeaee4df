"""Killed at any moment, started twice at once, stopped by hand: every article is there once in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from functools import partial

import pytest

from tests.crawl.crawling import Home, headline_of, kill, path_of, publish, until
from tests.crawl.site import Reply, Site

STORIES = 60


def everything() -> list[str]:
    return [headline_of(number) for number in range(STORIES)]


def fetched(site: Site) -> int:
    """How many stories were asked for."""
    return sum(path.startswith("/news/") for path in site.paths())


def got_so_far(site: Site, wanted: int) -> bool:
    return fetched(site) >= wanted


def kill_crawl(home: Home, parent: subprocess.Popen[str]) -> None:
    """kill -9 for the crawl and for the command that had started it, as the kernel would do to both."""
    for pid in (*home.crawling_pids(), parent.pid):
        kill(pid)
    parent.communicate(timeout=10)


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_a_random_moment_and_started_again(home: Home, site: Site, seed: int) -> None:
    publish(site, range(STORIES))
    home.declare(site)
    chance = random.Random(seed)
    for _ in range(2):
        # Some pages further, and then somewhere between two statements: a moment that nothing synchronises with.
        wanted = fetched(site) + chance.randrange(1, STORIES // 3)
        command = home.start("crawl", "herald", CRAWLER_HEARTBEAT="1")
        until(partial(got_so_far, site, wanted))
        site.stopping.wait(chance.random() / 20)
        kill_crawl(home, command)
        assert len(home.headlines()) == len(set(home.headlines()))
    result = home.crawl()
    assert result["outcome"] == "succeeded"
    assert home.headlines() == everything()
    assert set(home.links().values()) == {"stored"}
    assert home.ask("SELECT count(*), count(DISTINCT url_hash) FROM links") == [(STORIES, STORIES)]
    assert home.one("SELECT count(*) FROM run_attempts WHERE finished_at IS NULL") == 0
    outcomes = [row[0] for row in home.ask("SELECT outcome FROM runs ORDER BY id")]
    assert outcomes[-1] == "succeeded"
    assert set(outcomes[:-1]) <= {"lost", "killed"}


def test_nothing_that_was_stored_is_fetched_again_after_a_kill(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    home.declare(site, delay="30ms")
    command = home.start("crawl", "herald")
    until(lambda: len(home.headlines()) >= 10)
    kill_crawl(home, command)
    stored = {row[0].split("/", 3)[3] for row in home.ask("SELECT url FROM articles")}
    home.crawl()
    assert home.headlines() == everything()
    assert all(site.count(f"/{path}") == 1 for path in stored)


def test_two_crawls_at_once(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    home.declare(site)
    # Also the creation of the database is contested.
    both = [home.start("crawl", "herald", "--json") for _ in range(2)]
    results = [home.end(process) for process in both]
    assert [done.code for done in results] == [0, 0], [done.err for done in results]
    assert home.headlines() == everything()
    assert sum(done.json[0]["new"] for done in results) == STORIES
    assert max(site.count(path_of(number)) for number in range(STORIES)) == 1


def test_ctrl_c_ends_cleanly_and_the_rest_is_for_the_next_run(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    home.declare(site, delay="50ms")
    command = home.start("crawl", "herald")
    site.wait_for(path_of(STORIES - 5))
    os.kill(command.pid, signal.SIGINT)
    done = home.end(command)
    assert done.code == 130, done.err
    assert home.ask("SELECT state, outcome FROM runs") == [("finished", "cancelled")]
    assert 5 <= fetched(site) < STORIES
    # The page in hand is stored, too.
    stored = len(home.headlines())
    assert stored == fetched(site)
    assert home.crawl()["new"] == STORIES - stored
    assert home.headlines() == everything()


def test_ctrl_c_twice_ends_at_once(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    site[path_of(2)] = Reply(fault="hang")
    home.declare(site, timeout="45s")
    command = home.start("crawl", "herald")
    site.wait_for(path_of(2))
    os.kill(command.pid, signal.SIGINT)
    until(lambda: "once more" in (command.stderr.readline() if command.stderr else ""))
    os.kill(command.pid, signal.SIGINT)
    done = home.end(command, within=15)
    assert done.code == 130
    publish(site, [1, 2])
    home.crawl()
    assert home.headlines() == [headline_of(1), headline_of(2)]


def test_a_crawl_does_not_outlive_the_command_that_started_it(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    home.declare(site, delay="200ms")
    command = home.start("crawl", "herald")
    site.wait_for(path_of(STORIES - 2))
    (crawl,) = home.crawling_pids()
    kill(command.pid)
    command.communicate(timeout=10)
    until(lambda: not home.crawling_pids())
    until(lambda: not is_running(crawl))
    assert home.one("SELECT outcome FROM runs") == "cancelled"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
