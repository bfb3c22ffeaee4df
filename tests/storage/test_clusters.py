"""Articles that tell the same story are joined: by the best match, under the earliest, whoever writes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crawler.articles.article import Article, Precision, Translation
from crawler.articles.verdict import Verdict
from crawler.storage import articles, clusters
from crawler.storage.clusters import Cluster
from crawler.storage.database import Database
from crawler.storage.search import Filter, search
from crawler.storage.storing import store
from crawler.storage.tables import ClusterRow, FingerprintRow, MemberRow, PostingRow, RelationKind, RelationRow
from tests.storage.near import LEAD, LONG, long_article, wire_copy
from tests.storage.processes import at_once, store_copies
from tests.storage.stories import NOW, article, reading, stored

HOUR = timedelta(hours=1)
ORIGINAL = long_article()
COPY = wire_copy(ORIGINAL, published_at=NOW - HOUR)


def verdicts(database: Database, *batch: Article) -> list[Verdict | None]:
    return [one.verdict for one in stored(database, *map(reading, batch))]


def cluster(database: Database, article_id: int = 1) -> Cluster | None:
    with database.read() as session:
        return clusters.cluster_of(session, article_id)


def members(database: Database, article_id: int = 1) -> list[int]:
    """Numbers of the articles of a cluster, the earliest first."""
    found = cluster(database, article_id)
    return [member.article.id for member in found.members] if found else []


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
def test_a_wire_copy_is_stored_in_full_and_joined_to_its_original(database: Database, together: bool) -> None:
    if together:
        assert verdicts(database, ORIGINAL, COPY) == [Verdict.NEW, Verdict.DUPLICATE]
    else:
        assert verdicts(database, ORIGINAL) + verdicts(database, COPY) == [Verdict.NEW, Verdict.DUPLICATE]
    found = cluster(database)
    assert found is not None
    first, second = found.members
    assert found.original_id == first.article.id
    assert first.article.canonical_url == ORIGINAL.canonical_url
    assert (first.similarity, first.matched_article_id) == (None, None)
    assert second.article.body == COPY.body
    assert second.matched_article_id == first.article.id
    assert second.similarity is not None
    assert 0.4 < second.similarity < 0.9


def test_what_is_no_copy_stands_alone(database: Database) -> None:
    other = long_article("/2-bananas/", LONG[1])
    assert verdicts(database, ORIGINAL, other) == [Verdict.NEW, Verdict.NEW]
    assert count(database, ClusterRow) == 0


def test_another_day_s_report_of_one_mould_stands_alone(database: Database) -> None:
    report = (
        "Lake levels, reported by the harbour office of Lund Bay: {} centimetres at Orlo, {} at Saint Odo, {} at Marn, "
        "and {} at the old bridge. Boats deeper than {} centimetres stay in port until {} in the morning, when the "
        "office measures again and tells crews and passengers whether the ferries may leave."
    )
    today = long_article("/2-levels/", report.format(212, 185, 97, 140, 120, 6))
    tomorrow = long_article("/3-levels/", report.format(207, 181, 92, 133, 115, 7))
    assert verdicts(database, today, tomorrow) == [Verdict.NEW, Verdict.NEW]


def test_a_text_too_short_to_be_compared_is_joined_only_when_it_is_equal(database: Database) -> None:
    flash, edited = article("/1/", "A dam has burst in Marn.", lead=None), "A dam has burst near Marn."
    assert verdicts(database, flash) == [Verdict.NEW]
    batch = (article("/2/", edited, lead=None), article("/3/", flash.body, lead=None))
    assert verdicts(database, *batch) == [Verdict.NEW, Verdict.DUPLICATE]
    found = cluster(database)
    assert found is not None
    assert [member.similarity for member in found.members] == [None, 1.0]
    with database.read() as session:
        assert session.scalars(select(FingerprintRow.sketch)).all() == [None] * 3


def test_copies_two_weeks_apart_are_looked_for_and_later_ones_are_not(database: Database) -> None:
    just = wire_copy(ORIGINAL, published_at=ORIGINAL.published_at and ORIGINAL.published_at - timedelta(days=14))
    late = wire_copy(ORIGINAL, "/8/", published_at=ORIGINAL.published_at and ORIGINAL.published_at - timedelta(days=29))
    assert verdicts(database, ORIGINAL) == [Verdict.NEW]
    assert verdicts(database, late, just) == [Verdict.NEW, Verdict.DUPLICATE]


def test_the_best_match_decides_and_joins_no_two_stories(database: Database) -> None:
    """A digest of two stories belongs to the one that it has more of; the two remain apart."""
    bananas = long_article("/2-bananas/", LONG[1])
    digest = long_article("/3-digest/", f"{LONG[0]}\n\n{LONG[1].partition(chr(10))[0]}")
    assert verdicts(database, ORIGINAL) + verdicts(database, bananas) == [Verdict.NEW, Verdict.NEW]
    assert verdicts(database, digest) == [Verdict.DUPLICATE]
    assert members(database, 3) == [1, 3]
    assert members(database, 2) == []


def test_an_article_that_contains_another_one_points_at_it(database: Database) -> None:
    everything = long_article("/2-all/", "\n\n".join(LONG))
    stored(database, reading(ORIGINAL))
    stored(database, reading(everything))
    with database.read() as session:
        (relation,) = session.scalars(select(RelationRow).where(RelationRow.kind == RelationKind.CONTAINS))
    assert (relation.article_id, relation.url) == (2, ORIGINAL.canonical_url)


def test_that_is_found_as_well_when_the_shorter_one_comes_later(database: Database) -> None:
    everything = long_article("/2-all/", "\n\n".join(LONG))
    stored(database, reading(everything))
    stored(database, reading(ORIGINAL), reading(long_article("/3-station/", LONG[2])))
    with database.read() as session:
        rows = session.scalars(select(RelationRow).where(RelationRow.kind == RelationKind.CONTAINS)).all()
    assert {(row.article_id, row.url) for row in rows} == {
        (1, ORIGINAL.canonical_url),
        (1, "https://herald.example/3-station/"),
    }


# --- Which was first --------------------------------------------------------------------------------------------------
def test_the_earliest_published_is_the_original_whenever_it_is_found(database: Database) -> None:
    assert verdicts(database, COPY) == [Verdict.NEW]
    assert verdicts(database, ORIGINAL) == [Verdict.DUPLICATE]
    found = cluster(database)
    assert found is not None
    assert found.original_id == 2
    assert members(database) == [2, 1]


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        pytest.param({"published_at": None}, 1, id="states no date: it is known to exist since we saw it"),
        pytest.param(
            {"published_at": NOW - 8 * HOUR, "published_precision": Precision.DAY},
            1,
            id="states only the day: that may mean its end",
        ),
        pytest.param({"published_at": NOW - 3 * HOUR}, 2, id="states an earlier time"),
    ],
)
def test_what_the_copy_states_decides(database: Database, fields: dict[str, object], first: int) -> None:
    stored(database, reading(ORIGINAL))
    stored(database, reading(replace(COPY, **fields)))  # type: ignore[arg-type]
    found = cluster(database)
    assert found is not None
    assert found.original_id == first


def test_an_edit_that_corrects_the_date_changes_the_original(database: Database) -> None:
    stored(database, reading(ORIGINAL), reading(COPY))
    edited = replace(COPY, published_at=NOW - 5 * HOUR, body=COPY.body + " Corrected.", fetched_at=NOW + HOUR)
    assert verdicts(database, edited) == [Verdict.REVISED]
    found = cluster(database)
    assert found is not None
    assert found.original_id == 2


def test_only_originals_are_listed_when_asked_for(database: Database) -> None:
    stored(database, reading(ORIGINAL), reading(COPY), reading(long_article("/2-bananas/", LONG[1])))
    with database.read() as session:
        every = [hit.row for hit in search(session, Filter()).hits]
        originals = [hit.row for hit in search(session, Filter(originals_only=True)).hits]
    assert len(every) == 3
    assert {row.canonical_url for row in every} - {row.canonical_url for row in originals} == {COPY.canonical_url}


# --- Edits, translations, erasure -------------------------------------------------------------------------------------
def test_an_edit_at_its_own_address_is_a_revision_and_found_by_its_new_text(database: Database) -> None:
    stored(database, reading(long_article(body=LONG[1])))
    assert verdicts(database, replace(ORIGINAL, fetched_at=NOW + HOUR)) == [Verdict.REVISED]
    assert count(database, ClusterRow) == 0
    assert verdicts(database, wire_copy(ORIGINAL)) == [Verdict.DUPLICATE]
    assert verdicts(database, long_article("/5-bananas/", LONG[1])) == [Verdict.NEW]


def test_an_edit_that_takes_over_another_s_text_joins_it(database: Database) -> None:
    stored(database, reading(ORIGINAL), reading(long_article("/2/", LONG[1])))
    edited = replace(wire_copy(ORIGINAL), url=ORIGINAL.url[:-10] + "2/", canonical_url="https://herald.example/2/")
    (what,) = stored(database, reading(replace(edited, fetched_at=NOW + HOUR)))
    assert what.verdict is Verdict.REVISED
    assert what.nearest is not None
    assert members(database, 2) == [1, 2]


def test_a_member_whose_text_changes_stays(database: Database) -> None:
    stored(database, reading(ORIGINAL), reading(COPY))
    stored(database, reading(replace(COPY, body=LONG[1], fetched_at=NOW + HOUR)))
    assert members(database) == [1, 2]


@pytest.mark.parametrize("declared_by", ["the earlier", "the later"])
def test_a_translation_is_never_a_duplicate(database: Database, declared_by: str) -> None:
    """Some sites put the untranslated text at the other language's address."""
    here, there = ORIGINAL, replace(ORIGINAL, url=COPY.url, canonical_url=COPY.canonical_url)
    if declared_by == "the earlier":
        here = replace(here, translations=(Translation("kk", there.url),))
    else:
        there = replace(there, translations=(Translation("en", here.url),))
    assert verdicts(database, here, there) == [Verdict.NEW, Verdict.NEW]
    assert count(database, ClusterRow) == 0


