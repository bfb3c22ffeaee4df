"""How much a page asks of the database: few statements, however much there is to show."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.crawl.crawling import Home

# Statements of a page: health asks some twenty, access two, the rest is the page's own.
MOST = {
    "/": 27,
    "/running": 7,
    "/sources": 23,
    "/sources/steppe_telegraph": 33,
    "/runs": 9,
    "/runs?source=orchard_post": 9,
    "/errors": 8,
    "/articles": 12,
    "/articles?q=мост&order=best": 13,
    "/explain": 4,
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def get(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url), timeout=30) as answer:
        answer.read()


@pytest.mark.parametrize(("path", "most"), MOST.items())
def test_a_page_asks_little(address: str, path: str, most: int) -> None:
    with counted() as asked:
        get(address + urllib.parse.quote(path, safe="/?=&"))
    assert 0 < len(asked) <= most, [statement[:60] for statement in asked]


def test_an_article_asks_little_whatever_hangs_on_it(address: str, home: Home) -> None:
    article_id = home.one("SELECT article_id FROM cluster_members WHERE similarity > 0 LIMIT 1")
    with counted() as asked:
        get(f"{address}/articles/{article_id}")
    assert len(asked) <= 15


def test_a_run_asks_little_however_long_its_log(address: str, home: Home) -> None:
    run_id = home.one("SELECT max(run_id) FROM run_logs")
    with counted() as asked:
        get(f"{address}/runs/{run_id}")
    assert len(asked) <= 15
