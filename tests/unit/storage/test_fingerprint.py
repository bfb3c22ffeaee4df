"""Two occurrences of one error have the same fingerprint; two errors have not."""

from datetime import UTC, datetime

from crawler.storage.logs import Record, fingerprint

NOW = datetime(2026, 11, 24, tzinfo=UTC)

TRACEBACK = """Traceback (most recent call last):
  File "/srv/venv/lib/scrapy/core/engine.py", line 300, in start
    await self.run()
  File "/srv/app/crawler/spiders/news.py", line {line}, in parse_article
    1 / 0
{raised}
"""


def raised(line: int, what: str) -> Record:
    return Record(NOW, 40, "scrapy.core.scraper", "Spider error", None, TRACEBACK.format(line=line, raised=what))


def test_the_same_place_is_the_same_error_whatever_the_message() -> None:
    first = fingerprint(raised(10, "ValueError: no date in https://a.kz/1"))
    assert first == fingerprint(raised(12, "ValueError: no date in https://a.kz/2"))


def test_another_exception_at_the_same_place_is_another_error() -> None:
    assert fingerprint(raised(10, "ValueError: x")) != fingerprint(raised(10, "KeyError: x"))


def test_messages_that_differ_in_numbers_and_addresses_are_one_error() -> None:
    one = Record(NOW, 40, "crawler", "Cannot store 3 articles of 'tengrinews'")
    two = Record(NOW, 40, "crawler", "Cannot store 41 articles of 'zakon'")
    assert fingerprint(one) == fingerprint(two)


def test_messages_of_other_words_are_other_errors() -> None:
    one = Record(NOW, 40, "crawler", "Cannot store articles")
    two = Record(NOW, 40, "crawler", "Cannot read articles")
    assert fingerprint(one) != fingerprint(two)
