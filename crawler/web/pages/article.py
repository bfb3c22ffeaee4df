"""One article: its text, where each field came from, its past texts, its story elsewhere, what led to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.storage import clusters
from crawler.storage.articles import StoredArticle, get, tombstone
from crawler.storage.history import steps
from crawler.storage.tables import ArticleRow, RelationKind, RelationRow
from crawler.web.pages.asking import asking, number_in_path
from crawler.web.rendering import render

# Fields in the order in which they are told, with the attribute that holds them.
TOLD = ("headline", "lead", "body", "published_at", "modified_at", "authors", "section", "tags", "images", "language")
# How lists of other addresses are headed.
RELATIONS = {
    RelationKind.TRANSLATION: "Translations",
    RelationKind.RELATED: "Related articles",
    RelationKind.CONTAINS: "Texts that it contains",
    RelationKind.DUPLICATE: "The same text at another address",
}
# More of a paragraph-by-paragraph comparison is no reading any more. Paragraphs of a field.
MOST_PARAGRAPHS = 200


def article(request: Request) -> Response:
    """Show one article."""
    article_id = number_in_path(request, "article_id")
    with asking(request) as (session, _now):
        found = _found(session, article_id)
        cluster = clusters.cluster_of(session, article_id)
        values: dict[str, Any] = {
            "article": found,
            "row": found.row,
            "paragraphs": found.row.body.split("\n\n") if found.row.body else [],
            "origins": [(name, found.row.origins.get(name)) for name in TOLD],
            "others": [member for member in cluster.members if member.article.id != article_id] if cluster else [],
            "original_id": cluster.original_id if cluster else None,
            "relations": _relations(found.relations, _stored(session, found.relations)),
        }
    return render(request, "article.html", **values)


def changes(request: Request) -> Response:
    """Show what each later text of an article changed, the latest first."""
    article_id = number_in_path(request, "article_id")
    with asking(request) as (session, _now):
        found = _found(session, article_id)
    return render(request, "article_changes.html", row=found.row, steps=[*steps(found)][::-1], most=MOST_PARAGRAPHS)


def _found(session: Session, article_id: int) -> StoredArticle:
    found = get(session, article_id)
    if found is None:
        erased = tombstone(session, str(article_id))
        raise HTTPException(
            404,
            f"It was erased on {erased.erased_at:%Y-%m-%d}: {erased.reason}"
            if erased
            else "There is no article of this number.",
        )
    return found


def _stored(session: Session, relations: Collection[RelationRow]) -> dict[int, tuple[int, str | None]]:
    """Hashes of addresses that are stored -> (number, headline)."""
    asked = select(ArticleRow.url_hash, ArticleRow.id, ArticleRow.headline)
    rows = session.execute(asked.where(ArticleRow.url_hash.in_([one.url_hash for one in relations])))
    return {key: (article_id, headline) for key, article_id, headline in rows}


def _relations(
    relations: Collection[RelationRow], stored: dict[int, tuple[int, str | None]]
) -> list[tuple[str, list[tuple[RelationRow, tuple[int, str | None] | None]]]]:
    """What the article points at, headed by its kind, each with the article that is stored under the address."""
    return [
        (title, its)
        for kind, title in RELATIONS.items()
        if (its := [(one, stored.get(one.url_hash)) for one in relations if one.kind == kind])
    ]
