"""`crawler export`: articles into a file, for tables, programs and other databases. Changes nothing in the database."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crawler.cli.filtering import with_filter
from crawler.cli.opening import reading
from crawler.cli.output import console
from crawler.cli.unknown import tell_unknown
from crawler.config import load_config
from crawler.errors import ConfigError, QueryError
from crawler.export.export import export
from crawler.export.files import STANDARD_OUTPUT, written
from crawler.storage.changes import ChangeCursor
from crawler.storage.outcome import times
from crawler.storage.search import Filter, read_filter

# Ended by SIGTERM, as a shell tells it: 128 and the signal's number.
EXIT_TERMINATED = 143


class Form(StrEnum):
    """The formats, as they are typed."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


SUFFIXES = {
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".jsonl.gz": Form.JSONL,
    ".ndjson.gz": Form.JSONL,
    ".csv": Form.CSV,
    ".csv.gz": Form.CSV,
    ".parquet": Form.PARQUET,
}
ENDINGS = ".jsonl, .ndjson or .csv (each also with .gz), or .parquet"
# Whoever opens such a file expects what we cannot make.
NOT_WRITTEN = (".zst", ".xz", ".bz2", ".zip", ".br", ".lz4", ".7z")


@with_filter
def export_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to; `-` is the standard output.")],
    wanted: Filter,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Only what `crawler article search` would find.")] = "",
    form: Annotated[
        Form | None,
        typer.Option("--format", help="If the name does not say it by .jsonl, .csv, .parquet (or with .gz)."),
    ] = None,
    delimiter: Annotated[
        str, typer.Option(metavar="SIGN", help="Between cells of CSV. Excel in Russian or Kazakh wants `;`.")
    ] = ",",
    since_cursor: Annotated[
        str | None, typer.Option(metavar="CURSOR|FILE", help="Only what is new or has another text since that export.")
    ] = None,
    output_cursor: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the cursor for the next export here, last of all.")
    ] = None,
) -> None:
    """Export articles: a file is there whole or not at all. Memory does not grow with it."""
    config = load_config()
    form = _form_of(file, form)
    if wrong := _wrong(delimiter):
        raise ConfigError(f"--delimiter {wrong}. Write one, such as ';', or a tab: $'\\t'", setting="delimiter")
    if search:
        wanted = read_filter(search, wanted, zone=config.zone, now=datetime.now(UTC))
    since = _since(since_cursor, output_cursor)
    target = file
    with _terminable(), reading(config) as session:
        try:
            with written(file) as opened, _progress() as tell:
                done = export(
                    session,
                    opened,
                    form.value,
                    wanted,
                    since=since,
                    zone=config.zone,
                    delimiter=delimiter,
                    on_progress=tell,
                )
            if not done.articles:
                tell_unknown(session, config, wanted.sources)
            if output_cursor is not None:
                target = str(output_cursor)
                with written(target) as opened:
                    opened.write(f"{done.cursor.encode()}\n".encode())
        except BrokenPipeError:
            raise  # whoever read the standard output has had enough
        except OSError as error:
            raise ConfigError(f"{target}: cannot be written ({error.strerror})", setting="file") from None
    where = "" if file == STANDARD_OUTPUT else f" in {file}"
    console(stderr=True).print(f"{times(done.articles, 'article')}{where}.", markup=False, soft_wrap=True)


def _wrong(delimiter: str) -> str | None:
    """What keeps a text from being a delimiter, with the text as it can be printed."""
    if any("\udc80" <= character <= "\udcff" for character in delimiter):  # as Python takes such a byte
        shown = delimiter.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return f"'{shown}': a byte that is no character in UTF-8"
    if len(delimiter) != 1:
        return f"{delimiter!r}: {len(delimiter)} characters"
    return f"{delimiter!r}: CSV needs this character itself" if delimiter in '"\r\n' else None


def _form_of(file: str, said: Form | None) -> Form:
    """The format that is said, or that the name says; a name may not say what is not done."""
    name = Path(file).name.lower()
    if name.endswith(NOT_WRITTEN):
        raise ConfigError(f"{file}: files are compressed by gzip only. Name it {ENDINGS}", setting="file")
    if said is not None:
        return said
    if file == STANDARD_OUTPUT:
        return Form.JSONL
    for suffix, form in SUFFIXES.items():
        if name.endswith(suffix):
            return form
    raise ConfigError(f"{file}: which format? Name it {ENDINGS}, or say it by --format", setting="file")


def _since(written: str | None, output: Path | None) -> ChangeCursor | None:
    """The cursor that is meant, itself or in a file. A file that this export is about to write may be missing."""
    if written is None:
        return None
    # Path.is_file() fails where a cursor is longer than a name may be.
    if os.path.isfile(written):  # noqa: PTH113
        return ChangeCursor.decode(Path(written).read_text("utf-8", "replace").strip())
    if output is not None and Path(written) == output:
        return None  # the first export of a series
    try:
        return ChangeCursor.decode(written)
    except QueryError as error:
        raise QueryError(
            f"{written}: there is no such file, and it is no cursor", query=written, remedy=error.remedy
        ) from None


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Tells a terminal how many are done; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} articles"), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        line = shown.add_task("")
        yield lambda number: shown.update(line, completed=number)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the export as Ctrl-C does: what was written so far is removed."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(EXIT_TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
