"""`crawler explain`: what became of one address, and why."""

from __future__ import annotations

from dataclasses import asdict

import typer

from crawler.cli import EXIT_USAGE
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, when
from crawler.config import load_config
from crawler.errors import UrlError
from crawler.monitoring.explain import explain as ask
from crawler.sources.registry import Registry


def explain(url: str, as_json: Json = False) -> None:
    """Say what became of an address, why, and what to do. Stored, pending, rejected or never seen; since when."""
    config = load_config()
    with reading(config) as session:
        try:
            answer = ask(session, url, Registry.load(config.source_folders))
        except UrlError as error:
            console(stderr=True).print(str(error), markup=False)
            raise typer.Exit(EXIT_USAGE) from None
    if as_json:
        print_json(asdict(answer))
        return
    out = console()
    out.print(f"[bold]{answer.verdict}[/]: ", end="")
    out.print(answer.summary, markup=False, soft_wrap=True)
    if answer.canonical_url != url:
        out.print(f"canonical address: {answer.canonical_url}", markup=False, soft_wrap=True)
    for step in answer.steps:
        out.print(f"  {when(step.at, config, seconds=True) or '':19}  {step.text}", markup=False, soft_wrap=True)
    out.print(f"→ {answer.advice}", markup=False, soft_wrap=True)
