"""Tables that people can read on the terminal that they have."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from crawler.cli.output import fitting_table

COLUMNS = ("source", "run", "outcome", "discovered", "fetched", "new", "revised", "duplicate")
ROWS = [("herald", 1, "succeeded", 30, 29, 24, 0, 1), ("observer", 2, "failed", 0, 0, 0, 0, 0)]


def printed(width: int, rows: list[tuple[object, ...]]) -> list[str]:
    out = Console(file=io.StringIO(), width=width)
    out.print(fitting_table(out, *COLUMNS, rows=rows, right=COLUMNS[3:]))
    assert isinstance(out.file, io.StringIO)
    return [" ".join(line.split()) for line in out.file.getvalue().splitlines()]


def test_a_wide_terminal_has_a_row_for_each_source() -> None:
    assert printed(120, ROWS) == [" ".join(COLUMNS), *(" ".join(map(str, row)) for row in ROWS)]


def test_on_a_narrow_one_each_count_has_a_line() -> None:
    lines = printed(40, ROWS)
    assert lines[0] == "source herald observer"
    assert lines[3:6] == ["discovered 30 0", "fetched 29 0", "new 24 0"]
    assert len(lines) == len(COLUMNS)


def test_many_sources_stay_rows() -> None:
    assert len(printed(40, [(f"s{n}", *ROWS[0][1:]) for n in range(4)])) >= 5


@pytest.mark.parametrize("width", [40, 120])
def test_nothing_is_a_table_without_rows(width: int) -> None:
    assert "".join(printed(width, [])).startswith("source")
