"""Pictures of the dashboard for the README: python -m tests.web.screenshots [FOLDER]. Needs a Chromium.

Fills a database with the demo: a real crawl of its bundled site on both its days, and beside it five weeks of seven
invented sites. Nothing leaves this machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from crawler.demo.site import serve_courier
from crawler.demo.tour import SOURCE
from crawler.storage import schedulers
from crawler.storage.database import now
from crawler.storage.liveness import own_identity
from tests.crawl.crawling import Home
from tests.web import newsroom
from tests.web.browsing import FLAGS, chromium, serving
from tests.web.pictures import shrink

FOLDER = Path(__file__).parents[2] / "docs" / "images"
DESK, PHONE = (1280, 960), (390, 844)
# Larger pictures slow the README down. Bytes.
LARGEST = 150_000


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo_machine() as home, serving(home.database, home.sources) as address, browsing() as browser:
        for name, path, size, theme in pictures(home):
            file = folder / f"{name}.png"
            _take(browser, f"{address}{path}", size, theme, file)
            length = shrink(file)
            print(f"{file}: {length / 1000:.0f} kB")
            if length > LARGEST:
                raise SystemExit(f"{file} is larger than {LARGEST / 1000:.0f} kB; show less of the page")


def pictures(home: Home) -> list[tuple[str, str, tuple[int, int], str]]:
    """(name, path, size, theme) of each picture."""
    run = home.one("SELECT id FROM runs WHERE source_id = ? ORDER BY id LIMIT 1", SOURCE)
    edited = home.one(
        "SELECT article_id FROM revisions JOIN articles ON articles.id = article_id WHERE source_id = ?", SOURCE
    )
    return [
        ("home", "/", DESK, "light"),
        ("home-dark", "/", DESK, "dark"),
        ("home-phone", "/", PHONE, "light"),
        ("sources", "/sources", DESK, "light"),
        ("source", "/sources/steppe_telegraph", DESK, "light"),
        ("run", f"/runs/{run}", DESK, "light"),
        ("articles", "/articles?q=автобус", DESK, "light"),
        ("article-changes", f"/articles/{edited}/changes", DESK, "light"),
    ]


@contextmanager
def demo_machine() -> Iterator[Home]:
    """A machine on which the demo has been crawled on both its days, and invented sites for weeks."""
    with tempfile.TemporaryDirectory(prefix="crawler-pictures-") as folder, serve_courier() as courier:
        home = Home(Path(folder))
        newsroom.declare(home.sources)
        (home.sources / f"{SOURCE}.toml").write_text(courier.source_file(), encoding="utf-8")
        with home.migrated() as database:
            newsroom.fill(database)
            with database.write() as session:
                schedulers.begin(session, "pictures", process=own_identity(), now=now(session))
        for _day in range(2):
            done = home.run("crawl", SOURCE)
            if done.code not in (0, 1):
                raise SystemExit(f"the demo could not be crawled: {done.err}")
            courier.advance()
        yield home
        home.leave()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser."""
    program = chromium()
    if program is None:
        raise SystemExit("no Chromium: name one in CHROMIUM, or install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def _take(browser: Browser, url: str, size: tuple[int, int], theme: str, file: Path) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
