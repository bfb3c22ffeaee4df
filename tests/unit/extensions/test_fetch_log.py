"""What is kept of requests until it is written."""

from __future__ import annotations

import pytest
from scrapy.utils.test import get_crawler

from crawler.extensions import fetch_log
from crawler.extensions.fetch_log import FetchLog


def test_lines_that_could_not_be_written_come_again_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    log = FetchLog(get_crawler())
    log.end("https://herald.example/1/", kind="article", outcome="new")
    taken = log.take()
    log.end("https://herald.example/2/", kind="article", outcome="http_404", reason="not there")
    log.give_back(taken)
    assert [line.url[-2] for line in log.take()] == ["1", "2"]
    assert log.take() == []
    monkeypatch.setattr(fetch_log, "MOST_KEPT", 1)
    log.end("https://herald.example/3/", kind="article", outcome="new")
    log.give_back(taken)
    assert [line.url[-2] for line in log.take()] == ["3"], "the newest, within bounds"
