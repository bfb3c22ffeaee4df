"""What is deployed is what there is: settings, commands and files that the deployment names exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.config import Config

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
UNITS = [path for path in FILES if path.suffix in (".service", ".timer")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"CRAWLER_([A-Z_]+[A-Z])\b", path.read_text()))
    assert {name.lower() for name in named} - {"name"} <= set(Config.model_fields)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_unit(path: Path, tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/crawler/bin/crawler", sys.executable)
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if str(tmp_path) in line or path.name in line]
    assert (done.returncode, told) == (0, []), done.stderr


def test_the_image_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    paths = [DEPLOY.parent / name for line in copied for name in line.split()]
    assert paths
    assert [path for path in paths if not path.exists()] == []
