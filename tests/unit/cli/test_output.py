"""Tables that people can read on the terminal that they have."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from crawler.cli.output import fitting_table, table, yielding_table

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


def test_a_title_is_not_folded_to_the_width_of_its_table() -> None:
    out = Console(file=io.StringIO(), width=80)
    out.print(table("reason", "count", title="Left out of lists, by reason", rows=[("too_old", 1)], right=("count",)))
    assert isinstance(out.file, io.StringIO)
    title, head, _ = (line.split() for line in out.file.getvalue().splitlines())
    assert (" ".join(title), head) == ("Left out of lists, by reason", ["reason", "count"])


LONG = "its process ended (code 3) without a final record: leaving without a word"
RUNS = [
    (41, "the_northern_herald", "2026-11-24 13:05", "succeeded_with_errors", 12, 0, LONG),
    (40, "courier", "2026-11-24 13:00", "succeeded", 3, 1, None),
]
NAMES = ("run", "source", "started", "outcome", "new", "revised", "why")


def yielded(width: int, *, is_terminal: bool = True, folded: bool = False) -> list[str]:
    out = Console(file=io.StringIO(), width=width, force_terminal=is_terminal, color_system=None)
    soft = {"folded": ["why"]} if folded else {"cut": ["why"]}
    out.print(yielding_table(out, *NAMES, rows=RUNS, right=("new",), first_to_go=("revised", "started"), **soft))
    assert isinstance(out.file, io.StringIO)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def test_on_80_columns_a_row_is_a_line_and_what_matters_least_is_left_out() -> None:
    head, first, second = yielded(80)
    assert head.split() == ["run", "source", "outcome", "new", "why"]
    assert first.split()[:4] == ["41", "the_northern_herald", "succeeded_with_errors", "12"]
    assert first.endswith("…")
    assert second.split() == ["40", "courier", "succeeded", "3"]
    assert max(map(len, (head, first, second))) <= 80


def test_a_text_may_go_on_in_the_next_line_instead() -> None:
    lines = yielded(80, folded=True)
    assert len(lines) > 3
    assert " ".join(" ".join(line[50:] for line in lines[1:-1]).split()).endswith("without a word")


def test_with_room_for_all_nothing_is_left_out() -> None:
    head, first, _ = yielded(200)
    assert head.split() == list(NAMES)
    assert first.endswith(LONG)


def test_a_pipe_gets_all() -> None:
    lines = yielded(80, is_terminal=False)
    assert lines[0].split() == list(NAMES)
    assert "…" not in "".join(lines)
