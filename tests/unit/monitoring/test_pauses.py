"""A pause is measured in articles that usually come in it."""

from datetime import UTC, datetime, timedelta

from crawler.monitoring.pauses import HOUR, WEEK, pause_of

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def daytime(weeks: int) -> list[datetime]:
    """An article every hour from 8 to 17 h."""
    hours = (MONDAY + n * HOUR for n in range(weeks * 7 * 24))
    return [hour for hour in hours if 8 <= hour.hour < 18]


def test_a_night_is_worth_nothing() -> None:
    seen = daytime(3)
    assert pause_of(seen, seen[-1] + 14 * HOUR).worth == 1.0  # the rest of the hour of the last article
    assert pause_of(seen, seen[-1] + 24 * HOUR).worth == 10.0


def test_parts_of_hours_count_in_parts() -> None:
    seen = daytime(3)
    half_past_nine = seen[-1] + timedelta(hours=16, minutes=30)
    assert pause_of(seen, half_past_nine).worth == 2.5


def test_a_pause_of_weeks_is_worth_all_of_their_articles() -> None:
    seen = daytime(3)
    assert pause_of(seen, seen[-1] + 2 * WEEK).worth == 2 * 70.0


def test_the_longest_pause_is_left_out_for_it_may_have_been_ours() -> None:
    seen = daytime(4)
    off = [one for one in seen if not MONDAY + WEEK <= one < MONDAY + WEEK + timedelta(days=3)]
    assert pause_of(off, seen[-1] + HOUR).longest < 2.0


def test_two_articles_are_enough_to_measure() -> None:
    assert pause_of([MONDAY, MONDAY + HOUR], MONDAY + 2 * HOUR).worth == 1.0
