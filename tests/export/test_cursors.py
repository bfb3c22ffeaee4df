"""Cursors that are none, are too long for a file's name, or cannot be written."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.cli.application import app
from crawler.errors import ConfigError, QueryError
from crawler.storage.changes import ChangeCursor
from crawler.storage.database import Database


def as_text(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def fails(*words: str) -> BaseException:
    result = CliRunner().invoke(app, ["export", *words])
    assert result.exception is not None
    return result.exception


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(as_text("c", "sqlite", "²"), id="a digit that is no number"),
        pytest.param(as_text("c", "sqlite", "9" * 30), id="more than a database counts"),
        pytest.param(as_text("c", "1/1", "٣:٣:"), id="digits of another script"),
        pytest.param(as_text("c", "1/1", "7:7:,"), id="no snapshot"),
        pytest.param(as_text("c", "sqlite", 7), id="a number instead of text"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 30_000).decode(), id="nested without end"),
    ],
)
def test_what_no_export_wrote_is_refused(written: str) -> None:
    with pytest.raises(QueryError, match="this is no cursor of an export"):
        ChangeCursor.decode(written)


def test_a_file_of_other_bytes_is_no_cursor(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"\xff\x00\xfe")
    error = fails(str(tmp_path / "a.jsonl"), "--since-cursor", str(tmp_path / "state"))
    assert isinstance(error, QueryError)
    assert "this is no cursor of an export" in str(error)


def test_a_cursor_may_be_longer_than_a_file_s_name(filled: Database, tmp_path: Path) -> None:
    # As PostgreSQL writes it while many transactions go on; here it is of another database.
    numbers = ",".join(str(number) for number in range(1_000, 1_200))
    error = fails(str(tmp_path / "a.jsonl"), "--since-cursor", as_text("c", "1/1", f"1000:1200:{numbers}"))
    assert isinstance(error, QueryError)
    assert "of another database" in str(error)


def test_a_cursor_that_cannot_be_written_is_named(filled: Database, tmp_path: Path) -> None:
    state = tmp_path / "missing" / "state"
    error = fails(str(tmp_path / "a.jsonl"), "--output-cursor", str(state))
    assert isinstance(error, ConfigError)
    assert str(error).startswith(f"{state}: cannot be written")
