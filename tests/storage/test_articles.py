"""Questions about stored articles, and their erasure."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import connect

import pytest
from sqlalchemy import func, select, text, update

from crawler.errors import UrlError
from crawler.storage import articles, links
from crawler.storage.columns import Base
from crawler.storage.database import Database
from crawler.storage.search import Cursor, Filter, search
from crawler.storage.tables import ArticleRow, LinkRow, LinkState, RevisionRow
from tests.storage.stories import HOST, NOW, article, begin_run, claimed, link, reading, stored

LATER = NOW + timedelta(hours=3)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def filled(database: Database) -> Database:
    stored(
        database,
        reading(article("/1/", "Rain.", published_at=hours_ago(1), section="City")),
        reading(article("/2/", "Snow.", published_at=hours_ago(3), language="kk", tags=("winter",))),
        reading(article("/3/", "Hail.", published_at=hours_ago(2), authors=("Bo Li",), section="Weather")),
        reading(article("/4/", "Fog.", published_at=None, tags=())),
    )
    return database


def listed(database: Database, limit: int = 50, **asked: object) -> list[str]:
    with database.read() as session:
        return [hit.row.body for hit in search(session, Filter(**asked), limit=limit).hits]  # type: ignore[arg-type]


def test_articles_are_listed_newest_first(filled: Database) -> None:
    assert listed(filled) == ["Fog.", "Rain.", "Hail.", "Snow."]
    assert listed(filled, limit=2) == ["Fog.", "Rain."]


@pytest.mark.parametrize(
    ("asked", "bodies"),
    [
        pytest.param({"sources": ("herald",)}, ["Fog.", "Rain.", "Hail.", "Snow."], id="source"),
        pytest.param({"sources": ("other",)}, [], id="another source"),
        pytest.param({"sources": ("other", "herald")}, ["Fog.", "Rain.", "Hail.", "Snow."], id="one of two sources"),
        pytest.param({"editions": ("ru",)}, [], id="edition"),
        pytest.param({"languages": ("kk",)}, ["Snow."], id="language"),
        pytest.param({"sections": ("Weather",)}, ["Hail."], id="section"),
        pytest.param(
            {"sections": ("Weather", "City"), "languages": ("en",)}, ["Fog.", "Rain.", "Hail."], id="sections"
        ),
        pytest.param({"authors": ("Ann Reed",)}, ["Fog.", "Rain.", "Snow."], id="author"),
        pytest.param({"authors": ("Ann Reed", "Bo Li")}, ["Fog.", "Rain.", "Hail.", "Snow."], id="one of two authors"),
        pytest.param({"tags": ("winter",)}, ["Snow."], id="tag"),
        pytest.param({"since": hours_ago(2)}, ["Fog.", "Rain.", "Hail."], id="since is included"),
        pytest.param({"until": hours_ago(2)}, ["Snow."], id="until is not"),
        pytest.param(
            {"since": hours_ago(2), "until": hours_ago(0.5), "authors": ("Bo Li",)}, ["Rain.", "Hail."], id="all"
        ),
        pytest.param({"has_revisions": True}, [], id="edited"),
        pytest.param({"has_revisions": False}, ["Fog.", "Rain.", "Hail.", "Snow."], id="never edited"),
        pytest.param({"is_gone": True}, [], id="gone"),
        pytest.param({"is_gone": False}, ["Fog.", "Rain.", "Hail.", "Snow."], id="there"),
    ],
)
def test_filters(filled: Database, asked: dict[str, object], bodies: list[str]) -> None:
    assert listed(filled, **asked) == bodies


def test_edited_and_gone_articles_are_told_apart(filled: Database) -> None:
    stored(filled, reading(article("/1/", "Rain has stopped.", fetched_at=LATER)), now=LATER)
    with filled.write() as session:
        session.execute(update(ArticleRow).where(ArticleRow.body == "Snow.").values(gone_at=LATER))
    assert listed(filled, has_revisions=True) == ["Rain has stopped."]
    assert listed(filled, is_gone=True) == ["Snow."]
    assert listed(filled, is_gone=False, has_revisions=False) == ["Fog.", "Hail."]


def test_pages_neither_overlap_nor_miss_while_articles_arrive(database: Database) -> None:
    """Of ten articles seven have one moment: the number breaks the tie."""
    for n in range(10):
        stored(database, reading(article(f"/{n}/", f"Text {n}.", published_at=hours_ago(n if n < 3 else 5))))
    seen: list[str] = []
    after: Cursor | None = None
    for number in range(4):
        with database.read() as session:
            page = search(session, Filter(), limit=3, after=after)
        seen += [hit.row.body for hit in page.hits]
        after = page.next_cursor and Cursor.decode(page.next_cursor.encode())
        stored(database, reading(article(f"/new-{number}/", f"New {number}.", published_at=NOW)))
    assert after is None
    assert sorted(seen) == [f"Text {n}." for n in range(10)]


def test_an_article_is_found_by_number_and_by_any_form_of_its_address(filled: Database) -> None:
    with filled.read() as session:
        number = str(search(session, Filter(tags=("winter",))).hits[0].row.id)
        for reference in (number, f"{HOST}/2/", f"http://www.herald.example/2?utm_source=mail#top"):  # noqa: F541
            found = articles.find(session, reference)
            assert found is not None
            assert found.row.body == "Snow."


@pytest.mark.parametrize("reference", ["999", "9" * 40, f"{HOST}/none/"])
def test_what_is_not_there_is_not_found(filled: Database, reference: str) -> None:
    with filled.read() as session:
        assert articles.find(session, reference) is None


def test_what_is_no_reference_is_refused(filled: Database) -> None:
    with filled.read() as session, pytest.raises(UrlError):
        articles.find(session, "the story about the bridge")


# --- Erasure ----------------------------------------------------------------------------------------------------------
def test_nothing_of_an_erased_article_is_left_but_its_tombstone(database: Database) -> None:
    stored(database, reading(article("/1/", "Secret text.", related_links=(f"{HOST}/9/",))))
    stored(database, reading(article("/1/", "Secret text, edited.", fetched_at=LATER)), now=LATER)
    stored(database, reading(article("/2/", "Rain.")))
    with database.write() as session:
        stone = articles.erase(session, 1, "wish of the person", now=LATER)
    assert stone is not None
    assert (stone.article_id, stone.canonical_url, stone.reason) == (1, f"{HOST}/1/", "wish of the person")
    with database.read() as session:
        assert articles.find(session, "1") is None
        assert articles.find(session, f"{HOST}/1/") is None
        assert search(session, Filter("secret")).hits == ()
        children = [table for table in Base.metadata.sorted_tables if "article_id" in table.columns]
        for table in children:
            if table.name not in ("tombstones", "links"):
                ids = session.scalars(select(table.c.article_id)).all()
                assert 1 not in ids, table.name
        assert session.scalar(select(func.count()).select_from(RevisionRow)) == 0
        for reference in ("1", f"{HOST}/1"):
            found = articles.tombstone(session, reference)
            assert found is not None
            assert found.erased_at == LATER
        assert session.scalars(select(ArticleRow.body)).all() == ["Rain."]


@pytest.mark.parametrize("way", ["its address", "its link", "its alias", "its site key"])
def test_an_erased_article_is_never_stored_again(database: Database, way: str) -> None:
    run_id = database.transact(begin_run)
    amp, *_ = database.transact(lambda session: claimed(session, "/amp-1/", run_id=run_id))
    stored(database, reading(article("/1/"), link_id=amp.id, site_key="herald.example/1"), run_id=run_id)
    with database.write() as session:
        articles.erase(session, 1, "law", now=NOW)
    again = {
        "its address": reading(article("/1/", "Edited.")),
        "its link": reading(article("/elsewhere/"), link_id=amp.id),
        "its alias": reading(article("/amp-1/")),
        "its site key": reading(article("/renamed/"), site_key="herald.example/1"),
    }[way]
    (what,) = stored(database, again, run_id=run_id, now=LATER)
    assert (what.state, what.reason, what.verdict) == (LinkState.REJECTED, "erased", None)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ArticleRow)) == 0


def test_the_links_of_an_erased_article_are_not_fetched_again(database: Database) -> None:
    run_id = database.transact(begin_run)
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    stored(database, reading(article("/1/"), link_id=taken.id), run_id=run_id)
    with database.write() as session:
        articles.erase(session, 1, "law", now=NOW)
    found = database.transact(
        lambda session: links.register(session, [link("/1/")], source_id="herald", run_id=run_id, now=LATER)
    )
    assert found.new == 0
    with database.read() as session:
        row = session.scalars(select(LinkRow)).one()
    assert (row.state, row.reason, row.article_id, row.title) == (LinkState.REJECTED, "erased", None, None)


def test_the_number_of_an_erased_article_never_comes_back(database: Database) -> None:
    stored(database, reading(article("/1/")))
    with database.write() as session:
        articles.erase(session, 1, "law", now=NOW)
    assert stored(database, reading(article("/2/")))[0].article_id == 2


def test_erasing_what_is_not_there(database: Database) -> None:
    with database.write() as session:
        assert articles.erase(session, 7, "law", now=NOW) is None


def test_no_byte_of_an_erased_text_stays_in_a_sqlite_file(sqlite_url: str) -> None:
    secret = "Unforgettable sentence. " * 300
    with Database(sqlite_url) as database:
        stored(database, reading(article("/1/", secret)))
        stored(database, reading(article("/2/", "Rain.")))
        with database.write() as session:
            articles.erase(session, 1, "law", now=NOW)
        path = Path(database.url.database or "")
    with closing(connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Unforgettable sentence" not in path.read_bytes()


def test_an_erasure_and_a_store_at_once_leave_the_article_erased(postgresql_url: str) -> None:
    """The store waits for the erasure's lock, and then sees the tombstone, not a free address."""
    from concurrent.futures import ThreadPoolExecutor

    with Database(postgresql_url) as database, ThreadPoolExecutor(1) as pool:
        stored(database, reading(article("/1/")))
        with database.write() as session:
            articles.erase(session, 1, "law", now=NOW)
            storing = pool.submit(stored, database, reading(article("/1/", "Edited.", fetched_at=LATER)))
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while not storing.done():
                with database.read() as other:
                    if other.scalar(text(waiting)):
                        break
        assert [what.reason for what in storing.result()] == ["erased"]
