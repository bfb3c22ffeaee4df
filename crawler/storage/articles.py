"""Questions about one stored article, and its erasure. Callers own the transaction; lists are search.py's part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from crawler.articles.article import Image
from crawler.articles.urls import canonicalise_url, same_address, url_hash
from crawler.storage import clusters
from crawler.storage.dialect import is_postgresql
from crawler.storage.identity import ERASED
from crawler.storage.tables import (
    ArticleRow,
    LinkRow,
    LinkState,
    RelationRow,
    RevisionRow,
    TombstoneRow,
)
from crawler.storage.writing import load_parts


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with all that hangs on it."""

    row: ArticleRow
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    images: tuple[Image, ...]
    relations: tuple[RelationRow, ...]
    """What it points at: translations, related stories, the first article with the same text."""
    revisions: tuple[RevisionRow, ...]
    """Superseded texts, oldest first."""
    links: tuple[LinkRow, ...]
    """The addresses that lead to it."""


def get(session: Session, article_id: int) -> StoredArticle | None:
    """One article by its number."""
    row = session.get(ArticleRow, article_id)
    if row is None:
        return None
    parts = load_parts(session, [article_id])[article_id]
    relations = select(RelationRow).where(RelationRow.article_id == article_id)
    revisions = select(RevisionRow).where(RevisionRow.article_id == article_id)
    links = select(LinkRow).where(LinkRow.article_id == article_id)
    return StoredArticle(
        row,
        parts.authors,
        parts.tags,
        parts.images,
        tuple(session.scalars(relations.order_by(RelationRow.kind, RelationRow.url))),
        tuple(session.scalars(revisions.order_by(RevisionRow.number))),
        tuple(session.scalars(links.order_by(LinkRow.id))),
    )


def find(session: Session, reference: str) -> StoredArticle | None:
    """One article by its number or by any address that leads to it.

    Raises:
        UrlError: `reference` is neither a number nor an absolute http(s) address.
    """
    if reference.isascii() and reference.isdigit():
        return get(session, int(reference)) if len(reference) < 19 else None
    canonical = canonicalise_url(reference)
    key = url_hash(canonical)
    for table, number in ((ArticleRow, ArticleRow.id), (LinkRow, LinkRow.article_id)):
        found = session.execute(select(number, table.canonical_url).where(table.url_hash == key)).first()
        if found is not None and found[0] is not None and same_address(found[1], canonical):
            return get(session, found[0])
    return None


def tombstone(session: Session, reference: str) -> TombstoneRow | None:
    """What is left of an erased article, by its former number or address.

    Raises:
        UrlError: `reference` is neither a number nor an absolute http(s) address.
    """
    if reference.isascii() and reference.isdigit():
        return session.scalar(select(TombstoneRow).where(TombstoneRow.article_id == int(reference[:18])))
    canonical = canonicalise_url(reference)
    found = session.scalar(select(TombstoneRow).where(TombstoneRow.url_hash == url_hash(canonical)))
    return found if found is not None and same_address(found.canonical_url, canonical) else None


def erase(session: Session, article_id: int, reason: str, *, now: datetime) -> TombstoneRow | None:
    """Delete an article with its parts, past texts and search terms for ever; None when it is not there.

    Its addresses are never stored again. What remains: these, its number, when and why. Its duplicates are articles of
    their own and stay. In a SQLite file the freed space is overwritten; single words stay in its index until
    SQLite merges that, and backups keep what they have.
    """
    clusters.leave(session, article_id)
    row = session.get(ArticleRow, article_id, with_for_update=True)
    if row is None:
        return None
    if not is_postgresql(session):
        session.execute(text("PRAGMA secure_delete = ON"))
    stone = TombstoneRow(
        article_id=row.id,
        source_id=row.source_id,
        url_hash=row.url_hash,
        canonical_url=row.canonical_url,
        site_key=row.site_key,
        erased_at=now,
        reason=reason,
    )
    session.add(stone)
    session.execute(
        update(LinkRow)
        .where(LinkRow.article_id == article_id)
        .values(state=LinkState.REJECTED, reason=ERASED, article_id=None, title=None, next_at=None, ended_at=now)
    )
    session.execute(delete(ArticleRow).where(ArticleRow.id == article_id))
    session.flush()
    return stone
