"""The schema comes from the migrations alone, on both databases, and knows what it is looking at."""

from __future__ import annotations

from crawler.storage import schema
from crawler.storage.database import Database


def test_migrations_make_what_the_tables_declare(database: Database) -> None:
    assert schema.differences(database) == []
