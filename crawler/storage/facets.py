"""How many articles a filter means, and how they are spread over sources, sections, authors, tags, languages, days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Literal, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crawler.storage.filters import Filter
from crawler.storage.matching import matches
from crawler.storage.question import read_question
from crawler.storage.tables import ArticleRow, AuthorRow, TagRow

# Counting stops here: a person reads "more than 10,000" as well. Articles.
COUNTED = 10_000

Facet = Literal["source", "section", "author", "tag", "language", "day"]


class Count(NamedTuple):
    """A number of articles."""

    number: int
    is_exact: bool
    """False: there are more."""


def count(session: Session, wanted: Filter, *, most: int = COUNTED) -> Count:
    """How many articles a filter means; counts to `most`, which takes some milliseconds, however many there are.

    Raises:
        QueryError: the filter's words have no meaning.
    """
    found = session.scalar(select(func.count()).select_from(_ids(session, wanted, most + 1).subquery())) or 0
    return Count(min(found, most), found <= most)


def facets(
    session: Session, wanted: Filter, *, zone: tzinfo = UTC, most: int = 10
) -> Mapping[Facet, list[tuple[str, int]]]:
    """The most frequent values among the newest COUNTED articles that a filter means, with how many have them.

    Days are those of `zone`, as ISO text, all of them, newest first.

    Raises:
        QueryError: the filter's words have no meaning.
    """
    ids = _ids(session, wanted, COUNTED).cte("found")
    of_article = select(ArticleRow.source_id, ArticleRow.section, ArticleRow.language, ArticleRow.listed_at)
    rows = session.execute(of_article.join(ids, ids.c.id == ArticleRow.id)).all()
    made: dict[Facet, list[tuple[str, int]]] = {
        "source": Counter(row.source_id for row in rows).most_common(most),
        "section": Counter(row.section for row in rows if row.section).most_common(most),
        "language": Counter(row.language for row in rows if row.language).most_common(most),
        "day": sorted(Counter(f"{row.listed_at.astimezone(zone):%Y-%m-%d}" for row in rows).items(), reverse=True),
    }
    parts: tuple[tuple[Facet, type[AuthorRow | TagRow], str], ...] = (
        ("author", AuthorRow, "name"),
        ("tag", TagRow, "tag"),
    )
    for facet, table, name in parts:
        column, number = getattr(table, name), func.count()
        asked = select(column, number).join(ids, ids.c.id == table.article_id).group_by(column)
        made[facet] = [(value, n) for value, n in session.execute(asked.order_by(number.desc(), column).limit(most))]
    return made


def _ids(session: Session, wanted: Filter, limit: int) -> Select[int]:
    """The numbers of the newest articles that a filter means."""
    question = read_question(wanted.words)
    asked = select(ArticleRow.id.label("id")).where(*wanted.conditions())
    if question.all_of:
        asked = asked.where(matches(session, question))
    return asked.order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).limit(limit)
