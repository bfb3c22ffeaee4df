"""`crawler crawl`: crawl sources now, with live progress and a closing table."""

from __future__ import annotations

import logging
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from sqlalchemy.orm import Session

from crawler.cli import EXIT_DATABASE, EXIT_FAILED, EXIT_INTERRUPTED
from crawler.cli.children import Child, Children
from crawler.cli.output import Json, console, duration, fitting_table, print_json, when, yielding_table
from crawler.config import Config, load_config
from crawler.errors import ConfigError, SourceError
from crawler.sources.registry import Registry
from crawler.storage import links, logs, runs
from crawler.storage.database import Database
from crawler.storage.outcome import GOOD_OUTCOMES, Outcome, ProcessEnd, Stop, grouped, judge_outcome, times
from crawler.storage.runs import Ending
from crawler.storage.schema import State, ensure_ready, inspect_schema
from crawler.storage.search import Filter, search
from crawler.storage.tables import RunRow

# How often progress is told in plain lines when nobody sits at a terminal. Seconds.
TELL_EVERY = 10.0
# Of the log of a crawl that failed, so many complaints are shown: the first ones tell the cause. Lines.
WARNINGS = 3

LIVE_COUNTS = ("discovered", "fetched", "new", "revised", "unchanged", "duplicate", "rejected", "failed")


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Ids; none means all.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Fetch at most this many articles of each source.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Take links as old as this date instead of the source's own horizon.")
    ] = None,
    revisit: Annotated[
        bool, typer.Option("--revisit", help="Only look again at known articles that are due; find no new ones.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Crawl, show what would be stored, store nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Crawl sources now and store their new and changed articles.

    Exit codes: 0 all runs succeeded; 1 one did not; 2 wrong option or source file; 3 database; 130 stopped by Ctrl-C.
    """
    from crawler.spiders.options import CrawlOptions

    config = load_config()
    options = CrawlOptions.read({"limit": limit, "since": since, "revisit": revisit}, config.zone).recorded()
    if revisit and dry_run:
        raise ConfigError("--revisit with --dry-run: a dry run knows no articles; leave one of them out")
    registry = Registry.load(config.source_folders)
    chosen = _chosen(sources or [], registry)
    err = console(stderr=True)
    for problem in registry.problems:
        err.print(f"[yellow]Left out:[/] {problem}", soft_wrap=True)
    if not config.contact:
        err.print(
            "[yellow]CRAWLER_CONTACT is not set:[/] sites cannot tell whom to write to. Set a mail address or page."
        )
    with _database(config, chosen, dry_run) as (database, environment):
        children = Children(chosen, options=options, environment=environment, at_once=config.concurrent_runs)
        interrupted = _run(children, err)
        results = [result_of(child, database, stopped=interrupted) for child in children.all]
        if as_json:
            print_json(results if not dry_run else {"runs": results, "articles": _would_store(database)})
        else:
            _print_results(results, console(), is_kept=not dry_run)
            if dry_run:
                _print_would_store(database, console(), config)
    if interrupted:
        raise typer.Exit(EXIT_INTERRUPTED)
    if any(child.finish_reason == Outcome.FAILED_TO_START for child in children.all):  # so says who opens the database
        raise typer.Exit(EXIT_DATABASE)
    if any(result["outcome"] not in GOOD_OUTCOMES for result in results):
        raise typer.Exit(EXIT_FAILED)


def _chosen(ids: Sequence[str], registry: Registry) -> list[str]:
    if ids:
        return [registry.get(source_id).id for source_id in dict.fromkeys(ids)]
    if not registry.sources:
        raise SourceError(registry.problems) if registry.problems else ConfigError("there are no sources to crawl")
    return list(registry.sources)


@contextmanager
def _database(config: Config, source_ids: Sequence[str], dry_run: bool) -> Iterator[tuple[Database, Mapping[str, str]]]:
    """The database of the crawl and what the children's environment must say of it; a dry run gets one of its own."""
    if not dry_run:
        with Database(config.url) as database:
            ensure_ready(database)
            yield database, {}
        return
    with tempfile.TemporaryDirectory(prefix="crawler-dry-run-") as folder:
        url = f"sqlite:///{Path(folder) / 'dry-run.db'}"
        with Database(url) as database:
            ensure_ready(database)
            _copy_ledger(config, database, source_ids)
            yield database, {"CRAWLER_DATABASE_URL": url}


def _copy_ledger(config: Config, database: Database, source_ids: Sequence[str]) -> None:
    """Let a dry run know what is known, so that it fetches what a real one would."""
    with Database(config.url) as real:
        if inspect_schema(real).state is not State.CURRENT:
            return
        with real.read() as session, database.write() as target:
            for source_id in source_ids:
                links.copy(session, target, source_id)


# --- While it goes on -------------------------------------------------------------------------------------------------
def _run(children: Children, err: Console) -> bool:
    """Run all to their end; returns whether somebody asked to stop."""
    asked = answered = 0

    def stop(signum: int, frame: object) -> None:
        # Says nothing by itself: the next signal may come in the middle of a line, and would break it off.
        nonlocal asked
        asked += 1
        children.stop()

    def answer() -> None:
        nonlocal answered
        while answered < asked:
            err.print(f"Stopping {'now' if answered else 'when the page in hand is done; once more stops at once'}.")
            answered += 1

    before = {which: signal.signal(which, stop) for which in (signal.SIGINT, signal.SIGTERM)}
    told = monotonic()
    try:
        with Live(console=err, refresh_per_second=4, transient=True) if err.is_terminal else nullcontext() as live:
            for _ in children.run():
                answer()
                if live:
                    live.update(_progress(children.all, err))
                elif monotonic() - told >= TELL_EVERY:
                    told = monotonic()
                    _tell(children.all, err)
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
    answer()
    return children.stopped


def _progress(children: Sequence[Child], err: Console) -> Any:
    rows = (
        (c.source_id, c.state, *(c.count(name) for name in LIVE_COUNTS), duration(timedelta(seconds=c.seconds)))
        for c in children
    )
    return fitting_table(err, "source", "state", *LIVE_COUNTS, "time", rows=rows, right=(*LIVE_COUNTS, "time"))


def _tell(children: Sequence[Child], err: Console) -> None:
    for child in children:
        if child.process is not None and child.ended is None:
            counts = ", ".join(f"{child.count(name)} {name}" for name in LIVE_COUNTS if child.count(name))
            now = child.state if child.waits_for else counts or "reading lists"
            err.print(f"{child.source_id}: {now} after {child.seconds:.0f} s", soft_wrap=True)


# --- Afterwards -------------------------------------------------------------------------------------------------------
def result_of(child: Child, database: Database, *, stopped: bool) -> dict[str, Any]:
    """What became of one crawl: the record of its run, or why there is none."""
    if child.run_id is not None:
        with database.write() as session:
            _end_unfinished(session, child, stopped)
            run = runs.get(session, child.run_id)
            if run is not None and run.outcome:
                return _of_run(run) | {"warnings": _warnings(session, run)}
    if child.process is None or (stopped and child.run_id is None):  # the latter in the second in which Python loads
        return {"source": child.source_id, "run": None, "outcome": "skipped", "reason": "stopped before it began"}
    code = child.process.returncode
    reason = child.error_output() or f"the process ended with code {code} and no word"
    return {"source": child.source_id, "run": child.run_id, "outcome": "failed_to_start", "reason": reason}


def _end_unfinished(session: Session, child: Child, stopped: bool) -> None:
    """End the record of a crawl whose process left no last word, by what its parent saw."""
    assert child.process is not None
    code = child.process.returncode
    seen = ProcessEnd(
        began=True,
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        stopped_for=Stop.CANCEL if stopped else None,
        last_words=child.error_output().rpartition("\n")[2],
    )
    for one in runs.unfinished(session, source_id=child.source_id):
        if one.attempt.run_id == child.run_id:
            verdict = judge_outcome(finish_reason=None, stats={}, process=seen)
            ending = Ending(verdict.outcome, verdict.reason, None, seen.exit_code, seen.signal, child.error_output())
            runs.finish(session, one.attempt, ending, now=datetime.now(UTC))


def _of_run(run: RunRow) -> dict[str, Any]:
    stats = run.stats or {}
    spent = run.finished_at - run.started_at if run.finished_at and run.started_at else None
    return {
        "source": run.source_id,
        "run": run.id,
        "outcome": run.outcome,
        "reason": run.reason,
        **{name: getattr(run, name) for name in runs.COUNTS},
        "reasons": grouped(stats, "crawler/reason/"),
        "left_out": grouped(stats, "crawler/dropped/"),
        "seconds": spent.total_seconds() if spent else None,
    }


def _warnings(session: Session, run: RunRow) -> list[str]:
    """What its log complains of, where it did not do its work."""
    if run.outcome in GOOD_OUTCOMES:
        return []
    records = logs.records_of(session, run.id, level=logging.WARNING, limit=WARNINGS)
    return [record.message.partition("\n")[0] for record in records]


def _print_results(results: Sequence[Mapping[str, Any]], out: Console, *, is_kept: bool) -> None:
    counted = [result for result in results if "discovered" in result]
    if counted:
        # A dry run's number is of a database that is gone.
        columns = ("source", *(["run"] if is_kept else []), "outcome", *runs.COUNTS, "time")
        rows = [
            (
                *(result[name] for name in columns[:-1]),
                duration(timedelta(seconds=result["seconds"])) if result["seconds"] is not None else "",
            )
            for result in counted
        ]
        out.print(fitting_table(out, *columns, rows=rows, right=("run", *runs.COUNTS, "time")))
    for result in results:
        reasons = result.get("reasons", {}) | {k: n for k, n in result.get("left_out", {}).items() if k == "too_old"}
        if reasons:
            told = ", ".join(f"{n} {word}" for word, n in sorted(reasons.items(), key=lambda pair: -pair[1]))
            out.print(f"{result['source']}: not stored: {told}", soft_wrap=True)
        if result["reason"]:
            out.print(f"{result['source']}: {result['outcome']}: {result['reason']}", soft_wrap=True, markup=False)
        for warning in result.get("warnings", ()):
            out.print(f"  {warning}", soft_wrap=True, markup=False)
    run_ids = [result["run"] for result in results if result["run"]]
    if run_ids and is_kept and sys.stdout.isatty():
        last = run_ids[-1]
        out.print(f"[dim]Look closer: crawler run show {last} · crawler log {last} · crawler article list[/]")


def _would_store(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return [
            {
                "url": row.canonical_url,
                "headline": row.headline,
                "published_at": row.published_at,
                "words": row.word_count,
            }
            for row in (hit.row for hit in search(session, Filter(), limit=1_000).hits)
        ]


def _print_would_store(database: Database, out: Console, config: Config) -> None:
    found = _would_store(database)
    were = "was" if len(found) == 1 else "were"
    out.print(f"Dry run: {times(len(found), 'article')} {were} read and nothing was stored.")
    if not found:
        return
    rows = [
        (when(one["published_at"], config) or "no date", one["words"], one["headline"], one["url"]) for one in found
    ]
    columns = ("published", "words", "headline", "url")
    out.print(yielding_table(out, *columns, rows=rows, right=("words",), cut=("headline",), folded=("url",)))
