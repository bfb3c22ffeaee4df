"""`crawler schedule`: what a person asks about schedules and changes in them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crawler.cli import main
from crawler.storage import queue, schedulers, schedules
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.schedules import Declared
from tests.crawl.crawling import Done, Home
from tests.crawl.site import Site
from tests.scheduling.working import Work, declare


@pytest.fixture(autouse=True)
def papers(home: Home, site: Site) -> None:
    """Two sources: one with a schedule, one without."""
    declare(home, site, "herald", schedule="30 2 * * *", policy={"jitter": "0s"})
    declare(home, site, "courier")
    text = (home.sources / "herald.toml").read_text()
    (home.sources / "herald.toml").write_text(f'timezone = "Europe/Berlin"\n{text}')


Typed = Callable[..., Done]


@pytest.fixture
def typed(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type `crawler schedule WORDS`, in this process: a fresh one needs a second only to begin."""
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)

    def type_words(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["crawler", *words])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        return Done(int(str(code)), captured.out, captured.err)

    return type_words


def entry(typed: Typed, source_id: str) -> dict[str, object]:
    done = typed("schedule", "list", "--json")
    assert done.code == 0, done.err
    found: dict[str, dict[str, object]] = {one["source"]: one for one in done.json}
    return found[source_id]


def test_schedules_are_listed_before_there_is_a_database(typed: Typed, home: Home) -> None:
    herald = entry(typed, "herald")
    assert herald["words"] == "at 02:30 (Europe/Berlin)"
    assert herald["next_fire_at"] is not None
    assert entry(typed, "courier")["words"] == "only by hand"
    assert not home.database.exists()
    shown = typed("schedule", "list")
    assert "at 02:30 (Europe/Berlin)" in shown.out
    assert shown.err == "No scheduler is at work. Start one: crawler up\n"


def test_a_source_that_the_scheduler_was_not_started_for_says_so(typed: Typed, home: Home) -> None:
    assert typed("schedule", "run", "herald").code == 0  # there is a database now
    with Database(f"sqlite:///{home.database}") as database, database.write() as session:
        schedulers.begin(session, "one", process=own_identity(), now=now(session), sources=["herald"])
    assert (entry(typed, "herald")["is_followed"], entry(typed, "vlast")["is_followed"]) == (True, False)
    lines = {line.split()[0]: line for line in typed("schedule", "list").out.splitlines()}
    assert lines["vlast"].split("(Asia/Almaty)")[1].strip() == "not followed: crawler up was started for other sources"
    assert "not followed" not in lines["herald"]


def test_runs_that_were_skipped_are_listed_with_the_reason_and_never_began(typed: Typed, home: Home) -> None:
    assert typed("schedule", "run", "courier").code == 0  # there is a database now
    with Database(f"sqlite:///{home.database}") as database, database.write() as session:
        moment = datetime(2026, 11, 24, 19, 1, 13, tzinfo=UTC)
        schedules.sync(session, [Declared("herald", "* * * * *", "UTC", {}, "0", moment)], kept=(), now=moment)
        row = schedules.get(session, "herald")
        assert row is not None
        queue.skip(session, "herald", [(moment, "paused by dana: elections")], now=moment, schedule_id=row.id)
    listed = typed("run", "list", "--outcome", "skipped")
    head, line = (" ".join(line.split()) for line in listed.out.splitlines())
    assert head == "run source fire why"
    assert line == "2 herald 2026-11-25 00:01 paused by dana: elections"
    shown = typed("run", "show", "2").out.splitlines()
    assert shown[2] == "discovery, by schedule, for 2026-11-25 00:01:13: never started"
    assert "discovery, by request: waits" in typed("run", "show", "1").out
    assert typed("log", "2").out == "No such record in the log of run 2.\n"


def test_the_next_fires_are_shown_there_and_in_utc_with_a_warning(typed: Typed) -> None:
    shown = typed("schedule", "next", "herald", "-n", "2")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("herald: at 02:30 (Europe/Berlin)")
    assert shown.out.count("02:30:00 +0") == 2
    assert "does not exist in Europe/Berlin" in shown.out
    assert "comes twice in Europe/Berlin" in shown.out


def test_the_next_fires_of_all_come_in_order(typed: Typed) -> None:
    found = typed("schedule", "next", "-n", "30", "--json").json["fires"]
    assert len({fire["source"] for fire in found}) > 3
    assert [fire["at"] for fire in found] == sorted(fire["at"] for fire in found)


def test_a_pause_says_who_why_and_until_when(typed: Typed) -> None:
    done = typed("schedule", "pause", "herald", "--reason", "[they] move house", "--until", "2h")
    assert done.code == 0, done.err
    paused = entry(typed, "herald")["paused"]
    assert isinstance(paused, dict)
    assert paused["reason"] == "[they] move house"
    until = datetime.fromisoformat(str(paused["until"]))
    assert timedelta(minutes=118) < until - datetime.now(UTC) < timedelta(minutes=121)
    assert "[they] move house" in typed("schedule", "list").out
    assert typed("schedule", "resume", "herald").code == 0
    assert entry(typed, "herald")["paused"] is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("pause", "herald", "--until", "2020-01-01"), 2, "is over already"),
        (("pause", "herald", "--until", "soon"), 2, "write a duration such as 2h"),
        (("pause", "nobody"), 2, "no source has this id"),
        (("pause", "courier"), 4, "has no schedule"),
        (("run", "nobody"), 2, "no source has this id"),
        (("next", "nobody"), 2, "no source has this id"),
        (("check",), 1, "No scheduler is at work"),
    ],
)
def test_what_cannot_be_done_is_said(typed: Typed, words: tuple[str, ...], code: int, said: str) -> None:
    done = typed("schedule", *words)
    assert (done.code, said in done.out + done.err) == (code, True), done


def test_a_run_may_be_ordered_cancelled_and_tried_again(typed: Typed, home: Home) -> None:
    first = typed("schedule", "run", "herald", "--limit", "3", "--json").json
    assert first == {"run": 1, "queued": True, "runners": 0}
    assert typed("schedule", "run", "herald", "--json").json == {"run": 1, "queued": False, "runners": 0}
    assert "Nobody is at work" in typed("schedule", "run", "courier").out
    assert typed("run", "cancel", "1", "--json").json == {"run": 1, "was": "queued"}
    assert "had ended already" in typed("run", "cancel", "1").out
    assert typed("run", "retry", "1", "--json").json == {"run": 3, "queued": True, "runners": 0}
    assert home.one("SELECT options FROM runs WHERE id = 3") == '{"limit": 3}'
    assert typed("run", "cancel", "99").code == 4
    assert typed("run", "retry", "99").code == 4


def test_a_broken_file_is_told_beside_the_others(typed: Typed, home: Home) -> None:
    (home.sources / "broken.toml").write_text("schedule = 5")
    shown = typed("schedule", "list")
    assert "herald" in shown.out
    assert "broken.toml" in shown.err
    done = typed("schedule", "run", "broken")
    assert (done.code, "broken.toml" in done.err) == (2, True)


def test_the_check_finds_a_scheduler_at_work(typed: Typed, home: Home) -> None:
    work = Work(home, "herald")
    work.wait_until_it_works()
    done = typed("schedule", "check", "--json")
    assert done.code == 0
    assert [one["pid"] for one in done.json] == [work.process.pid]
    assert str(work.process.pid) in typed("schedule", "check").out
