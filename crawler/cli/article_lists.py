"""`crawler article list` and `search`: which articles there are, and where words stand in them. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from crawler.cli.article import article_dict, print_list
from crawler.cli.filtering import with_filter
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, when
from crawler.cli.unknown import tell_unknown
from crawler.config import Config, load_config
from crawler.storage.outcome import times
from crawler.storage.search import Count, Cursor, Filter, Hit, Page, Piece, count, facets, read_filter, search

# More than any database has, and a number that each of them takes. Articles.
MOST = 10**12
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")]
After = Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on where a page ended: the cursor it printed.")]

# Columns that stand before a hit's second and third line, and that a snippet is wide at most: a longer line tires.
INDENT, WIDEST = 2, 100
# A bar of facets, in columns.
BAR = 20


@with_filter
def list_(wanted: Filter, limit: Limit = 20, after: After = None, as_json: Json = False) -> None:
    """List articles, newest first."""
    config = load_config()
    with reading(config) as session:
        page = search(session, wanted, after=_cursor(after), limit=limit)
        if not page.hits:
            tell_unknown(session, config, wanted.sources)
    if as_json:
        print_json(_page_dict(page))
        return
    print_list([hit.row for hit in page.hits], config)
    _print_next(page)


@with_filter
def search_(
    text: Annotated[
        str, typer.Argument(help='Words in any form, all of which must occur; "a phrase", -without, a OR b, begin*.')
    ],
    wanted: Filter,
    best: Annotated[bool, typer.Option("--best", help="Best first instead of newest first.")] = False,
    with_facets: Annotated[
        bool, typer.Option("--facets", help="Show how the articles are spread over sources, sections, tags, days, ...")
    ] = False,
    limit: Limit = 10,
    after: After = None,
    as_json: Json = False,
) -> None:
    """Find articles by words, in any form: Russian, Kazakh, English.

    Fields may stand among the words: source:tengrinews section:Спорт author:"Ann Reed" tag:bridge lang:ru
    after:2026-11-01 before:yesterday is:revised.
    """
    config = load_config()
    wanted = read_filter(text, wanted, zone=config.zone, now=datetime.now(UTC))
    with reading(config) as session:
        page = search(session, wanted, order="best" if best else "newest", after=_cursor(after), limit=limit)
        number = count(session, wanted)
        spread = facets(session, wanted, zone=config.zone) if with_facets else None
        if not number.number:
            tell_unknown(session, config, wanted.sources)
    if as_json:
        print_json(
            _page_dict(page)
            | {"count": number.number, "count_is_exact": number.is_exact}
            | ({"facets": spread} if spread is not None else {})
        )
        return
    out = console()
    for hit in page.hits:
        _print_hit(hit, out, config)
    if spread is not None:
        _print_facets(spread, out)
    out.print(_counted(number, len(page.hits), is_later=after is not None))
    _print_next(page)


def _cursor(text: str | None) -> Cursor | None:
    return None if text is None else Cursor.decode(text)


def _page_dict(page: Page) -> dict[str, Any]:
    articles = [article_dict(hit.row) | {"snippet": _plain(hit.highlights.snippet)} for hit in page.hits]
    return {"articles": articles, "next_cursor": page.next_cursor and page.next_cursor.encode()}


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _print_hit(hit: Hit, out: Console, config: Config) -> None:
    row = hit.row
    headline = _marked(hit.highlights.headline or (Piece("(no headline)", False),), "bold", "bold yellow")
    facts = (f"article {row.id}", when(row.published_at or row.first_seen_at, config), row.source_id, row.section)
    told = [*filter(None, facts), *(["revised"] if row.revision > 1 else []), *(["gone"] if row.gone_at else [])]
    snippet = _marked(hit.highlights.snippet, "", "bold yellow")
    out.print(headline)
    for text in (Text(" · ".join(told), "dim"), snippet):
        if out.is_terminal:
            out.print(Padding(text, (0, 0, 0, INDENT), expand=False), width=min(out.width, WIDEST))
        else:
            out.print(Text(" " * INDENT) + text)
    out.print()


def _marked(pieces: Sequence[Piece], plain: str, hit: str) -> Text:
    return Text.assemble(*((piece.text, hit if piece.is_hit else plain) for piece in pieces))


def _counted(number: Count, shown: int, *, is_later: bool) -> str:
    if not number.number:
        return "No articles."
    if number.is_exact and shown == number.number and not is_later:
        return f"{times(shown, 'article')}."
    return f"{shown} of {'' if number.is_exact else 'more than '}{number.number:,} articles."


def _print_next(page: Page) -> None:
    if page.next_cursor is not None:
        console(stderr=True).print(Text(f"The next ones: --after {page.next_cursor.encode()}", "dim"), soft_wrap=True)


def _print_facets(spread: Mapping[Any, list[tuple[str, int]]], out: Console) -> None:
    """Each facet as lines with a bar; of days those of the last two weeks that have any."""
    for name, values in spread.items():
        shown = values[:14] if name == "day" else values
        if not shown:
            continue
        out.print(Text(name, "bold"))
        most = max(number for _, number in shown)
        for value, number in shown:
            bar = "▇" * max(1, round(number / most * BAR))
            line = Text.assemble(f"  {number:>6,} ", (f"{bar:<{BAR}} ", "cyan"), value)
            out.print(line, no_wrap=out.is_terminal, overflow="ellipsis", soft_wrap=not out.is_terminal)
    out.print()
