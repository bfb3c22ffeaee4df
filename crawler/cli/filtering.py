"""The options by which articles are chosen: declared once, for every command that has them. Asks nothing itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from crawler.config import load_config
from crawler.spiders.options import read_moment
from crawler.storage.search import Filter

_Several = list[str] | None


def _chosen(
    source: Annotated[_Several, typer.Option(metavar="SOURCE", help="Only of this source.")] = None,
    edition: Annotated[_Several, typer.Option(metavar="EDITION", help="Only of this edition of a source.")] = None,
    section: Annotated[_Several, typer.Option(metavar="SECTION", help="Only of this section, as printed.")] = None,
    author: Annotated[_Several, typer.Option(metavar="AUTHOR", help="Only by this author, as printed.")] = None,
    tag: Annotated[_Several, typer.Option(metavar="TAG", help="Only with this tag, as printed.")] = None,
    language: Annotated[
        _Several, typer.Option(metavar="LANGUAGE", help="Only in this language: ru, kk, en, ...")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published (else first seen) from then on: 2026-11-20, 7d, ...")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Published (else first seen) before then.")] = None,
    revised: Annotated[
        bool | None, typer.Option("--revised/--unrevised", help="Only if the text was replaced, or never.")
    ] = None,
    gone: Annotated[
        bool | None, typer.Option("--gone/--there", help="Only if the site took the page away, or not.")
    ] = None,
    originals_only: Annotated[
        bool, typer.Option("--originals-only", help="Of a story that stands at several addresses only the earliest.")
    ] = False,
) -> Filter:
    config = load_config()
    return Filter(
        sources=tuple(source or ()),
        editions=tuple(edition or ()),
        sections=tuple(section or ()),
        authors=tuple(author or ()),
        tags=tuple(tag or ()),
        languages=tuple(language or ()),
        since=read_moment(since, config.zone, name="since") if since is not None else None,
        until=read_moment(until, config.zone, name="until") if until is not None else None,
        has_revisions=revised,
        is_gone=gone,
        originals_only=originals_only,
    )


def with_filter(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, in the place of its parameter `wanted: Filter`, the options that choose articles.

    An option may be given several times; any of its values will do.
    """
    chosen = inspect.signature(_chosen, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True).parameters

    @wraps(command)
    def asked(**given: Any) -> None:
        wanted = _chosen(**{name: given.pop(name) for name in chosen})
        command(wanted=wanted, **given)

    parameters: list[inspect.Parameter] = []
    for name, parameter in own.items():
        parameters += chosen.values() if name == "wanted" else [parameter]
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    # Typer reads both.
    asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    asked.__annotations__ = {one.name: one.annotation for one in parameters}
    return asked
