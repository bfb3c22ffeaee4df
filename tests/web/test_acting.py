"""What people do to the crawler from the pages: run now, pause, resume, cancel; and a real run that is followed."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from crawler.storage import schedulers, tokens
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.tables import Rights
from tests.crawl.crawling import Home, headline_of, publish, until
from tests.crawl.site import Site
from tests.web.browsing import go, serving
from tests.web.conftest import Visit

# Stories of a run that is watched: with the delay below it goes on for some seconds.
STORIES = 12


def test_a_source_is_run_once_however_often_it_is_asked_for(visit: Visit, home: Home) -> None:
    page = visit().open("/sources/kokbulak_news")
    go(page, page.get_by_role("button", name="Run now"))
    assert "A run waits for the next free place of a runner" in page.get_by_role("status").inner_text()
    assert "crawler up" in page.get_by_role("status").inner_text()
    go(page, page.get_by_role("button", name="Run now"))
    assert "A run waits already" in page.get_by_role("status").inner_text()
    ((run_id, trigger),) = home.ask(
        "SELECT id, trigger FROM runs WHERE state = 'queued' AND source_id = 'kokbulak_news'"
    )
    assert trigger == "request"
    go(page, page.get_by_role("status").get_by_role("link"))
    assert page.url.endswith(f"/runs/{run_id}")
    go(page, page.get_by_role("button", name="Cancel"))
    expect(page.locator("#live .chip").first).to_have_text("cancelled")
    assert home.one("SELECT outcome FROM runs WHERE id = ?", run_id) == "cancelled"


def test_a_source_is_paused_with_a_reason_and_resumed(visit: Visit, home: Home) -> None:
    page = visit().open("/sources/dala_habary")
    page.get_by_text("Pause…").click()
    page.get_by_label("Reason").fill("the editors <b>moved</b>")
    page.get_by_label("Until").fill("2h")
    go(page, page.get_by_role("button", name="Pause", exact=True))
    assert "the editors <b>moved</b>" in page.locator(".notice.warn").inner_text()
    expect(page.locator(".head .chip").first).to_have_text("paused")
    asked = "SELECT paused_reason, paused_until > paused_at FROM schedules WHERE source_id = 'dala_habary'"
    assert home.ask(asked) == [("the editors <b>moved</b>", 1)]
    go(page, page.get_by_role("button", name="Resume"))
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    assert home.ask(asked) == [(None, None)]


def test_home_lists_what_is_to_come_and_says_when_nobody_follows_it(visit: Visit, home: Home) -> None:
    fires = "UPDATE schedules SET next_fire_at = datetime('now', '{}') WHERE source_id = 'tasozen_today'"
    home.ask_for_writing(fires.format("-5 minutes"))
    page = visit().open("/")
    told = page.get_by_label("Next", exact=True).inner_text()
    assert "No scheduler is at work, so no schedule is followed. Start it: crawler up" in told
    assert re.search(r"\bin \d+\s", told)  # whichever sources come first at this time of day
    assert "tasozen_today" not in told
    with Database(f"sqlite:///{home.database}") as database:
        with database.write() as session:
            schedulers.begin(session, "of this test", process=own_identity(), now=now(session))
        page.reload()
        told = page.get_by_label("Next", exact=True).inner_text()
        with database.write() as session:
            schedulers.end(session, "of this test", now=now(session))
    home.ask_for_writing(fires.format("+20 minutes"))
    assert "No scheduler" not in told
    assert "tasozen_today" in told  # due: it begins within seconds


def test_a_source_says_when_no_scheduler_follows_its_schedule(visit: Visit, home: Home) -> None:
    page, said = visit().open("/sources/tasozen_today"), "No scheduler follows it now. Start it: crawler up"
    panel = page.get_by_role("region", name="Schedule", exact=True)
    assert said in panel.inner_text()
    with Database(f"sqlite:///{home.database}") as database:
        for followed in (["dala_habary"], ["tasozen_today"]):
            with database.write() as session:
                schedulers.begin(session, followed[0], process=own_identity(), now=now(session), sources=followed)
            page.reload()
            assert (said in panel.inner_text()) == (followed == ["dala_habary"])
        with database.write() as session:
            for token in ("dala_habary", "tasozen_today"):
                schedulers.end(session, token, now=now(session))


def test_a_pause_that_cannot_be_understood_says_what_to_write_and_keeps_what_was_typed(
    visit: Visit, home: Home
) -> None:
    page = visit().open("/sources/tasozen_today")
    page.get_by_text("Pause…").click()
    page.get_by_label("Reason").fill('they "asked" us to')
    page.get_by_label("Until").fill("next spring")
    go(page, page.get_by_role("button", name="Pause", exact=True))
    assert "2026-11-20" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Until").is_visible()
    typed = page.get_by_label("Reason").input_value(), page.get_by_label("Until").input_value()
    assert typed == ('they "asked" us to', "next spring")
    assert home.one("SELECT paused_at FROM schedules WHERE source_id = 'tasozen_today'") is None


@pytest.mark.parametrize("action", ["run", "pause", "resume"])
def test_another_site_cannot_act(address: str, action: str) -> None:
    sent = urllib.request.Request(
        f"{address}/sources/tasozen_today/{action}", data=b"", method="POST", headers={"Sec-Fetch-Site": "cross-site"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(sent, timeout=10)
    assert refused.value.code == 403
    refused.value.close()


def test_a_stranger_signs_in_and_sees_no_more_than_the_token_may(visit: Visit, tmp_path: Path) -> None:
    here = Home(tmp_path)
    with here.migrated() as database, database.write() as session:
        token = tokens.create(session, "reader", rights=Rights.READ, by="test", now=now(session))
    assert token is not None
    with serving(here.database, here.sources) as address:
        watched = visit()
        watched.address = address
        page = watched.open("/sources/tengrinews", status=401)
        page.get_by_label("Token").fill("nc_wrong")
        go(page, page.get_by_role("button", name="Sign in"))
        assert "not known" in page.get_by_role("alert").inner_text()
        page.get_by_label("Token").fill(token)
        go(page, page.get_by_role("button", name="Sign in"))
        assert page.url == f"{address}/sources/tengrinews"
        assert page.get_by_role("heading", level=1).inner_text() == "Tengrinews"
        assert page.get_by_role("button", name="Run now").count() == 0
        go(page, page.get_by_role("button", name="Sign out"))
        watched.open("/", status=401)


def test_a_real_run_is_followed_to_its_end(visit: Visit, home: Home, site: Site) -> None:
    publish(site, range(1, STORIES + 1))
    home.declare(site, delay="0.4s")
    watched = visit()
    page = watched.open("/")
    crawl = home.start("crawl", "herald", "--json", CRAWLER_HEARTBEAT="1s")
    try:
        # The home page hears of it by itself; its own page follows it.
        running = page.locator("[hx-get='/running']").get_by_role("link", name="herald")
        expect(running).to_be_visible(timeout=40_000)
        run_id = home.one("SELECT id FROM runs WHERE source_id = 'herald'")
        page = watched.open(f"/runs/{run_id}?level=INFO")
        expect(page.locator("#live .chip.live")).to_have_text("running")
        before = page.locator("#records li[id]").count()
        page.evaluate("window.untouched = true")  # gone when the page is loaded anew
        expect(page.locator("#live .chip").first).to_have_text("succeeded", timeout=40_000)
        expect(page.locator("#records .waiting")).to_have_count(0, timeout=10_000)
        done = home.end(crawl)
    finally:
        crawl.kill() if crawl.poll() is None else None
    assert done.code == 0, done.err
    (result,) = json.loads(done.out)
    assert page.evaluate("window.untouched") is True
    records = page.locator("#records li[id]")
    assert records.count() > before
    ids = [int(mark.removeprefix("record-")) for mark in records.evaluate_all("all => all.map(li => li.id)")]
    assert ids == [
        row[0] for row in home.ask("SELECT id FROM run_logs WHERE run_id = ? AND level >= 20 ORDER BY id", run_id)
    ]
    assert page.locator("#live dd").nth(2).inner_text() == str(result["new"]) == str(STORIES)
    assert page.locator("#details tbody tr", has_text="/news/story-").count() == STORIES
    assert "The run has ended" in page.locator("#run-said").inner_text()
    assert watched.faults == []
    assert headline_of(STORIES) in watched.open("/articles?source=herald").locator("ol.results").inner_text()


def test_a_run_that_goes_on_is_cancelled(visit: Visit, home: Home, site: Site) -> None:
    publish(site, range(101, 141))
    home.declare(site, source_id="slow_herald", delay="1s")
    crawl = home.start("crawl", "slow_herald", "--json", CRAWLER_HEARTBEAT="1s")
    try:
        asked = "SELECT id FROM runs WHERE source_id = 'slow_herald' AND fetched > 0"
        run_id = until(lambda: home.ask(asked), within=40)[0][0]
        page = visit().open(f"/runs/{run_id}")
        go(page, page.get_by_role("button", name="Cancel"))
        expect(page.locator("#live .chip").first).to_have_text("cancelled", timeout=30_000)
        home.end(crawl)
    finally:
        crawl.kill() if crawl.poll() is None else None
    assert home.one("SELECT outcome FROM runs WHERE id = ?", run_id) == "cancelled"


def test_cancelling_a_run_that_has_ended_promises_nothing(visit: Visit, home: Home) -> None:
    run_id = home.one("SELECT max(id) FROM runs WHERE state = 'finished'")
    page = visit().open(f"/runs/{run_id}?notice=cancelled")
    expect(page.locator(".notice")).to_have_count(0)
