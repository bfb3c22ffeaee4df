"""Each page, at a desk and on a telephone: nothing breaks, nothing overflows, nobody is shut out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.crawl.crawling import Home
from tests.web.browsing import go
from tests.web.conftest import DESKTOP, PHONE, Visit

# Name -> the path, given the machine whose database holds the numbers.
PAGES: dict[str, Callable[[Home], str]] = {
    "home": lambda home: "/",
    "sources": lambda home: "/sources",
    "a healthy source": lambda home: "/sources/steppe_telegraph",
    "a paused source": lambda home: "/sources/asyk_sport",
    "a source that was never crawled": lambda home: "/sources/tengrinews",
    "runs": lambda home: "/runs",
    "runs of a source": lambda home: "/runs?source=orchard_post&outcome=failed",
    "no runs": lambda home: "/runs?source=tengrinews",
    "a run": lambda home: f"/runs/{home.one('SELECT max(run_id) FROM run_logs')}",
    "a failed run": lambda home: f"/runs/{home.one('SELECT run_id FROM error_occurrences ORDER BY run_id LIMIT 1')}",
    "errors": lambda home: "/errors",
    "an error": lambda home: f"/errors/{home.one('SELECT id FROM errors LIMIT 1')}",
    "articles": lambda home: "/articles",
    "found articles": lambda home: "/articles?q=мост&order=best",
    "no articles": lambda home: "/articles?q=zeppelin",
    "articles of an unknown source": lambda home: "/articles?q=мост source:steppe_telegrap",
    "a wrong question": lambda home: '/articles?q="open',
    "an article with copies": lambda home: f"/articles/{home.one('SELECT original_id FROM clusters LIMIT 1')}",
    "changes of an article": lambda home: f"/articles/{home.one('SELECT article_id FROM revisions LIMIT 1')}/changes",
    "explain": lambda home: "/explain",
    "an explained address": lambda home: f"/explain?url={home.one('SELECT url FROM articles LIMIT 1')}",
    "interface for programs": lambda home: "/api",
    "sign in": lambda home: "/sign-in",
    "not found": lambda home: "/nothing",
}
STATUS = {"not found": 404, "a wrong question": 400}


@pytest.mark.parametrize(
    ("size", "language", "first"),
    [
        pytest.param(DESKTOP, "en-GB", "Home", id="desk, English"),
        pytest.param(PHONE, "ru-KZ", "Главная", id="phone, Russian"),
    ],
)
def test_no_page_breaks_or_overflows(
    visit: Visit, home: Home, size: tuple[int, int], language: str, first: str
) -> None:
    watched = visit(size, language=language)
    wrong = []
    for name, path_of in PAGES.items():
        status = STATUS.get(name, 200)
        page = watched.open(path_of(home), status=status)
        # Chromium itself reports an answer that is no success.
        faults = [fault for fault in watched.faults if status == 200 or "Failed to load" not in fault]
        speaks = page.locator("html").get_attribute("lang") == language[:2]
        if faults or not speaks or watched.overflow() or page.locator("h1").count() != 1:
            wrong.append((name, watched.overflow(), faults))
        assert page.locator("nav.nav a").first.inner_text() == first, name
        watched.faults.clear()
    assert wrong == []


@pytest.mark.parametrize("language", ["en-GB", "ru-KZ"])
@pytest.mark.parametrize("path", ["/sources", "/runs", "/runs/{failed}"])
def test_a_table_of_words_need_not_be_pushed_aside_on_a_telephone(
    visit: Visit, home: Home, path: str, language: str
) -> None:
    failed = home.one("SELECT max(id) FROM runs WHERE outcome = 'failed'")
    page = visit(PHONE, language=language).open(path.format(failed=failed))
    hidden = (
        "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => [e.ariaLabel, e.scrollWidth - e.clientWidth])"
    )
    assert page.locator("main .scroll").evaluate_all(hidden) == []
    assert page.locator("main .chip:visible").count() > 0


@pytest.mark.parametrize(
    ("theme", "rules"),
    # What does not depend on colours need not be looked at twice.
    [("light", None), ("dark", ["color-contrast", "link-in-text-block"])],
)
def test_no_page_shuts_anyone_out(visit: Visit, home: Home, theme: str, rules: list[str] | None) -> None:
    watched = visit(theme=theme)
    serious = []
    options = {"runOnly": rules} if rules else {}
    for name, path_of in PAGES.items():
        page = watched.open(path_of(home), status=STATUS.get(name, 200))
        found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
        serious += [
            (name, one["id"], [node["html"][:160] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
    assert serious == []


def test_a_language_and_a_theme_are_kept(visit: Visit) -> None:
    page = visit().open("/runs?source=orchard_post")
    go(page, page.get_by_role("link", name="Русский"))
    assert page.get_by_role("heading", level=1).inner_text() == "Обходы"
    assert page.url.endswith("/runs?source=orchard_post")
    go(page, page.get_by_role("link", name="Тёмная тема"))
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(page.url.partition("/runs")[0] + "/sources")
    assert page.get_by_role("heading", level=1).inner_text() == "Источники"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 40


def test_the_system_decides_until_someone_chooses(visit: Visit) -> None:
    dark = visit(theme="dark").open("/").evaluate("getComputedStyle(document.body).backgroundColor")
    light = visit(theme="light").open("/").evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    assert visit(theme="dark").open("/").locator("html").get_attribute("data-theme") is None


def test_times_are_the_visitors_and_tell_utc(visit: Visit, home: Home) -> None:
    article_id, published = home.ask(
        "SELECT id, published_at FROM articles WHERE source_id = 'steppe_telegraph' ORDER BY id LIMIT 1"
    )[0]
    time = visit().open(f"/articles/{article_id}").locator("p.sub time").first
    assert time.get_attribute("datetime") == published[:19].replace(" ", "T") + "Z"
    title = time.get_attribute("title") or ""
    assert title.startswith(f"{published[:19]} UTC")
    hour = (int(published[11:13]) + 5) % 24
    assert f"{hour:02}{published[13:16]}" in time.inner_text()


def test_an_empty_machine_says_what_to_do_next(visit: Visit, empty_address: str) -> None:
    watched = visit()
    watched.address = empty_address
    for path, command in (
        ("/", "crawler crawl SOURCE"),
        ("/runs", "crawler up"),
        ("/articles", "crawler crawl SOURCE --limit 5"),
        ("/sources/tengrinews", "crawler crawl tengrinews"),
    ):
        assert command in watched.open(path).locator("main").inner_text(), path
    assert watched.faults == []
