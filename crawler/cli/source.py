"""`crawler source`: which sources there are, what their files say, whether they are right."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from crawler.cli import EXIT_FAILED, source_health, source_test
from crawler.cli.output import Json, console, print_json, yielding_table
from crawler.config import load_config
from crawler.errors import SourceProblem
from crawler.sources.registry import Registry
from crawler.sources.values import duration_in_words
from crawler.storage.outcome import times

app = typer.Typer(help="Sources: the news sites that are declared.", no_args_is_help=True)
app.command("health")(source_health.health)
app.command("test")(source_test.test)


def _registry() -> Registry:
    return Registry.load(load_config().source_folders)


def _own_folders() -> str:
    return ", ".join(
        f"{folder}{'' if folder.is_dir() else ' (not there yet)'}" for folder in load_config().looked_for_sources
    )


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List all sources, those with a broken file as well."""
    registry = _registry()
    known: list[dict[str, Any]] = [
        {
            "id": source.id,
            "name": source.name,
            "country": source.country,
            "languages": [edition.language for edition in source.editions],
            "schedule": list(source.schedule),
            "file": str(registry.path_of(source.id)),
            "replaces": str(registry.replaced[source.id]) if source.id in registry.replaced else None,
        }
        for source in registry.sources.values()
    ]
    if as_json:
        print_json({"sources": known, "problems": [_problem(problem) for problem in registry.problems]})
        return
    out = console()
    rows = [
        (
            one["id"],
            one["name"],
            one["country"],
            " ".join(one["languages"]),
            "; ".join(one["schedule"]) or "by hand",
            "yours" if one["replaces"] or "sources/sites" not in one["file"] else "packaged",
        )
        for one in known
    ]
    columns, go = ("id", "name", "country", "languages", "schedule", "file"), ("country", "languages", "name")
    out.print(yielding_table(out, *columns, rows=rows, first_to_go=go, folded=("schedule",)))
    for source_id, path in registry.replaced.items():
        out.print(f"{source_id}: your file {registry.path_of(source_id)} is used in place of the packaged {path}")
    for problem in registry.problems:
        console(stderr=True).print(f"Left out: {problem}", markup=False, soft_wrap=True)
    if out.is_terminal:
        out.print(Text(f"Files of your own are read from {_own_folders()}", "dim"), soft_wrap=True)


@app.command()
def show(source: str, as_json: Json = False) -> None:
    """Show what a source's file says, defaults included."""
    registry = _registry()
    found = registry.get(source)
    file = str(registry.path_of(source))
    if as_json:
        print_json({"file": file, **found.model_dump(mode="json")})
        return
    out = console()
    for line in _lines({"file": file, **found.model_dump()}):
        out.print(line, markup=False, soft_wrap=True)


def _lines(value: dict[str, Any], indent: str = "") -> list[str]:
    """A nested declaration as indented lines, without what is empty."""
    lines: list[str] = []
    for key, entry in value.items():
        if entry in (None, "", (), {}):
            continue
        if isinstance(entry, dict):
            lines += [f"{indent}{key}:", *_lines(entry, indent + "  ")]
        elif isinstance(entry, tuple) and isinstance(entry[0], dict):
            for number, part in enumerate(entry):
                lines += [f"{indent}{key}[{number}]:", *_lines(part, indent + "  ")]
        else:
            values = entry if isinstance(entry, tuple) else (entry,)
            lines.append(f"{indent}{key}: {', '.join(map(_as_written, values))}")
    return lines


def _as_written(value: object) -> str:
    """A value as a source file has it."""
    if isinstance(value, timedelta):
        return duration_in_words(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@app.command()
def check(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Ids; none means all.")] = None,
    as_json: Json = False,
) -> None:
    """Check source files. Every problem of every file at once, each with its remedy. Exit code 1 when there is one."""
    registry = _registry()
    problems = list(registry.problems)
    if sources:
        problems = [p for p in problems if any(name in p.file for name in sources)]
        for name in sources:
            if name not in registry.sources and not any(name in p.file for p in problems):
                err = console(stderr=True)
                err.print(f"Files of your own are read from {_own_folders()}", markup=False, soft_wrap=True)
                registry.get(name)  # says that there is none
    if as_json:
        print_json({"sources": len(registry.sources), "problems": [_problem(problem) for problem in problems]})
    else:
        for problem in problems:
            console(stderr=True).print(str(problem), markup=False, soft_wrap=True)
        right = len(sources) if sources else len(registry.sources)
        told = f"{times(right, 'source file')} {'is' if right == 1 else 'are'} right"
        console().print(times(len(problems), "problem") if problems else told)
    if problems:
        raise typer.Exit(EXIT_FAILED)


def _problem(problem: SourceProblem) -> dict[str, str]:
    return {"file": problem.file, "field": problem.field, "value": problem.value, "remedy": problem.remedy}
