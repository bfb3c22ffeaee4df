"""What stands in an exported file: the same articles as JSON lines, CSV and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from crawler.cli.application import app
from crawler.errors import ConfigError
from crawler.export import formats
from crawler.export.record import FIELDS, cell
from crawler.storage import whole
from crawler.storage.database import Database
from tests.storage.stories import HOST, NOW


def export(*words: str) -> None:
    result = CliRunner().invoke(app, ["export", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_json_lines_hold_every_field(filled: Database, tmp_path: Path) -> None:
    export(str(tmp_path / "a.jsonl"))
    first, second, third = lines(tmp_path / "a.jsonl")
    assert tuple(first) == FIELDS
    assert first["body"] == 'First "line";\n\nsecond, line.'
    assert first["published_at"] == "2026-11-22T06:00:00Z"
    assert first["images"][0] == {"url": f"{HOST}/1.jpg", "caption": "At dawn", "credit": "Cy Day"}
    assert (second["authors"], second["lead"], second["language"]) == (["@home"], None, "ru")
    assert (third["published_at"], third["revision"], third["is_accessible_for_free"]) == (None, 2, False)
    assert "Ёлка".encode() in (tmp_path / "a.jsonl").read_bytes()


def test_csv_opens_in_excel(filled: Database, tmp_path: Path) -> None:
    export(str(tmp_path / "a.csv"))
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,source_id,")
    assert raw.endswith(b"\r\n")
    first, second, third = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert tuple(first) == FIELDS
    assert first["body"] == 'First "line";\n\nsecond, line.'
    assert first["headline"] == '\'=HYPERLINK("http://x.example")'
    assert (second["headline"], second["authors"]) == ("'-5 градусов", "'@home")
    assert first["published_at"] == "2026-11-22 11:00:00"
    assert first["authors"] == "Ann Reed; Bo Li"
    assert first["images"] == f"{HOST}/1.jpg; {HOST}/2.jpg"
    assert (third["published_at"], third["section"], third["is_accessible_for_free"]) == ("", "", "FALSE")


def test_csv_of_another_delimiter(filled: Database, tmp_path: Path) -> None:
    export(str(tmp_path / "a.csv"), "--delimiter", ";")
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"), newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {len(FIELDS)}
    assert rows[1][FIELDS.index("body")] == 'First "line";\n\nsecond, line.'


def test_parquet_has_types(filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "ROW_GROUP", 2)
    monkeypatch.setattr(whole, "PORTION", 1)
    export(str(tmp_path / "a.parquet"))
    export(str(tmp_path / "a.jsonl"))
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert tuple(table.column_names) == FIELDS
    for read, line in zip(table.to_pylist(), lines(tmp_path / "a.jsonl"), strict=True):
        moments = {
            name: value and value.isoformat().replace("+00:00", "Z")
            for name, value in read.items()
            if name[-3:] == "_at"
        }
        assert read | moments == line
    assert table.column("published_at")[0].as_py() == datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_compressed_file_is_the_same_packed(filled: Database, tmp_path: Path, suffix: str) -> None:
    for name in (f"a.{suffix}", f"b.{suffix}.gz", f"c.{suffix}.gz"):
        export(str(tmp_path / name))
    assert gzip.decompress((tmp_path / f"b.{suffix}.gz").read_bytes()) == (tmp_path / f"a.{suffix}").read_bytes()
    assert (tmp_path / f"b.{suffix}.gz").read_bytes() == (tmp_path / f"c.{suffix}.gz").read_bytes()


@pytest.mark.parametrize(
    ("asked", "bodies"),
    [
        (["--language", "ru"], ["Ёлка на площади."]),
        (["--search", "елки"], ["Ёлка на площади."]),
        (["--search", "snow OR line", "--revised"], ["Snow melts."]),
        (["--search", "author:@home"], ["Ёлка на площади."]),
        (["--since", "2030-01-01"], []),
    ],
)
def test_the_filters_are_those_of_lists(filled: Database, tmp_path: Path, asked: list[str], bodies: list[str]) -> None:
    export(str(tmp_path / "a.jsonl"), *asked)
    assert [line["body"] for line in lines(tmp_path / "a.jsonl")] == bodies


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_no_article_at_all_is_a_table_without_rows(filled: Database, tmp_path: Path, name: str) -> None:
    export(str(tmp_path / name), "--search", "nowhere")
    if name == "a.csv":
        assert (tmp_path / name).read_text("utf-8-sig").strip() == ",".join(FIELDS)
    else:
        assert pyarrow.parquet.read_table(tmp_path / name).num_rows == 0


@pytest.mark.parametrize("text", ["=1+1", "+7 701", "-5", "@home", "\t=1", "\r=1"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert cell(text, UTC) == f"'{text}"
    assert cell([text, "b"], UTC) == f"'{text}; b"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a=b", "a=b"), (None, None), (7, 7), (True, "TRUE"), ([], ""), (NOW, "2026-11-22 13:00:00")],
)
def test_other_cells_are_as_they_are(value: object, shown: object) -> None:
    assert cell(value, ZoneInfo("Asia/Almaty")) == shown


def test_parquet_without_pyarrow_says_what_to_install(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(formats, "import_module", missing)
    with pytest.raises(ConfigError, match=r"pip install 'news-crawler\[parquet\]'"):
        export(str(tmp_path / "a.parquet"))
    assert list(tmp_path.glob("*a.parquet*")) == []
