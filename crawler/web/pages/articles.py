"""The list of articles: words, filters, facets, order, pages; all of it in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from crawler.errors import QueryError
from crawler.storage.facets import SPREAD, Facet
from crawler.storage.filters import Filter
from crawler.storage.search import Cursor, Order, Page, count, facets, read_filter, search
from crawler.web.pages.asking import asked, asking, no_such_sources, registry_of
from crawler.web.rendering import address, render
from crawler.web.visitor import Visitor

PAGE = 25
FACETS_SHOWN = 8
# Facet -> its name in the address.
NARROWING: Mapping[Facet, str] = {
    "source": "source",
    "language": "language",
    "section": "section",
    "author": "author",
    "tag": "tag",
}
# Fields of the form that are field words of a question, too.
DATES = ("since", "until")


def articles(request: Request) -> Response:
    """Show the articles that are asked for."""
    visitor = Visitor.of(request)
    order: Order = "best" if asked(request, "order") == "best" else "newest"
    page, wrong, total, wanted = Page((), None), None, None, Filter()
    unknown: list[tuple[str, list[tuple[str, str]]]] = []
    spread: Mapping[Facet, list[tuple[str, int]]] = {}
    with asking(request) as (session, now):
        try:
            wanted = _filter(request, visitor, now)
            cursor = asked(request, "after")
            page = search(session, wanted, order=order, after=Cursor.decode(cursor) if cursor else None, limit=PAGE)
            total = count(session, wanted)
            if not total.number:
                unknown = no_such_sources(
                    request,
                    session,
                    wanted.sources,
                    lambda wrong, right: _link(request, source=right, q=_without(request, wrong)),
                )
            spread = facets(session, wanted, zone=visitor.printing.zone, most=FACETS_SHOWN)
        except QueryError as error:
            wrong = error
    chosen = {name: asked(request, name) for name in (*NARROWING.values(), "q", *DATES, "only")}
    return render(
        request,
        "articles.html",
        status=400 if wrong else 200,
        hits=page.hits,
        next_page=_link(request, after=page.next_cursor.encode()) if page.next_cursor else None,
        first_page=_link(request) if asked(request, "after") else None,
        wrong=wrong,
        unknown=unknown,
        total=total,
        facets=_facets(request, spread, chosen),
        spread_over=SPREAD,
        chosen=chosen,
        order=order if wanted.words else "newest",
        is_filtered=any(chosen.values()),
        sources=sorted(registry_of(request).sources),
    )


def _filter(request: Request, visitor: Visitor, now: datetime) -> Filter:
    """The filter that the address means: fields of the form, and field words in the question."""
    single = {f"{name}s": (value,) for name in NARROWING.values() if (value := asked(request, name))}
    only = asked(request, "only")
    base = Filter(
        **single,  # type: ignore[arg-type]
        has_revisions=True if only == "revised" else None,
        originals_only=only == "original",
        is_gone=True if only == "gone" else None,
    )
    dates = " ".join(f'{name}:"{value}"' for name in DATES if (value := asked(request, name)))
    return read_filter(f"{asked(request, 'q') or ''} {dates}".strip(), base, zone=visitor.printing.zone, now=now)


def _without(request: Request, source_id: str) -> str | None:
    """The question without the field word for a source, which the address has a field of its own for."""
    words = asked(request, "q")
    return words and re.sub(rf"(?i)(?<!\S)source:\"?{re.escape(source_id)}\"?(?!\S)", "", words).strip()


def _facets(
    request: Request, spread: Mapping[Facet, list[tuple[str, int]]], chosen: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """What the results can be narrowed by, each value with the address that does it, or that takes it back."""
    found = []
    for facet, name in NARROWING.items():
        values = [
            {
                "value": value,
                "number": number,
                "is_chosen": chosen[name] == value,
                "address": _link(request, **{name: None if chosen[name] == value else value}),
            }
            for value, number in spread.get(facet, [])
        ]
        if values and (len(values) > 1 or values[0]["is_chosen"]):
            found.append({"name": facet, "values": values})
    return found


def _link(request: Request, **changes: str | None) -> str:
    """The address of these results with something changed, from their first page on."""
    return address("/articles", {**request.query_params, "after": None, **changes})
