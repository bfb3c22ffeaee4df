"""Writes records as JSON lines, CSV or Parquet to an open binary file. Knows no database and no file names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import tzinfo
from importlib import import_module
from typing import IO, Any, Literal, Protocol

from crawler.errors import ConfigError
from crawler.export.record import FIELDS, cell, json_value

Format = Literal["jsonl", "csv", "parquet"]
Record = dict[str, Any]

# Rows of a Parquet file that are compressed together: enough for a reader to skip what it need not read; 10 MB of text.
ROW_GROUP = 2_000


class Writer(Protocol):
    """Writes records, some at a time."""

    def write(self, records: Sequence[Record]) -> None:
        """Add records."""

    def finish(self) -> None:
        """Write what is still to be written; the file stays open."""


class JsonLines:
    """One JSON object a line, UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, records: Sequence[Record]) -> None:
        lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":"), default=json_value) for one in records)
        self._file.write("".join(f"{line}\n" for line in lines).encode())

    def finish(self) -> None:
        """Nothing is left to be written."""


class Csv:
    """A table as Excel opens it: UTF-8 with its mark, lines ended by CR LF, cells in quotes where needed."""

    def __init__(self, file: IO[bytes], zone: tzinfo, delimiter: str) -> None:
        # Closing the wrapper would close the file, which belongs to the caller: `finish` takes it back.
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._zone = zone
        self._rows = csv.writer(self._text, delimiter=delimiter, lineterminator="\r\n")
        self._rows.writerow(FIELDS)

    def write(self, records: Sequence[Record]) -> None:
        self._rows.writerows([cell(one[name], self._zone) for name in FIELDS] for one in records)

    def finish(self) -> None:
        self._text.detach()


class Parquet:
    """A Parquet file, compressed by zstd; lists stay lists, moments are UTC.

    Raises:
        ConfigError: pyarrow is not installed.
    """

    def __init__(self, file: IO[bytes]) -> None:
        try:
            pyarrow: Any = import_module("pyarrow")
            parquet: Any = import_module("pyarrow.parquet")
        except ImportError:
            raise ConfigError(
                "Parquet needs pyarrow, which is not installed. Install it: pip install 'news-crawler[parquet]'"
            ) from None
        self._table = pyarrow.Table.from_pylist
        self._schema = _schema(pyarrow)
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Record] = []

    def write(self, records: Sequence[Record]) -> None:
        self._waiting += records
        if len(self._waiting) >= ROW_GROUP:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(self._table(self._waiting, schema=self._schema))
            self._waiting = []


def _schema(pyarrow: Any) -> Any:
    text, moment, number = pyarrow.string(), pyarrow.timestamp("us", tz="UTC"), pyarrow.int64()
    special = {
        **dict.fromkeys(("id", "word_count", "revision", "cluster_id", "copy_of"), number),
        **dict.fromkeys((name for name in FIELDS if name.endswith("_at")), moment),
        **dict.fromkeys(("authors", "tags"), pyarrow.list_(text)),
        "images": pyarrow.list_(pyarrow.struct([("url", text), ("caption", text), ("credit", text)])),
        "is_accessible_for_free": pyarrow.bool_(),
    }
    return pyarrow.schema([(name, special.get(name, text)) for name in FIELDS])


def writer(form: Format, file: IO[bytes], *, zone: tzinfo, delimiter: str = ",") -> Writer:
    """The writer of a format.

    Raises:
        ConfigError: Parquet is asked for and pyarrow is not installed.
    """
    if form == "jsonl":
        return JsonLines(file)
    return Csv(file, zone, delimiter) if form == "csv" else Parquet(file)
