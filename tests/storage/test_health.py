"""What the rules of health see of a database, on both kinds, and how `crawler source health` tells it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from rich.console import Console
from sqlalchemy import event, insert
from typer.testing import CliRunner

from crawler.cli import EXIT_FAILED, EXIT_USAGE, source_health
from crawler.cli.application import app
from crawler.errors import SourceError
from crawler.monitoring import health
from crawler.monitoring.facts import gather
from crawler.sources.registry import Registry
from crawler.storage import feeds, hosts, schedules
from crawler.storage.database import Database, now
from crawler.storage.outcome import Outcome
from crawler.storage.schedules import Declared
from crawler.storage.tables import CoverageRow, RunKind, RunRow, RunState
from tests.storage.stories import NOW, begin_run
from tests.storage.test_yields import put

REGISTRY = Registry.load()
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def run(database: Database, outcome: Outcome, at: datetime, **columns: object) -> int:
    with database.write() as session:
        ended = {"state": RunState.FINISHED, "outcome": outcome, "created_at": at, "finished_at": at}
        return begin_run(session, "vlast", **ended | columns)


def problems(database: Database, at: datetime = NOW) -> list[health.Problem]:
    with database.read() as session:
        return [one for one in health.problems(session, REGISTRY, now=at) if one.source_id == "vlast"]


def hours(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += HOUR


def test_an_empty_database_has_no_problem(database: Database) -> None:
    with database.read() as session:
        found = health.survey(session, REGISTRY, now=NOW)
        assert health.source_health(session, REGISTRY, now=NOW) == list(found.sources)
    assert [problem for problem in found.problems if problem.rule != "little_space"] == []
    assert [one.source_id for one in found.sources] == list(REGISTRY.sources)
    assert {one.state for one in found.sources} == {health.State.YOUNG}


def test_runs_that_fail_one_after_the_other_are_a_problem(database: Database) -> None:
    for number in range(4):
        outcome = Outcome.FAILED if number else Outcome.SUCCEEDED
        run(database, outcome, NOW - timedelta(minutes=10 * (4 - number)), reason="no list can be read: 1 timeout")
    (found,) = problems(database)
    assert (found.rule, found.severity, found.since) == (
        "failing", health.Severity.WARNING, NOW - timedelta(minutes=30)
    )  # fmt: skip
    assert found.message == "the last 3 runs failed, the latest as failed: no list can be read: 1 timeout"


def test_a_source_that_fell_silent(database: Database) -> None:
    put(database, "vlast", hours(NOW - 7 * WEEK, NOW - 9 * HOUR))
    run(database, Outcome.SUCCEEDED, NOW)
    (found,) = problems(database)
    assert (found.rule, found.since) == ("silent", NOW - 9 * HOUR)
    assert found.message == "nothing new for 9 h, usually 9 articles in that time"
    with database.read() as session:
        fares = next(one for one in health.source_health(session, REGISTRY, now=NOW) if one.source_id == "vlast")
    assert (fares.state, fares.articles_24h, fares.usual_24h, fares.articles_7d) == ("warning", 16, 24, 160)
    assert fares.daily == (24,) * 13 + (16,)
    assert (fares.last_new_at, fares.last_success_at) == (NOW - 9 * HOUR, NOW)


def test_a_source_whose_pages_lost_their_authors(database: Database) -> None:
    put(database, "vlast", hours(NOW - 7 * WEEK, NOW))
    run(database, Outcome.SUCCEEDED, NOW)
    days = [(ago, 20 if ago > 2 else 1) for ago in (0, 1, 3, 6, 9, 12)]
    rows = [
        {"day": (NOW - timedelta(days=ago)).date(), "source_id": "vlast", "layout": "", "field": "authors"}
        | {"filled": filled, "seen": 20}
        for ago, filled in days
    ]
    with database.write() as session:
        session.execute(insert(CoverageRow), rows)
    (found,) = problems(database)
    assert (found.rule, found.message) == ("drifting", "pages have lost fields: authors filled 100 % -> 5 %")


def test_a_site_that_refuses_us_says_so_once_and_hides_what_follows_from_it(database: Database) -> None:
    for number in range(3):
        run(database, Outcome.FAILED, NOW - number * HOUR, stats={"crawler/lists_dead/http_403": 3})
    with database.write() as session:
        hosts.change(session, "vlast.kz", blocked_until=NOW + 5 * HOUR, blocked_reason="HTTP 429")
        feeds.failed(session, "vlast", "https://vlast.kz/rss", kind="feed", now=NOW, error="http_403: HTTP status 403")
    (found,) = problems(database)
    assert (found.rule, found.severity) == ("blocked", health.Severity.CRITICAL)
    assert found.message == "the site refuses most of what the last run asked for: 3 http_403"


def test_one_problem_when_nobody_follows_the_schedules(database: Database) -> None:
    overdue = Declared("vlast", "* * * * *", "UTC", {}, "0", NOW - 3 * HOUR)
    with database.write() as session:
        schedules.sync(session, [overdue], kept=(), now=NOW - 9 * HOUR)
    with database.read() as session:
        found = [one for one in health.problems(session, REGISTRY, now=NOW) if one.rule == "late"]
    assert [(one.source_id, one.since) for one in found] == [(None, NOW - 3 * HOUR)]


def test_many_sources_take_no_more_statements_than_few(database: Database) -> None:
    counts = []
    few = Registry({"vlast": REGISTRY.get("vlast")}, {"vlast": REGISTRY.path_of("vlast")})
    rows = [
        {"source_id": source_id, "kind": RunKind.DISCOVERY, "trigger": "manual", "state": RunState.FINISHED}
        | {"outcome": Outcome.FAILED, "created_at": NOW, "finished_at": NOW}
        for source_id in REGISTRY.sources
    ]
    with database.write() as session:
        session.execute(insert(RunRow), rows)
    for source_id in REGISTRY.sources:
        put(database, source_id, hours(NOW - WEEK, NOW - 5 * HOUR))
    statements: list[object] = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
    for registry in (few, REGISTRY):
        with database.read() as session:
            gather(session, registry, now=NOW)
        counts.append(len(statements))
    assert counts[1] == 2 * counts[0]


# --- The command ------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", database_url)
    monkeypatch.setenv("CRAWLER_TIMEZONE", "UTC")
    return database


def typed(*words: str, code: int) -> str:
    result = CliRunner().invoke(app, ["source", "health", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_all_is_well(asked: Database) -> None:
    assert f"{len(REGISTRY.sources)} sources: {len(REGISTRY.sources)} too young to judge" in typed(code=0)


def test_what_is_wrong_is_told_with_what_to_do(asked: Database) -> None:
    with asked.read() as session:
        moment = now(session)
    run(asked, Outcome.FAILED_TO_START, moment - 2 * HOUR, reason="the database is gone")
    told = typed(code=EXIT_FAILED)
    assert "CRITICAL  vlast: the last run failed as failed_to_start: the database is gone" in told
    assert "See why: crawler log" in told
    assert "failed_to_start" in typed("vlast", code=EXIT_FAILED)
    assert typed("kursiv", code=0).count("kursiv") == 2
    found = json.loads(typed("--json", code=EXIT_FAILED))
    (problem,) = found["problems"]
    assert (problem["source"], problem["rule"], problem["severity"]) == ("vlast", "failing", "critical")
    assert len(found["sources"]) == len(REGISTRY.sources)


def test_on_80_columns_a_source_is_a_line(asked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with asked.read() as session:
        moment = now(session)
    run(asked, Outcome.SUCCEEDED, moment - 2 * HOUR)
    put(asked, "vlast", [moment - 2 * HOUR])
    CliRunner().invoke(app, ["schedule", "resume", "vlast"])  # since then each source has its next fire
    screen = Console(width=80, force_terminal=True, file=io.StringIO(), color_system=None)
    monkeypatch.setattr(source_health, "console", lambda **_: screen)
    typed("--all", code=0)
    lines = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == len(REGISTRY.sources) + 2
    assert lines[0].split() == ["source", "state", "14", "days", "24", "h", "last", "new", "next", "run"]
    assert max(map(len, lines)) <= 80


def test_a_source_that_there_is_not(asked: Database) -> None:
    with pytest.raises(SourceError, match="no source has this id"):
        typed("heralt", code=EXIT_USAGE)
