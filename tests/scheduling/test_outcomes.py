"""Every outcome for real: crawls go wrong in each way under one `crawler up`, and its records say how."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from tests.crawl.crawling import Home, publish, until
from tests.crawl.site import Reply, serve_site
from tests.scheduling.working import Work, declare

SPIDERS = "tests.scheduling.spiders"
# Source -> its spider, and what its policy says.
CASES: dict[str, tuple[str | None, dict[str, object]]] = {
    "good": (None, {}),
    "empty": (None, {}),
    "down": (None, {}),
    "raising": ("Raising", {}),
    "blocking": ("Blocking", {"stall_after": "3s"}),
    "hanging": ("Hanging", {"stall_after": "3s"}),
    "timed": ("Hanging", {"timeout": "2s"}),
    "cancelled": ("Hanging", {}),
    "hungry": ("Hungry", {}),
    "starved": ("Starved", {}),
    "leaving": ("Leaving", {}),
    "killed": ("Killed", {}),
    "killed_once": ("KilledOnce", {"retries": 1, "retry_after": "100ms"}),
    "absent": ("NoSuchSpider", {}),
    "cut_off": ("CutOff", {}),
}

Ends = dict[str, dict[str, Any]]


def is_settled(work: Work, run_id: int) -> bool:
    """Whether the runner has written down how the last process of a run ended."""
    *_, last = work.attempts(run_id)
    return (last["exit_code"], last["exit_signal"]) != (None, None)


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ends]:
    """Crawl them all at once, and see how each has ended."""
    home = Home(tmp_path_factory.mktemp("home"))
    with ExitStack() as sites:
        for source_id, (spider, policy) in CASES.items():
            site = sites.enter_context(serve_site())
            publish(site, [] if source_id == "empty" else [1, 2])
            if source_id == "down":
                site["/rss.xml"] = Reply(fault="reset")
            path = f"{SPIDERS}:{spider}" if spider else None
            declare(home, site, source_id, spider=path, policy={"retries": 0} | policy)
        sites.callback(home.leave)
        work = Work(home, *CASES)
        work.wait_until_it_works()
        runs = {source_id: work.order(source_id) for source_id in CASES}
        until(lambda: work.state(runs["cancelled"]) == "running")
        assert home.run("run", "cancel", str(runs["cancelled"])).code == 0
        for run_id in runs.values():
            work.end_of(run_id)
            # The crawl itself ends its record; how its process ended the runner sees a moment later.
            until(partial(is_settled, work, run_id))
        found = {source_id: work.end_of(run_id) | {"run": run_id} for source_id, run_id in runs.items()}
        found["killed_once"]["attempts"] = work.attempts(runs["killed_once"])
        found["up"] = {"leases": home.ask("SELECT host FROM hosts WHERE lease_token IS NOT NULL")}
        os.kill(work.process.pid, signal.SIGTERM)
        done = home.end(work.process)
        found["up"] |= {"code": done.code, "said": done.err, "files": list(work.temporary.rglob("*.stderr"))}
        yield found


@pytest.mark.parametrize(
    ("source_id", "outcome", "said"),
    [
        ("good", "succeeded", None),
        ("empty", "empty", "name no article"),
        ("down", "failed", "no list of the source can be read"),
        ("raising", "failed", "2 RuntimeError"),
        ("blocking", "stalled", "did nothing"),
        ("hanging", "stalled", "did nothing"),
        ("timed", "timed_out", "time limit"),
        ("cancelled", "cancelled", "on request"),
        ("hungry", "oom_killed", "more memory"),
        ("starved", "failed", "2 MemoryError"),
        ("leaving", "lost", "code 3"),
        ("killed", "killed", "SIGKILL"),
        ("killed_once", "succeeded", None),
        ("absent", "failed_to_start", "NoSuchSpider"),
        ("cut_off", "failed_to_start", "sqlite:////nowhere/crawler.db: the file cannot be opened"),
    ],
)
def test_the_record_says_how_it_ended(ends: Ends, source_id: str, outcome: str, said: str | None) -> None:
    end = ends[source_id]
    assert end["outcome"] == end["attempt_outcome"] == outcome, end
    assert (said in end["reason"]) if said else end["reason"] is None


@pytest.mark.parametrize(
    ("source_id", "code", "number"),
    [
        ("good", 0, None),
        ("blocking", None, signal.SIGKILL),
        ("hungry", None, signal.SIGKILL),
        ("hanging", 0, None),
        ("cancelled", 0, None),
        ("killed", None, signal.SIGKILL),
        ("leaving", 3, None),
        ("absent", 1, None),
    ],
)
def test_the_end_of_the_process_is_kept(ends: Ends, source_id: str, code: int | None, number: int | None) -> None:
    assert (ends[source_id]["exit_code"], ends[source_id]["exit_signal"]) == (code, number)


def test_what_the_process_itself_said_is_kept(ends: Ends) -> None:
    assert ends["leaving"]["stderr_tail"] == "leaving without a word"
    assert "Traceback" in ends["absent"]["stderr_tail"]
    assert ends["good"]["stderr_tail"] is None


def test_a_killed_crawl_is_tried_again(ends: Ends) -> None:
    first, second = ends["killed_once"]["attempts"]
    assert (first["attempt_outcome"], second["attempt_outcome"]) == ("killed", "succeeded")


def test_afterwards_nothing_is_left(ends: Ends) -> None:
    assert ends["up"]["leases"] == []
    assert ends["up"]["code"] == 0, ends["up"]["said"]
    assert ends["up"]["files"] == []
