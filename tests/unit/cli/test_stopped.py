"""Ctrl-C ends a command with its exit code and without a traceback, also while the command is still being loaded."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from crawler import cli


class Stopped(ModuleType):
    """A module whose import is stopped."""

    @property
    def app(self) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_a_command_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crawler.cli.application", Stopped("crawler.cli.application"))
    monkeypatch.setattr("gc.disable", lambda: None)  # nobody would turn it on again
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == cli.EXIT_INTERRUPTED
