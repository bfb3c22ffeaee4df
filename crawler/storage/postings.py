"""Which stored texts may be the same story? The index of near-duplicates as a table; decides nothing.

The same answers as `duplicates.index.Index`, which holds the index in a process. Callers own the transaction.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crawler.duplicates.index import Candidate
from crawler.duplicates.matching import CANDIDATES, MOST_SHARED, SHARED_POSTINGS, WINDOW
from crawler.duplicates.sketch import METHOD_VERSION, pack_facts, pack_sketch, unpack_facts, unpack_sketch
from crawler.storage.tables import FingerprintRow, PostingRow


@dataclass(frozen=True, slots=True)
class Marks:
    """What the index knows of an article's text."""

    article_id: int
    day: int
    """Of its publication (`duplicates.index.day_of`)."""
    sketch: tuple[int, ...]
    """Empty when the text is too short to be known again."""
    facts: frozenset[int]


def look_up(session: Session, marks: Sequence[Marks], *, without: Sequence[int] = ()) -> dict[int, list[Candidate]]:
    """For each of `marks` the articles within WINDOW that share most with it, by its number; some look-ups at once.

    Args:
        without: numbers of articles that are no answer.
    """
    asked = _table(session, [(hash_, one.day, one.article_id) for one in marks for hash_ in one.sketch])
    shared = func.count().label("shared")
    pairs = (
        select(asked.c.article_id.label("asker"), PostingRow.article_id, shared)
        .join(PostingRow, (PostingRow.hash == asked.c.hash) & PostingRow.day.between(*_window(asked.c.day)))
        .where(PostingRow.article_id.not_in(without) if without else true())
        .group_by(asked.c.article_id, PostingRow.article_id)
        .having(shared >= SHARED_POSTINGS)
        .subquery()
    )
    order = (pairs.c.shared.desc(), pairs.c.article_id)
    place = func.row_number().over(partition_by=pairs.c.asker, order_by=order).label("place")
    ranked = select(pairs, place).subquery()
    found: dict[int, list[Candidate]] = defaultdict(list)
    for asker, article_id, count in session.execute(
        select(ranked.c.asker, ranked.c.article_id, ranked.c.shared)
        .where(ranked.c.place <= CANDIDATES)
        .order_by(ranked.c.asker, ranked.c.place)
    ):
        found[asker].append(Candidate(article_id, count))
    return found


def known(session: Session, article_ids: Iterable[int]) -> dict[int, Marks]:
    """The marks of those articles that are in the index, by number; not those of another version of the method."""
    rows = session.scalars(select(FingerprintRow).where(_any_of(article_ids)))
    return {row.article_id: _marks(row) for row in rows if row.version == METHOD_VERSION}


def add(session: Session, marks: Sequence[Marks]) -> None:
    """Take articles into the index; those that are in it must be removed first.

    Not under hashes that MOST_SHARED others of the window have already; those of the same call do not count.
    """
    if not marks:
        return
    session.execute(
        insert(FingerprintRow),
        [
            {
                "article_id": one.article_id,
                "version": METHOD_VERSION,
                "day": one.day,
                "sketch": pack_sketch(one.sketch) if one.sketch else None,
                "facts": pack_facts(one.facts),
            }
            for one in marks
        ],
    )
    # In the order of the index, for it is larger than any cache.
    table = _table(session, sorted((hash_, one.day, one.article_id) for one in marks for hash_ in one.sketch))
    asked = select(table)
    taken = (
        select(func.count())
        .where(PostingRow.hash == table.c.hash, PostingRow.day.between(*_window(table.c.day)))
        .scalar_subquery()
    )
    session.execute(insert(PostingRow).from_select(_COLUMNS, asked.where(taken < MOST_SHARED)))


def remove(session: Session, article_ids: Iterable[int]) -> None:
    """Take articles out of the index."""
    gone = [_marks(row) for row in session.scalars(select(FingerprintRow).where(_any_of(article_ids)))]
    if not gone:
        return
    here = [getattr(PostingRow, name) == bindparam(f"its_{name}") for name in _COLUMNS]
    keys = [
        {"its_hash": hash_, "its_day": one.day, "its_article_id": one.article_id}
        for one in gone
        for hash_ in one.sketch
    ]
    if keys:
        # Not through the session, which would look for the rows in its memory.
        session.connection().execute(delete(PostingRow).where(*here), keys)
    session.execute(delete(FingerprintRow).where(_any_of(one.article_id for one in gone)))


def _any_of(article_ids: Iterable[int]) -> ColumnElement[bool]:
    return FingerprintRow.article_id.in_({*article_ids})


def _marks(row: FingerprintRow) -> Marks:
    sketch = tuple(unpack_sketch(row.sketch or b""))
    return Marks(row.article_id, row.day, sketch, frozenset(unpack_facts(row.facts)))


def _window(day: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return day - WINDOW.days, day + WINDOW.days


_COLUMNS = ("hash", "day", "article_id")


def _table(session: Session, rows: Sequence[tuple[int, int, int]]) -> FromClause:
    """Rows of (hash, day, article) as a table of a statement."""
    if session.get_bind().dialect.name == "postgresql":
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        types = (BigInteger, Integer, BigInteger)
        arrays = [cast(column, ARRAY(kind)) for column, kind in zip(columns, types, strict=True)]
        return func.unnest(*arrays).table_valued(*_COLUMNS).render_derived()
    value = func.json_each(json.dumps(rows)).table_valued("value").c.value
    return select(*(func.json_extract(value, f"$[{n}]").label(name) for n, name in enumerate(_COLUMNS))).subquery()
