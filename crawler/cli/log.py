"""`crawler log`: what a run said."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.orm import Session

from crawler.cli import EXIT_NOT_FOUND, EXIT_USAGE
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, when
from crawler.cli.unknown import tell_unknown
from crawler.config import Config, load_config
from crawler.spiders.options import read_moment
from crawler.storage import logs, run_lists, runs
from crawler.storage.database import Database
from crawler.storage.tables import LogRow, RunState

# How often a followed log is asked for more. Seconds.
LOOK_EVERY = 0.5
# Without filters so many records are shown, the newest: a run may have a million.
SHOWN = 1_000

STYLES = {10: "dim", 20: "", 30: "yellow", 40: "red", 50: "bold red"}
NAMES = {number: name for name, number in logs.LEVELS.items()}


def log(
    run: Annotated[str, typer.Argument(metavar="RUN|SOURCE", help="Number of a run, or a source: its latest run.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    level: Annotated[str, typer.Option(help="Least level: DEBUG, INFO, WARNING, ERROR.")] = "DEBUG",
    grep: Annotated[str | None, typer.Option(help="Only records that contain this text.")] = None,
    url: Annotated[str | None, typer.Option(help="Only records about addresses that contain this text.")] = None,
    since: Annotated[str | None, typer.Option(help="Only records from this moment on.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many records.")] = SHOWN,
    as_json: Json = False,
) -> None:
    """Show the log of a run, or of the latest run of a source."""
    config, out = load_config(), console()
    if level.upper() not in logs.LEVELS:
        console(stderr=True).print(f"level {level!r}: write one of {', '.join(logs.LEVELS)}")
        raise typer.Exit(EXIT_USAGE)
    filters: dict[str, Any] = {
        "level": logs.LEVELS[level.upper()],
        "grep": grep,
        "url": url,
        "since": read_moment(since, config.zone, name="since") if since else None,
    }
    with reading(config) as session:
        run_id = _run_id(session, run)
        records = logs.records_of(session, run_id, limit=limit, newest=True, **filters)
        if as_json and not follow:
            print_json([_record_dict(record) for record in records])
            return
        _print(records, out, config)
        if not records and not follow:
            out.print(f"No such record in the log of run {run_id}.")
        if len(records) == limit and not as_json:
            console(stderr=True).print(
                f"[dim]The newest {limit} records; more with --limit, fewer with --level, --grep.[/]"
            )
        last = records[-1].id if records else 0
    if follow:
        _follow(run_id, last, filters, out, config)


def _follow(run_id: int, last: int, filters: dict[str, Any], out: Console, config: Config) -> None:
    """Print what comes until the run has ended and all its records are shown."""
    with Database(config.url) as database:
        while True:
            with database.read() as session:
                run = runs.get(session, run_id)
                ended = run is None or run.state == RunState.FINISHED
                records = logs.records_of(session, run_id, after_id=last, **filters)
                _print(records, out, config)
                last = records[-1].id if records else last
            if ended:
                return
            time.sleep(LOOK_EVERY)


def _run_id(session: Session, asked: str) -> int:
    """The run that is meant: by number, or the latest of a source."""
    if asked.isdigit():
        found = runs.get(session, int(asked))
    else:
        found = next(iter(run_lists.page(session, source_id=asked, limit=1)), None)
    if found is None:
        if asked.isdigit() or not tell_unknown(session, load_config(), [asked]):
            what = asked if asked.isdigit() else f"of {asked}"
            console(stderr=True).print(f"There is no run {what}. See: crawler run list", markup=False)
        raise typer.Exit(EXIT_NOT_FOUND)
    return found.id


def _print(records: Sequence[LogRow], out: Console, config: Config) -> None:
    for record in records:
        line = Text(f"{when(record.at, config, seconds=True)} ")
        line.append(f"{NAMES.get(record.level, str(record.level)):8}", style=STYLES.get(record.level, ""))
        line.append(record.message)
        if record.url and record.url not in record.message:
            line.append(f"  {record.url}", style="dim")
        out.print(line, soft_wrap=True)
        if record.exception:
            out.print(Text(record.exception.rstrip(), style="red"), soft_wrap=True)


def _record_dict(record: LogRow) -> dict[str, Any]:
    names = ("id", "run_id", "at", "logger", "message", "url", "exception")
    return {name: getattr(record, name) for name in names} | {"level": NAMES.get(record.level, str(record.level))}
