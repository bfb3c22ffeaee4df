"""The warm server: what it has loaded, and what it must never hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.crawl.crawling import CHECKOUT, Home, feed, publish, until
from tests.crawl.site import Reply, Site
from tests.scheduling.working import Work, declare

LOOK = """
import gc, json, sys, threading
import crawler.scheduling.runners.preload
from twisted.internet import interfaces
print(json.dumps({
    "modules": sorted(sys.modules), "threads": threading.active_count(), "frozen": gc.get_freeze_count(),
    "collecting": gc.isenabled(),
}))
"""


@pytest.fixture(scope="module")
def loaded() -> Mapping[str, Any]:
    """What is there after the preload, in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_there_is_no_reactor_and_no_second_thread(loaded: Mapping[str, Any]) -> None:
    assert "twisted.internet.reactor" not in loaded["modules"]
    assert loaded["threads"] == 1


def test_what_was_loaded_is_out_of_the_collectors_reach(loaded: Mapping[str, Any]) -> None:
    assert loaded["frozen"] > 100_000
    assert not loaded["collecting"]


def test_a_crawl_loads_next_to_nothing_more(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, spider="tests.scheduling.spiders:Telling")
    work = Work(home, "herald")
    work.wait_until_it_works()
    run_id = work.order("herald")
    assert work.end_of(run_id)["outcome"] == "succeeded"
    added = set(until(lambda: work.attempts(run_id)[-1]["stderr_tail"]).split())
    # The reactor, which must not be loaded earlier, and the test's own spider.
    assert {name for name in added if not name.startswith("tests")} <= {"twisted.internet.reactor"}


def test_a_crawl_that_finds_nothing_new_compiles_no_statement(home: Home, site: Site) -> None:
    publish(site, [1])
    stories = replace(feed(site, [1]), headers={"ETag": '"as ever"'})
    site["/rss.xml"] = lambda asked: Reply(status=304) if "if-none-match" in asked.headers else stories
    declare(home, site, spider="tests.scheduling.spiders:Compiling")
    work = Work(home, "herald")
    work.wait_until_it_works()
    for _ in range(2):  # the first has a story to store
        run_id = work.order("herald")
        assert work.end_of(run_id)["outcome"] == "succeeded"
    said = until(lambda: work.attempts(run_id)[-1]["stderr_tail"])
    assert int(said.split()[0]) > 10
    assert said.splitlines()[1:] == []
