"""An upgrade under a `crawler up`: it becomes the new program, and what runs goes on. With a copy of the program."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.crawl.crawling import CHECKOUT, Home, path_of, publish, until
from tests.crawl.site import Site
from tests.scheduling.working import Work, declare

STORIES = 20


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of one's own, which looks at itself more often than every half minute."""
    folder = tmp_path / "program"
    for part in ("crawler", "migrations"):
        shutil.copytree(CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    service = folder / "crawler" / "scheduling" / "service.py"
    before = service.read_text()
    assert "COMPARE_EVERY = 30.0" in before
    service.write_text(before.replace("COMPARE_EVERY = 30.0", "COMPARE_EVERY = 0.5"))
    return folder


def version_to(program: Path, version: str) -> None:
    """Replace the program by one of another version."""
    with (program / "crawler" / "__init__.py").open("a") as file:
        file.write(f'\n__version__ = "{version}"\n')


def test_crawls_go_on_while_a_new_program_takes_over(home: Home, site: Site, program: Path) -> None:
    publish(site, range(STORIES))
    declare(home, site, delay="400ms")
    version_to(program, "1.old")
    # Not the checkout, in which tests run commands, but the copy.
    work = Work(home, "herald", PYTHONPATH=str(program), PYTHONSAFEPATH="1")
    work.wait_until_it_works()
    run_id = work.order("herald")
    site.wait_for(path_of(STORIES - 2))
    assert home.one("SELECT count(*) FROM hosts WHERE lease_token IS NOT NULL") == 1
    (crawl,) = home.crawling_pids()

    version_to(program, "2.new")
    until(lambda: home.ask("SELECT 1 FROM schedulers WHERE version = '2.new'"))
    assert home.ask("SELECT version, pid, finished_at IS NULL FROM schedulers ORDER BY started_at") == [
        ("1.old", work.process.pid, 0),
        ("2.new", work.process.pid, 1),
    ]
    # The crawl that the old program began is at work, its host still taken by it.
    assert home.crawling_pids() == [crawl]
    leased_until = home.one("SELECT leased_until FROM hosts")
    until(lambda: home.one("SELECT leased_until FROM hosts") > leased_until)

    end = work.end_of(run_id)
    assert (end["outcome"], end["number"], end["pid"]) == ("succeeded", 1, crawl)
    assert [site.count(path_of(number)) for number in range(STORIES)] == [1] * STORIES
    assert home.one("SELECT count(*) FROM hosts WHERE lease_token IS NOT NULL") == 0
    # And the new one begins crawls of its own.
    assert work.end_of(work.order("herald"))["outcome"] == "succeeded"
    os.kill(work.process.pid, signal.SIGTERM)
    done = home.end(work.process)
    assert done.code == 0, done.err
