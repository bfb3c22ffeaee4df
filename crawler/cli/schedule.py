"""`crawler schedule`: when sources are crawled: list, next fires, pause, resume, run now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from crawler.cli import EXIT_FAILED, EXIT_NOT_FOUND
from crawler.cli.output import Json, console, print_json, table, when, yielding_table
from crawler.cli.user import user_name
from crawler.config import Config, load_config
from crawler.scheduling import requests
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.schedule import Schedule, next_fires
from crawler.scheduling.wording import clock_changes, in_words
from crawler.storage import schedulers, schedules
from crawler.storage.database import Database, now
from crawler.storage.schema import State, ensure_ready, inspect_schema
from crawler.storage.tables import ScheduleRow, SchedulerRow

app = typer.Typer(help="When sources are crawled.", no_args_is_help=True)

Source = Annotated[str, typer.Argument(help="Id of the source.")]

NOBODY = "No scheduler is at work. Start one: crawler up"
NOT_FOLLOWED = "not followed: crawler up was started for other sources"


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the schedules in words. With the next fire and what keeps it from running."""
    config = load_config()
    declarations = _declarations(config)
    kept, at_work = _rows(config), _at_work(config)
    moment = datetime.now(UTC)
    found: list[dict[str, Any]] = []
    for source in declarations.sources.values():
        schedule, row = Schedule.of(source), kept.get(source.id)
        # A row may hold an overdue fire, or that of a schedule that has changed since; the file is the truth.
        known = row is not None and row.spec_hash == schedule.fingerprint
        found.append(
            {
                "source": source.id,
                "schedule": list(source.schedule),
                "words": in_words(schedule),
                "next_fire_at": row.next_fire_at if known and row else schedule.next_after(moment),
                "last_fire_at": row.last_fire_at if row else None,
                "paused": _pause_of(row, moment),
                "is_followed": any(schedulers.looks_after(one, source.id) for one in at_work),
            }
        )
    if as_json:
        print_json(found)
    else:
        shown = [
            (
                one["source"],
                one["words"],
                when(one["next_fire_at"], config) if one["is_followed"] or not at_work else "",
                when(one["last_fire_at"], config),
                _pause_in_words(one["paused"], config) or (NOT_FOLLOWED if at_work and not one["is_followed"] else ""),
            )
            for one in found
        ]
        columns = ("source", "when", "next", "last", *([""] if any(row[-1] for row in shown) else []))
        rows = [row[: len(columns)] for row in shown]
        out = console()
        out.print(yielding_table(out, *columns, rows=rows, first_to_go=("last",), folded=("when", "")))
        if not at_work:
            console(stderr=True).print(NOBODY, style="yellow")
    _tell_problems(declarations)


