"""Which fields were filled when, and which fell: on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert

from crawler.storage import coverage
from crawler.storage.coverage import Share
from crawler.storage.database import Database
from crawler.storage.tables import CoverageRow

TODAY = date(2026, 11, 25)


def put(database: Database, *counts: tuple[int, str, str, int, int]) -> None:
    """(days ago, layout, field, filled, seen)"""
    rows = [
        {
            "day": TODAY - timedelta(days=ago), "source_id": "herald", "layout": layout, "field": field,
            "filled": filled, "seen": seen,
        }
        for ago, layout, field, filled, seen in counts
    ]  # fmt: skip
    with database.write() as session:
        session.execute(insert(CoverageRow), rows)


def fallen(database: Database) -> list[Share]:
    with database.read() as session:
        return coverage.fallen(
            session,
            lately=[TODAY, TODAY - timedelta(days=1)],
            before=[TODAY - timedelta(days=3), TODAY - timedelta(days=6)],
            least_before=0.5,
            below=0.5,
        )


def test_a_field_that_fell_is_told_whatever_the_layout(database: Database) -> None:
    put(
        database,
        (0, "", "authors", 1, 20), (1, "2026", "authors", 2, 10), (3, "2026", "authors", 19, 20),
        (6, "2026", "authors", 9, 10), (5, "2026", "authors", 0, 1_000),
    )  # fmt: skip
    assert fallen(database) == [Share("herald", "authors", 3, 30, 28, 30)]


def test_fields_that_are_as_they_were_are_not_told(database: Database) -> None:
    put(database, (0, "2026", "tags", 0, 20), (3, "2026", "tags", 0, 20), (0, "2026", "lead", 15, 20))
    put(database, (3, "2026", "lead", 19, 20), (0, "2026", "section", 0, 20))
    assert fallen(database) == []


def test_days_are_told_by_layout_and_field(database: Database) -> None:
    put(database, (0, "b", "lead", 1, 2), (0, "a", "lead", 1, 2), (1, "b", "body", 2, 2), (9, "b", "body", 2, 2))
    with database.read() as session:
        rows = coverage.by_day(session, "herald", since=TODAY - timedelta(days=5))
        assert coverage.by_day(session, "other", since=TODAY) == []
    assert [(row.layout, row.field) for row in rows] == [("b", "body"), ("a", "lead"), ("b", "lead")]
