"""A cursor lies behind all that its reader saw: what comes later comes once, also when several write at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crawler.errors import QueryError
from crawler.storage import articles
from crawler.storage.changes import ChangeCursor, cursor_now, see_one_state
from crawler.storage.database import Database
from crawler.storage.filters import Filter
from crawler.storage.whole import whole_articles
from crawler.storage.writing import insert_new
from tests.storage.stories import NOW, article, reading, stored

LATER = NOW + timedelta(hours=1)


@contextmanager
def one_state(database: Database) -> Iterator[Session]:
    with database.read() as session:
        see_one_state(session)
        yield session


def taken(database: Database, since: ChangeCursor | None = None, words: str = "") -> tuple[list[str], ChangeCursor]:
    """The texts that are new since a cursor, and the next cursor, by way of its written form."""
    with one_state(database) as session:
        cursor = cursor_now(session)
        found = [one.row.body for portion in whole_articles(session, Filter(words), since=since) for one in portion]
    assert ChangeCursor.decode(cursor.encode()) == cursor
    return found, cursor


def test_what_is_new_or_has_another_text_comes_once(database: Database) -> None:
    stored(database, reading(article("/1/", "Rain.")), reading(article("/2/", "Snow.")))
    everything, first = taken(database)
    assert sorted(everything) == ["Rain.", "Snow."]
    assert taken(database, first)[0] == []
    stored(database, reading(article("/3/", "Hail.")))
    stored(database, reading(article("/1/", "Rain has stopped.", fetched_at=LATER)), now=LATER)
    news, second = taken(database, first)
    assert sorted(news) == ["Hail.", "Rain has stopped."]
    assert taken(database, second)[0] == []
    assert taken(database, first)[0] == news  # a reader that failed asks again
    assert taken(database, first, words="hail")[0] == ["Hail."]


def test_what_was_seen_again_unchanged_does_not_come(database: Database) -> None:
    stored(database, reading())
    _, cursor = taken(database)
    stored(database, reading(article(section="Town", fetched_at=LATER)), now=LATER)
    assert taken(database, cursor)[0] == []


def test_an_erased_article_does_not_come_and_hides_none(database: Database) -> None:
    stored(database, reading(article("/1/", "Rain.")))
    _, first = taken(database)
    stored(database, reading(article("/2/", "Snow.")))
    _, second = taken(database)
    with database.write() as session:
        articles.erase(session, 2, "law", now=NOW)
    stored(database, reading(article("/3/", "Hail.")))
    assert taken(database, first)[0] == taken(database, second)[0] == ["Hail."]


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    stored(database, reading(article("/1/", "Rain.")))
    with one_state(database) as session:
        cursor = cursor_now(session)
        stored(database, reading(article("/2/", "Snow.")))
        assert [one.row.body for portion in whole_articles(session, Filter()) for one in portion] == ["Rain."]
    assert taken(database, cursor)[0] == ["Snow."]


def test_who_wrote_first_and_committed_last_is_not_lost(postgresql_url: str) -> None:
    """The slow one has the lower numbers, of articles and of transactions, and cannot be seen yet."""
    with Database(postgresql_url) as database:
        with database.write() as slow:
            insert_new(slow, [(reading(article("/slow/", "Slow.")), None)], run_id=None, now=NOW)
            stored(database, reading(article("/quick/", "Quick.")))
            first_found, first = taken(database)
            assert first_found == ["Quick."]
            stored(database, reading(article("/next/", "Next.")))
            assert taken(database, first)[0] == ["Next."]
        second_found, second = taken(database, first)
        assert sorted(second_found) == ["Next.", "Slow."]
        assert taken(database, second)[0] == []


def test_a_cursor_of_another_database_is_refused(database: Database) -> None:
    other = ChangeCursor("7/7", "1:1:") if database.dialect == "sqlite" else ChangeCursor("sqlite", "0")
    with pytest.raises(QueryError, match=r"another database.*Export everything once"):
        taken(database, other)


def test_a_cursor_that_is_ahead_of_a_restored_backup_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    with Database(sqlite_url) as database:
        stored(database, reading())
        with database.outside_transactions() as file:
            file.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
        stored(database, reading(article("/2/", "Snow.")))
        _, cursor = taken(database)
    with Database(f"sqlite:///{tmp_path}/backup.db") as restored, pytest.raises(QueryError, match="restored since"):
        taken(restored, cursor)


@pytest.mark.parametrize("written", ["", "abc", "W10", "WyJjIiwic3FsaXRlIiwieCJd", "WyJjIiwiNyIsIjEiXQ", "é"])
def test_what_is_no_cursor_is_refused(written: str) -> None:
    with pytest.raises(QueryError, match="no cursor"):
        ChangeCursor.decode(written)


def test_the_changes_fit_the_articles(database: Database) -> None:
    stored(database, reading(), reading(article("/2/", "Snow.")))
    stored(database, reading(article("/2/", "Snow melts.", fetched_at=LATER)), now=LATER)
    with database.write() as session:
        articles.erase(session, 1, "law", now=NOW)
    with database.read() as session:
        kept = session.scalars(text("SELECT article_id FROM article_changes")).all()
    assert kept == [2]


def test_many_writers_and_a_reader_that_asks_all_the_time(database: Database) -> None:
    """Whatever order they commit in, each text comes in exactly one of the reader's answers."""
    sources, each = ("a", "b", "c"), 12

    def write(source_id: str) -> None:
        for number in range(each):
            one = reading(article(f"/{source_id}{number}/", f"Text {number} of {source_id}."))
            stored(database, replace(one, source_id=source_id))

    found: list[str] = []
    cursor: ChangeCursor | None = None
    with ThreadPoolExecutor(len(sources)) as pool:
        writing = [pool.submit(write, source_id) for source_id in sources]
        while not all(one.done() for one in writing):
            news, cursor = taken(database, cursor)
            found += news
        for one in writing:
            one.result()
    found += taken(database, cursor)[0]
    assert sorted(found) == sorted(f"Text {number} of {source_id}." for source_id in sources for number in range(each))
