"""`crawler source` for whoever writes a first file: where it has to stand, and whether it is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crawler.cli.application import app

HERALD = """
id = "herald"
name = "The Herald"
home = "https://herald.example/"
[[editions]]
id = "en"
host = "herald.example"
language = "en"
timezone = "{zone}"
article = '/news/'
feeds = ["https://herald.example/rss.xml"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRAWLER_SOURCES", str(tmp_path / "sources"))
    (tmp_path / "sources").mkdir()
    return tmp_path / "sources"


def check(*words: str) -> Result:
    return CliRunner().invoke(app, ["source", "check", *words])


@pytest.mark.parametrize(
    ("zone", "code", "said"),
    [("Europe/London", 0, "1 source file is right\n"), ("Europe/Londn", 1, "1 problem\n")],
    ids=["right", "wrong"],
)
def test_one_is_counted_as_one(folder: Path, zone: str, code: int, said: str) -> None:
    (folder / "herald.toml").write_text(HERALD.format(zone=zone))
    done = check("herald")
    assert (done.exit_code, done.stdout) == (code, said)


def test_what_is_shown_is_written_as_in_a_file(folder: Path) -> None:
    lines = '[politeness]\ndelay = "200ms"\nverify_tls = false\n[[editions]]'
    (folder / "herald.toml").write_text(HERALD.format(zone="Europe/London").replace("[[editions]]", lines))
    shown = CliRunner().invoke(app, ["source", "show", "herald"]).stdout.splitlines()
    assert {"  delay: 200ms", "  verify_tls: false", "  stall_after: 10m", "revisit: 1h, 6h, 1d, 3d"} <= set(shown)
    assert {"  feeds[0]:", "    url: https://herald.example/rss.xml"} <= set(shown)


def test_a_file_that_is_not_found_is_told_where_files_are_read_from(folder: Path) -> None:
    done = check("herald")
    assert done.stderr == f"Files of your own are read from {folder}\n"
    assert "no source has this id" in str(done.exception)
    folder.rmdir()
    assert check("herald").stderr == f"Files of your own are read from {folder} (not there yet)\n"


def test_without_a_setting_the_folder_of_the_user_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRAWLER_SOURCES", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    said = check("herald").stderr
    assert str(tmp_path) in said
    assert said.endswith("sources (not there yet)\n")
