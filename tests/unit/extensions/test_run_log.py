"""What the run log keeps of a record."""

import logging

import pytest
from scrapy import Spider
from scrapy.exceptions import DropItem

from crawler.articles.article import Article
from crawler.extensions import run_log
from crawler.extensions.run_log import QuietLogFormatter, RunLogHandler
from crawler.spiders.items import PageRead


@pytest.fixture
def logger_and_handler() -> tuple[logging.Logger, RunLogHandler]:
    handler = RunLogHandler(logging.INFO)
    logger = logging.Logger("crawler.test")
    logger.addHandler(handler)
    return logger, handler


def test_a_record_keeps_level_logger_message_and_address(
    logger_and_handler: tuple[logging.Logger, RunLogHandler],
) -> None:
    logger, handler = logger_and_handler
    logger.warning("%d links", 3, extra={"url": "https://example.com/rss"})
    (record,) = handler.take()
    assert (record.level, record.logger, record.message, record.url) == (
        logging.WARNING, "crawler.test", "3 links", "https://example.com/rss",
    )  # fmt: skip
    assert handler.take() == []


def test_a_traceback_is_kept(logger_and_handler: tuple[logging.Logger, RunLogHandler]) -> None:
    logger, handler = logger_and_handler
    try:
        raise ValueError("broken")
    except ValueError:
        logger.exception("Cannot read")
    (record,) = handler.take()
    assert record.exception is not None
    assert record.exception.rstrip().endswith("ValueError: broken")


def test_records_below_the_level_are_not_kept(logger_and_handler: tuple[logging.Logger, RunLogHandler]) -> None:
    logger, handler = logger_and_handler
    logger.debug("detail")
    assert handler.take() == []


def test_records_that_could_not_be_written_come_again_in_order(
    logger_and_handler: tuple[logging.Logger, RunLogHandler],
) -> None:
    logger, handler = logger_and_handler
    logger.info("first")
    taken = handler.take()
    logger.info("second")
    handler.give_back(taken)
    assert [record.message for record in handler.take()] == ["first", "second"]


def test_a_page_that_is_dropped_leaves_no_text_in_the_log() -> None:
    text = "Nobody should read this in a log."
    page = PageRead(1, "https://herald.example/1/", Article(url="u", canonical_url="u", body=text))
    said = QuietLogFormatter().dropped(page, DropItem("not stored: https://herald.example/1/"), None, Spider("herald"))
    assert said["msg"] % said["args"] == "Dropped: not stored: https://herald.example/1/"


def test_a_flood_is_bounded_and_told(
    logger_and_handler: tuple[logging.Logger, RunLogHandler], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "MOST_WAITING", 2)
    logger, handler = logger_and_handler
    for number in range(5):
        logger.info("record %d", number)
    records = handler.take()
    assert "3 log records were dropped" in records[0].message
    assert [record.message for record in records[1:]] == ["record 3", "record 4"]
