"""Which are the newest articles that a filter means? Their places in lists, without their texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.storage.filters import Filter
from crawler.storage.matching import occur, occur_in_newest
from crawler.storage.question import read_question
from crawler.storage.sets import is_postgresql
from crawler.storage.tables import ArticleRow

Asked = Select[*tuple[Any, ...]]
Place = tuple[datetime, int]
"""Where an article stands in lists: (listed_at, id)."""

# PostgreSQL cannot give matches in an order: it finds them all, or looks at articles in order. A common word fills a
# page from so many newest ones; a word that does not is rare enough to be found at once. Articles.
LOOKED_AT = 1_000


def newest(
    session: Session,
    wanted: Filter,
    *,
    limit: int,
    before: Place | None = None,
    until: Place | None = None,
) -> list[Place]:
    """The places of the newest articles that a filter means, before and not after the given ones.

    Raises:
        QueryError: the filter's words have no meaning.
    """
    if is_postgresql(session) and read_question(wanted.words).all_of:
        found = _looked_at(session, wanted, limit=limit, before=before, until=until)
        if len(found) >= limit:
            return found
    asked = newest_columns(session, wanted, (ArticleRow.listed_at, ArticleRow.id), limit=limit)
    return [(row.listed_at, row.id) for row in session.execute(_between(asked, before, until))]


def newest_columns(
    session: Session, wanted: Filter, columns: Sequence[InstrumentedAttribute[Any]], *, limit: int
) -> Asked:
    """The statement of some columns of the newest articles that a filter means."""
    question = read_question(wanted.words)
    asked = select(*columns).where(*wanted.conditions(session))
    if question.all_of:
        asked = asked.where(occur(session, question))
    return asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).limit(limit)


def _looked_at(
    session: Session, wanted: Filter, *, limit: int, before: Place | None, until: Place | None
) -> list[Place]:
    """Those among the newest LOOKED_AT of the filter's other parts."""
    asked = _between(select(ArticleRow.listed_at, ArticleRow.id).where(*wanted.conditions(session)), before, until)
    ordered = asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).limit(LOOKED_AT).subquery("newest")
    holds = occur_in_newest(read_question(wanted.words))
    places = select(ordered).where(holds).order_by(ordered.c.listed_at.desc(), ordered.c.id.desc()).limit(limit)
    return [(row.listed_at, row.id) for row in session.execute(places)]


def _between(asked: Asked, before: Place | None, until: Place | None) -> Asked:
    place = tuple_(ArticleRow.listed_at, ArticleRow.id)
    if before is not None:
        asked = asked.where(place < before)
    return asked.where(place <= until) if until is not None else asked
