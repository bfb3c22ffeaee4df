"""The tree of commands: which noun has which verbs. Does none of them."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler import __version__
from crawler.cli import (
    article,
    article_lists,
    crawl,
    db,
    demo,
    error,
    explain,
    export,
    history,
    log,
    run,
    schedule,
    serve,
    source,
    token,
    up,
)

app = typer.Typer(
    name="crawler",
    help="A scheduled news crawler: crawl sources into a SQL database, query the articles, inspect runs and logs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
app.command("crawl")(crawl.crawl)
app.command("up")(up.up)
app.command("serve")(serve.serve)
app.command("log")(log.log)
app.command("explain")(explain.explain)
app.command("export")(export.export_)
app.command("demo")(demo.demo)
app.add_typer(source.app, name="source")
article.app.command("list")(article_lists.list_)
article.app.command("search")(article_lists.search_)
article.app.command("history")(history.history)
article.app.command("cluster")(history.cluster)
app.add_typer(article.app, name="article")
app.add_typer(run.app, name="run")
app.add_typer(schedule.app, name="schedule")
app.add_typer(error.app, name="error")
app.add_typer(db.app, name="db")
app.add_typer(token.app, name="token")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crawler {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
