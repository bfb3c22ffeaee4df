"""The views say of a source, its runs and its errors what Python says, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crawler.storage.database import Database, now
from crawler.storage.tables import AttemptRow, ErrorRow, OccurrenceRow, RunKind, RunState
from tests.storage.near import LEAD, LONG, long_article, wire_copy
from tests.storage.stories import NOW, article, begin_run, reading, stored

HOUR = timedelta(hours=1)


def rows(database: Database, view: str) -> list[dict[str, Any]]:
    with database.read() as session:
        return [dict(row) for row in session.execute(text(f"SELECT * FROM {view}")).mappings()]


def ended(session: Session, outcome: str, ago: timedelta, **columns: Any) -> int:
    """A run that took half an hour and ended so long ago, by the database's clock."""
    moment = now(session) - ago
    columns = {"started_at": moment - HOUR / 2, "finished_at": moment} | columns
    return begin_run(session, state=RunState.FINISHED, outcome=outcome, **columns)


def met(session: Session, run_id: int, error: ErrorRow, count: int) -> None:
    attempt = AttemptRow(run_id=run_id, number=1, token=f"t{run_id}", worker="here", started_at=NOW, heartbeat_at=NOW)
    session.add_all([attempt, error])
    session.flush()
    values = {"source_id": "herald", "url": "https://herald.example/1/", "first_at": NOW, "last_at": NOW + HOUR}
    session.add(OccurrenceRow(error_id=error.id, attempt_id=attempt.id, run_id=run_id, count=count, **values))
    session.flush()


def error(name: str) -> ErrorRow:
    return ErrorRow(fingerprint=name, kind=name, message=f"{name}!", count=9, first_seen_at=NOW, last_seen_at=NOW)


def test_an_article_with_what_hangs_on_it(database: Database) -> None:
    original = long_article(body=LONG[0], published_at=NOW - HOUR)
    stored(database, reading(original))
    stored(database, reading(wire_copy(original)))
    stored(database, reading(article("/9/", "Rain.", authors=(), tags=(), images=(), lead=LEAD)))
    first, copy, alone = rows(database, "v_articles")
    assert (first["authors"], first["tags"]) == ("Ann Reed; Bo Li", "bridge; traffic")
    assert first["image_url"] == "https://herald.example/bridge.jpg"
    assert (copy["cluster_id"], copy["copy_of"], first["copy_of"]) == (first["cluster_id"], first["id"], None)
    assert [alone[name] for name in ("authors", "tags", "image_url", "cluster_id", "copy_of")] == [None] * 5


@pytest.mark.parametrize(
    ("outcome", "is_good"),
    [
        ("succeeded", 1),
        ("succeeded_with_errors", 1),
        ("failed", 0),
        ("empty", 0),
        ("skipped", None),
        ("cancelled", None),
    ],
)
def test_a_run(database: Database, outcome: str, is_good: int | None) -> None:
    with database.write() as session:
        ended(session, outcome, HOUR)
    (run,) = rows(database, "v_runs")
    assert (run["is_good"], run["attempts"]) == (is_good, 0)
    assert run["duration_s"] == pytest.approx(1800, abs=0.2)


def test_the_health_of_a_source(database: Database) -> None:
    with database.write() as session:
        moment = now(session)
        ended(session, "succeeded", timedelta(days=8))
        good = ended(session, "succeeded_with_errors", 5 * HOUR)
        ended(session, "failed", 4 * HOUR)
        last = ended(session, "lost", 3 * HOUR)
        ended(session, "cancelled", 2 * HOUR)
        ended(session, "succeeded", HOUR, kind=RunKind.REVISIT)
        begin_run(session)
        met(session, last, error("Timeout"), 2)
    for path, seen, told in (("/1/", HOUR, HOUR), ("/2/", 50 * HOUR, 51 * HOUR), ("/3/", HOUR, timedelta(days=40))):
        moments = {"published_at": moment - told, "fetched_at": moment - seen}
        stored(database, reading(article(path, f"Text of {path}", **moments)), now=moment - seen)
    (source,) = rows(database, "v_source_health")
    numbers = {name: value for name, value in source.items() if not name.endswith("_at")}
    assert numbers == {
        "source_id": "herald",
        "last_run_id": last,
        "last_outcome": "lost",
        "articles": 3,
        "articles_24h": 1,
        "articles_7d": 2,
        "runs_good_7d": 1,
        "runs_failed_7d": 2,
        "failures": 2,
        "open_errors": 1,
    }
    ends = {run["id"]: run["finished_at"] for run in rows(database, "v_runs")}
    firsts = {one["url"][-3:]: one["first_seen_at"] for one in rows(database, "v_articles")}
    assert source["last_success_at"] == ends[good]
    assert source["last_new_at"] == firsts["/1/"]


def test_errors_are_open_while_the_last_run_meets_them(database: Database) -> None:
    with database.write() as session:
        old, lasting = error("Old"), error("Lasting")
        met(session, ended(session, "failed", 3 * HOUR), old, 1)
        run_id = ended(session, "failed", 2 * HOUR)
        met(session, run_id, lasting, 2)
        session.add(error("Pruned"))
    found = {one["kind"]: one for one in rows(database, "v_errors")}
    assert {kind: one["is_open"] for kind, one in found.items()} == {"Old": 0, "Lasting": 1, "Pruned": 0}
    assert (found["Lasting"]["count"], found["Lasting"]["runs"], found["Lasting"]["last_run_id"]) == (2, 1, run_id)
    assert (found["Pruned"]["count"], found["Pruned"]["source_id"]) == (9, None)


def test_the_recipe_for_a_reader_lets_read_the_views_only(postgresql_url: str) -> None:
    """As docs/query.md says; the role exists in this transaction only."""
    with Database(postgresql_url) as database, database.engine.connect() as connection:
        connection.execute(text("CREATE ROLE reader_of_views"))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO reader_of_views"))
        connection.execute(text("GRANT SELECT ON v_articles, v_runs, v_source_health, v_errors TO reader_of_views"))
        connection.execute(text("SET LOCAL ROLE reader_of_views"))
        for view in ("v_articles", "v_runs", "v_source_health", "v_errors"):
            assert connection.execute(text(f"SELECT count(*) FROM {view}")).scalar() == 0
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("SELECT * FROM api_tokens"))
        connection.rollback()
