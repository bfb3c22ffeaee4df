"""What is stored of what was read: verdicts, revisions, duplicates, ends of links, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from crawler.articles.article import Article, Image, Origin, Translation
from crawler.articles.verdict import Verdict
from crawler.storage import articles, identity
from crawler.storage.articles import StoredArticle
from crawler.storage.database import Database
from crawler.storage.links import LinkEnding
from crawler.storage.storing import Stored
from crawler.storage.tables import ArticleRow, CoverageRow, LinkRow, LinkState, RelationKind, RevisionKind
from crawler.storage.writing import MOST_REVISIONS
from tests.storage.stories import HOST, NOW, article, begin_run, claimed, reading, stored

LATER = NOW + timedelta(hours=3)
STORY = article()
EDITED = article(body="The new bridge opens on Saturday.", fetched_at=LATER)


def get(database: Database, reference: str = "1") -> StoredArticle:
    with database.read() as session:
        found = articles.find(session, reference)
    assert found is not None
    return found


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ArticleRow)) or 0


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param(None, STORY, Verdict.NEW, id="never seen"),
        pytest.param(STORY, STORY, Verdict.UNCHANGED, id="the same again"),
        pytest.param(STORY, EDITED, Verdict.REVISED, id="another text at the same address"),
        pytest.param(STORY, replace(STORY, lead=None), Verdict.REVISED, id="the lead is part of the text"),
        pytest.param(STORY, replace(STORY, headline="Bridge open"), Verdict.REVISED, id="so is the headline"),
        pytest.param(STORY, replace(STORY, tags=("new",)), Verdict.UNCHANGED, id="tags are not"),
        pytest.param(
            STORY,
            replace(STORY, body=STORY.body.replace(" ", "\u00a0")),
            Verdict.UNCHANGED,
            id="nor are kinds of space",
        ),
        pytest.param(STORY, article("/2-copy/"), Verdict.DUPLICATE, id="the same text at another address"),
        pytest.param(STORY, article("/2-other/", "Snow in May."), Verdict.NEW, id="another text at another address"),
        pytest.param(STORY, article("/1-bridge"), Verdict.UNCHANGED, id="a slash less is the same address"),
        pytest.param(
            EDITED, replace(STORY, fetched_at=NOW), Verdict.UNCHANGED, id="read before what is stored: no news"
        ),
    ],
)
def test_verdicts(database: Database, before: Article | None, after: Article, verdict: Verdict) -> None:
    if before is not None:
        stored(database, reading(before))
    (what,) = stored(database, reading(after), now=LATER)
    assert what.verdict is verdict
    assert what.state is (LinkState.UNCHANGED if verdict is Verdict.UNCHANGED else LinkState.STORED)
    assert count(database) == (1 if before is None or verdict in (Verdict.REVISED, Verdict.UNCHANGED) else 2)


def test_every_field_of_an_article_is_stored(database: Database) -> None:
    run_id = database.transact(begin_run)
    full = article(
        declared_canonical_url=f"{HOST}/1-bridge/?x",
        site_article_id="1",
        modified_at=NOW - timedelta(hours=1),
        is_accessible_for_free=False,
        lead_on_page=False,
        confidence=0.75,
        translations=(Translation("kk", f"{HOST}/kk/1/"),),
        related_links=(f"{HOST}/9-tunnel/", "mailto:a@b", f"{HOST}/1-bridge/"),
    )
    stored(database, reading(full, site_key="herald.example/1"), run_id=run_id, now=LATER)
    found = get(database)
    row = found.row
    same = (
        "url canonical_url declared_canonical_url site_article_id headline lead lead_on_page body language section "
        "published_at published_raw published_precision modified_at is_accessible_for_free layout confidence "
        "extractor_version fetched_at"
    )
    for name in same.split():
        assert getattr(row, name) == getattr(full, name), name
    assert (row.source_id, row.edition, row.site_key, row.run_id) == ("herald", "en", "herald.example/1", run_id)
    assert (row.published_origin, row.origins) == (Origin.JSON_LD, {"headline": "site_rule", "published_at": "json_ld"})
    assert (row.first_seen_at, row.last_seen_at, row.listed_at) == (LATER, NOW, full.published_at)
    assert (row.word_count, row.revision, row.gone_at) == (6, 1, None)
    assert (found.authors, found.tags, found.images) == (full.authors, full.tags, full.images)
    assert [(relation.kind, relation.url, relation.language) for relation in found.relations] == [
        (RelationKind.RELATED, f"{HOST}/9-tunnel/", None),
        (RelationKind.TRANSLATION, f"{HOST}/kk/1/", "kk"),
    ]
    assert found.revisions == ()


def test_an_article_with_nothing_but_a_headline(database: Database) -> None:
    bare = Article(url=f"{HOST}/1/", canonical_url=f"{HOST}/1/", headline="Flash: the bridge is open")
    stored(database, reading(bare))
    found = get(database)
    assert (found.row.body, found.row.published_at, found.row.listed_at) == ("", None, NOW)
    assert (found.authors, found.tags, found.images, found.row.fetched_at) == ((), (), (), NOW)


def test_a_date_in_the_future_does_not_put_an_article_on_top_for_ever(database: Database) -> None:
    stored(database, reading(article(published_at=NOW + timedelta(days=400))))
    row = get(database).row
    assert (row.published_at, row.listed_at) == (NOW + timedelta(days=400), NOW)


# --- Revisions --------------------------------------------------------------------------------------------------------
def test_a_superseded_text_is_kept_with_all_that_hung_on_it(database: Database) -> None:
    runs = [database.transact(lambda session, s=source: begin_run(session, s)) for source in ("a", "b")]
    stored(database, reading(STORY), run_id=runs[0])
    edited = replace(
        EDITED, headline="Bridge opens later", authors=("Ann Reed",), images=(), modified_at=LATER, tags=STORY.tags
    )
    stored(database, reading(edited), run_id=runs[1], now=LATER)
    found = get(database)
    (old,) = found.revisions
    assert (old.number, old.kind, old.run_id, found.row.run_id) == (1, RevisionKind.EDIT, *runs)
    assert old.changed_fields == ["headline", "body", "modified_at", "authors", "images"]
    assert (old.headline, old.lead, old.body) == (STORY.headline, STORY.lead, STORY.body)
    assert (old.authors, old.tags) == (list(STORY.authors), list(STORY.tags))
    assert old.images == [
        {"url": f"{HOST}/bridge.jpg", "caption": "The bridge at dawn", "credit": "Cy Day"},
    ]
    assert (old.seen_at, old.superseded_at) == (NOW, LATER)
    row = found.row
    assert (row.revision, row.headline, row.body) == (2, "Bridge opens later", EDITED.body)
    assert (row.first_seen_at, row.fetched_at, row.last_seen_at) == (NOW, LATER, LATER)
    assert (found.authors, found.tags, found.images) == (("Ann Reed",), STORY.tags, ())


def test_revisions_are_numbered_in_order(database: Database) -> None:
    for number in range(4):
        moment = NOW + timedelta(hours=number)
        stored(database, reading(article(body=f"Version {number}.", fetched_at=moment)), now=moment)
    found = get(database)
    assert [(old.number, old.body) for old in found.revisions] == [(n + 1, f"Version {n}.") for n in range(3)]
    assert (found.row.revision, found.row.body) == (4, "Version 3.")


def test_a_new_extractor_is_no_edit_of_the_site(database: Database) -> None:
    stored(database, reading(STORY))
    stored(database, reading(replace(EDITED, extractor_version="2")), now=LATER)
    assert [old.kind for old in get(database).revisions] == [RevisionKind.REEXTRACTED]


def test_an_edit_that_lost_the_date_does_not_change_when_the_story_came_out(database: Database) -> None:
    stored(database, reading(STORY))
    lost = replace(EDITED, published_at=None, published_raw=None, published_precision=None)
    stored(database, reading(lost), now=LATER)
    row = get(database).row
    assert (row.published_at, row.published_raw, row.listed_at) == (
        STORY.published_at,
        STORY.published_raw,
        row.listed_at,
    )


def test_of_an_unchanged_text_better_facts_are_taken_and_none_is_lost(database: Database) -> None:
    stored(database, reading(STORY))
    again = replace(
        STORY,
        section=None,
        authors=(),
        tags=("bridge", "opening"),
        images=(Image(f"{HOST}/bridge-large.jpg"),),
        modified_at=NOW,
        fetched_at=LATER,
    )
    stored(database, reading(again), now=LATER)
    found = get(database)
    assert (found.row.section, found.authors) == ("City", STORY.authors)
    assert (found.tags, found.images, found.row.modified_at) == (again.tags, again.images, NOW)
    assert (found.row.last_seen_at, found.row.fetched_at, found.row.revision) == (LATER, NOW, 1)
    assert found.revisions == ()


# --- Identity ---------------------------------------------------------------------------------------------------------
def test_the_sites_own_id_counts_for_more_than_the_address(database: Database) -> None:
    stored(database, reading(STORY, site_key="herald.example/1"))
    renamed = article("/1-bridge-opens-late/", EDITED.body, fetched_at=LATER)
    (what,) = stored(database, reading(renamed, site_key="herald.example/1"), now=LATER)
    assert (what.verdict, what.article_id) == (Verdict.REVISED, 1)
    found = get(database, f"{HOST}/1-bridge-opens-late/")  # the new address leads there, too
    assert (found.row.id, found.row.canonical_url) == (1, STORY.canonical_url)


def test_a_site_key_that_comes_later_is_added(database: Database) -> None:
    stored(database, reading(STORY))
    stored(database, reading(STORY, site_key="herald.example/1"))
    assert get(database).row.site_key == "herald.example/1"


def test_amp_pages_and_redirects_are_links_of_the_article(database: Database) -> None:
    run_id = database.transact(begin_run)
    amp, *_ = database.transact(lambda session: claimed(session, "/amp-1/", run_id=run_id))
    on_amp = replace(STORY, url=f"{HOST}/amp-1/")
    assert stored(database, reading(on_amp, link_id=amp.id), run_id=run_id)[0].verdict is Verdict.NEW
    found = get(database, f"{HOST}/amp-1/")
    assert {link.canonical_url for link in found.links} == {f"{HOST}/amp-1/", STORY.canonical_url}
    with database.read() as session:
        states = session.scalars(select(LinkRow.state)).all()
    assert states == [LinkState.STORED] * 2


def test_the_link_that_led_to_an_article_leads_to_it_again(database: Database) -> None:
    """The site gave its story another canonical address: it is the same story still."""
    (link,) = database.transact(lambda session: claimed(session, "/1-bridge/"))
    stored(database, reading(STORY, link_id=link.id))
    moved = article("/news/1-bridge/", EDITED.body, fetched_at=LATER)
    (what,) = stored(database, reading(moved, link_id=link.id), now=LATER)
    assert (what.verdict, what.article_id, count(database)) == (Verdict.REVISED, 1, 1)


def test_an_address_with_the_hash_of_another_is_rejected_not_mistaken(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "url_hash", lambda canonical: 7)
    stored(database, reading(STORY))
    (what,) = stored(database, reading(article("/2-other/", "Snow in May.")))
    assert what == Stored(LinkState.REJECTED, reason="address_taken: another article has the same address hash")
    assert count(database) == 1


# --- Duplicates -------------------------------------------------------------------------------------------------------
def test_a_wire_copy_is_stored_in_full_and_points_at_the_first(database: Database) -> None:
    stored(database, reading(STORY))
    stored(database, reading(article("/2-copy/", authors=("Wire",))))
    copy = get(database, "2")
    assert (copy.row.body, copy.authors) == (STORY.body, ("Wire",))
    assert [(one.kind, one.url) for one in copy.relations] == [(RelationKind.DUPLICATE, STORY.canonical_url)]
    assert get(database, "1").relations == ()


def test_of_copies_in_one_batch_the_earliest_published_is_the_original(database: Database) -> None:
    late, early, undated = (
        article("/1-late/", published_at=NOW),
        article("/2-early/", published_at=NOW - timedelta(days=1)),
        article("/3-undated/", published_at=None),
    )
    verdicts = [one.verdict for one in stored(database, reading(late), reading(early), reading(undated))]
    assert verdicts == [Verdict.DUPLICATE, Verdict.NEW, Verdict.DUPLICATE]


def test_an_edit_of_a_copy_is_no_copy_any_more(database: Database) -> None:
    stored(database, reading(STORY))
    stored(database, reading(article("/2-copy/")))
    (what,) = stored(database, reading(article("/2-copy/", "Our own words.", fetched_at=LATER)), now=LATER)
    assert what.verdict is Verdict.REVISED
    assert get(database, "2").relations == ()


# --- Batches ----------------------------------------------------------------------------------------------------------
def test_a_batch_answers_in_its_own_order(database: Database) -> None:
    run_id = database.transact(begin_run)
    dead, live, again = database.transact(
        lambda session: claimed(session, "/dead/", "/1-bridge/", "/2/", run_id=run_id)
    )
    batch = (
        reading(article("/2/", "Snow in May."), link_id=again.id),
        LinkEnding(dead.id, LinkState.GONE, "http_410: gone"),
        reading(STORY, link_id=live.id),
        reading(EDITED),
        reading(STORY),
    )
    what = stored(database, *batch, run_id=run_id)
    assert [(one.state, one.verdict) for one in what] == [
        (LinkState.STORED, Verdict.NEW),
        (LinkState.GONE, None),
        (LinkState.STORED, Verdict.NEW),
        (LinkState.STORED, Verdict.REVISED),
        (LinkState.UNCHANGED, Verdict.UNCHANGED),  # read before the edit
    ]
    assert what[2].article_id == what[3].article_id == what[4].article_id
    with database.read() as session:
        states = dict(session.execute(select(LinkRow.id, LinkRow.state)).all())
    assert states == {dead.id: "gone", live.id: "stored", again.id: "stored"}


def test_an_end_frees_the_link_and_says_where_it_leads(database: Database) -> None:
    run_id = database.transact(begin_run)
    (link,) = database.transact(lambda session: claimed(session, "/1-bridge/", run_id=run_id))
    stored(database, reading(STORY, link_id=link.id), run_id=run_id, now=LATER)
    with database.read() as session:
        row = session.get_one(LinkRow, link.id)
    assert (row.state, row.article_id, row.ended_at, row.leased_until) == (LinkState.STORED, 1, LATER, None)


def test_a_batch_of_which_one_cannot_be_stored_leaves_nothing(database: Database) -> None:
    poison = article("/2-poison/", "A lone surrogate: \ud800")
    with pytest.raises((SQLAlchemyError, UnicodeError)):
        stored(database, reading(STORY), reading(poison))
    assert count(database) == 0


def test_an_empty_batch(database: Database) -> None:
    assert stored(database) == []


def test_coverage_counts_fields_by_day_and_layout(database: Database) -> None:
    stored(database, reading(STORY), reading(article("/2/", "Snow.", layout=None, tags=())))
    stored(database, reading(article("/3/", "Hail.", authors=())))
    with database.read() as session:
        rows = session.scalars(select(CoverageRow)).all()
    counted = {(row.layout, row.field): (row.filled, row.seen) for row in rows}
    assert {row.day for row in rows} == {NOW.date()}
    assert (counted["2024", "authors"], counted["2024", "tags"], counted["", "tags"]) == ((1, 2), (2, 2), (0, 1))
    assert counted["2024", "modified_at"] == (0, 2)


# --- Changes without meaning ------------------------------------------------------------------------------------------
def test_a_counter_and_a_promotion_make_no_revision_and_the_text_stays(database: Database) -> None:
    stored(database, reading(STORY))
    noisy = replace(STORY, body=f"{STORY.body}\n\nViews: 12\n\nRead also: Snow", tags=("new",), fetched_at=LATER)
    for _ in range(2):
        (what,) = stored(database, reading(noisy), now=LATER)
        assert (what.verdict, what.state) == (Verdict.UNCHANGED, LinkState.UNCHANGED)
    found = get(database)
    assert found.revisions == ()
    assert found.row.body == STORY.body
    assert found.row.content_hash == reading(STORY).content_hash
    assert found.row.last_seen_at == LATER
    assert found.tags == ("new",)


def test_what_a_newer_extractor_leaves_out_is_taken_over_though_it_means_nothing(database: Database) -> None:
    stored(database, reading(replace(STORY, body=f"{STORY.body}\n\nViews: 12")))
    stored(database, reading(replace(STORY, extractor_version="2", fetched_at=LATER)))
    found = get(database)
    assert found.row.body == STORY.body
    assert [revision.kind for revision in found.revisions] == [RevisionKind.REEXTRACTED]


def test_a_page_that_changes_at_every_fetch_keeps_some_texts_a_day_and_the_newest(database: Database) -> None:
    for minute in range(MOST_REVISIONS + 5):
        at = NOW + timedelta(minutes=minute)
        stored(database, reading(replace(STORY, body=f"It is minute {minute} here.", fetched_at=at)), now=at)
    found = get(database)
    assert len(found.revisions) == MOST_REVISIONS
    assert found.row.body == f"It is minute {MOST_REVISIONS + 4} here."
    tomorrow = NOW + timedelta(days=2)
    (what,) = stored(database, reading(replace(STORY, body="It is over.", fetched_at=tomorrow)), now=tomorrow)
    assert what.verdict is Verdict.REVISED
    found = get(database)
    assert [revision.number for revision in found.revisions] == [*range(1, MOST_REVISIONS + 2)]
    assert found.revisions[-1].body == f"It is minute {MOST_REVISIONS + 4} here."
