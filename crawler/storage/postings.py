"""Which stored texts may be the same story? The index of near-duplicates as a table; decides nothing.

The same answers as `duplicates.index.Index`, which holds the index in a process. Callers own the transaction.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crawler.duplicates.matching import NEAREST, WINDOW
from crawler.duplicates.sketch import METHOD_VERSION, pack_facts, pack_sketch, unpack_facts, unpack_sketch
from crawler.storage.dialect import is_postgresql
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
    version: int = METHOD_VERSION
    """Of the method that made them."""


def under(
    session: Session, asked: Iterable[tuple[int, int]], *, most: int = NEAREST
) -> dict[tuple[int, int], list[int]]:
    """For each (hash, day) the articles within WINDOW of the day under the hash, the latest day first.

    Those under which there is none are left out.
    """
    by_day: dict[int, set[int]] = defaultdict(set)
    for hash_, day in asked:
        by_day[day].add(hash_)
    found: dict[tuple[int, int], list[int]] = {}
    for day, hashes in by_day.items():
        # In the order of the index, for it is larger than any cache.
        values = {"first": day - WINDOW.days, "last": day + WINDOW.days, "most": most, "hashes": sorted(hashes)}
        if is_postgresql(session):
            rows = session.execute(_UNDER_POSTGRESQL, values).all()
            found |= {(hash_, day): numbers for hash_, numbers in rows if numbers}
        else:
            rows = session.execute(_UNDER_SQLITE, values | {"hashes": json.dumps(values["hashes"])}).all()
            found |= {(hash_, day): [*map(int, numbers.split(","))] for hash_, numbers in rows if numbers}
    return found


# A posting is read where it lies in the index, backwards from the window's end; no plan of a join does that.
_UNDER = """
    SELECT asked.value, ({collect} (
        SELECT article_id FROM postings WHERE hash = asked.value AND day BETWEEN :first AND :last
        ORDER BY day DESC, article_id DESC LIMIT :most
    ) AS nearest)
    FROM {asked}
"""
_UNDER_SQLITE = text(_UNDER.format(collect="SELECT group_concat(article_id) FROM", asked="json_each(:hashes) AS asked"))
_UNDER_POSTGRESQL = text(
    _UNDER.format(
        collect="SELECT array_agg(article_id) FROM", asked="unnest(CAST(:hashes AS bigint[])) AS asked(value)"
    )
)


def known(session: Session, article_ids: Collection[int]) -> dict[int, Marks]:
    """The marks of those articles that are in the index, by number; not those of another version of the method."""
    if not article_ids:
        return {}
    return {one.article_id: one for one in _stored(session, article_ids) if one.version == METHOD_VERSION}


def add(session: Session, marks: Sequence[Marks]) -> None:
    """Take articles into the index; those that are in it must be removed first."""
    if not marks:
        return
    session.connection().execute(
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
    session.execute(insert(PostingRow).from_select(_COLUMNS, select(table)))


def remove(session: Session, article_ids: Iterable[int]) -> None:
    """Take articles out of the index."""
    gone = _stored(session, article_ids)
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


def _stored(session: Session, article_ids: Iterable[int]) -> list[Marks]:
    columns = (FingerprintRow.article_id, FingerprintRow.day, FingerprintRow.sketch, FingerprintRow.facts)
    return [
        Marks(article_id, day, tuple(unpack_sketch(sketch or b"")), frozenset(unpack_facts(facts)), version)
        for article_id, day, sketch, facts, version in session.execute(
            select(*columns, FingerprintRow.version).where(_any_of(article_ids))
        )
    ]


_COLUMNS = ("hash", "day", "article_id")


def _table(session: Session, rows: Sequence[tuple[int, int, int]]) -> FromClause:
    """Rows of (hash, day, article) as a table of a statement."""
    if is_postgresql(session):
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        types = (BigInteger, Integer, BigInteger)
        arrays = [cast(column, ARRAY(kind)) for column, kind in zip(columns, types, strict=True)]
        return func.unnest(*arrays).table_valued(*_COLUMNS).render_derived()
    value = func.json_each(json.dumps(rows)).table_valued("value").c.value
    return select(*(func.json_extract(value, f"$[{n}]").label(name) for n, name in enumerate(_COLUMNS))).subquery()
