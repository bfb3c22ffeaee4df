"""`crawler run`: which crawls there were, how each ended and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, NoReturn

import typer

from crawler.cli import EXIT_NOT_FOUND
from crawler.cli.log import log
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, duration, print_json, table, when, yielding_table
from crawler.cli.schedule import tell_queued
from crawler.cli.unknown import tell_unknown
from crawler.cli.user import user_name
from crawler.config import Config, load_config
from crawler.scheduling import requests
from crawler.storage import logs, queue, run_lists, runs
from crawler.storage.database import Database, now
from crawler.storage.outcome import Outcome, grouped
from crawler.storage.schema import ensure_readable
from crawler.storage.tables import AttemptRow, FetchRow, RunRow, RunState

Run = Annotated[int, typer.Argument(help="Number of the run.")]

app = typer.Typer(help="Runs: every crawl, how it ended and why.", no_args_is_help=True)


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    state: Annotated[RunState | None, typer.Option(help="Only in this state.")] = None,
    outcome: Annotated[
        Outcome | None, typer.Option(help="Only with this outcome; `skipped` shows the skipped.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: Json = False,
) -> None:
    """List the latest runs, newest first."""
    config = load_config()
    with reading(config) as session:
        found = run_lists.page(session, source_id=source, state=state, outcome=outcome, limit=limit)
        if not found and source:
            tell_unknown(session, config, [source])
        if as_json:
            print_json([run_dict(run) for run in found])
            return
        if outcome is Outcome.SKIPPED and found:
            _print_skipped(found, config)
            return
        rows = [
            (
                run.id,
                run.source_id,
                run.kind,
                run.trigger,
                when(run.started_at or run.created_at, config),
                duration(_spent(run)),
                run.outcome or run.state,
                run.discovered,
                run.fetched,
                run.new,
                run.revised,
                run.rejected + run.failed,
                run.errors,
            )
            for run in found
        ]
    counts = ("found", "fetched", "new", "revised", "not stored", "errors")
    out = console()
    if not rows:
        out.print("No such run." if source or state or outcome else "No runs yet. Start one: crawler crawl SOURCE")
        return
    columns = ("run", "source", "kind", "trigger", "started", "time", "outcome", *counts)
    # What is left on 80 columns: which run, of what, when, how it ended, what it brought.
    go = ("trigger", "kind", "revised", "fetched", "found", "not stored", "time", "errors")
    out.print(yielding_table(out, *columns, rows=rows, right=("run", *counts), first_to_go=go))


def _print_skipped(found: Sequence[RunRow], config: Config) -> None:
    """A table of runs that never were: when each would have been, and why not."""
    rows = [(run.id, run.source_id, when(run.scheduled_for or run.created_at, config), run.reason) for run in found]
    out = console()
    out.print(yielding_table(out, "run", "source", "fire", "why", rows=rows, right=("run",), folded=("why",)))


@app.command()
def show(run: Run, as_json: Json = False) -> None:
    """Show one run. Its counts, its attempts with how they ended, every request."""
    config = load_config()
    with reading(config) as session:
        found = runs.get(session, run)
        if found is None:
            _no_such(run)
        attempts = runs.attempts(session, run)
        fetches = logs.fetches_of(session, run)
        if as_json:
            print_json(
                run_dict(found)
                | {
                    "stats": found.stats,
                    "attempts": [_attempt_dict(attempt) for attempt in attempts],
                    "fetches": [_fetch_dict(fetch) for fetch in fetches],
                }
            )
            return
        out = console()
        out.print(f"[bold]Run {found.id} of {found.source_id}[/]: {found.outcome or found.state}")
        if found.reason:
            out.print(found.reason, markup=False, soft_wrap=True)
        out.print(f"{found.kind}, {_life(found, config)}")
        rows = [(name, getattr(found, name)) for name in runs.COUNTS]
        out.print(table("count", "", rows=rows, right=("",)))
        for name, title in (("reason", "Not stored, by reason"), ("dropped", "Left out of lists, by reason")):
            told = sorted(grouped(found.stats or {}, f"crawler/{name}/").items())
            if told:
                out.print(table("reason", "count", rows=told, title=title, right=("count",)))
        rows_of_attempts = [
            (a.number, a.worker, a.pid, a.outcome or "running", a.finish_reason, _exit_of(a), a.reason)
            for a in attempts
        ]
        columns = ("attempt", "worker", "pid", "outcome", "finish reason", "exit", "reason")
        go = ("pid", "worker", "finish reason")
        out.print(
            yielding_table(out, *columns, rows=rows_of_attempts, title="Attempts", first_to_go=go, folded=("reason",))
        )
        rows_of_fetches = [
            (f.kind, f.status, f.ms, f.bytes, f.outcome, f.url if not f.reason else f"{f.url} ({f.reason})")
            for f in fetches
        ]
        numbers = ("status", "ms", "bytes")
        columns_of_fetches = ("kind", *numbers, "outcome", "address")
        out.print(
            yielding_table(
                out,
                *columns_of_fetches,
                rows=rows_of_fetches,
                title="Requests",
                right=numbers,
                first_to_go=("bytes", "ms"),
                folded=("address",),
            )
        )
        out.print(f"Its log: crawler log {run}")


@app.command()
def cancel(run: Run, as_json: Json = False) -> None:
    """Cancel a run. One that waits ends at once, one that goes on ends cleanly within some seconds."""
    with Database(load_config().url) as database:
        ensure_readable(database)
        with database.write() as session:
            state = queue.cancel(session, run, by=user_name(), now=now(session))
    if state is None:
        _no_such(run)
    if as_json:
        print_json({"run": run, "was": state})
        return
    told = {
        RunState.QUEUED: "was waiting and is cancelled",
        RunState.RUNNING: "is asked to end",
        RunState.FINISHED: "had ended already",
    }
    console().print(f"Run {run} {told[state]}.")


@app.command()
def retry(run: Run, as_json: Json = False) -> None:
    """Let the same crawl wait for the next free place of a runner. Of the same source, with the same options."""
    with Database(load_config().url) as database:
        ensure_readable(database)
        with database.write() as session:
            queued = requests.run_again(session, run)
    if queued is None:
        _no_such(run)
    tell_queued(queued, as_json=as_json)


@app.command()
def tail(run: Run, as_json: Json = False) -> None:
    """Follow the log of a run until it ends. As `crawler log RUN --follow`."""
    log(str(run), follow=True, as_json=as_json)


def _no_such(run: int) -> NoReturn:
    console(stderr=True).print(f"There is no run {run}. See: crawler run list")
    raise typer.Exit(EXIT_NOT_FOUND)


def _spent(run: RunRow) -> timedelta | None:
    return run.finished_at - run.started_at if run.finished_at and run.started_at else None


def _life(run: RunRow, config: Config) -> str:
    """When a run began, by whom, and how long it took, as far as it has come."""
    if run.started_at is None:
        for_when = f", for {when(run.scheduled_for, config, seconds=True)}" if run.scheduled_for else ""
        return f"by {run.trigger}{for_when}: {'waits' if run.state == RunState.QUEUED else 'never started'}"
    started = f"started {when(run.started_at, config, seconds=True)} by {run.trigger}"
    spent = _spent(run)
    return f"{started}, took {duration(spent)}" if spent else f"{started}, goes on"


def _exit_of(attempt: AttemptRow) -> str:
    if attempt.exit_signal:
        return f"signal {attempt.exit_signal}"
    return "" if attempt.exit_code is None else f"code {attempt.exit_code}"


def run_dict(run: RunRow) -> dict[str, Any]:
    """A run as a JSON object, without its statistics."""
    names = ("id", "source_id", "kind", "trigger", "state", "outcome", "reason", "scheduled_for", "created_at")
    spent = _spent(run)
    return {
        **{name: getattr(run, name) for name in names},
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "seconds": spent.total_seconds() if spent else None,
        "options": run.options,
        **{name: getattr(run, name) for name in runs.COUNTS},
    }


def _attempt_dict(attempt: AttemptRow) -> dict[str, Any]:
    names = (
        "number", "worker", "pid", "started_at", "heartbeat_at", "finished_at", "outcome", "reason",
        "finish_reason", "exit_code", "exit_signal", "stderr_tail",
    )  # fmt: skip
    return {name: getattr(attempt, name) for name in names}


def _fetch_dict(fetch: FetchRow) -> dict[str, Any]:
    names = ("at", "kind", "url", "status", "ms", "bytes", "outcome", "reason")
    return {name: getattr(fetch, name) for name in names}
