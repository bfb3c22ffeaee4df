"""The standard output takes all of an export, or the export fails."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

# Of a file on a disk that is full at that point, and what is written there. Bytes.
ROOM, WRITTEN = 10_000, 15_000

CODE = f"""
from crawler.export.files import written
with written("-") as file:
    file.write(b"x" * {WRITTEN})
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("room", "succeeds"), [pytest.param(ROOM, False, id="full"), pytest.param(2 * WRITTEN, True, id="room enough")]
)
def test_a_full_disk_is_noticed(tmp_path: Path, unbuffered: str, room: int, succeeds: bool) -> None:
    with (tmp_path / "out").open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=out,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
            check=False,
        )
    assert (ended.returncode == 0) == succeeds, ended.stderr
    assert (b"File too large" in ended.stderr) != succeeds
    assert (tmp_path / "out").stat().st_size == min(room, WRITTEN)
