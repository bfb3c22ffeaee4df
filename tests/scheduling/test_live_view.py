"""What `crawler up` shows: a picture on a terminal, JSON lines to a program."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.crawl.crawling import CHECKOUT, Home, path_of, publish, until
from tests.crawl.site import Site
from tests.scheduling.working import QUICK, Work, declare

STORIES = 20


class Terminal:
    """A terminal with a `crawler up` in it."""

    def __init__(self, home: Home, *sources: str) -> None:
        self._shown = b""
        self._descriptor, end = pty.openpty()
        os.set_blocking(self._descriptor, False)
        temporary = home.folder / "tmp"
        temporary.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawler", "up", *sources],
            env={**home.environment, **QUICK, "TERM": "xterm", "COLUMNS": "140", "TMPDIR": str(temporary)},
            cwd=CHECKOUT,
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
        )
        os.close(end)

    def shown(self) -> str:
        """All that was shown so far, without colours and movements."""
        try:
            while more := os.read(self._descriptor, 65_536):
                self._shown += more
        except OSError:  # nothing more now, or for ever
            pass
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._shown.decode("utf-8", "ignore"))

    def press_ctrl_c(self) -> None:
        os.kill(self.process.pid, signal.SIGINT)

    def leave(self) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._descriptor)


@pytest.fixture
def terminal(home: Home, site: Site) -> Iterator[Terminal]:
    publish(site, range(STORIES))
    declare(home, site, schedule="0 4 * * *", delay="150ms")
    opened = Terminal(home, "herald")
    yield opened
    opened.leave()


def test_a_terminal_shows_what_runs_what_is_next_and_what_was(home: Home, site: Site, terminal: Terminal) -> None:
    until(lambda: "schedules: 1, runs here: 0 of 16" in terminal.shown())
    assert home.run("schedule", "run", "herald").code == 0
    site.wait_for(path_of(STORIES - 3))
    until(lambda: re.search(r"At work\s+run +source +time.*\s+1 +herald +\d", terminal.shown()))
    assert re.search(r"Next\s+next +source\s+20\d\d-\d\d-\d\d 04:0\d:\d\d +herald", terminal.shown())
    terminal.press_ctrl_c()
    until(lambda: terminal.shown() and terminal.process.poll() is not None)
    assert terminal.process.returncode == 0
    assert re.search(r"Last\s+run +ended.*\s+1 .*herald +cancelled", terminal.shown())
    assert "Stopping: nothing begins any more" in terminal.shown()


def test_a_program_reads_lines_of_json(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, schedule="0 4 * * *")
    work = Work(home, "herald", "--json")
    work.wait_until_it_works()
    run_id = work.order("herald")
    work.end_of(run_id)
    os.kill(work.process.pid, signal.SIGTERM)
    told = [json.loads(line) for line in home.end(work.process).err.splitlines()]
    assert all(set(one) == {"at", "level", "logger", "message"} for one in told)
    messages = [one["message"] for one in told]
    assert "Schedules new: herald" in messages
    assert f"Run {run_id} of herald: succeeded" in messages
