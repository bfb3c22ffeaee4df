"""`crawler db` on both databases: what it prints for people and programs, and its exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from crawler.cli import EXIT_FAILED
from crawler.cli.application import app
from crawler.errors import DatabaseError
from crawler.storage import schema
from crawler.storage.database import Database
from tests.storage.stories import article, reading, stored

NEWEST = schema.revisions()[-1]


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["db", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def run_json(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code))


@pytest.fixture
def empty(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", empty_url)
    return empty_url


@pytest.fixture
def filled(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", database_url)
    stored(database, reading(), reading(article("/2/", "Snow.")))
    return database


def test_from_nothing_to_a_current_database(empty: str) -> None:
    assert run_json("current", code=EXIT_FAILED)["state"] == "empty"
    assert "crawler db upgrade" in run("current", code=EXIT_FAILED)
    for command in ("check", "size", "prune"):
        with pytest.raises(DatabaseError, match="nothing yet"):
            run(command)
    assert f"created at {NEWEST}" in run("upgrade")
    assert f"already at {NEWEST}" in run("upgrade")
    assert run_json("current") == run_json("current") | {"state": "current", "revision": NEWEST, "newest": NEWEST}


def test_an_outdated_database_is_upgraded_with_a_backup_of_sqlite(filled: Database) -> None:
    schema.downgrade(filled, "0002")
    assert "crawler db upgrade" in run("current", code=EXIT_FAILED)
    done = run_json("upgrade")
    assert (done["before"], done["after"]) == ("0002", NEWEST)
    assert (done["backup"] is not None) == (filled.dialect == "sqlite")
    assert run_json("size")["tables"]


def test_without_a_backup_on_request(filled: Database) -> None:
    schema.downgrade(filled, "0002")
    assert "Backup" not in run("upgrade", "--no-backup")


def test_a_sound_database_and_one_that_is_not(filled: Database) -> None:
    assert run_json("check")["problems"] == []
    assert run("check").rstrip().endswith("sound")
    with filled.write() as session:
        session.connection().exec_driver_sql("DROP INDEX ix_articles_content_hash")
    assert "ix_articles_content_hash" in run("check", code=EXIT_FAILED)


def test_size_by_table(filled: Database) -> None:
    found = run_json("size")
    assert {table["name"]: table["rows"] for table in found["tables"]}["articles"] == 2
    assert found["bytes"] > 100_000
    assert "articles" in run("size")


def test_prune_says_what_it_deleted(filled: Database) -> None:
    assert run("prune").strip() == "Nothing is old enough to be deleted."
    with filled.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO errors (fingerprint, kind, message, count, first_seen_at, last_seen_at) "
            "VALUES ('f', 'ValueError', 'm', 1, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000')"
        )
    assert run_json("prune") == {"deleted": {"errors": 1}}


def test_path_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", "postgresql://bob:secret@db.example/news")
    found = run_json("path")
    assert (found["kind"], "secret" in found["path"], "db.example" in found["path"]) == ("postgresql", False, True)
    monkeypatch.setenv("CRAWLER_DATABASE_URL", "sqlite:////var/lib/news.db")
    assert run("path").strip() == "/var/lib/news.db"
