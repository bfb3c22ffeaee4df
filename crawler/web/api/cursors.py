"""Cursors of lists that go by number, and by moment and number. Reads and writes them; lists nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from crawler.errors import QueryError
from crawler.storage.columns import LARGEST_KEY


def number_of(cursor: str) -> int:
    """The number in a cursor of lists that go by number.

    Raises:
        QueryError: it is of another list.
    """
    # Nineteen digits are enough for LARGEST_KEY; reading thousands would take long or fail.
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20 and int(cursor) <= LARGEST_KEY):
        raise QueryError("this is no cursor", query=cursor, remedy="Take `next` of the page before")
    return int(cursor)


def next_of(found: Sequence[Any], limit: int) -> str | None:
    """The cursor of the next page, where one more was found than is shown."""
    return str(found[limit - 1].id) if len(found) > limit else None


def position_of(cursor: str) -> tuple[datetime, int]:
    """The place in a cursor of lists that go by time.

    Raises:
        QueryError: it is of another list.
    """
    moment, _, number = cursor.rpartition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(moment)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):  # no moment, or one whose year in UTC there is not
        raise QueryError("this is no cursor", query=cursor, remedy="Take `next` of the page before") from None
    return at, number_of(number)


def cursor_of(moment: datetime, number: int) -> str:
    """The cursor of a place in a list that goes by time."""
    return f"{moment.astimezone(UTC).isoformat().replace('+00:00', 'Z')}~{number}"
