"""What values in addresses and bodies may look like, and how they read. One declaration checks and documents them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from crawler.articles.iso import iso_utc
from crawler.storage.columns import LARGEST_KEY

# Longest words of a search or a filter. Characters.
LONGEST_TEXT = 500
# Longest address that is looked up. Characters; browsers send no longer ones.
LONGEST_URL = 2_000
# Values of one filter at once.
MOST_VALUES = 50
MOST_ITEMS = 200
"""Items of one page at most: a page of 200 articles with snippets takes some 150 KB."""

_WHOLE = re.compile(r"-?\d{1,20}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?)?")
# Years that can be moved into any zone. Years before are no dates of articles.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _whole(value: Any) -> Any:
    """Digits alone: `1.0`, ` 1` and `1_000` are mistakes of whoever sends them."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("write a whole number")
    if isinstance(value, (bool, float)):
        raise ValueError("write a whole number")
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError("write true or false")
        return value == "true"
    return value


def _moment(value: Any) -> Any:
    """RFC 3339; a date is its first moment and a time without a zone is meant in UTC."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("write a date such as 2026-11-20, or a moment such as 2026-11-20T08:30:00Z")
    try:
        found = datetime.fromisoformat(value.upper())
        moment = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such day or time") from None
    # What lies before all articles or after them means the same as the limit.
    return min(max(moment, _EARLIEST), _LATEST)


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character stands in it")
    return value


Flag = Annotated[bool, BeforeValidator(_flag)]
Number = Annotated[int, Field(ge=1, le=LARGEST_KEY), BeforeValidator(_whole)]
"""A key of the database."""
Limit = Annotated[int, Field(ge=1, le=MOST_ITEMS, description="Items of one page at most."), BeforeValidator(_whole)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=300, pattern=r"^[\w~.:+-]+$", description="`next` of the page before.")
]
AskedMoment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Text = Annotated[
    str,
    AfterValidator(_no_nul),
    Field(min_length=1, max_length=LONGEST_TEXT, json_schema_extra={"pattern": "^[^\\u0000]+$"}),
]
Address = Annotated[
    str,
    AfterValidator(_no_nul),
    Field(min_length=1, max_length=LONGEST_URL, json_schema_extra={"pattern": "^[^\\u0000]+$"}),
]
SourceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="Id of a source.", examples=["herald"])]
Moment = Annotated[
    datetime,
    PlainSerializer(iso_utc, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""In answers: ISO 8601, UTC, with Z."""


# Models are built when they are first used (defer_build): sixty of them would take a tenth of a second of every start.
class Question(BaseModel):
    """The values of a path and of what follows its question mark. Knows no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Body(BaseModel):
    """The JSON object of a POST request; it may be left out where no field is needed. Knows no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Answer(BaseModel):
    """A JSON object of an answer; made of rows and dataclasses by the names of its fields."""

    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)
