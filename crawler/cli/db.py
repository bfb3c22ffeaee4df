"""`crawler db`: the database itself: make and upgrade it, look at its state, size and soundness, prune old records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from crawler.cli import EXIT_FAILED
from crawler.cli.output import Json, console, print_json, table
from crawler.config import Config, load_config
from crawler.storage import retention, schema, soundness
from crawler.storage.database import Database
from crawler.storage.schema import State

app = typer.Typer(help="The database: upgrade, state, size, pruning.", no_args_is_help=True)


@app.command()
def upgrade(
    backup: Annotated[bool, typer.Option(help="Copy a SQLite file beside itself first.")] = True, as_json: Json = False
) -> None:
    """Bring the database to this version's schema, or create it."""
    with Database(load_config().url) as database:
        done = schema.upgrade(database, backup=backup)
        where = str(database)
    if as_json:
        print_json({"database": where, "before": done.before, "after": done.after, "backup": done.backup})
        return
    out = console()
    if done.before == done.after:
        out.print(f"{where}: already at {done.after}.", markup=False, soft_wrap=True)
        return
    if done.backup:
        out.print(f"Backup: {done.backup}", markup=False, soft_wrap=True)
    told = f"upgraded from {done.before} to {done.after}" if done.before else f"created at {done.after}"
    out.print(f"{where}: {told}.", markup=False, soft_wrap=True)


@app.command()
def current(as_json: Json = False) -> None:
    """Show which schema the database has. Exit code 1 unless it is this version's."""
    with Database(load_config().url) as database:
        found = schema.inspect_schema(database)
        where = str(database)
    if as_json:
        print_json({"database": where, "state": found.state, "revision": found.revision, "newest": found.newest})
    else:
        told = {
            State.EMPTY: "empty; crawler db upgrade (or the first crawl) creates the tables",
            State.CURRENT: f"current ({found.revision})",
            State.OUTDATED: f"outdated ({found.revision}, newest is {found.newest}); run: crawler db upgrade",
            State.NEWER: f"from a newer version of the crawler ({found.revision}); upgrade the crawler",
            State.FOREIGN: "holds tables of another program",
        }
        console().print(f"{where}: {told[found.state]}", markup=False, soft_wrap=True)
    if found.state is not State.CURRENT:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def check(as_json: Json = False) -> None:
    """Check schema, file, references and search index. Exit code 1 when something is wrong. Reads the whole file."""
    with Database(load_config().url) as database:
        found = soundness.problems(database)
        where = str(database)
    if as_json:
        print_json({"database": where, "problems": found})
    else:
        for line in found or ["sound"]:
            console().print(f"{where}: {line}", markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def path(as_json: Json = False) -> None:
    """Print where the database is. The file of SQLite, or the address without its password."""
    with Database(load_config().url) as database:
        where = str(database.path.absolute()) if database.path else str(database)
        kind = database.dialect
    if as_json:
        print_json({"path": where, "kind": kind})
    else:
        console().print(where, markup=False, soft_wrap=True)


@app.command()
def size(as_json: Json = False) -> None:
    """Show how many rows and bytes each table has."""
    with Database(load_config().url) as database:
        schema.ensure_readable(database)
        with database.read() as session:
            found = retention.size(session)
    if as_json:
        tables = [{"name": one.name, "rows": one.rows, "bytes": one.bytes} for one in found.tables]
        print_json({"bytes": found.bytes, "tables": tables})
        return
    rows: list[tuple[Any, ...]] = [(one.name, f"{one.rows:,}", _megabytes(one.bytes)) for one in found.tables]
    out = console()
    out.print(table("table", "rows", "MB", rows=rows, right=("rows", "MB")))
    out.print(f"In all {_megabytes(found.bytes)} MB on disk.")


@app.command()
def prune(as_json: Json = False) -> None:
    """Delete old logs, fetches, attempts, skipped runs. As CRAWLER_KEEP_* say; articles stay."""
    config = load_config()
    with Database(config.url) as database:
        schema.ensure_readable(database)
        pruned = retention.prune(database, keep(config), now=datetime.now(UTC))
    if as_json:
        print_json({"deleted": pruned})
    else:
        told = ", ".join(f"{number:,} from {name}" for name, number in pruned.items())
        console().print(f"Deleted: {told}." if told else "Nothing is old enough to be deleted.")


def keep(config: Config) -> retention.Keep:
    """How long records are kept, as configured."""
    return retention.Keep(
        logs=config.keep_logs,
        fetches=config.keep_fetches,
        skipped=config.keep_skipped,
        attempts=config.keep_attempts,
        max_log_rows=config.max_log_rows,
    )


def _megabytes(number: int | None) -> str:
    return "" if number is None else f"{number / 1_000_000:,.1f}"
