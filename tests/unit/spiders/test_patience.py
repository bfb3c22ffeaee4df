"""A database that is away for a moment ends no crawl; one that is unusable, or away for long, does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.spiders import patience
from crawler.storage.database import Database, explain

AWAY = DatabaseError("cannot be reached", is_away=True)
FULL = DatabaseError("the disk is full")


class Failing:
    """A database that fails some times."""

    def __init__(self, *errors: DatabaseError) -> None:
        self.errors = [*errors]

    def transact(self, work: Callable[[Session], str]) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.001)


def ask(failing: Failing, **given: float) -> str:
    return asyncio.run(patience.transact(cast(Database, failing), lambda session: "unused", **given))


def test_it_is_waited_for() -> None:
    assert ask(Failing(AWAY, AWAY, AWAY)) == "done"


def test_a_full_disk_is_told_at_once() -> None:
    failing = Failing(AWAY, FULL, AWAY)
    with pytest.raises(DatabaseError, match="disk is full"):
        ask(failing)
    assert failing.errors == [AWAY]


def test_patience_ends() -> None:
    with pytest.raises(DatabaseError, match="cannot be reached"):
        ask(Failing(*[AWAY] * 1_000), patience=0.02)


@pytest.mark.parametrize(
    ("said", "is_away"),
    [("connection refused", True), ("the database disk is full", False), ("database is locked", True)],
)
def test_what_a_driver_says_tells_whether_waiting_helps(said: str, is_away: bool) -> None:
    error = explain(OperationalError(None, None, Exception(said)), "some database")
    assert error is not None
    assert error.is_away is is_away
