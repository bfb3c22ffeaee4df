"""What a service tells its supervisor, and how it notices that it was upgraded."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from crawler.scheduling import installed
from crawler.scheduling.installed import Installed
from crawler.scheduling.notify import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    name = f"@crawler-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0"))
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify("READY=1")
        assert listener.recv(100) == b"READY=1"


def test_nobody_is_told_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_a_supervisor_that_does_not_listen_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify("READY=1")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program is installed."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "one.py").write_text("old")
    monkeypatch.setattr(installed, "PACKAGE", tmp_path)
    return tmp_path


def change(file: Path, text: str, at: int) -> None:
    file.write_text(text)
    os.utime(file, (at, at))


def test_an_upgrade_counts_once_it_is_complete(package: Path) -> None:
    program = Installed()
    assert not program.was_replaced()
    change(package / "rooms" / "one.py", "new", at=1)
    assert not program.was_replaced(), "it has just begun"
    change(package / "rooms" / "two.py", "new", at=2)
    assert not program.was_replaced(), "it goes on"
    assert program.was_replaced()


def test_a_program_that_is_put_back_was_not_replaced(package: Path) -> None:
    file = package / "rooms" / "one.py"
    os.utime(file, (1, 1))
    program = Installed()
    change(file, "new", at=2)
    assert not program.was_replaced()
    change(file, "old", at=1)
    assert not program.was_replaced()
    assert not program.was_replaced()
