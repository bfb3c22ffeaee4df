"""Whatever a site writes stays text: in every field, on every page."""

from __future__ import annotations

import pytest

from tests.crawl.crawling import Home
from tests.web.conftest import DESKTOP, PHONE, Visit
from tests.web.hostile import SOURCE

# What would be there if one value got through.
SMUGGLED = "script:not([src]), img, iframe, object, embed, main svg[onload], .smuggled, [onerror], [onload], [onclick]"


def paths(home: Home) -> dict[str, str]:
    """Pages that show what the hostile site wrote, with a word that must be read there."""
    article = home.one("SELECT id FROM articles WHERE source_id = ? ORDER BY id LIMIT 1", SOURCE)
    run = home.one("SELECT id FROM runs WHERE source_id = ?", SOURCE)
    return {
        "/": "headline",
        "/sources": "name",
        f"/sources/{SOURCE}": "terms",
        "/runs": "reason",
        f"/runs/{run}": "message",
        f"/runs/{run}/log": "exception",
        f"/runs/{run}?grep=%22%3E%3Cscript%3Ealert(1)%3C/script%3E": "alert(1)",
        f"/errors/{home.one('SELECT error_id FROM error_occurrences WHERE source_id = ?', SOURCE)}": "traceback",
        "/errors": "kind",
        f"/articles?source={SOURCE}": "headline",
        "/articles?q=pomegranate": "second",
        "/articles?q=%3Cscript%3Ealert(1)%3C/script%3E&tag=%22%3E%3Cb%3E": "alert(1)",
        f"/articles/{article}": "caption",
        f"/articles/{article}/changes": "old headline",
        "/explain?url=https://x.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E": "alert(1)",
        "/explain?url=javascript:alert(1)": "javascript:alert(1)",
        "/nothing/%3Cscript%3Ealert(1)%3C/script%3E": "404",
        "/sign-in?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E": "",
    }


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desk"), pytest.param(PHONE, id="phone")])
def test_what_was_crawled_stays_text(visit: Visit, home: Home, size: tuple[int, int]) -> None:
    watched = visit(size)
    for path, word in paths(home).items():
        page = watched.page
        page.goto(watched.address + path)
        typed = page.locator("input").evaluate_all("inputs => inputs.map(input => input.value)")
        shown = (page.locator("body").text_content() or "") + " ".join(typed)
        assert word in shown, path
        assert page.locator(SMUGGLED).count() == 0, path
        for address in page.locator("a").evaluate_all("links => links.map(a => a.href)"):
            assert address.startswith(("http://", "https://")), (path, address)
        assert [fault for fault in watched.faults if "Failed to load resource" not in fault] == [], path
        assert watched.overflow() == 0, path
        watched.faults.clear()


def test_templates_of_a_site_are_no_templates(visit: Visit, home: Home) -> None:
    article = home.one("SELECT id FROM articles WHERE source_id = ? ORDER BY id LIMIT 1", SOURCE)
    shown = visit().open(f"/articles/{article}").locator("main").inner_text()
    assert "{{7*7}}" in shown
    assert "49" not in shown


def test_links_to_sites_tell_them_nothing(visit: Visit, home: Home) -> None:
    page = visit().open("/sources/steppe_telegraph")
    outside = page.locator("a[href^='https://steppe-telegraph.example']")
    assert outside.count() >= 3
    for number in range(outside.count()):
        assert outside.nth(number).get_attribute("rel") == "noopener noreferrer nofollow"


def test_a_link_cannot_lead_elsewhere_after_a_choice(visit: Visit) -> None:
    watched = visit()
    for back in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        watched.page.goto(f"{watched.address}/preferences?theme=dark&back={back}")
        assert watched.page.url == watched.address + "/", back
