"""The ledger of links: known once, taken by one, asked for again some times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crawler.storage import links, runs
from crawler.storage.database import Database
from crawler.storage.links import PAUSES, SECOND_LOOKS, WAIT, LinkEnding, Registered
from crawler.storage.liveness import own_identity
from crawler.storage.runs import Attempt, Ending
from crawler.storage.tables import ArticleRow, LinkRow, LinkState
from tests.crawl.crawling import until
from tests.storage.stories import HOST, NOW, article, begin_run, claimed, link, reading, stored

HOUR = timedelta(hours=1)


def register(database: Database, *paths: str, **fields: object) -> Registered:
    found = [link(path, **fields) for path in paths]
    return database.transact(lambda s: links.register(s, found, source_id="herald", run_id=None, now=NOW))


def take(database: Database, run_id: int, limit: int = 100, now=NOW, lease=HOUR) -> list[str]:
    taken = database.transact(
        lambda session: links.claim(session, "herald", run_id=run_id, limit=limit, now=now, lease=lease)
    )
    return [one.url.removeprefix(HOST) for one in taken]


def end(database: Database, ending: LinkEnding, run_id: int, now=NOW) -> LinkRow:
    database.transact(lambda session: links.end(session, [ending], run_id=run_id, now=now))
    with database.read() as session:
        return session.get_one(LinkRow, ending.link_id)


@pytest.fixture
def run_id(database: Database) -> int:
    return database.transact(begin_run)


def test_only_unknown_links_are_stored(database: Database) -> None:
    assert register(database, "/1/", "/2/") == Registered(new=2, known=0)
    assert register(database, "/2/", "/3/") == Registered(new=1, known=2 - 1)
    assert register(database, "/3", via="sitemap") == Registered(
        new=0, known=1
    )  # a slash more or less is no other page


def test_what_discovery_knew_of_a_link_is_kept(database: Database) -> None:
    register(database, "/1/", published_hint=NOW - HOUR, via="sitemap", via_url=f"{HOST}/map.xml")
    with database.read() as session:
        row = links.find(session, f"{HOST}/1/?utm_source=mail")
    assert row is not None
    assert (row.discovered_via, row.via_url, row.discovered_at) == ("sitemap", f"{HOST}/map.xml", NOW)
    assert (row.published_hint, row.title, row.state) == (NOW - HOUR, "Bridge opens", LinkState.PENDING)


def test_more_links_than_fit_into_one_statement(database: Database) -> None:
    paths = [f"/{n}/" for n in range(links.PORTION * 2 + 1)]
    assert register(database, *paths).new == len(paths)
    assert register(database, *paths).known == len(paths)


def test_an_address_with_the_hash_of_another_is_reported_not_mistaken(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(links, "url_hash", lambda canonical: 7)
    register(database, "/1/")
    assert register(database, "/2/") == Registered(new=0, known=1)
    assert "has the address hash of https://herald.example/1/" in caplog.text
    with database.read() as session:
        assert links.find(session, f"{HOST}/2/") is None


def test_links_are_taken_newest_first_and_undated_ones_in_the_lists_order(database: Database, run_id: int) -> None:
    register(database, "/old/", published_hint=NOW - 2 * HOUR)
    register(database, "/young/", published_hint=NOW - HOUR)
    register(database, "/undated-1/", "/undated-2/")
    assert take(database, run_id) == ["/undated-1/", "/undated-2/", "/young/", "/old/"]


def test_a_taken_link_is_free_again_when_its_lease_is_over_or_given_back(database: Database, run_id: int) -> None:
    register(database, "/1/", "/2/")
    other = database.transact(lambda session: begin_run(session, "other"))
    assert take(database, run_id, limit=1) == ["/1/"]
    assert take(database, other) == ["/2/"]
    assert take(database, other, now=NOW + HOUR / 2) == []
    assert take(database, other, now=NOW + HOUR) == ["/1/", "/2/"]
    assert database.transact(lambda session: links.release_run(session, run_id)) == 0  # the other has them now
    assert database.transact(lambda session: links.release_run(session, other)) == 2
    assert take(database, run_id) == ["/1/", "/2/"]


def test_no_link_waits_for_years(database: Database, run_id: int) -> None:
    """Its moment was written by a clock that was ahead."""
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    waits = LinkEnding(taken.id, LinkState.PENDING, "host_blocked: wait", NOW + timedelta(days=1_461))
    assert end(database, waits, run_id).next_at == waits.retry_at
    assert take(database, run_id) == ["/1/"]


def test_a_run_that_has_ended_takes_no_links(database: Database) -> None:
    """Nobody would give them back: they would wait for the end of the lease, while the next run finds none."""
    register(database, "/1/", "/2/")

    def begin(session: Session) -> Attempt:
        attempt = runs.begin(session, "herald", process=own_identity(), now=NOW)
        assert attempt is not None
        return attempt

    attempt = database.transact(begin)
    assert take(database, attempt.run_id, limit=1) == ["/1/"]
    database.transact(lambda session: runs.finish(session, attempt, Ending("cancelled"), now=NOW))
    assert take(database, attempt.run_id) == []
    assert take(database, database.transact(begin).run_id) == ["/1/", "/2/"]


@pytest.mark.parametrize("late", [False, True], ids=["the claim comes first", "the end comes first"])
def test_the_end_of_a_run_and_its_claim_meet(postgresql_url: str, late: bool) -> None:
    """Of a crawl that is stopped, two threads write at once: whoever comes second waits, and no link stays taken."""
    with Database(postgresql_url) as database:
        register(database, "/1/")
        attempt = database.transact(lambda s: runs.begin(s, "herald", process=own_identity(), now=NOW))
        assert attempt is not None
        claim = partial(take, database, attempt.run_id)
        finish = partial(database.transact, lambda session: runs.finish(session, attempt, Ending("cancelled"), now=NOW))
        with ThreadPoolExecutor() as pool, database.write() as session:
            if late:
                runs.finish(session, attempt, Ending("cancelled"), now=NOW)
            else:
                links.claim(session, "herald", run_id=attempt.run_id, limit=1, now=NOW, lease=HOUR)
            second = pool.submit(claim if late else finish)
            until(partial(somebody_waits, database))
            session.commit()
            second.result(10)
        with database.read() as session:
            assert session.scalars(select(LinkRow.leased_until)).all() == [None]


def somebody_waits(database: Database) -> bool:
    with database.read() as session:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(session.scalar(text(waits)))


def test_a_failed_link_is_asked_for_again_after_growing_pauses_and_then_no_more(
    database: Database, run_id: int
) -> None:
    now = NOW
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    for attempt, pause in enumerate(PAUSES, start=1):
        row = end(database, LinkEnding(taken.id, LinkState.FAILED, "timeout: no answer"), run_id, now)
        assert (row.state, row.attempts, row.next_at) == (LinkState.PENDING, attempt, now + pause)
        assert take(database, run_id, now=now + pause - timedelta(seconds=1)) == []
        now += pause
        assert take(database, run_id, now=now) == ["/1/"]
    row = end(database, LinkEnding(taken.id, LinkState.FAILED, "timeout: no answer"), run_id, now)
    assert (row.state, row.ended_at, row.reason) == (LinkState.FAILED, now, "timeout: no answer")
    assert list(PAUSES) == sorted(PAUSES)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param(LinkState.GONE, "http_404: not there", id="not there, perhaps not yet"),
        pytest.param(LinkState.GONE, "redirected_away: to the page about maintenance", id="sent elsewhere"),
        pytest.param(LinkState.REJECTED, "no_body: a challenge to robots", id="a page without an article"),
        pytest.param(LinkState.REJECTED, "too_many_redirects: max", id="sent in a circle"),
    ],
)
def test_an_end_that_may_pass_is_believed_when_it_was_said_again(
    database: Database, run_id: int, state: LinkState, reason: str
) -> None:
    now = NOW
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    for attempt, pause in enumerate(SECOND_LOOKS, start=1):
        row = end(database, LinkEnding(taken.id, state, reason), run_id, now)
        assert (row.state, row.attempts, row.next_at) == (LinkState.PENDING, attempt, now + pause)
        assert (row.reason, row.ended_at, row.leased_until) == (reason, None, None)
        now += pause
        assert take(database, run_id, now=now) == ["/1/"]
    row = end(database, LinkEnding(taken.id, state, reason), run_id, now)
    assert (row.state, row.ended_at, row.reason) == (state, now, reason)


@pytest.mark.parametrize(
    ("state", "retry_at", "stands", "next_at"),
    [
        pytest.param(LinkState.REJECTED, None, LinkState.REJECTED, None, id="rejected: for good"),
        pytest.param(LinkState.GONE, None, LinkState.GONE, None, id="gone: for good"),
        pytest.param(LinkState.PENDING, None, LinkState.PENDING, NOW + WAIT, id="not its fault: waits"),
        pytest.param(LinkState.PENDING, NOW + HOUR, LinkState.PENDING, NOW + HOUR, id="waits as long as asked"),
        pytest.param(LinkState.FAILED, NOW + HOUR, LinkState.PENDING, NOW + HOUR, id="failed: not before asked"),
    ],
)
def test_how_a_link_stands_after_an_ending(
    database: Database, run_id: int, state: LinkState, retry_at, stands: LinkState, next_at
) -> None:
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    row = end(database, LinkEnding(taken.id, state, "word: why", retry_at), run_id)
    assert (row.state, row.next_at, row.leased_until, row.reason) == (stands, next_at, None, "word: why")
    assert row.attempts == (1 if state is LinkState.FAILED else 0)
    assert (row.ended_at is None) == (stands is LinkState.PENDING)


def test_a_run_that_lost_its_lease_ends_nothing(database: Database, run_id: int) -> None:
    (taken,) = database.transact(lambda session: claimed(session, "/1/", run_id=run_id))
    other = database.transact(lambda session: begin_run(session, "other"))
    assert take(database, other, now=NOW + 2 * HOUR) == ["/1/"]
    row = end(database, LinkEnding(taken.id, LinkState.REJECTED, "late: too late"), run_id)
    assert (row.state, row.reason, row.run_id) == (LinkState.PENDING, None, other)


def test_a_page_that_is_gone_marks_its_article(database: Database, run_id: int) -> None:
    (taken,) = database.transact(lambda session: claimed(session, "/1-bridge/", run_id=run_id))
    stored(database, reading(link_id=taken.id), run_id=run_id)
    row = end(database, LinkEnding(taken.id, LinkState.GONE, "http_410: gone"), run_id, NOW + HOUR)
    assert row.state is LinkState.GONE
    with database.read() as session:
        assert session.scalars(select(ArticleRow.gone_at)).one() == NOW + HOUR
    stored(database, reading(article(fetched_at=NOW + 2 * HOUR), link_id=taken.id), now=NOW + 2 * HOUR)
    with database.read() as session:
        assert session.scalars(select(ArticleRow.gone_at)).one() is None  # it came back


def test_an_article_that_cannot_be_had_just_now_stays_stored(database: Database, run_id: int) -> None:
    (taken,) = database.transact(lambda session: claimed(session, "/1-bridge/", run_id=run_id))
    stored(database, reading(link_id=taken.id), run_id=run_id)
    row = end(database, LinkEnding(taken.id, LinkState.FAILED, "timeout: no answer"), run_id, NOW + HOUR)
    assert (row.state, row.article_id is None) == (LinkState.STORED, False)


def test_counts_name_every_state(database: Database, run_id: int) -> None:
    first, *_ = database.transact(lambda session: claimed(session, "/1/", "/2/", "/3/", run_id=run_id))
    end(database, LinkEnding(first.id, LinkState.REJECTED, "x: y"), run_id)
    with database.read() as session:
        assert links.counts(session, "herald") == dict.fromkeys(LinkState, 0) | {"pending": 2, "rejected": 1}
        assert links.counts(session)["pending"] == 2
        assert links.counts(session, "other") == dict.fromkeys(LinkState, 0)
