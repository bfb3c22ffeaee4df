"""What people do with the pages: search, narrow down, read a diff; by mouse, by keyboard, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.crawl.crawling import Home
from tests.web.browsing import go
from tests.web.conftest import PHONE, Visit


def test_words_are_found_in_their_forms_and_marked(visit: Visit) -> None:
    page = visit().open("/articles")
    page.get_by_label("Words").fill("мосты")
    go(page, page.get_by_role("button", name="Search"))
    hit = page.locator("ol.results > li").first
    assert {mark.lower() for mark in hit.locator("mark").all_inner_texts()} == {"мост", "мосту"}
    assert "мост" in hit.locator("h3").inner_text().lower()
    assert page.get_by_label("Words").input_value() == "мосты"


def test_results_are_narrowed_down_and_widened_again(visit: Visit) -> None:
    page = visit().open("/articles?q=мост")
    before = page.locator("main [role=status]").inner_text()
    go(page, page.get_by_label("Narrow down").get_by_role("link", name="tasozen_today"))
    sources = set(page.locator("ol.results .by a:not(.chip)").all_inner_texts())
    assert sources == {"tasozen_today"}
    go(page, page.get_by_label("Narrow down").get_by_role("link", name="tasozen_today"))
    assert page.locator("main [role=status]").inner_text() == before


def test_a_source_that_does_not_exist_is_said_and_the_nearest_is_a_link(visit: Visit) -> None:
    page = visit().open("/articles?q=мост source:steppe_telegrap")
    said = page.get_by_label("Results").inner_text()
    assert "No source has the id steppe_telegrap. Did you mean steppe_telegraph" in said
    go(page, page.get_by_role("link", name="steppe_telegraph"))
    assert page.get_by_label("Words").input_value() == "мост"
    assert page.get_by_label("Source").input_value() == "steppe_telegraph"
    assert set(page.locator("ol.results .by a:not(.chip)").all_inner_texts()) == {"steppe_telegraph"}


@pytest.mark.parametrize("path", ["/runs", "/errors"])
def test_other_lists_say_so_too(visit: Visit, path: str) -> None:
    page = visit().open(f"{path}?source=steppe_telegrap")
    assert "No source has the id steppe_telegrap. Did you mean steppe_telegraph" in page.locator("main").inner_text()
    go(page, page.locator("main").get_by_role("link", name="steppe_telegraph"))
    assert page.url.endswith(f"{path}?source=steppe_telegraph")


def test_the_page_of_a_source_that_does_not_exist_names_the_nearest(visit: Visit) -> None:
    page = visit().open("/sources/steppe_telegrap", status=404)
    assert "No source has this id. Did you mean steppe_telegraph" in page.locator("main").inner_text()


def test_pages_of_results_neither_repeat_nor_leave_out(visit: Visit, home: Home) -> None:
    page = visit().open("/articles?source=steppe_telegraph")
    links = page.locator("ol.results h3 a")
    first = links.evaluate_all("all => all.map(a => a.href)")
    go(page, page.get_by_role("link", name="Next page"))
    second = links.evaluate_all("all => all.map(a => a.href)")
    newest = home.ask(
        "SELECT id FROM articles WHERE source_id = 'steppe_telegraph' ORDER BY listed_at DESC, id DESC LIMIT 50"
    )
    assert [int(href.rpartition("/")[2]) for href in first + second] == [row[0] for row in newest]


def test_a_diff_shows_what_was_removed_and_added(visit: Visit, home: Home) -> None:
    asked = "SELECT article_id, body FROM revisions WHERE body LIKE '%предварительным%' LIMIT 1"
    article_id, before = home.ask(asked)[0]
    page = visit().open(f"/articles/{article_id}")
    go(page, page.get_by_role("link", name="1 change").first)
    removed = " ".join(page.locator("main section del").all_inner_texts())
    added = " ".join(page.locator("main section ins").all_inner_texts())
    assert "по предварительным данным" in removed
    after = home.one("SELECT body FROM articles WHERE id = ?", article_id)
    assert after.split("\n\n")[-1] in added
    assert after.split("\n\n")[-1] not in before


def test_copies_and_translations_lead_to_each_other(visit: Visit, home: Home) -> None:
    asked = "SELECT matched_article_id, article_id FROM cluster_members WHERE similarity > 0 LIMIT 1"
    original, copy = home.ask(asked)[0]
    page = visit().open(f"/articles/{copy}")
    go(page, page.get_by_role("region", name="The same story elsewhere").get_by_role("link").first)
    assert page.url.endswith(f"/articles/{original}")
    go(page, page.locator("section", has_text="Translations").get_by_role("link").first)
    assert page.locator("h1").get_attribute("lang") == "kk"


def test_filters_of_runs_stand_in_the_address(visit: Visit) -> None:
    page = visit().open("/runs")
    page.get_by_label("Source").select_option("orchard_post")
    page.get_by_label("Outcome").select_option("failed")
    go(page, page.get_by_role("button", name="Show"))
    assert "source=orchard_post" in page.url
    assert "outcome=failed" in page.url
    assert set(page.locator("tbody .chip").all_inner_texts()) == {"failed"}
    assert set(page.locator("tbody td a").all_inner_texts()) == {"orchard_post"}


def test_a_record_of_a_log_has_an_address_of_its_own(visit: Visit, home: Home) -> None:
    run_id = home.one("SELECT run_id FROM run_logs WHERE level = 40 AND run_id IN (SELECT run_id FROM fetches) LIMIT 1")
    page = visit().open(f"/runs/{run_id}?level=ERROR")
    assert page.locator("ol.log li").count() == page.locator("ol.log li.error").count() > 1
    record = page.locator("ol.log li").nth(2)
    mark = record.get_attribute("id")
    go(page, record.get_by_role("link").first)
    assert page.url.endswith(f"#{mark}")
    chosen = page.locator("ol.log li.chosen")
    assert chosen.get_attribute("id") == mark
    expect(chosen).to_be_in_viewport()


def test_everything_is_read_without_scripts(visit: Visit, home: Home) -> None:
    watched = visit(PHONE, scripts=False)
    page = watched.open("/")
    go(page, page.get_by_role("link", name="All", exact=True))
    page.get_by_label("Words").fill("мост")
    go(page, page.get_by_role("button", name="Search"))
    go(page, page.locator("ol.results h3 a").first)
    assert "Тас" in page.locator("article").inner_text()
    go(page, page.get_by_role("link", name="Runs"))
    page.goto(page.url + "?source=steppe_telegraph")
    go(page, page.locator("tbody th a").first)
    assert page.locator("ol.log li").count() > 3
    go(page, page.get_by_role("link", name="Home"))
    page.get_by_text("As a table").click()
    assert page.locator("main table tbody tr").count() == 48


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit().open("/sources")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the table, which can be scrolled
    page.keyboard.press("Tab")
    link = page.evaluate("document.activeElement.getAttribute('href')")
    assert link == "/sources/kokbulak_news" or link == "/sources/orchard_post"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Run now")).to_be_visible()
