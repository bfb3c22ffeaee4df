"""Fixtures of pages in a real browser: one browser, one server, one filled database for the session.

Skipped where there is no Chromium: name one in CHROMIUM, or install it (Debian: apt-get install chromium).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.crawl.crawling import Home
from tests.crawl.site import Site, serve_site
from tests.web import hostile, newsroom
from tests.web.browsing import FLAGS, chromium, serving

# Share of the invented sites' articles: enough for every chart and every second page, written in two seconds.
SCALE = 0.35
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser; each test opens a context of its own."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium: name one in CHROMIUM, or install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A machine on which seven invented sites have been crawled for five weeks, and a hostile one."""
    here = Home(tmp_path_factory.mktemp("web"))
    newsroom.declare(here.sources)
    hostile.declare(here.sources)
    with here.migrated() as database:
        newsroom.fill(database, scale=SCALE)
        hostile.fill(database)
    yield here
    here.leave()


@pytest.fixture(scope="session")
def address(home: Home) -> Iterator[str]:
    """Where the dashboard answers, without a slash at the end."""
    with serving(home.database, home.sources) as address:
        yield address


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback whose pages the test sets."""
    with serve_site() as running:
        yield running


@dataclass
class Watched:
    """A page of the browser, and what went wrong in it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str, *, status: int = 200) -> Page:
        """Go to a path and check that it answers as it should."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider


class Visit:
    """Opens pages as a visitor with certain wishes."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._contexts: list[BrowserContext] = []

    def __call__(
        self, size: tuple[int, int] = DESKTOP, *, theme: Any = "light", language: str = "en", scripts: bool = True
    ) -> Watched:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            locale=language,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        watched = Watched(context.new_page(), self._address)
        watched.page.on("console", lambda said: said.type == "error" and watched.faults.append(said.text))
        watched.page.on("pageerror", lambda error: watched.faults.append(str(error)))
        # The browser breaks off by itself what the page that it leaves still waits for, such as an icon.
        watched.page.on(
            "requestfailed",
            lambda sent: sent.failure != "net::ERR_ABORTED" and watched.faults.append(f"no answer: {sent.url}"),
        )
        watched.page.on("dialog", lambda shown: (watched.faults.append(f"dialog: {shown.message}"), shown.dismiss()))
        return watched

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Opens pages; what is open when the test ends is closed."""
    visiting = Visit(browser, address)
    yield visiting
    visiting.close()


@pytest.fixture(scope="session")
def empty_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the dashboard of a new machine answers."""
    here = Home(tmp_path_factory.mktemp("empty"))
    with here.migrated(), serving(here.database, here.sources) as address:
        yield address
