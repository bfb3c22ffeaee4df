"""A file is there whole or not at all; exports in a row give each change once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.cli.application import app
from crawler.errors import ConfigError, QueryError
from crawler.export.files import written
from crawler.storage.database import Database
from tests.storage.stories import NOW, article, reading, stored

# Far longer than an export takes that need not wait for anybody. Seconds.
DEADLINE = 60.0


def export(*words: str) -> str:
    result = CliRunner().invoke(app, ["export", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def bodies(path: Path) -> list[str]:
    return [json.loads(line)["body"] for line in path.read_text("utf-8").splitlines()]


# --- Files ------------------------------------------------------------------------------------------------------------
def test_a_file_appears_under_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    target.write_bytes(b"old")
    with written(str(target)) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_what_fails_leaves_nothing_and_the_old_file_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.jsonl.gz"
    target.write_bytes(b"old")
    with pytest.raises(error), written(str(target)) as file:
        file.write(b"half")
        raise error
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_can_be_read_by_those_who_may_read_the_folder_s_files(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with written(str(tmp_path / "a.csv")) as file:
        file.write(b"1")
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_is_followed_and_a_device_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with written(str(tmp_path / "link.csv")) as file:
        file.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"
    with written("/dev/null") as file:
        file.write(b"1")
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_export_that_is_stopped_leaves_nothing(filled: Database, tmp_path: Path, by: signal.Signals) -> None:
    """Stopped in the middle: its reader takes the first bytes and no more, so the pipe's other side waits."""
    target, pipe = tmp_path / "out" / "a.jsonl", tmp_path / "pipe"
    target.parent.mkdir()
    os.mkfifo(pipe)
    code = (
        # A process started in the background by a shell ignores Ctrl-C, and so do those that it starts.
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from crawler.export import formats; from crawler.cli import main\n"
        "class Waiting(formats.JsonLines):\n"
        "    def write(self, records):\n"
        "        super().write(records)\n"
        f"        open({str(pipe)!r}, 'w').close()\n"  # nobody reads it: waits here
        "formats.JsonLines = Waiting\n"
        f"sys.argv = ['crawler', 'export', {str(target)!r}]\nmain()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: list(target.parent.glob(".*.part")) != [])
        _wait(lambda: _is_waiting(process.pid))
        process.send_signal(by)
        assert process.wait(DEADLINE) != 0
    finally:
        process.kill()
        process.wait()
    assert list(target.parent.iterdir()) == []


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_waiting(pid: int) -> bool:
    """Whether it waits for somebody to open the pipe; without /proc a moment later it does."""
    wchan = Path(f"/proc/{pid}/wchan")
    return not wchan.exists() or "wait_for_partner" in wchan.read_text() or "fifo" in wchan.read_text()


def test_the_standard_output_is_written_as_bytes(filled: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "export", "-", "--language", "ru"],
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )
    assert [json.loads(line)["headline"] for line in done.stdout.splitlines()] == ["-5 градусов"]
    assert done.stderr.decode() == "1 article.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.txt"], "which format"),
        (["a.csv.zst"], r"gzip only\. Name it \.jsonl, \.ndjson or \.csv \(each also with \.gz\), or \.parquet$"),
        (["a.JSONL.zst", "--format", "jsonl"], "gzip only"),
        (["a.csv", "--delimiter", "ab"], r"^--delimiter 'ab': 2 characters\. Write one, such as ';'"),
        (["a.csv", "--delimiter", ""], r"^--delimiter '': 0 characters\. Write one"),
        (["a.csv", "--delimiter", "\n"], r"^--delimiter '\\n': CSV needs this character itself\. Write one"),
        (["a.csv", "--delimiter", "\udcff"], r"^--delimiter '\\xff': a byte that is no character in UTF-8\. Write one"),
        (["no/such/folder/a.csv"], "cannot be written"),
        (["."], "which format"),
        ([".", "--format", "csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=said):
        export(*words)


# --- Since a cursor ---------------------------------------------------------------------------------------------------
def test_exports_in_a_row_give_each_change_once(filled: Database, tmp_path: Path) -> None:
    state = str(tmp_path / "state")

    def next_export() -> list[str]:
        export(str(tmp_path / "a.jsonl"), "--since-cursor", state, "--output-cursor", state)
        return bodies(tmp_path / "a.jsonl")

    assert len(next_export()) == 3
    assert next_export() == []
    stored(filled, reading(article("/4/", "Hail.", fetched_at=NOW)))
    assert next_export() == ["Hail."]
    assert next_export() == []


def test_a_cursor_may_be_written_out(filled: Database, tmp_path: Path) -> None:
    export(str(tmp_path / "a.jsonl"), "--output-cursor", str(tmp_path / "state"))
    stored(filled, reading(article("/4/", "Hail.", fetched_at=NOW)))
    export(str(tmp_path / "b.jsonl"), "--since-cursor", (tmp_path / "state").read_text().strip())
    assert bodies(tmp_path / "b.jsonl") == ["Hail."]


def test_a_cursor_that_is_none_is_refused_and_nothing_is_written(filled: Database, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="there is no such file, and it is no cursor"):
        export(str(tmp_path / "a.jsonl"), "--since-cursor", "stat")
    assert list(tmp_path.glob("*a.jsonl*")) == []
