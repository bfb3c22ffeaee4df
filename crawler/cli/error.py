"""`crawler error`: the errors of all runs, grouped by kind."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crawler.cli import EXIT_NOT_FOUND
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, table, when, yielding_table
from crawler.cli.unknown import tell_unknown
from crawler.config import load_config
from crawler.storage import log_lists, logs
from crawler.storage.outcome import times
from crawler.storage.tables import ErrorRow

# Of a message so much tells one error from another in a list. Characters.
LONGEST_MESSAGE = 100

app = typer.Typer(help="Errors of all runs, grouped by kind.", no_args_is_help=True)


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: Json = False,
) -> None:
    """List the kinds of errors, the latest first."""
    config = load_config()
    with reading(config) as session:
        found = log_lists.errors(session, source, limit=limit)
        if not found and source:
            tell_unknown(session, config, [source])
        sources = logs.sources_of_errors(session, [error.id for error in found])
        if as_json:
            print_json([_error_dict(error, sources[error.id]) for error in found])
            return
        rows = [
            (
                error.id,
                error.count,
                when(error.first_seen_at, config),
                when(error.last_seen_at, config),
                " ".join(sources[error.id]),
                error.kind,
                _in_a_line(error.message),
            )
            for error in found
        ]
    columns = ("error", "count", "first seen", "last seen", "sources", "kind", "message")
    out, go = console(), ("first seen", "kind", "sources")
    if not rows:
        out.print("No errors.")
        return
    numbers = ("error", "count")
    out.print(
        yielding_table(out, *columns, rows=rows, right=numbers, first_to_go=go, cut=("sources",), folded=("message",))
    )


@app.command()
def show(error: int, as_json: Json = False) -> None:
    """Show one kind of error. A sample address, its traceback, the runs it happened in."""
    config = load_config()
    with reading(config) as session:
        found = session.get(ErrorRow, error)
        if found is None:
            console(stderr=True).print(f"There is no error {error}. See: crawler error list")
            raise typer.Exit(EXIT_NOT_FOUND)
        sources, occurrences = logs.sources_of(session, error), logs.occurrences_of(session, error)
        if as_json:
            told = [
                {"run": o.run_id, "source": o.source_id, "url": o.url, "count": o.count, "last_at": o.last_at}
                for o in occurrences
            ]
            print_json(_error_dict(found, sources) | {"traceback": found.traceback, "runs": told})
            return
        out = console()
        out.print(f"[bold]Error {found.id}[/]: {times(found.count, 'time')}, in {', '.join(sources)}")
        out.print(found.message, markup=False, soft_wrap=True)
        if found.sample_url:
            out.print(f"for example at {found.sample_url}", markup=False, soft_wrap=True)
        if found.traceback:
            out.print(found.traceback, markup=False, soft_wrap=True)
        rows = [(o.run_id, o.source_id, when(o.last_at, config), o.count, o.url) for o in occurrences]
        out.print(table("run", "source", "last", "count", "address", rows=rows, right=("run", "count")))


def _in_a_line(message: str) -> str:
    first = message.partition("\n")[0]
    return first if len(first) <= LONGEST_MESSAGE else f"{first[:LONGEST_MESSAGE].rstrip()} …"


def _error_dict(error: ErrorRow, sources: list[str]) -> dict[str, Any]:
    names = ("id", "kind", "logger", "message", "count", "first_seen_at", "last_seen_at", "sample_url")
    return {name: getattr(error, name) for name in names} | {"sources": sources}
