"""A check finds what is wrong with a database, and nothing in a sound one."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crawler.errors import DatabaseError
from crawler.storage import schema
from crawler.storage.database import Database
from crawler.storage.soundness import problems
from tests.storage.stories import article, reading, stored


def test_a_database_in_use_is_sound(database: Database) -> None:
    stored(database, reading(), reading(article("/2/", "Snow.")))
    assert problems(database) == []


def test_a_changed_schema_is_found(database: Database) -> None:
    with database.write() as session:
        session.execute(text("DROP INDEX ix_articles_content_hash"))
    (found,) = problems(database)
    assert found.startswith("schema: ")
    assert "ix_articles_content_hash" in found


def test_a_search_index_that_does_not_fit_is_found(database: Database) -> None:
    stored(database, reading())
    with database.write() as session:
        if database.dialect == "sqlite":
            session.execute(text("DROP TRIGGER article_search_update"))
            session.execute(text("UPDATE articles SET body = 'Snow.'"))
        else:
            session.execute(text("DELETE FROM article_search"))
    (found,) = problems(database)
    assert found.startswith("search: ")


def test_a_reference_to_nothing_is_found(sqlite_url: str) -> None:
    stored_article = reading()
    with Database(sqlite_url) as database:
        stored(database, stored_article)
        with database.migrating() as connection:
            connection.execute(text("DELETE FROM articles"))
        found = problems(database)
    assert [line for line in found if "article_authors" in line and "not there" in line]


def test_a_damaged_file_is_found(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        for n in range(50):
            stored(database, reading(article(f"/{n}/", f"{n} " * 500)))
        assert database.path is not None
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    damaged = bytearray(database.path.read_bytes())
    middle = len(damaged) // 2 // 4096 * 4096
    damaged[middle : middle + 3 * 4096] = b"\xff" * 3 * 4096
    database.path.write_bytes(damaged)
    with Database(sqlite_url) as database:
        try:
            found = problems(database)
        except DatabaseError as error:
            found = [f"file: {error}"]
    assert [line for line in found if line.startswith("file: ")]


def test_a_database_of_another_version_is_not_checked(database: Database) -> None:
    schema.downgrade(database, "0001")
    with pytest.raises(DatabaseError, match="older version"):
        problems(database)
