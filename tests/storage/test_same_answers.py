"""Articles stored in batches are put together as the index in the process puts their texts together."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sqlalchemy import select

from benchmarks.dedup.stream import Text, stream
from benchmarks.near_duplicates import NearDuplicates
from crawler.articles.article import Article
from crawler.storage.database import Database
from crawler.storage.storing import store
from crawler.storage.tables import ArticleRow, MemberRow
from tests.storage.stories import article, reading

# Reports of some days, with more of one mould than are read under a hash, copies of all kinds, and a few wrong pairs.
TEXTS = list(stream(500, seed=11, figures=True))


def as_article(text: Text) -> Article:
    at = text.published_at
    return article(f"/{text.id}/", text.text, headline=None, lead=None, published_at=at, fetched_at=at)


def test_the_database_and_the_process_make_the_same_clusters(database: Database) -> None:
    index, in_process = NearDuplicates(), {}
    for text in TEXTS:
        same = index.add(text.id, text.text, text.published_at)
        in_process[text.id] = in_process[same[0]] if same else text.id
    random, waiting = Random(2), list(TEXTS)
    while waiting:
        batch = [waiting.pop(0) for _ in range(min(len(waiting), random.randint(1, 40)))]
        readings = [reading(as_article(text)) for text in batch]
        now = batch[-1].published_at + timedelta(minutes=1)
        database.transact(lambda session, readings=readings, now=now: store(session, readings, run_id=None, now=now))
    with database.read() as session:
        asked = select(ArticleRow.canonical_url, ArticleRow.id, MemberRow.cluster_id).outerjoin(
            MemberRow, MemberRow.article_id == ArticleRow.id
        )
        stored = {url.split("/")[-2]: cluster or -number for url, number, cluster in session.execute(asked)}
    assert _groups(stored) == _groups(in_process)
    assert len(_groups(stored)) < 0.6 * len(TEXTS), "many are copies"


def _groups(label_of: dict[str, object]) -> set[frozenset[str]]:
    labels: dict[object, set[str]] = {}
    for text, label in label_of.items():
        labels.setdefault(label, set()).add(text)
    return {frozenset(group) for group in labels.values()}
