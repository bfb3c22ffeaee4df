"""What a crawl's process itself says: kept in a file while it lives, its end taken into the record afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path

# The end of it that is kept: some 40 lines, which hold a traceback. Bytes.
TAIL = 4_000
# How large a file may grow before it is emptied: a crawl's log goes to the database, not here. Bytes.
MOST = 1_000_000


@cache
def folder() -> Path:
    """The folder of these files: of this user, found again by a runner that is started after a crash."""
    wanted = Path(tempfile.gettempdir()) / f"crawler-{os.getuid()}"
    with suppress(FileExistsError):
        wanted.mkdir(mode=0o700)
    status = wanted.lstat()
    if wanted.is_symlink() or not wanted.is_dir() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        # Somebody else was there first; what they could do with our files we do not want to know.
        return Path(tempfile.mkdtemp(prefix="crawler-"))
    return wanted


def file_of(token: str) -> Path:
    """The file of one attempt."""
    return folder() / f"{token}.stderr"


def tail_of(file: Path) -> str:
    """The end of what was said; empty when nothing was."""
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - TAIL))
            return opened.read().decode("utf-8", "replace").replace("\0", "\ufffd").strip()
    except OSError:
        return ""


def sweep(*, older_than: timedelta) -> None:
    """Delete what runners that are gone have left behind."""
    oldest = time.time() - older_than.total_seconds()
    for file in folder().glob("*.stderr"):
        with suppress(OSError):
            if file.stat().st_mtime < oldest:
                file.unlink()


def trim(file: Path) -> None:
    """Empty the file of a process that says too much; it writes on at the beginning."""
    with suppress(OSError):
        if file.stat().st_size > MOST:
            os.truncate(file, 0)
