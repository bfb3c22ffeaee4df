"""When a source is due: through summer time and back, in any zone, spread over the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crawler.scheduling import schedule as subject
from crawler.scheduling.schedule import Schedule, zone_version
from crawler.sources.cron import parse_cron

MINUTE = timedelta(minutes=1)
ALMATY, BERLIN, UTC_ZONE = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


def at(text: str, zone: ZoneInfo = UTC_ZONE) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def local(fires: list[datetime], zone: ZoneInfo) -> list[str]:
    return [fire.astimezone(zone).strftime("%d %H:%M%z") for fire in fires]


# --- Nights when the clocks are changed -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "zone", "after", "expected"),
    [
        pytest.param(
            "30 2 * * *", BERLIN, "2026-03-28 12:00", ["29 03:00+0200", "30 02:30+0200"], id="no 02:30: after the gap"
        ),
        pytest.param(
            "0,30 2 * * *",
            BERLIN,
            "2026-03-28 12:00",
            ["29 03:00+0200", "30 02:00+0200"],
            id="two lost times: one fire",
        ),
        pytest.param(
            "30 2 * * *", BERLIN, "2026-10-24 12:00", ["25 02:30+0200", "26 02:30+0100"], id="two 02:30: the first"
        ),
        pytest.param(
            "0 */2 * * *",
            BERLIN,
            "2026-10-25 00:30",
            ["25 02:00+0200", "25 04:00+0100"],
            id="every other hour names hours: 02:00 once",
        ),
        pytest.param(
            "30 * * * *",
            BERLIN,
            "2026-10-25 01:00",
            ["25 01:30+0200", "25 02:30+0200", "25 02:30+0100", "25 03:30+0100"],
            id="hourly: an hour apart, autumn",
        ),
        pytest.param(
            "30 * * * *",
            BERLIN,
            "2026-03-29 01:00",
            ["29 01:30+0100", "29 03:30+0200"],
            id="hourly: an hour apart, spring",
        ),
        pytest.param(
            "30 23 * * *", ALMATY, "2024-02-28 23:30", ["29 23:30+0600", "01 23:30+0500"], id="put back over midnight"
        ),
        pytest.param(
            "0 6 * * *",
            ZoneInfo("Pacific/Apia"),
            "2011-12-29 12:00",
            ["31 00:00+1400", "31 06:00+1400"],
            id="a whole day that never was",
        ),
        pytest.param(
            "15 2 * * *",
            ZoneInfo("Australia/Lord_Howe"),
            "2026-10-03 12:00",
            ["04 02:30+1100", "05 02:15+1100"],
            id="half an hour of summer",
        ),
    ],
)
def test_summer_time(line: str, zone: ZoneInfo, after: str, expected: list[str]) -> None:
    fires = Schedule.read([line], zone).upcoming(at(after, zone), len(expected))
    assert local(fires, zone) == expected


@pytest.mark.parametrize("zone", [BERLIN, ZoneInfo("Australia/Lord_Howe")], ids=str)
def test_half_an_hour_stays_half_an_hour_all_year(zone: ZoneInfo) -> None:
    fires = Schedule.read(["*/30 * * * *"], zone).upcoming(at("2026-01-01T00:00"), 365 * 48)
    assert {later - earlier for earlier, later in pairwise(fires)} == {timedelta(minutes=30)}


# Zones whose clocks do something odd in the period, and one that never does.
ODD = [
    ("Europe/Berlin", 2026),
    ("Australia/Lord_Howe", 2026),  # half an hour
    ("America/Havana", 2026),  # at midnight
    ("Asia/Beirut", 2026),  # at midnight
    ("Africa/Casablanca", 2026),  # for Ramadan
    ("Antarctica/Troll", 2026),  # two hours
    ("Asia/Almaty", 2024),  # for good, over midnight
    ("Pacific/Apia", 2011),  # a day left out
    ("America/St_Johns", 2010),  # a minute after midnight, back into yesterday
    ("America/Caracas", 2016),  # half an hour, for good
    ("Asia/Kathmandu", 2026),  # +05:45
]


def fires_by_watching(line_text: str, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The same, found by looking at the clock on the wall each minute, as a patient person would."""
    line = parse_cron(line_text)
    fires = []
    seen: set[datetime] = set()
    # A day ahead, so that what came before `start` is known.
    moment = start - timedelta(days=2)
    wall = moment.astimezone(zone).replace(tzinfo=None)

    def means(shown: datetime) -> bool:
        return shown.hour in line.hours and shown.minute in line.minutes and line.fits(shown.date())

    while moment <= end:
        shown = moment.astimezone(zone).replace(tzinfo=None)
        if line.every_hour:
            due = means(shown)
        else:
            leapt_over = []
            while wall < shown:
                leapt_over.append(wall)
                wall += MINUTE
            due = any(means(one) for one in leapt_over if one not in seen) or (means(shown) and shown not in seen)
            seen.update(leapt_over, [shown])
            wall = shown + MINUTE
        if due and moment > start:
            fires.append(moment)
        moment += MINUTE
    return fires


