"""Whole articles, with all that hangs on them, in portions: for whoever takes many and keeps none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.storage.changes import ChangeCursor, changed_since
from crawler.storage.filters import Filter
from crawler.storage.matching import by_index, with_words
from crawler.storage.question import read_question
from crawler.storage.tables import ArticleRow, ClusterRow, MemberRow
from crawler.storage.writing import Parts, load_parts

# Articles that are in memory at once: 3 MB, and few enough statements.
PORTION = 500


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """An article's own columns and what hangs on it."""

    row: ArticleRow
    parts: Parts
    cluster_id: int | None
    """The story it tells, where that stands at several addresses."""
    original_id: int | None
    """The article that told it first; the article's own number where it is that one."""


def whole_articles(
    session: Session, wanted: Filter, *, since: ChangeCursor | None = None
) -> Iterator[list[WholeArticle]]:
    """The articles that a filter means, by number, PORTION at a time; only those that changed after a cursor.

    One statement, whose answer is taken from the database as it is used up; the session is busy until then.

    Raises:
        QueryError: the filter's words have no meaning, or the cursor is of another database.
    """
    asked = select(ArticleRow).where(*wanted.conditions(session))
    question = read_question(wanted.words)
    if question.all_of:
        asked = with_words(session, asked, question)
    if since is not None:
        asked = asked.where(changed_since(session, since))
    with by_index(session):
        rows = session.scalars(asked.order_by(ArticleRow.id), execution_options={"yield_per": PORTION})
        for portion in rows.partitions(PORTION):
            yield _whole(session, portion)


def _whole(session: Session, rows: Sequence[ArticleRow]) -> list[WholeArticle]:
    ids = [row.id for row in rows]
    parts = load_parts(session, ids)
    members = select(MemberRow.article_id, MemberRow.cluster_id, ClusterRow.original_id).join(
        ClusterRow, ClusterRow.id == MemberRow.cluster_id
    )
    clusters = {
        row.article_id: (row.cluster_id, row.original_id)
        for row in session.execute(members.where(MemberRow.article_id.in_(ids)))
    }
    return [WholeArticle(row, parts[row.id], *clusters.get(row.id, (None, None))) for row in rows]
