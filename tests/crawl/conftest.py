"""Fixtures of real crawls: a site of one's own, and a proxy that plays the Internet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawl.crawling import Home
from tests.crawl.proxy import Authority, Proxy, serve_proxy
from tests.crawl.site import Site, serve_site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback whose pages the test sets."""
    with serve_site() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs certificates that only processes with its bundle trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def proxy(authority: Authority) -> Iterator[Proxy]:
    """Answers for every host whose pages the test sets, over http and https."""
    with serve_proxy(authority) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user's machine with nothing on it yet."""
    here = Home(tmp_path)
    yield here
    here.leave()
