"""The dashboard as a server in a thread of this process, and how the browser is started. For tests and screenshots."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page
from pydantic import SecretStr

from crawler.config import Config
from crawler.storage.database import Database
from crawler.web.app import create_app
from crawler.web.limits import Limits
from crawler.web.serving import Background, address_of, listen

# As root, without a graphics card, asking nobody but the dashboard.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The browser's program: CHROMIUM, or what is installed; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def go(page: Page, place: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        place.click()


@contextmanager
def serving(database: Path, sources: Path) -> Iterator[str]:
    """Serve until the block ends; the address has no slash at its end."""
    config = Config(
        database_url=SecretStr(f"sqlite:///{database}"),
        sources=(sources,),
        timezone="Asia/Almaty",
        contact="a@b.example",
    )
    opened = listen("127.0.0.1", 0)
    with Database(config.url) as opened_database:
        # One visitor asks for what a hundred do.
        app = create_app(config, opened_database, limits=Limits(burst=100_000, per_second=10_000))
        with Background(app, config, opened):
            yield address_of(opened).rstrip("/")
