"""What a site's wish to be left alone means in seconds."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.http import Response

from crawler.middlewares.politeness import retry_after
from crawler.storage.hosts import LONGEST_WISH


def answer(value: str | None) -> Response:
    return Response("https://example.com/", status=429, headers={"Retry-After": value} if value is not None else None)


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        pytest.param("120", timedelta(seconds=120), id="seconds"),
        pytest.param("0", timedelta(0), id="at once"),
        pytest.param("99999999999", LONGEST_WISH, id="a hundred years are a day"),
        pytest.param(None, None, id="nothing said"),
        pytest.param("soon", None, id="nonsense is nothing said"),
        pytest.param("-5", None, id="a negative number is nonsense"),
        pytest.param("Fri, 01 Jan 2021 00:00:00 GMT", timedelta(0), id="a date that has passed"),
    ],
)
def test_retry_after(value: str | None, pause: timedelta | None) -> None:
    assert retry_after(answer(value)) == pause


def test_retry_after_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(minutes=10)
    pause = retry_after(answer(format_datetime(moment, usegmt=True)))
    assert pause is not None
    assert timedelta(minutes=9, seconds=50) < pause <= timedelta(minutes=10)
