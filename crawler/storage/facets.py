"""How many articles a filter means, and how they are spread over sources, sections, authors, tags, languages, days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Row, column, func, select, text
from sqlalchemy.orm import Session

from crawler.storage.dialect import is_postgresql
from crawler.storage.filters import Filter
from crawler.storage.matching import by_index
from crawler.storage.newest import newest, newest_columns
from crawler.storage.sets import each_number, listed
from crawler.storage.tables import ArticleRow

# Counting stops here: a person reads "more than 10,000" as well. Articles.
COUNTED = 10_000
# The spread of so many newest ones is that of all, near enough, and is there in 60 ms. Articles.
SPREAD = 5_000

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
    ids = newest_columns(session, wanted, (ArticleRow.id,), limit=most + 1).order_by(None)
    with by_index(session):
        found = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    return Count(min(found, most), found <= most)


def facets(
    session: Session, wanted: Filter, *, zone: tzinfo = UTC, most: int = 10
) -> Mapping[Facet, list[tuple[str, int]]]:
    """The most frequent values among the newest SPREAD articles that a filter means, with how many have them.

    Days are those of `zone`, as ISO text, all of them, newest first.

    Raises:
        QueryError: the filter's words have no meaning.
    """
    rows = _newest(session, wanted)
    days = Counter(f"{row.listed_at.astimezone(zone):%Y-%m-%d}" for row in rows)
    ids = listed([row.id for row in rows])
    return {
        "source": Counter(row.source_id for row in rows).most_common(most),
        "section": Counter(row.section for row in rows if row.section).most_common(most),
        "author": _commonest(session, "article_authors", "name", ids, most),
        "tag": _commonest(session, "article_tags", "tag", ids, most),
        "language": Counter(row.language for row in rows if row.language).most_common(most),
        "day": sorted(days.items(), reverse=True),
    }


def _newest(session: Session, wanted: Filter) -> Sequence[Row[int, str, str | None, str | None, datetime]]:
    """The newest SPREAD articles that a filter means."""
    columns = (ArticleRow.id, ArticleRow.source_id, ArticleRow.section, ArticleRow.language, ArticleRow.listed_at)
    if not (wanted.words and is_postgresql(session)):
        return session.execute(newest_columns(session, wanted, columns, limit=SPREAD)).all()
    # Without their columns, a common word's need not all be found.
    ids = listed([number for _, number in newest(session, wanted, limit=SPREAD)])
    found = text(f"SELECT value FROM {each_number(session, 'ids')}").bindparams(ids=ids)  # noqa: S608
    numbers = found.columns(column("value", BigInteger)).subquery("numbers")
    return session.execute(select(*columns).join(numbers, numbers.c.value == ArticleRow.id)).all()


_COMMONEST = """
    SELECT {column}, count(*) FROM {each} JOIN {table} ON article_id = value
    GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT :most
"""


def _commonest(session: Session, table: str, column: str, ids: str, most: int) -> list[tuple[str, int]]:
    asked = text(_COMMONEST.format(table=table, column=column, each=each_number(session, "ids")))
    return [(value, number) for value, number in session.execute(asked, {"ids": ids, "most": most})]
