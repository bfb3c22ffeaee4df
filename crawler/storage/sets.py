"""Many values as one parameter: a list in JSON that the database takes apart into rows. Asks nothing itself.

A statement with a thousand parameters takes longer to write than to answer, and cannot be kept. Name columns with their
table beside these rows: SQLite's have more columns than `value`, among them `id` and `type`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from crawler.storage.dialect import is_postgresql


def each_word(session: Session, parameter: str) -> str:
    """The words of a parameter as rows `each_<parameter>` with the column `value`, for a FROM."""
    made = "jsonb_array_elements_text(CAST(:{0} AS jsonb))" if is_postgresql(session) else "json_each(:{0})"
    return f"{made.format(parameter)} AS each_{parameter}"


def each_number(session: Session, parameter: str) -> str:
    """The whole numbers of a parameter as rows `each_<parameter>` with the column `value`, for a FROM."""
    if not is_postgresql(session):
        return each_word(session, parameter)
    words = each_word(session, parameter)
    return f"(SELECT CAST(value AS bigint) AS value FROM {words}) AS each_{parameter}"  # noqa: S608


def each_pair(session: Session, parameter: str) -> str:
    """The pairs of a parameter as rows `each_<parameter>` with the columns `key` and `value` (text), for a FROM."""
    made = "jsonb_each_text(CAST(:{0} AS jsonb))" if is_postgresql(session) else "json_each(:{0})"
    return f"{made.format(parameter)} AS each_{parameter}"


def listed(values: Iterable[object] | Mapping[str, object]) -> str:
    """The values, or pairs, as such a parameter."""
    return json.dumps(values if isinstance(values, Mapping) else list(values))
