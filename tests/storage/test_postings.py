"""The table of postings answers as the index in the process does, and forgets what it is told to forget."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from crawler.duplicates.index import Index
from crawler.duplicates.matching import NEAREST
from crawler.storage import postings, retention
from crawler.storage.database import Database
from crawler.storage.postings import Marks
from crawler.storage.retention import Keep
from crawler.storage.tables import ArticleRow, FingerprintRow, PostingRow
from tests.storage.near import LONG, long_article
from tests.storage.stories import NOW, reading, stored

ARTICLES = 300


@pytest.fixture
def marks(database: Database) -> list[Marks]:
    """Marks that overlap a lot, on forty days; their articles are there, for they are referred to."""
    random = Random(5)
    stored(database, *(reading(long_article(f"/{n}/", body=f"Text {n}.")) for n in range(ARTICLES)))
    with database.write() as session:
        ids = session.scalars(select(ArticleRow.id).order_by(ArticleRow.id)).all()
        postings.remove(session, ids)
    return [
        Marks(number, 20_000 + random.randrange(40), tuple(sorted(random.sample(range(120), 25))), frozenset({number}))
        for number in ids
    ]


def test_the_table_and_the_index_give_the_same_answers(database: Database, marks: list[Marks]) -> None:
    index = Index()
    for one in marks[:-50]:
        index.add(one.article_id, one.sketch, day=one.day)
    with database.write() as session:
        postings.add(session, marks[:-50])
    with database.read() as session:
        found = postings.under(session, [(hash_, one.day) for one in marks[-50:] for hash_ in one.sketch])
    numbers = set()
    for one in marks[-50:]:
        expected = index.under(one.sketch, day=one.day)
        assert [found.get((hash_, one.day), []) for hash_ in one.sketch] == expected
        numbers |= {len(under) for under in expected}
    # Of some hashes there are more texts than are read, and of others fewer.
    assert max(numbers) == NEAREST
    assert min(numbers) < NEAREST


def test_marks_come_back_as_they_were(database: Database, marks: list[Marks]) -> None:
    too_short = Marks(marks[0].article_id, 20_000, (), frozenset({2**32 - 1}))
    largest = Marks(marks[1].article_id, 20_000, (0, 2**63 - 1), frozenset())
    with database.write() as session:
        postings.add(session, [too_short, largest])
    with database.read() as session:
        known = postings.known(session, [too_short.article_id, largest.article_id, marks[2].article_id])
    assert known == {too_short.article_id: too_short, largest.article_id: largest}


def test_marks_of_another_version_are_not_known_and_can_be_removed(database: Database, marks: list[Marks]) -> None:
    with database.write() as session:
        postings.add(session, marks[:2])
        row = session.get_one(FingerprintRow, marks[0].article_id)
        row.version += 1
    with database.write() as session:
        assert postings.known(session, [one.article_id for one in marks]) == {marks[1].article_id: marks[1]}
        postings.remove(session, [one.article_id for one in marks])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PostingRow)) == 0
        assert session.scalar(select(func.count()).select_from(FingerprintRow)) == 0


def test_a_prune_forgets_marks_older_than_the_window(database: Database) -> None:
    old, new = long_article("/1-old/", published_at=NOW - timedelta(days=70)), long_article("/2-new/", body=LONG[1])
    stored(database, reading(old), now=NOW - timedelta(days=70))
    late = long_article("/3-late/", body=LONG[2], published_at=NOW - timedelta(days=70))
    stored(database, reading(new), reading(late))
    assert retention.prune(database, Keep(), now=NOW) == {"fingerprints": 1}
    with database.read() as session:
        left = session.scalars(select(FingerprintRow.article_id).order_by(FingerprintRow.article_id)).all()
        assert set(session.scalars(select(PostingRow.article_id))) == {2, 3}
    assert left == [2, 3], "what was found late is kept as long as what is new"
