"""What a process itself says: its end is kept, the rest is not, and nobody else can read or plant it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.scheduling.runners import stderr


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The machine's folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stderr.folder.cache_clear()
    yield tmp_path
    stderr.folder.cache_clear()


def test_the_folder_is_ours_alone_and_found_again() -> None:
    folder = stderr.folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    stderr.folder.cache_clear()
    assert stderr.folder() == folder


@pytest.mark.parametrize("planted", ["open to all", "a link", "a file"])
def test_a_folder_that_somebody_else_could_have_made_is_not_used(temporary: Path, planted: str) -> None:
    wanted = temporary / f"crawler-{os.getuid()}"
    if planted == "open to all":
        wanted.mkdir()
        wanted.chmod(0o777)
    elif planted == "a link":
        wanted.symlink_to(temporary / "elsewhere", target_is_directory=True)
    else:
        wanted.touch()
    folder = stderr.folder()
    assert folder != wanted
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_tail_is_the_end_in_readable_letters() -> None:
    file = stderr.file_of("token")
    assert stderr.tail_of(file) == ""
    file.write_bytes(b"begin" + b"x" * stderr.TAIL + "конец\0\n".encode() + b"\xff\n")
    tail = stderr.tail_of(file)
    assert tail.startswith("x")
    assert tail.endswith("конец\ufffd\n\ufffd")


def test_a_file_that_grows_too_large_is_emptied() -> None:
    file = stderr.file_of("token")
    file.write_bytes(b"x" * stderr.MOST)
    stderr.trim(file)
    assert file.stat().st_size == stderr.MOST
    file.write_bytes(b"x" * (stderr.MOST + 1))
    stderr.trim(file)
    assert file.stat().st_size == 0
    stderr.trim(stderr.file_of("nobody"))


def test_what_was_left_behind_goes_after_a_while() -> None:
    old, new = stderr.file_of("old"), stderr.file_of("new")
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    stderr.sweep(older_than=timedelta(days=1))
    assert (old.exists(), new.exists()) == (False, True)
