"""Which are the newest articles that a filter means? Their places in lists, without their texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.storage.dialect import is_postgresql
from crawler.storage.filters import Filter
from crawler.storage.matching import Asked, by_index, occur_in_newest, with_words
from crawler.storage.question import read_question
from crawler.storage.tables import ArticleRow

Place = tuple[datetime, int]
"""Where an article stands in lists: (listed_at, id)."""

# PostgreSQL cannot give matches in an order: it finds them all, or looks at articles in order. A common word fills a
# page from so many newest ones; a word that does not is rare enough to be found at once. Articles.
LOOKED_AT = 1_000
# Looking at one costs some 20 us, at all matches of a common word seconds in a million articles. Articles.
LOOKED_AT_MOST = 30_000


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
        if found is not None:
            return found
    asked = newest_columns(session, wanted, (ArticleRow.listed_at, ArticleRow.id), limit=limit)
    with by_index(session):
        return [(row.listed_at, row.id) for row in session.execute(_between(asked, before, until))]


def newest_columns(
    session: Session, wanted: Filter, columns: Sequence[InstrumentedAttribute[Any]], *, limit: int
) -> Asked:
    """The statement of some columns of the newest articles that a filter means."""
    question = read_question(wanted.words)
    asked = select(*columns).where(*wanted.conditions(session))
    if question.all_of:
        asked = with_words(session, asked, question)
    return asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).limit(limit)


def _looked_at(
    session: Session, wanted: Filter, *, limit: int, before: Place | None, until: Place | None
) -> list[Place] | None:
    """Those among the newest of the filter's other parts; None when these are not all, and not enough."""
    asked = _between(select(ArticleRow.listed_at, ArticleRow.id).where(*wanted.conditions(session)), before, until)
    asked = asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc())
    holds = occur_in_newest(read_question(wanted.words))

    def among(most: int) -> list[Place]:
        ordered = asked.limit(most).subquery("newest")
        places = select(ordered).where(holds).order_by(ordered.c.listed_at.desc(), ordered.c.id.desc()).limit(limit)
        return [(row.listed_at, row.id) for row in session.execute(places)]

    most = max(LOOKED_AT, 2 * limit)
    found = among(most)
    if found and len(found) < limit and (further := most * limit * 3 // (2 * len(found))) <= LOOKED_AT_MOST:
        most, found = further, among(further)
    are_all = len(found) == limit or session.execute(asked.offset(most).limit(1)).first() is None
    return found if are_all else None


def _between(asked: Asked, before: Place | None, until: Place | None) -> Asked:
    place = tuple_(ArticleRow.listed_at, ArticleRow.id)
    if before is not None:
        asked = asked.where(place < before)
    return asked.where(place <= until) if until is not None else asked
