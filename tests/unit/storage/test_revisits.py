"""When an article is looked at again: ever more rarely, and no more when it is quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.sources.source import REVISIT
from crawler.storage.revisits import next_look

TOLD = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "was_edited", "next_age"),
    [
        pytest.param(0 * HOUR, False, 1 * HOUR, id="just told: after an hour"),
        pytest.param(1 * HOUR, False, 6 * HOUR, id="looked at once: after six"),
        pytest.param(2 * HOUR, True, 6 * HOUR, id="an edit brings no look forward"),
        pytest.param(30 * HOUR, False, 72 * HOUR, id="looks that were missed are left out"),
        pytest.param(72 * HOUR, False, None, id="quiet at the last look: never"),
        pytest.param(72 * HOUR, True, 144 * HOUR, id="edited at the last look: after the same pause"),
        pytest.param(15 * 24 * HOUR, True, None, id="edited at an age at which it is no news"),
        pytest.param(400 * 24 * HOUR, False, None, id="found in the past: never"),
    ],
)
def test_the_next_look(age: timedelta, was_edited: bool, next_age: timedelta | None) -> None:
    moment = next_look(REVISIT, told_at=TOLD, now=TOLD + age, was_edited=was_edited)
    assert moment == (None if next_age is None else TOLD + next_age)


def test_a_source_may_want_none() -> None:
    assert next_look((), told_at=TOLD, now=TOLD, was_edited=True) is None


@pytest.mark.parametrize("age", range(24))
def test_a_source_that_is_crawled_once_a_day_looks_at_each_article_on_two_days(age: int) -> None:
    first = TOLD + age * HOUR
    planned = next_look(REVISIT, told_at=TOLD, now=first)
    looked_on = []
    for day in range(1, 14):
        moment = first + timedelta(days=day)
        if planned is not None and planned <= moment:
            looked_on.append(day)
            planned = next_look(REVISIT, told_at=TOLD, now=moment)
    assert looked_on == [1, 3]