@app.command("next")
def next_(
    source: Annotated[str | None, typer.Argument(help="Id of a source; without it, the fires of all.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1_000, help="So many.")] = 10,
    as_json: Json = False,
) -> None:
    """Show the next fires. In the source's zone and in UTC, and what the next change of the clocks does to them."""
    config = load_config()
    declarations = _declarations(config)
    chosen = [requests.known(declarations, source)] if source else list(declarations.sources)
    plans = {source_id: Schedule.of(declarations.sources[source_id]) for source_id in chosen}
    moment = datetime.now(UTC)
    fires = list(islice(next_fires(plans, moment), count))
    warnings = [f"{source_id}: {change}" for source_id, plan in plans.items() for change in clock_changes(plan, moment)]
    if as_json:
        told = [{"source": source_id, "at": fire, "zone": str(plans[source_id].zone)} for fire, source_id in fires]
        print_json({"fires": told, "clock_changes": warnings})
        return
    out = console()
    if source:
        out.print(f"{source}: {in_words(plans[source])}", soft_wrap=True)
    shown = [
        (
            source_id,
            f"{fire.astimezone(plans[source_id].zone):%a %Y-%m-%d %H:%M:%S %z}",
            plans[source_id].zone,
            f"{fire:%Y-%m-%d %H:%M:%S}",
        )
        for fire, source_id in fires
    ]
    out.print(yielding_table(out, "source", "there", "zone", "UTC", rows=shown, first_to_go=("zone",)))
    for warning in warnings:
        out.print(warning, markup=False, soft_wrap=True)
    _tell_problems(declarations)


@app.command()
def pause(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Ids.")],
    reason: Annotated[str | None, typer.Option(help="Why; shown wherever a fire is left out.")] = None,
    until: Annotated[
        str | None, typer.Option(help="A date, a time, or a duration such as 2h; then it resumes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let the fires of sources pass without a run. What runs already goes on."""
    config = load_config()
    ids, end = list(dict.fromkeys(sources)), requests.read_until(until, config.zone) if until else None
    with _writing(config) as (session, declarations):
        paused = requests.pause(session, declarations, ids, by=user_name(), reason=reason, until=end)
    _tell(paused, ids, "paused", f"until {when(end, config)}" if end else "until: crawler schedule resume", as_json)


@app.command()
def resume(sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Ids.")], as_json: Json = False) -> None:
    """Let fires count again. Fires that passed meanwhile are not caught up."""
    config = load_config()
    ids = list(dict.fromkeys(sources))
    with _writing(config) as (session, declarations):
        resumed = requests.resume(session, declarations, ids)
    _tell(resumed, ids, "resumed", "", as_json)


@app.command()
def run(
    source: Source,
    limit: Annotated[int | None, typer.Option(min=1, help="Fetch at most this many articles.")] = None,
    as_json: Json = False,
) -> None:
    """Let a run wait for the next free place of a runner. To crawl here and now: crawler crawl SOURCE."""
    options = {} if limit is None else {"limit": limit}
    with _writing(load_config()) as (session, declarations):
        queued = requests.run_now(session, declarations, source, options=options)
    tell_queued(queued, as_json=as_json)


@app.command()
def check(as_json: Json = False) -> None:
    """Say whether a scheduler is at work. Exit code 0 when one is, 1 when none is: for health checks."""
    config = load_config()
    rows = _at_work(config)
    if as_json:
        names = ("worker", "pid", "version", "started_at", "heartbeat_at")
        print_json([{name: getattr(row, name) for name in names} for row in rows])
    elif rows:
        shown = [(row.worker, row.pid, row.version, when(row.started_at, config)) for row in rows]
        console().print(table("machine", "pid", "version", "since", rows=shown))
    else:
        console().print(NOBODY)
    if not rows:
        raise typer.Exit(EXIT_FAILED)


# --- Parts ------------------------------------------------------------------------------------------------------------
def _declarations(config: Config) -> Declarations:
    declarations = Declarations(config.source_folders)
    declarations.refresh()
    return declarations


def _rows(config: Config) -> dict[str, ScheduleRow]:
    """The rows of the schedules; none where there is no database yet."""
    with Database(config.url) as database:
        if inspect_schema(database).state is not State.CURRENT:
            return {}
        with database.read() as session:
            return {row.source_id: row for row in schedules.listing(session)}


def _at_work(config: Config) -> Sequence[SchedulerRow]:
    """The schedulers that are at work; none where there is no database yet."""
    with Database(config.url) as database:
        if inspect_schema(database).state is not State.CURRENT:
            return []
        with database.read() as session:
            return schedulers.at_work(session, now=now(session))


@contextmanager
def _writing(config: Config) -> Iterator[tuple[Session, Declarations]]:
    """A transaction, in a database that is created if there is none, and what the files say."""
    declarations = _declarations(config)
    with Database(config.url) as database:
        ensure_ready(database)
        with database.write() as session:
            yield session, declarations


def tell_queued(queued: requests.Queued, *, as_json: bool) -> None:
    """Say which run waits now, and whether anybody is there to do it."""
    if as_json:
        print_json({"run": queued.run_id, "queued": queued.is_new, "runners": queued.at_work})
        return
    out = console()
    out.print(f"Run {queued.run_id} of {queued.source_id} waits" + ("." if queued.is_new else " already."))
    if not queued.at_work:
        out.print("Nobody is at work to do it. Start a runner: crawler up")


def _pause_of(row: ScheduleRow | None, moment: datetime) -> dict[str, Any] | None:
    if row is None or not schedules.is_paused(row, moment):
        return None
    return {"by": row.paused_by, "reason": row.paused_reason, "since": row.paused_at, "until": row.paused_until}


def _pause_in_words(paused: dict[str, Any] | None, config: Config) -> str:
    if paused is None:
        return ""
    until = f" until {when(paused['until'], config)}" if paused["until"] else ""
    return f"paused by {paused['by']}{until}" + (f": {paused['reason']}" if paused["reason"] else "")


def _tell(done: Sequence[str], asked: Sequence[str], word: str, more: str, as_json: bool) -> None:
    without = [one for one in asked if one not in done]
    if as_json:
        print_json({word: list(done), "without_schedule": without})
    else:
        out = console()
        for one in done:
            out.print(f"{one}: {word} {more}".rstrip() + ".")
        for one in without:
            out.print(f"{one}: has no schedule; give it one in its file.")
    if without:
        raise typer.Exit(EXIT_NOT_FOUND)


def _tell_problems(declarations: Declarations) -> None:
    err = console(stderr=True)
    for problem in declarations.problems:
        err.print(f"Left out: {problem}", markup=False, soft_wrap=True)
