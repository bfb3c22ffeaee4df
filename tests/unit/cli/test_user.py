"""Who gives a command is known even where the machine has no name for it."""

from __future__ import annotations

import os
import pwd

import pytest

from crawler.cli.user import user_name


def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert user_name() == f"uid {os.getuid()}"
    monkeypatch.setenv("USER", "ann")
    assert user_name() == "ann"
