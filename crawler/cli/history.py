"""`crawler article history` and `cluster`: what became of a text, and where else its story stands. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from crawler.cli.article import (
    Reference,
    cluster_dict,
    found_or_exit,
    print_cluster,
    print_translations,
    translation_dict,
)
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, when
from crawler.config import load_config
from crawler.duplicates.changes import Piece, diff
from crawler.storage import articles, clusters
from crawler.storage.articles import StoredArticle
from crawler.storage.tables import ArticleRow, RevisionRow
from crawler.storage.translations import translations_of

# The texts that are compared, in the order of a page.
COMPARED = ("headline", "lead", "body")
# How a changed word looks on a terminal, and where there are no colours.
LOOK = {"removed": ("red strike", "[-", "-]"), "added": ("green", "{+", "+}"), "same": ("", "", "")}


@dataclass(frozen=True, slots=True)
class Step:
    """From one text of an article to the next."""

    number: int
    """Of the text that was superseded."""
    at: datetime
    kind: str
    changed_fields: list[str]
    changes: dict[str, list[list[Piece]]]
    """Field -> its changed paragraphs."""


def history(
    article: Reference,
    diff: Annotated[bool, typer.Option("--diff", help="Show what changed, word by word.")] = False,
    as_json: Json = False,
) -> None:
    """Show the texts an article has had: when each was replaced, and which fields changed."""
    config = load_config()
    with reading(config) as session:
        found = found_or_exit(articles.find(session, article), article)
    steps = list(_steps(found))
    if as_json:
        print_json([asdict(step) for step in steps])
        return
    out, row = console(), found.row
    out.print(f"[bold]Article {row.id}[/], text {row.revision}: {row.canonical_url}", soft_wrap=True)
    out.print(f"first seen {when(row.first_seen_at, config)}, last seen {when(row.last_seen_at, config)}")
    for step in steps:
        changed = ", ".join(step.changed_fields)
        out.print(
            f"\n[bold]text {step.number} -> {step.number + 1}[/]  {when(step.at, config)}  {step.kind}: {changed}"
        )
        if diff:
            _print_changes(step, out)
    if not steps:
        out.print("It has not changed since.")


def cluster(article: Reference, as_json: Json = False) -> None:
    """Show where else an article's story stands, the earliest published first, and its translations."""
    config = load_config()
    with reading(config) as session:
        row = found_or_exit(articles.find(session, article), article).row
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


def _steps(found: StoredArticle) -> Iterator[Step]:
    texts: list[RevisionRow | ArticleRow] = [*found.revisions, found.row]
    for before, after in zip(found.revisions, texts[1:], strict=True):
        changes = {name: diff(getattr(before, name), getattr(after, name)) for name in COMPARED}
        changes = {name: paragraphs for name, paragraphs in changes.items() if paragraphs}
        yield Step(before.number, before.superseded_at, before.kind, before.changed_fields, changes)


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
