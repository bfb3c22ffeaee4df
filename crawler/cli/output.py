"""How answers look: tables for people, JSON for programs, times in the zone of whoever reads. Asks nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from crawler.articles.iso import iso_utc
from crawler.config import Config

# Wide enough for an address beside a headline when nobody's terminal says how wide it is. Columns.
WIDTH_WITHOUT_TERMINAL = 160
# A table with so many rows can still be read with its columns as lines: three sources fit beside each other.
TURNED_AT_MOST = 3
# Of a text that has to be cut, so many are kept: enough to tell one reason from another. Columns.
FEWEST_LETTERS = 20
# Wider than any table. Columns.
UNBOUNDED = 10_000

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


def console(*, stderr: bool = False) -> Console:
    """A console that neither wraps nor colours what a pipe or file takes."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=not stream.isatty())


def print_json(value: Any) -> None:
    """Print one JSON document; times in ISO 8601, UTC."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (Enum, Path)):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def table(
    *columns: str, rows: Iterable[Sequence[object]], title: str | None = None, right: Sequence[str] = ()
) -> Table:
    """A plain table; the columns named in `right` hold numbers. Brackets in a cell are brackets, not markup."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    made.min_width = len(title) if title else None  # else a title is folded to the width of its columns
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row))
    return made


def fitting_table(out: Console, *columns: str, rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> Table:
    """A table; where it is too wide for the terminal and has few rows, the same with its columns as lines."""
    kept = list(rows)
    made = table(*columns, rows=kept, right=right)
    width = Measurement.get(out, out.options.update(width=UNBOUNDED), made).maximum
    if width <= out.width or len(kept) > TURNED_AT_MOST:
        return made
    return table(columns[0], *(str(row[0]) for row in kept), rows=list(zip(columns, *kept, strict=True))[1:])


def yielding_table(
    out: Console,
    *columns: str,
    rows: Iterable[Sequence[object]],
    title: str | None = None,
    right: Sequence[str] = (),
    first_to_go: Sequence[str] = (),
    cut: Sequence[str] = (),
    folded: Sequence[str] = (),
) -> Table:
    """A table of one line a row on the terminal that there is: what does not fit gives way. A pipe gets all of it.

    Args:
        first_to_go: columns that are left out, one after the other, until the rest fits.
        cut: columns whose texts may end in three dots; FEWEST_LETTERS of them are kept.
        folded: columns whose texts may go on in the next line instead.
    """
    kept, shown, soft = [list(row) for row in rows], list(columns), {*cut, *folded}

    def made(*, least: bool = False) -> Table:
        places = [columns.index(name) for name in shown]
        picked = [[_least(row[at]) if least and columns[at] in soft else row[at] for at in places] for row in kept]
        return table(*shown, rows=picked, title=title, right=right)

    def width() -> int:
        return Measurement.get(out, out.options.update(width=UNBOUNDED), made(least=True)).maximum

    if not out.is_terminal:
        return made()
    going = [name for name in first_to_go if name in shown]
    while going and width() > out.width:
        shown.remove(going.pop(0))
    whole = made()
    soft_columns = [column for column in whole.columns if column.header in soft]
    for column in whole.columns:
        if column in soft_columns:
            column.max_width = FEWEST_LETTERS + max(0, out.width - width()) // len(soft_columns)
        if column.header not in folded:
            column.no_wrap, column.overflow = True, "ellipsis"
    return whole


def _least(cell: object) -> str:
    return str("" if cell is None else cell)[:FEWEST_LETTERS]


def when(moment: datetime | None, config: Config, *, seconds: bool = False) -> str:
    """A moment in the zone of whoever reads: `2026-11-24 13:05`; empty for None."""
    if moment is None:
        return ""
    return moment.astimezone(config.zone).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def duration(span: timedelta | None) -> str:
    """A span in two units at most: `4.2 s`, `3 min 5 s`, `2 h 10 min`; empty for None."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
