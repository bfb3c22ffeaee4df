"""`crawler demo`: the main job end to end on a small bundled news site, without internet."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import EXIT_FAILED
from crawler.cli.output import console
from crawler.errors import ConfigError


def demo(
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the demo's database and source file in this folder.")
    ] = None,
) -> None:
    """Crawl a small bundled news site twice and show what came of it.

    Exit codes: 0 all was as it must be; 1 something was not; 2 the folder is already in use.
    """
    from crawler.demo.tour import take_tour

    if keep is not None:
        if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
            raise ConfigError(f"{keep} is there and not an empty folder; name another one for the demo", setting="keep")
        failures = take_tour(keep.absolute(), console(), keep=True)
    else:
        with tempfile.TemporaryDirectory(prefix="crawler-demo-") as folder:
            failures = take_tour(Path(folder), console(), keep=False)
    if failures:
        raise typer.Exit(EXIT_FAILED)
