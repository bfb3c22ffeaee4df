"""Old records go, articles stay, and the file gives its space back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from crawler.storage import retention
from crawler.storage.database import Database
from crawler.storage.retention import Keep, prune
from crawler.storage.tables import AttemptRow, ErrorRow, FetchRow, LogRow, OccurrenceRow, RunRow, RunState
from tests.storage.stories import NOW, begin_run, reading, stored

DAY = timedelta(days=1)
KEEP = Keep()


def attempt(database: Database, *, days: float, ended: bool = True, source_id: str = "herald") -> dict[str, int]:
    """A run with one attempt that many days ago; what its records carry."""
    at = NOW - days * DAY
    with database.write() as session:
        columns: dict[str, Any] = (
            {"state": RunState.FINISHED, "outcome": "succeeded", "finished_at": at} if ended else {}
        )
        run_id = begin_run(session, source_id, **columns)
        row = AttemptRow(
            run_id=run_id, number=1, token=f"{source_id}{days}", worker="here", started_at=at, heartbeat_at=at
        )
        row.finished_at = at if ended else None
        session.add(row)
        session.flush()
        return {"run_id": run_id, "attempt_id": row.id}


def log(database: Database, own: dict[str, int], *days: float) -> None:
    rows = [own | {"at": NOW - d * DAY, "level": 20, "logger": "crawler", "message": f"{d}"} for d in days]
    with database.write() as session:
        session.execute(insert(LogRow), rows)


def fetch(database: Database, own: dict[str, int], *days: float) -> None:
    what = {"kind": "feed", "url": "https://herald.example/rss", "url_hash": 7, "outcome": "read"}
    with database.write() as session:
        session.execute(insert(FetchRow), [own | what | {"at": NOW - d * DAY} for d in days])


def count(database: Database, table: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_records_go_when_they_are_old_enough(database: Database) -> None:
    own = attempt(database, days=40)
    log(database, own, 40, 31, 29.9, 0)
    fetch(database, own, 40, 14.1, 13.9)
    assert prune(database, KEEP, now=NOW) == {"run_logs": 2, "fetches": 2}
    with database.read() as session:
        assert session.scalars(select(LogRow.message).order_by(LogRow.id)).all() == ["29.9", "0"]
    assert count(database, FetchRow) == 1
    assert prune(database, KEEP, now=NOW) == {}


def test_more_records_than_one_portion(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 10)
    log(database, attempt(database, days=40), *[40] * 95, *[1] * 5)
    assert prune(database, KEEP, now=NOW) == {"run_logs": 95}
    assert count(database, LogRow) == 5


def test_the_oldest_log_records_beyond_the_limit_go_whatever_their_age(database: Database) -> None:
    log(database, attempt(database, days=0), *range(20, 0, -1))
    assert prune(database, Keep(max_log_rows=8), now=NOW) == {"run_logs": 12}
    with database.read() as session:
        assert session.scalars(select(LogRow.message).order_by(LogRow.id)).all() == [str(d) for d in range(8, 0, -1)]


def test_old_attempts_go_with_all_their_records_and_their_run_stays(database: Database) -> None:
    own = attempt(database, days=91)
    log(database, own, 1)
    with database.write() as session:
        error = ErrorRow(
            fingerprint="f", kind="ValueError", message="m", first_seen_at=NOW, last_seen_at=NOW - 91 * DAY
        )
        session.add(error)
        session.flush()
        session.add(OccurrenceRow(error_id=error.id, source_id="herald", first_at=NOW, last_at=NOW, **own))
    attempt(database, days=89, source_id="other")
    assert prune(database, KEEP, now=NOW) == {"run_attempts": 1, "errors": 1}
    assert (count(database, LogRow), count(database, OccurrenceRow), count(database, AttemptRow)) == (0, 0, 1)
    assert count(database, RunRow) == 2


def test_an_attempt_that_has_not_ended_stays(database: Database) -> None:
    attempt(database, days=100, ended=False)
    assert prune(database, KEEP, now=NOW) == {}
    assert count(database, AttemptRow) == 1


def test_skipped_runs_go_first_the_others_stay(database: Database) -> None:
    with database.write() as session:
        for days, outcome in ((8, "skipped"), (6, "skipped"), (400, "succeeded")):
            at = NOW - days * DAY
            begin_run(session, state=RunState.FINISHED, outcome=outcome, finished_at=at)
    assert prune(database, KEEP, now=NOW) == {"runs": 1}
    with database.read() as session:
        assert session.scalars(select(RunRow.outcome).order_by(RunRow.id)).all() == ["skipped", "succeeded"]


def test_an_article_outlives_the_run_that_stored_it(database: Database) -> None:
    with database.write() as session:
        at = NOW - 400 * DAY
        run_id = begin_run(session, state=RunState.FINISHED, outcome="skipped", finished_at=at)
    stored(database, reading(), run_id=run_id)
    assert prune(database, KEEP, now=NOW) == {"runs": 1}
    with database.read() as session:
        assert session.execute(text("SELECT headline, run_id FROM articles")).one() == ("Bridge opens", None)


def test_a_sqlite_file_gives_its_space_back(sqlite_url: str) -> None:
    with Database(sqlite_url) as database:
        assert database.path is not None
        own = attempt(database, days=40)
        for _ in range(10):
            log(database, own | {"exception": "x" * 2_000}, *[40] * 200)
        with database.read() as session:
            before = retention.size(session)
        assert before.bytes > 4_000_000
        prune(database, KEEP, now=NOW)
        assert database.path.stat().st_size < before.bytes / 4


def test_size_counts_rows_and_bytes_of_each_table(database: Database) -> None:
    log(database, attempt(database, days=1), *[1] * 500)
    with database.read() as session:
        found = retention.size(session)
    by_name = {table.name: table for table in found.tables}
    assert (by_name["run_logs"].rows, by_name["runs"].rows, by_name["articles"].rows) == (500, 1, 0)
    assert "article_search" in by_name
    sizes = [table.bytes or 0 for table in found.tables]
    assert sizes == sorted(sizes, reverse=True)
    assert found.bytes >= sum(sizes) > 0
    assert found.tables[0].name == "run_logs"