def test_an_erased_article_leaves_its_cluster_and_the_index(database: Database) -> None:
    third = wire_copy(ORIGINAL, "/10/", published_at=NOW - HOUR / 2)
    for one in (ORIGINAL, COPY, third):
        stored(database, reading(one))
    with database.write() as session:
        articles.erase(session, 1, "asked for", now=NOW)
    found = cluster(database, 2)
    assert found is not None
    assert found.original_id == 2
    assert [(member.article.id, member.matched_article_id) for member in found.members] == [(2, None), (3, 2)]
    with database.write() as session:
        assert not session.scalars(select(PostingRow).where(PostingRow.article_id == 1)).all()
        articles.erase(session, 3, "asked for", now=NOW)
    assert members(database, 2) == [], "one alone is no cluster"
    assert count(database, ClusterRow) == count(database, MemberRow) == 0
    assert count(database, FingerprintRow) == 1


def test_the_same_article_twice_in_one_batch_is_indexed_once(database: Database) -> None:
    again = replace(ORIGINAL, body=f"{LEAD}\n\n{ORIGINAL.body}", fetched_at=NOW + HOUR)
    assert verdicts(database, ORIGINAL, again) == [Verdict.NEW, Verdict.REVISED]
    assert count(database, FingerprintRow) == 1
    assert verdicts(database, COPY) == [Verdict.DUPLICATE]


# --- Several at once --------------------------------------------------------------------------------------------------
def test_who_joins_waits_for_who_joined_and_has_not_yet_committed(database: Database) -> None:
    """Else neither would see the other's text, and the story would stand twice."""
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            store(session, [reading(ORIGINAL)], run_id=None, now=NOW)
            copy = pool.submit(stored, database, replace(reading(COPY), source_id="mirror"))
            with pytest.raises(TimeoutError):
                copy.result(timeout=0.5)
        (what,) = copy.result()
    assert what.verdict is Verdict.DUPLICATE
    assert members(database) == [1, 2]


def test_sites_that_write_at_once_make_one_cluster_of_one_story(database: Database, database_url: str) -> None:
    """Each process stores its copies of the same ten stories, in an order of its own."""
    processes, stories = 4, 10
    at_once(store_copies, [(database_url, site, stories) for site in range(processes)])
    assert count(database, ClusterRow) == stories
    assert count(database, MemberRow) == processes * stories
    with database.read() as session:
        sizes = session.execute(select(func.count()).select_from(MemberRow).group_by(MemberRow.cluster_id)).all()
    assert {size for (size,) in sizes} == {processes}
