"""What a person may ask of one crawl, and what wrong wishes are told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.errors import ConfigError
from crawler.spiders.options import CrawlOptions


def test_options_are_read_from_text() -> None:
    options = CrawlOptions.read({"limit": "5", "since": "2026-11-20"}, ZoneInfo("Asia/Almaty"))
    assert options.limit == 5
    assert options.since == datetime(2026, 11, 19, 19, tzinfo=UTC)


def test_nothing_asked_means_no_limits() -> None:
    assert CrawlOptions.read({}) == CrawlOptions()


def test_recorded_options_read_back_the_same() -> None:
    options = CrawlOptions.read({"limit": 3, "since": "2026-11-20T08:30+05:00"})
    assert CrawlOptions.read(options.recorded()) == options
    again = CrawlOptions.read({"limit": 3, "revisit": "1"})
    assert again.revisit
    assert CrawlOptions.read(again.recorded()) == again


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"limit": "0"}, "whole number from 1 on", id="a limit of nothing"),
        pytest.param({"limit": "many"}, "whole number from 1 on", id="a limit in words"),
        pytest.param({"since": "some time ago"}, "2026-11-20", id="a date in other words"),
        pytest.param({"revisit": "perhaps"}, "1 or 0", id="neither yes nor no"),
        pytest.param({"revisit": "1", "since": "2026-11-20"}, "reads no lists", id="two wishes that cannot both be"),
        pytest.param({"depth": "2"}, "unknown option 'depth'", id="an option that is none"),
    ],
)
def test_a_wrong_wish_is_told_what_to_write(given: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        CrawlOptions.read(given)
