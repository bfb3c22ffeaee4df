"""Several processes write at once, and some die: each article is there once, each link is taken by one."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool

import pytest
from sqlalchemy import func, select

from crawler.storage.database import Database
from crawler.storage.links import register
from crawler.storage.schema import inspect_schema
from crawler.storage.tables import ArticleRow, AuthorRow, LinkRow, RevisionRow
from tests.storage.processes import at_once, claim_all, die_before_commit, start, store_all
from tests.storage.stories import NOW, begin_run, link, reading, stored

PROCESSES = 4


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_first_starts_do_not_collide(empty_url: str) -> None:
    assert at_once(start, [(empty_url,)] * PROCESSES) == ["current"] * PROCESSES


def test_the_same_articles_stored_at_once_are_there_once(database: Database, database_url: str) -> None:
    numbers = list(range(100))
    orders = [numbers, numbers[::-1], numbers[50:] + numbers[:50], numbers[::2] + numbers[1::2]]
    verdicts = at_once(store_all, [(database_url, order, "Rain until noon.") for order in orders])
    assert sum(each.get("new", 0) for each in verdicts) == 100
    assert sum(each.get("unchanged", 0) for each in verdicts) == 100 * (PROCESSES - 1)
    assert count(database, ArticleRow) == 100
    assert count(database, AuthorRow) == 200


def test_different_texts_of_one_address_all_remain(database: Database, database_url: str) -> None:
    verdicts = at_once(store_all, [(database_url, [7], f"Version {n}.") for n in range(PROCESSES)])
    assert sum(each.get("revised", 0) for each in verdicts) == PROCESSES - 1
    assert count(database, ArticleRow) == 1
    assert count(database, RevisionRow) == PROCESSES - 1
    with database.read() as session:
        row = session.scalars(select(ArticleRow)).one()
        texts = {*session.scalars(select(RevisionRow.body)), row.body}
    assert row.revision == PROCESSES
    assert texts == {f"Version {n}. 7" for n in range(PROCESSES)}


def test_no_link_is_taken_by_two_runs(database: Database, database_url: str) -> None:
    with database.write() as session:
        runs = [begin_run(session, f"source{n}") for n in range(PROCESSES)]
        register(session, [link(f"/{n}/") for n in range(200)], source_id="herald", run_id=None, now=NOW)
    taken = at_once(claim_all, [(database_url, run_id) for run_id in runs])
    everything = [number for each in taken for number in each]
    assert len(everything) == len(set(everything)) == 200
    with database.read() as session:
        for run_id, own in zip(runs, taken, strict=True):
            assert set(session.scalars(select(LinkRow.id).where(LinkRow.run_id == run_id))) == set(own)


def test_a_process_killed_inside_a_transaction_leaves_nothing_of_it(database: Database, database_url: str) -> None:
    with pytest.raises(BrokenProcessPool):
        at_once(die_before_commit, [(database_url,)])
    assert count(database, ArticleRow) == 0
    # And it holds nobody up: its locks died with it.
    assert stored(database, reading())[0].verdict == "new"
    assert inspect_schema(database).state == "current"