HOURS = some.one_of(
    some.sampled_from(["*", "*/2", "*/3", "0", "23", "0-3", "1,2", "22-23", "0,23"]), some.integers(0, 23).map(str)
)
MINUTES = some.one_of(some.sampled_from(["*/15", "0,30", "59", "1", "*/7"]), some.integers(0, 59).map(str))
DAYS = some.sampled_from(["* * *", "* * sat", "*/2 * *", "* * sun", "29-31 * *", "1 * *", "15 * mon"])


def changes_of(zone: ZoneInfo, year: int) -> list[datetime]:
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(366 * 24)]
    return [b for a, b in pairwise(hours) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()] or [
        hours[999]
    ]


CHANGES = [(ZoneInfo(name), moment) for name, year in ODD for moment in changes_of(ZoneInfo(name), year)]


@settings(max_examples=80, deadline=None)
@given(
    change=some.sampled_from(CHANGES),
    minutes=MINUTES,
    hours=HOURS,
    days=DAYS,
    before=some.integers(0, 40 * 60).map(lambda n: timedelta(minutes=n, seconds=n % 60)),
)
def test_the_clocks_are_changed_and_no_fire_is_lost_or_doubled(
    change: tuple[ZoneInfo, datetime], minutes: str, hours: str, days: str, before: timedelta
) -> None:
    zone, moment = change
    line = f"{minutes} {hours} {days}"
    start, end = moment - before, moment + timedelta(days=2)
    watched = fires_by_watching(line, zone, start.replace(second=0), end)
    computed = []
    for fire in Schedule.read([line], zone).after(start):
        if fire > end:
            break
        computed.append(fire)
    assert computed == [fire for fire in watched if fire > start]


# --- Several lines, jitter, fingerprint -------------------------------------------------------------------------------
def test_several_lines_are_one_schedule_and_agree_on_a_moment_once() -> None:
    schedule = Schedule.read(["0 6 * * *", "0 */3 * * *", "30 6 * * mon"], ALMATY)
    assert local(schedule.upcoming(at("2026-11-23 05:00", ALMATY), 4), ALMATY) == [
        "23 06:00+0500",
        "23 06:30+0500",
        "23 09:00+0500",
        "23 12:00+0500",
    ]


def test_without_a_line_nothing_comes() -> None:
    assert Schedule.read([], ALMATY).next_after(at("2026-01-01")) is None
    assert Schedule.read([], ALMATY).upcoming(at("2026-01-01"), 3) == []


def test_a_fire_is_later_than_the_moment_asked_about() -> None:
    schedule = Schedule.read(["0 6 * * *"], UTC_ZONE)
    assert schedule.next_after(at("2026-01-01T05:59:59.999999")) == at("2026-01-01T06:00")
    assert schedule.next_after(at("2026-01-01T06:00")) == at("2026-01-02T06:00")


def test_jitter_is_the_sources_own_and_stays_within_its_bounds() -> None:
    minute = timedelta(minutes=1)
    sources = [f"site_{n}" for n in range(300)]
    delays = [Schedule.read(["*/5 * * * *"], ALMATY, spread_over=minute, source_id=one).delay for one in sources]
    assert all(timedelta(0) <= delay < minute for delay in delays)
    assert len(set(delays)) > 50
    assert delays[0] == Schedule.read(["*/5 * * * *"], ALMATY, spread_over=minute, source_id="site_0").delay


def test_jitter_never_reaches_the_next_fire() -> None:
    for n in range(50):
        schedule = Schedule.read(["*/2 * * * *"], ALMATY, spread_over=timedelta(hours=3), source_id=f"site_{n}")
        assert schedule.delay < timedelta(minutes=2)
        start = at("2026-01-01")
        assert [later - earlier for earlier, later in pairwise(schedule.upcoming(start, 9))] == [
            timedelta(minutes=2)
        ] * 8


@pytest.mark.parametrize(
    ("lines", "shortest"),
    [
        (["*/10 * * * *"], timedelta(minutes=10)),
        (["0 6 * * *"], timedelta(days=1)),
        (["55 23 * * *", "5 0 * * *"], timedelta(minutes=10)),
        ([], timedelta(days=1)),
    ],
)
def test_the_shortest_interval(lines: list[str], shortest: timedelta) -> None:
    assert Schedule.read(lines, ALMATY).shortest_interval == shortest


def test_the_fingerprint_follows_whatever_moves_a_fire(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Schedule.read(["0 6 * * *"], ALMATY).fingerprint
    assert plain == Schedule.read([" 0  6 * * * "], ALMATY).fingerprint
    assert plain != Schedule.read(["0 7 * * *"], ALMATY).fingerprint
    assert plain != Schedule.read(["0 6 * * *"], BERLIN).fingerprint
    assert plain != Schedule.read(["0 6 * * *"], ALMATY, spread_over=timedelta(hours=1), source_id="a").fingerprint
    monkeypatch.setattr(subject, "zone_version", lambda name: "the law was changed")
    assert plain != Schedule.read(["0 6 * * *"], ALMATY).fingerprint


def test_zone_rules_are_found_without_the_systems_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(subject, "TZPATH", (str(tmp_path),))
    packaged = zone_version("Asia/Almaty")
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Almaty").write_bytes(b"rules of another year")
    assert packaged != zone_version("Asia/Almaty")
