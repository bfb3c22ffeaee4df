"""`crawler article history` and `cluster`: what became of a text, and where else its story stands. Changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli.article import (
    Reference,
    cluster_dict,
    find_or_exit,
    print_cluster,
    print_translations,
    translation_dict,
)
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, when
from crawler.config import load_config
from crawler.storage import clusters
from crawler.storage.history import Step, steps
from crawler.storage.translations import translations_of

# How a changed word looks on a terminal, and where there are no colours.
LOOK = {"removed": ("red strike", "[-", "-]"), "added": ("green", "{+", "+}"), "same": ("", "", "")}


def history(
    article: Reference,
    diff: Annotated[bool, typer.Option("--diff", help="Show what changed, word by word.")] = False,
    as_json: Json = False,
) -> None:
    """Show the texts an article has had. When each was replaced, and which fields changed."""
    config = load_config()
    with reading(config) as session:
        found = find_or_exit(session, article)
    superseded = list(steps(found))
    if as_json:
        print_json([_step_dict(step) for step in superseded])
        return
    out, row = console(), found.row
    out.print(f"[bold]Article {row.id}[/], text {row.revision}: {row.canonical_url}", soft_wrap=True)
    out.print(f"first seen {when(row.first_seen_at, config)}, last seen {when(row.last_seen_at, config)}")
    for step in superseded:
        text = step.superseded
        changed = ", ".join(text.changed_fields)
        replaced = when(text.superseded_at, config)
        out.print(f"\n[bold]text {text.number} -> {text.number + 1}[/]  {replaced}  {text.kind}: {changed}")
        if diff:
            _print_changes(step, out)
    if not superseded:
        out.print("It has not changed since.")


def cluster(article: Reference, as_json: Json = False) -> None:
    """Show where else an article's story stands. The earliest published first; and its translations."""
    config = load_config()
    with reading(config) as session:
        row = find_or_exit(session, article).row
        found = clusters.cluster_of(session, row.id)
        translated = translations_of(session, row.id)
    if as_json:
        print_json({"cluster": cluster_dict(found), "translations": [*map(translation_dict, translated)]})
        return
    out = console()
    if found is None:
        out.print(f"The story of article {row.id} stands at no other address that is known.")
    else:
        print_cluster(found, row, out, config)
    if translated:
        out.print("\n[bold]Translations[/]")
        print_translations(translated, out, config)


def _step_dict(step: Step) -> dict[str, Any]:
    text = step.superseded
    changes = {
        name: [[asdict(piece) for piece in pieces] for pieces in paragraphs]
        for name, paragraphs in step.changes.items()
    }
    return {
        "number": text.number,
        "at": text.superseded_at,
        "kind": text.kind,
        "changed_fields": text.changed_fields,
        "changes": changes,
    }


def _print_changes(step: Step, out: Console) -> None:
    for name, paragraphs in step.changes.items():
        out.print(f"  {name}", style="dim")
        for pieces in paragraphs:
            line = Text("    ")
            for before, piece in zip((None, *pieces), pieces, strict=False):
                style, opens, closes = LOOK[piece.kind]
                if out.is_terminal and before is not None and before.kind == "removed" and piece.kind == "added":
                    line.append(" ")  # colours alone would make one word of the two
                line.append(piece.text if out.is_terminal else f"{opens}{piece.text}{closes}", style)
            out.print(line)
