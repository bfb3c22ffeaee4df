"""The schema comes from the migrations alone, on both databases, and knows what it is looking at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from crawler.errors import DatabaseError
from crawler.storage import schema
from crawler.storage.database import Database
from crawler.storage.schema import State, ensure_readable, ensure_ready, inspect_schema, upgrade
from crawler.storage.tables import AttemptRow, Base
from tests.storage.stories import NOW, begin_run
from tests.storage.test_yields import put

NEWEST = schema.revisions()[-1]
TRIGGERS = {
    *("article_search_insert", "article_search_update", "article_search_delete"),
    *("article_changes_insert", "article_changes_update"),
}


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    with Database(empty_url) as database:
        yield database


def tables(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names())


def set_revision(database: Database, revision: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_migrations_make_what_the_tables_declare(database: Database) -> None:
    assert schema.differences(database) == []
    assert set(Base.metadata.tables) <= tables(database)


def test_a_column_that_no_migration_made_is_noticed(database: Database) -> None:
    with database.write() as session:
        session.execute(text("ALTER TABLE hosts DROP COLUMN delay_s"))
    assert [line for line in schema.differences(database) if "delay_s" in line]


def test_revisions_are_one_line_whose_files_are_named_by_it(sqlite_template: Path) -> None:
    with Database(f"sqlite:///{sqlite_template}") as database, database.migrating() as connection:
        script = ScriptDirectory.from_config(schema.alembic_config(connection))
        known = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(known)) == schema.revisions()


def test_down_and_up_again_every_revision(database: Database) -> None:
    for revision in [*reversed(schema.revisions()[:-1]), "base"]:
        schema.downgrade(database, revision)
    assert tables(database) - {"alembic_version"} == set()
    assert inspect_schema(database).state is State.EMPTY
    assert upgrade(database).before is None
    assert schema.differences(database) == []


def test_an_empty_database_is_made_ready_by_the_first_crawl(empty: Database) -> None:
    assert inspect_schema(empty).state is State.EMPTY
    ensure_ready(empty)
    assert inspect_schema(empty) == schema.Schema(State.CURRENT, NEWEST, NEWEST)


def test_looking_at_a_file_that_is_not_there_does_not_create_it(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/news.db") as database:
        assert inspect_schema(database).state is State.EMPTY
        with pytest.raises(DatabaseError, match="nothing yet"):
            ensure_readable(database)
    assert list(tmp_path.iterdir()) == []


def test_a_file_made_by_the_migrations_can_give_space_back(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/news.db") as database:
        upgrade(database)
        with database.read() as session:
            assert session.scalar(text("PRAGMA auto_vacuum")) == 2


def test_after_an_upgrade_sqlite_knows_what_its_new_indexes_hold(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        put(database, "herald", [NOW + timedelta(minutes=number) for number in range(500)])
        schema.downgrade(database, "0005")
        with database.write() as session:
            session.execute(text("ANALYZE"))
        upgrade(database, backup=False)
        newest = "SELECT id FROM articles WHERE source_id = 'herald' ORDER BY listed_at DESC, id DESC LIMIT 5"
        with database.read() as session:
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {newest}")).all()
    assert ["ix_articles_source_id_listed_at_id" in row.detail for row in plan] == [True]


def test_an_outdated_database_is_refused_with_the_command_that_helps(database: Database) -> None:
    schema.downgrade(database, "0001")
    assert inspect_schema(database).state is State.OUTDATED
    for ensure in (ensure_ready, ensure_readable):
        with pytest.raises(DatabaseError, match=r"0001.*crawler db upgrade"):
            ensure(database)
    assert inspect_schema(database).state is State.OUTDATED


def test_a_database_of_a_newer_version_is_not_written(database: Database) -> None:
    set_revision(database, "9999")
    assert inspect_schema(database).state is State.NEWER
    for refuse in (ensure_ready, ensure_readable, upgrade):
        with pytest.raises(DatabaseError, match=r"9999.*newer version.*nothing is written"):
            refuse(database)


def test_tables_of_another_program_are_not_touched(empty: Database) -> None:
    if empty.path is not None:
        empty.path.parent.mkdir()
    with empty.write() as session:
        session.execute(text("CREATE TABLE articles (price int)"))
    for refuse in (ensure_ready, upgrade):
        with pytest.raises(DatabaseError, match="another program"):
            refuse(empty)
    assert tables(empty) == {"articles"}


def test_other_tenants_of_a_postgresql_database_do_not_disturb(postgresql_url: str) -> None:
    with Database(postgresql_url) as database:
        with database.write() as session:
            session.execute(text("CREATE TABLE procrastinate_jobs (id int)"))
        ensure_ready(database)
        assert schema.differences(database) == []


def test_an_upgrade_copies_the_sqlite_file_first(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        schema.downgrade(database, "0001")
        with database.write() as session:
            session.execute(text("INSERT INTO hosts (host) VALUES ('herald.example')"))
        done = upgrade(database)
        assert (done.before, done.after) == ("0001", NEWEST)
        assert done.backup is not None
        assert done.backup.parent == database.path.parent if database.path else False
        with closing(connect(done.backup)) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
            assert copy.execute("SELECT host FROM hosts").fetchall() == [("herald.example",)]
        assert upgrade(database).backup is None  # nothing to do, nothing to lose


def test_a_backup_can_be_used_as_it_is(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        schema.downgrade(database, "0001")
        copy = upgrade(database).backup
    with Database(f"sqlite:///{copy}") as restored:
        upgrade(restored, backup=False)
        assert schema.differences(restored) == []
        with restored.read() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_a_migration_that_fails_changes_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(schema.migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_broken.py").write_text(
        f'from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = "9000", "{NEWEST}"\n'
        'def upgrade():\n    op.create_table("half_done", sa.Column("id", sa.Integer))\n'
        '    op.execute("INSERT INTO no_such_table VALUES (1)")\n'
    )
    monkeypatch.setattr(schema, "migrations_folder", lambda: folder)
    known = (*schema.revisions(), "9000")
    monkeypatch.setattr(schema, "revisions", lambda: known)
    before = tables(database)
    with pytest.raises(Exception, match=r"no_such_table|no tables yet"):
        upgrade(database)
    assert tables(database) == before
    assert inspect_schema(database).revision == NEWEST


def test_sqlite_tables_built_anew_keep_their_children(sqlite_url: str) -> None:
    """Dropping the old table must not delete, by cascade, what refers to it."""
    with Database(sqlite_url) as database:
        with database.write() as session:
            run_id = begin_run(session)
            attempt = {"number": 1, "token": "t", "worker": "here", "started_at": NOW, "heartbeat_at": NOW}
            session.add(AttemptRow(run_id=run_id, **attempt))
        with database.migrating() as connection:
            connection.execute(text("CREATE TABLE runs_new AS SELECT * FROM runs"))
            connection.execute(text("DROP TABLE runs"))
            connection.execute(text("ALTER TABLE runs_new RENAME TO runs"))
        with database.read() as session:
            assert session.scalar(text("SELECT count(*) FROM run_attempts")) == 1


def test_the_search_triggers_are_there(sqlite_url: str) -> None:
    with Database(sqlite_url) as database, database.read() as session:
        found = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    assert set(found) == TRIGGERS
