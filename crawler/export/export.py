"""Exports articles: reads a portion, writes it, reads the next. Decides neither file nor filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import IO

from sqlalchemy.orm import Session

from crawler.export.formats import Format, writer
from crawler.export.record import record
from crawler.storage.changes import ChangeCursor, cursor_now, see_one_state
from crawler.storage.filters import Filter
from crawler.storage.whole import whole_articles


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export brought."""

    articles: int
    cursor: ChangeCursor
    """Behind all that was seen: what comes later is exported by it, once."""


def export(
    session: Session,
    file: IO[bytes],
    form: Format,
    wanted: Filter,
    *,
    since: ChangeCursor | None = None,
    zone: tzinfo = UTC,
    delimiter: str = ",",
    on_progress: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write the articles that a filter means to a file, by number; `on_progress` hears how many are done.

    The session must be fresh: it sees one state of the database from here on. Memory does not grow with the export.

    Raises:
        QueryError: the filter's words have no meaning, or `since` is of another database.
        ConfigError: Parquet is asked for and pyarrow is not installed.
    """
    see_one_state(session)
    cursor = cursor_now(session)
    out = writer(form, file, zone=zone, delimiter=delimiter)
    number = 0
    try:
        for portion in whole_articles(session, wanted, since=since):
            out.write([record(article) for article in portion])
            number += len(portion)
            on_progress(number)
    finally:
        out.finish()
    return Exported(number, cursor)
