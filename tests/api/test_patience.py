"""A question that takes too long is broken off on both databases, and its visitor told."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request

from crawler.storage.database import Database
from crawler.web.patience import bound, is_broken_off
from crawler.web.refusals import of_exception

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE x < 0"


def test_an_endless_question_is_broken_off_and_the_next_one_answered(database_url: str) -> None:
    with Database(database_url) as database:
        bound(database, 0.2)
        for _ in range(2):
            with pytest.raises(DBAPIError) as caught, database.read() as session:
                session.execute(text(ENDLESS))
            assert is_broken_off(caught.value)
            with database.read() as session:
                assert session.scalar(text("SELECT 7")) == 7
    request = Request({"type": "http", "method": "GET", "path": "/api/v1/stats", "headers": [], "query_string": b""})
    answer = of_exception(request, caught.value)
    assert (answer.status_code, answer.media_type) == (503, "application/problem+json")


def test_other_faults_were_not_broken_off() -> None:
    assert not is_broken_off(ValueError("interrupted"))
