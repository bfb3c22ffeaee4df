"""Fixtures of the API: a filled database for the session, a server on a copy of it, clients with rights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.storage.database import Database
from crawler.storage.tables import Rights
from tests.api.serving import Client, make_token, serving
from tests.web import hostile, newsroom

# Share of the invented sites' articles: second pages everywhere, written in a second.
SCALE = 0.1


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A folder with `crawler.db`, in which eight invented sites were crawled for five weeks, and `sources`."""
    folder = tmp_path_factory.mktemp("filled")
    newsroom.declare(folder / "sources")
    hostile.declare(folder / "sources")
    shutil.copy(sqlite_template, folder / "crawler.db")
    with Database(f"sqlite:///{folder}/crawler.db") as database:
        newsroom.fill(database, scale=SCALE)
        hostile.fill(database)
    return folder


@pytest.fixture
def url(filled: Path, tmp_path: Path) -> str:
    """Address of a copy of the filled database."""
    return f"sqlite:///{shutil.copy(filled / 'crawler.db', tmp_path / 'crawler.db')}"


@pytest.fixture
def sources(filled: Path) -> Path:
    """The folder of the invented sites' source files."""
    return filled / "sources"


@pytest.fixture
def open_server(url: str, sources: Path) -> Iterator[Client]:
    """A server on loopback without tokens."""
    with serving(url, sources) as address:
        yield Client(address)


@pytest.fixture
def server(url: str, sources: Path) -> Iterator[Client]:
    """A server that others can reach, and a client that may act."""
    token = make_token(url, "editor", Rights.ACT)
    with serving(url, sources, host="0.0.0.0") as address:
        yield Client(address, token)
