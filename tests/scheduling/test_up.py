"""`crawler up` as a user has it: killed, stopped, with files that change under it. Its records stay true."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

from tests.crawl.crawling import Home, headline_of, kill, path_of, publish, until
from tests.crawl.site import Site, serve_site
from tests.scheduling.working import Work, declare

STORIES = 20
SLOW = "150ms"
"""Between two requests: a crawl that takes some seconds."""


def servers_of(work: Work) -> list[int]:
    """The warm servers of a `crawler up`: its children from which crawls are forked."""
    return [pid for pid in children_of(work.process.pid) if "forkserver" in command_of(pid)]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def fire_now(home: Home, source_id: str) -> None:
    """Let the schedule of a source be due."""
    home.ask_for_writing(
        f"UPDATE schedules SET next_fire_at = '2026-01-01 00:00:00.000000' WHERE source_id = '{source_id}'"
    )


def skipped(home: Home) -> list[str]:
    return [row[0] for row in home.ask("SELECT reason FROM runs WHERE outcome = 'skipped' ORDER BY id")]


def test_a_fire_becomes_a_crawl(home: Home, site: Site) -> None:
    publish(site, [1, 2])
    declare(home, site, schedule="0 4 * * *", policy={"catch_up_within": "30d"})
    work = Work(home, "herald")
    work.wait_until_it_works()
    home.ask_for_writing("UPDATE schedules SET next_fire_at = datetime('now', '-2 seconds') || '.000000'")
    until(lambda: home.ask("SELECT 1 FROM runs WHERE state = 'finished'"))
    assert home.ask("SELECT trigger, outcome, new FROM runs") == [("schedule", "succeeded", 2)]
    assert home.headlines() == [headline_of(1), headline_of(2)]
    ((fire, asked),) = home.ask("SELECT next_fire_at, last_fire_at FROM schedules")
    assert fire > asked


def test_kill_9_of_the_service_leaves_the_crawl_to_its_end(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    declare(home, site, delay=SLOW)
    first = Work(home, "herald")
    first.wait_until_it_works()
    run_id = first.order("herald")
    site.wait_for(path_of(STORIES - 3))
    kill(first.process.pid)
    first.process.communicate(timeout=10)
    second = Work(home, "herald")
    assert second.end_of(run_id)["outcome"] == "succeeded"
    assert len(second.attempts(run_id)) == 1
    assert len(home.headlines()) == STORIES


def test_kill_9_of_the_warm_server_costs_no_run(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    declare(home, site, delay=SLOW)
    work = Work(home, "herald")
    work.wait_until_it_works()
    run_id = work.order("herald")
    site.wait_for(path_of(STORIES - 3))
    (server,) = servers_of(work)
    kill(server)
    end = work.end_of(run_id)
    # Its exit code died with the server; its own record says how it ended.
    assert (end["outcome"], end["exit_code"], end["exit_signal"]) == ("succeeded", None, None)
    until(lambda: not home.ask("SELECT 1 FROM hosts WHERE lease_token IS NOT NULL"))
    publish(site, range(STORIES + 1))
    end = work.end_of(work.order("herald"))
    assert end["outcome"] == "succeeded", end["reason"]
    (another,) = servers_of(work)
    assert another != server


def test_kill_9_of_everything_at_random_moments(home: Home) -> None:
    chance = random.Random(3)
    sources = [f"paper_{number}" for number in range(3)]
    with serve_site() as a, serve_site() as b, serve_site() as c:
        for source_id, site in zip(sources, (a, b, c), strict=True):
            publish(site, range(STORIES))
            declare(home, site, source_id, delay="20ms", policy={"retries": 5, "retry_after": "0s"})
        work = Work(home, *sources)
        work.wait_until_it_works()
        runs = [work.order(source_id) for source_id in sources]
        for number in range(1, 4):
            # Some pages further, and then somewhere between two statements: a moment that nothing synchronises with.
            until(lambda wanted=number * 10: sum(len(site.paths()) for site in (a, b, c)) >= wanted)
            a.stopping.wait(chance.random() / 5)
            everything = [work.process.pid, *servers_of(work), *home.crawling_pids()]
            victims = chance.sample(everything, chance.randint(1, len(everything)))
            for victim in victims:
                kill(victim)
            if work.process.pid in victims:
                work.process.communicate(timeout=10)
                work = Work(home, *sources)
        ends = [work.end_of(run_id)["outcome"] for run_id in runs]
    assert ends == ["succeeded"] * 3
    assert home.ask("SELECT count(*), count(DISTINCT url_hash) FROM articles") == [(3 * STORIES, 3 * STORIES)]
    assert home.one("SELECT count(*) FROM run_attempts WHERE finished_at IS NULL") == 0
    broken = home.ask("SELECT DISTINCT outcome FROM run_attempts WHERE outcome <> 'succeeded'")
    assert {outcome for (outcome,) in broken} <= {"lost", "killed", "failed_to_start"}


def test_sigterm_ends_what_runs_cleanly_and_leaves_what_waits(home: Home, site: Site) -> None:
    publish(site, range(STORIES))
    declare(home, site, delay="1s")
    work = Work(home, "herald", CRAWLER_STOP_GRACE="20")
    work.wait_until_it_works()
    run_id = work.order("herald")
    site.wait_for(path_of(STORIES - 2))
    waiting = work.order("herald")
    os.kill(work.process.pid, signal.SIGTERM)
    done = home.end(work.process)
    assert done.code == 0, done.err
    end = work.end_of(run_id)
    assert (end["outcome"], end["exit_code"]) == ("cancelled", 0)
    assert "together with the scheduler" in end["reason"]
    assert work.state(waiting) == "queued"
    # The page in hand is stored, and the rest is for the one that waits.
    assert len(home.headlines()) == sum(path.startswith("/news/") for path in site.paths())
    assert home.one("SELECT count(*) FROM schedulers WHERE finished_at IS NULL") == 0


def test_sigterm_twice_ends_all_at_once(home: Home, site: Site) -> None:
    declare(home, site, spider="tests.scheduling.spiders:Blocking")
    publish(site, [1])
    work = Work(home, "herald", CRAWLER_STOP_GRACE="60")
    work.wait_until_it_works()
    run_id = work.order("herald")
    site.wait_for(path_of(1))
    os.kill(work.process.pid, signal.SIGTERM)
    until(lambda: "Stopping" in (work.process.stderr.readline() if work.process.stderr else ""))
    os.kill(work.process.pid, signal.SIGTERM)
    assert home.end(work.process, within=20).code == 0
    end = work.end_of(run_id)
    assert (end["outcome"], end["exit_signal"]) == ("cancelled", signal.SIGKILL)


def test_files_may_change_break_and_be_mended_meanwhile(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, schedule="0 4 * * *", policy={"jitter": "0s"})
    work = Work(home, "herald")
    work.wait_until_it_works()
    until(lambda: home.ask("SELECT 1 FROM schedules WHERE spec = '0 4 * * *'"))

    declare(home, site, schedule="0 5 * * *", policy={"jitter": "0s"})
    until(lambda: home.ask("SELECT 1 FROM schedules WHERE spec = '0 5 * * *'"))

    file = home.sources / "herald.toml"
    file.write_text("this is no source")
    until(lambda: "not TOML" in (work.process.stderr.readline() if work.process.stderr else ""))
    fire_now(home, "herald")
    until(lambda: skipped(home))
    assert "not TOML" in skipped(home)[-1]

    declare(home, site, schedule="0 6 * * *", policy={"jitter": "0s"})
    until(lambda: home.ask("SELECT 1 FROM schedules WHERE spec = '0 6 * * *'"))
    end = work.end_of(work.order("herald"))
    assert end["outcome"] == "succeeded", end["reason"]


def test_a_paused_source_says_so_at_every_fire(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, schedule="0 4 * * *")
    work = Work(home, "herald")
    work.wait_until_it_works()
    assert home.run("schedule", "pause", "herald", "--reason", "they move house").code == 0
    fire_now(home, "herald")
    until(lambda: skipped(home))
    assert skipped(home)[-1].endswith(": they move house")
    assert home.run("schedule", "resume", "herald").code == 0
    assert site.paths() == []
