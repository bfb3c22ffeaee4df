"""What columns are made of: the declarative base, names of constraints, aware times, words, keys. No table is here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

LARGEST_KEY = 2**63 - 1
"""Keys are 64 bits, signed; drivers refuse larger numbers."""

# Without fixed names SQLite's constraints have none, and no later migration could drop them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. Refuses naive values: nobody knows which moment they mean.

    PostgreSQL keeps a timestamptz, SQLite a text of fixed width that sorts as time does: `2026-01-31 08:05:00.000000`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value.isoformat()}: attach a zone before it reaches the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum kept as text; reads back as its member. The table's CHECK (`one_of`) guards the column."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The CHECK that a column holds one of the words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", name=column)


# SQLite makes only an INTEGER PRIMARY KEY the row's own number; BIGINT would get an index of its own.
BigKey = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Key = Annotated[int, mapped_column(BigKey, primary_key=True)]
Hash = Annotated[int, mapped_column(BigInteger)]
"""Signed 64 bits of blake2b: SQLite has no unsigned integers."""
Count = Annotated[int, mapped_column(Integer, default=0, server_default="0")]


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: Integer(),
        float: Float(),
        bool: Boolean(),
        bytes: LargeBinary(),
        date: Date(),
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
    }


def table_of(rows: type[Base]) -> Table:
    """The table of a class, for statements that are made once and pass the ORM by: it takes longer than the database.

    What they change is not seen in objects that the session has loaded before.
    """
    assert isinstance(rows.__table__, Table)
    return rows.__table__
