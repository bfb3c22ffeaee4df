"""`crawler source health`: what needs attention, and how sources fare. Exit code 1 when something is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.orm import Session

from crawler.cli import EXIT_FAILED
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, table, when, yielding_table
from crawler.config import Config, load_config
from crawler.monitoring.health import Problem, Severity, SourceHealth, State, survey
from crawler.sources.registry import Registry
from crawler.storage import feeds, tallies
from crawler.storage.database import now
from crawler.storage.outcome import times

# Of a named source: runs and answers of so long.
DETAILS = timedelta(days=7)
_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "dim"}
# Eight heights of a bar, and a blank for nothing.
_BARS = " ▁▂▃▄▅▆▇█"


def health(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Ids; none means all.")] = None,
    show_all: Annotated[bool, typer.Option("--all", "-a", help="A table of all sources, the well ones too.")] = False,
    as_json: Json = False,
) -> None:
    """Say what needs attention, the worst first. Exit code 1 when something does; notices do not count."""
    config = load_config()
    registry = Registry.load(config.source_folders)
    for source_id in sources or ():
        registry.get(source_id)
    with reading(config) as session:
        moment = now(session)
        found = survey(session, registry, now=moment)
        details = [_details(session, source_id, moment) for source_id in sources or ()]
    problems = [one for one in found.problems if not sources or one.source_id in sources]
    fares = [one for one in found.sources if not sources or one.source_id in sources]
    if as_json:
        print_json(
            {
                "at": moment,
                "problems": [_problem_dict(one) for one in problems],
                "sources": [_health_dict(one) for one in fares],
                **({"details": details} if details else {}),
            }
        )
    else:
        out = console()
        _print_problems(out, problems, config)
        if show_all or sources:
            _print_table(out, fares, config)
        _print_sum(out, fares)
        for one in details:
            _print_details(out, one, config)
    if any(one.severity != Severity.NOTICE for one in problems):
        raise typer.Exit(EXIT_FAILED)


def _print_problems(out: Console, problems: Sequence[Problem], config: Config) -> None:
    for one in problems:
        line = Text.assemble(
            (one.severity.upper(), _STYLES[one.severity]),
            "  ",
            (one.source_id or "crawler", "bold"),
            f": {one.message}",
            (f"  (since {when(one.since, config)})" if one.since else "", "dim"),
        )
        out.print(line, soft_wrap=True)
        out.print(Text(f"  {one.remedy}", "dim"), soft_wrap=True)


def _print_table(out: Console, fares: Sequence[SourceHealth], config: Config) -> None:
    columns = ("source", "state", "14 days", "24 h", "usual", "last new", "last good run", "next run")
    rows = [
        (
            one.source_id,
            one.state,
            bars(one.daily),
            one.articles_24h,
            one.usual_24h,
            when(one.last_new_at, config),
            when(one.last_success_at, config),
            _next(one, config),
        )
        for one in fares
    ]
    go = ("last good run", "usual", "14 days")
    out.print(yielding_table(out, *columns, rows=rows, right=("24 h", "usual"), first_to_go=go))


def _next(one: SourceHealth, config: Config) -> str:
    if one.is_running:
        return "running"
    if one.state == State.PAUSED:
        return f"paused until {when(one.paused_until, config)}" if one.paused_until else "paused"
    return when(one.next_fire_at, config)


def _print_sum(out: Console, fares: Sequence[SourceHealth]) -> None:
    counts = Counter(one.state for one in fares)
    said = ", ".join(f"{counts[state]} {_WORDS[state]}" for state in State if counts[state])
    out.print(f"{times(len(fares), 'source')}: {said}")


_WORDS = {
    State.CRITICAL: "critical",
    State.WARNING: "with a warning",
    State.PAUSED: "paused",
    State.YOUNG: "too young to judge",
    State.WELL: "well",
}


def bars(numbers: Sequence[int]) -> str:
    """Numbers as a row of bars, the largest the highest.

    >>> bars([0, 1, 4, 8])
    ' ▁▄█'
    """
    top = max(numbers, default=0)
    return "".join(_BARS[-(-number * 8 // top)] if number else " " for number in numbers)


def _details(session: Session, source_id: str, moment: datetime) -> dict[str, Any]:
    """What helps to understand one source: how its runs ended, what was answered, how its lists stand."""
    since = moment - DETAILS
    return {
        "source": source_id,
        "outcomes": dict(tallies.outcomes_of(session, source_id, since=since)),
        "answers": [asdict(one) for one in tallies.answers(session, source_id, since=since)],
        "lists": [{name: getattr(row, name) for name in _LIST} for row in feeds.of_source(session, source_id)],
    }


_LIST = ("kind", "url", "failures", "last_error", "last_polled_at", "last_success_at", "last_new_at")


def _print_details(out: Console, one: dict[str, Any], config: Config) -> None:
    ended = ", ".join(f"{number:,} {word}" for word, number in one["outcomes"].items())
    out.print(f"[bold]{one['source']}[/], runs of {DETAILS.days} days: {ended or 'none'}")
    rows = [
        (each["kind"], each["outcome"], each["status"], each["requests"], each["ms"] and round(each["ms"]))
        for each in one["answers"]
    ]
    numbers = ("status", "requests", "mean ms")
    if rows:
        out.print(table("kind", "outcome", *numbers, rows=rows, right=numbers))
    lists = [
        (each["kind"], each["url"], when(each["last_success_at"], config), when(each["last_new_at"], config),
         each["last_error"])
        for each in one["lists"]
    ]  # fmt: skip
    if lists:
        out.print(table("list", "address", "last read", "last new link", "wrong", rows=lists))


def _problem_dict(one: Problem) -> dict[str, Any]:
    return {
        "source": one.source_id,
        "rule": one.rule,
        "severity": one.severity,
        "message": one.message,
        "remedy": one.remedy,
        "since": one.since,
        **one.links,
    }


def _health_dict(one: SourceHealth) -> dict[str, Any]:
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return values | {"problems": [problem.rule for problem in one.problems]}
