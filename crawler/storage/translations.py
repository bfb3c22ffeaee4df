"""Which articles tell one story in different languages? Relations between them, both ways; joins no cluster.

Two proofs: a page declares the other by hreflang, or one site has both under one id in two of its editions. Callers own
the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session, aliased

from crawler.duplicates.matching import WINDOW
from crawler.storage.tables import ArticleRow, LinkRow, RelationKind, RelationRow
from crawler.storage.upsert import insert

_KIND = RelationKind.TRANSLATION
_COLUMNS = (ArticleRow.id, ArticleRow.url_hash, ArticleRow.canonical_url, ArticleRow.language)


def translations_of(session: Session, article_id: int) -> list[ArticleRow]:
    """The stored translations of an article, by language."""
    asked = (
        select(ArticleRow)
        .join(RelationRow, RelationRow.url_hash == ArticleRow.url_hash)
        .where(RelationRow.article_id == article_id, RelationRow.kind == _KIND)
    )
    return [*session.scalars(asked.order_by(ArticleRow.language, ArticleRow.id))]


def relate(session: Session, article_ids: Collection[int]) -> None:
    """Write down, of articles that this transaction has stored, which are translations of which stored ones.

    Each of two then has a relation with the other's canonical address, whoever declared it and whoever came first. As
    often as one likes. What is a translation is no duplicate, also when the text is the same: some sites put the
    untranslated text at the other language's address.
    """
    pairs = _declared(session, article_ids) | _with_the_same_id(session, article_ids)
    if not pairs:
        return
    pairs |= {(other, one) for one, other in pairs}
    numbers = {number for pair in pairs for number in pair}
    rows = {row.id: row for row in session.execute(select(*_COLUMNS).where(ArticleRow.id.in_(numbers)))}
    wanted = {(one, rows[other].url_hash): rows[other] for one, other in pairs if one != other}
    _write(session, wanted)
    keys = tuple_(RelationRow.article_id, RelationRow.url_hash).in_([*wanted])
    session.execute(delete(RelationRow).where(RelationRow.kind == RelationKind.DUPLICATE, keys))


def _write(session: Session, wanted: Mapping[tuple[int, int], Any]) -> None:
    # Those that are there are not inserted: on PostgreSQL that would wait for whoever is revising the other article.
    key = tuple_(RelationRow.article_id, RelationRow.url_hash)
    there = select(RelationRow.article_id, RelationRow.url_hash).where(RelationRow.kind == _KIND, key.in_([*wanted]))
    known = {(article_id, url_hash) for article_id, url_hash in session.execute(there)}
    missing = [
        {
            "article_id": article_id,
            "kind": _KIND,
            "url_hash": url_hash,
            "url": other.canonical_url,
            "language": other.language,
        }
        for (article_id, url_hash), other in sorted(wanted.items())
        if (article_id, url_hash) not in known
    ]
    if missing:
        session.execute(insert(session, RelationRow).on_conflict_do_nothing(), missing)


def _declared(session: Session, article_ids: Collection[int]) -> set[tuple[int, int]]:
    """(declares, is declared) of stored articles, one of them among `article_ids`; by any address of the other."""
    by_address = select(RelationRow.article_id, ArticleRow.id).join(
        ArticleRow, ArticleRow.url_hash == RelationRow.url_hash
    )
    by_alias = select(RelationRow.article_id, LinkRow.article_id).join(
        LinkRow, LinkRow.url_hash == RelationRow.url_hash
    )
    found: set[tuple[int, int]] = set()
    for asked, other in ((by_address, ArticleRow.id), (by_alias, LinkRow.article_id)):
        for ours in (RelationRow.article_id, other):
            # Each way by an index of its own; with OR the table would be read through.
            rows = session.execute(asked.where(RelationRow.kind == _KIND, ours.in_(article_ids)))
            found |= {(one, two) for one, two in rows if two is not None}
    return found


def _with_the_same_id(session: Session, article_ids: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of one source with one id in two editions.

    Published within the window of one another: editions that count for themselves have the same ids, too, but not at
    the same time.
    """
    other = aliased(ArticleRow)
    asked = (
        select(ArticleRow.id, other.id, ArticleRow.listed_at, other.listed_at)
        .join(other, (other.site_article_id == ArticleRow.site_article_id) & (other.source_id == ArticleRow.source_id))
        .where(ArticleRow.id.in_(article_ids), other.edition != ArticleRow.edition)
    )
    return {(one, two) for one, two, here, there in session.execute(asked) if abs(here - there) <= WINDOW}
