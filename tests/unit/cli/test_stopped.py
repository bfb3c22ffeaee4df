"""Ctrl-C ends a command with its exit code and without a traceback, also while the command is still being loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from crawler import cli
from crawler.cli import crawl
from crawler.cli.children import Child
from crawler.storage.database import Database


class Stopped(ModuleType):
    """A module whose import is stopped."""

    @property
    def app(self) -> object:
        raise KeyboardInterrupt


def test_a_crawl_that_is_stopped_while_its_process_loads_python_is_no_failure(tmp_path: Path) -> None:
    child = Child("herald", process=subprocess.Popen([sys.executable, "-c", "raise SystemExit('a traceback')"]))
    assert child.process is not None
    child.process.wait()
    with Database(f"sqlite:///{tmp_path}/empty.db") as nothing_is_asked_of_it:
        stopped, failed = (crawl.result_of(child, nothing_is_asked_of_it, stopped=stopped) for stopped in (True, False))
    assert (stopped["outcome"], stopped["reason"]) == ("skipped", "stopped before it began")
    assert failed["outcome"] == "failed_to_start"


def test_ctrl_c_while_a_command_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crawler.cli.application", Stopped("crawler.cli.application"))
    monkeypatch.setattr("gc.disable", lambda: None)  # nobody would turn it on again
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == cli.EXIT_INTERRUPTED
