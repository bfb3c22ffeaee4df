"""What it costs to find nothing new: CPU of one idle run, and of many idle sources under one scheduler and runner.

python -m benchmarks.scheduling [--runs 30] [--sources 200]

Sites on loopback answer 304 to their feeds, as most sites do most of the time. The scheduler, the runner, its warm
server, its children, the record and the log are those of `crawler up`; robots.txt is remembered from the first run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import text

from crawler.config import Config
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.runners.local import LocalRunner
from crawler.scheduling.scheduler import Scheduler
from crawler.storage import queue
from crawler.storage.database import Database, now
from crawler.storage.schema import ensure_ready

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# Runs whose CPU is read together, for the system counts in hundredths of a second; the median of such blocks is told.
BLOCK = 5
SITE = Path(__file__).with_name("idle_site.py")
SOURCE = """
id = "idle_{number}"
name = "The Idle Herald"
home = "http://{host}/"
schedule = "*/10 * * * *"
[politeness]
delay = "0s"
[[editions]]
id = "en"
host = "{host}"
language = "en"
timezone = "Asia/Almaty"
article = '/news/'
feeds = ["http://{host}/rss.xml"]
"""


@dataclass
class Bench:
    """A machine with some idle sources, on which nothing is scheduled by itself."""

    database: Database
    scheduler: Scheduler
    runner: LocalRunner

    def pass_over(self, ids: Sequence[str]) -> None:
        """One run of each source, as its schedule would have it."""
        with self.database.write() as session:
            session.execute(text("UPDATE schedules SET next_fire_at = strftime('%Y-%m-%d %H:%M:%f000', 'now')"))
            before = session.execute(text("SELECT count(*) FROM runs WHERE outcome = 'succeeded'")).scalar_one()
        self.scheduler.tick()
        while True:
            self.runner.look()
            with self.database.read() as session:
                done = session.execute(text("SELECT count(*) FROM runs WHERE outcome = 'succeeded'")).scalar_one()
            if done - before == len(ids) and self.runner.is_idle:
                return

    def once(self, source_id: str) -> None:
        """One run, ordered by hand."""
        with self.database.write() as session:
            assert queue.enqueue(session, source_id, now=now(session)) is not None
        self.runner.look(0)
        while not self.runner.is_idle:
            self.runner.look()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds, since some moment."""

    children: float
    """CPU of the crawls."""
    forks: float
    """CPU of the warm server: a crawl's part of it is the fork."""
    own: float
    """CPU of this process: scheduler, runner, records."""
    wall: float

    @classmethod
    def until_now(cls) -> Spent:
        fields = Path(f"/proc/{warm_server()}/stat").read_text().rpartition(")")[2].split()
        own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        return cls(children * TICK_S, own * TICK_S, time.process_time(), time.monotonic())

    def __sub__(self, earlier: Spent) -> Spent:
        return Spent(*(after - before for after, before in zip(astuple(self), astuple(earlier), strict=True)))

    @property
    def cpu(self) -> float:
        return self.children + self.forks + self.own


def warm_server() -> int:
    """The process that crawls are forked from: our child of that name."""
    own = os.getpid()
    for pid in map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split()):
        if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise RuntimeError("there is no warm server")


@contextmanager
def bench(count: int) -> Iterator[tuple[Bench, list[str]]]:
    """`count` sources, each on a loopback address of its own, crawled twice: they are known and idle."""
    site = subprocess.Popen([sys.executable, SITE], stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    port = site.stdout.readline().strip()
    ids = [f"idle_{number}" for number in range(count)]
    with _killed_at_the_end(site), tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        for number, source_id in enumerate(ids):
            host = f"127.1.{number // 250}.{number % 250 + 1}:{port}"
            (sources / f"{source_id}.toml").write_text(SOURCE.format(number=number, host=host))
        url = f"sqlite:///{folder}/crawler.db"
        os.environ |= {
            "CRAWLER_DATABASE_URL": url,
            "CRAWLER_SOURCES": str(sources),
            "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "1",
            "CRAWLER_CONTACT": "benchmark@herald.example",
        }
        with Database(url) as database:
            ensure_ready(database)
            declarations = Declarations([sources], only=ids)
            scheduler = Scheduler(database, declarations)
            scheduler.begin()
            runner = LocalRunner(database, declarations, Config())
            runner.start()
            made = Bench(database, scheduler, runner)
            for _ in range(2):  # the first pass stores a story of each, the second is the first idle one
                made.pass_over(ids)
            yield made, ids


@contextmanager
def _killed_at_the_end(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--sources", type=int, default=200)
    asked = parser.parse_args()
    # One bench: the warm server keeps the environment that it was started with.
    with bench(asked.sources) as (made, ids):
        blocks = [one_block(made, ids[0]) for _ in range(max(1, asked.runs // BLOCK))]
        child, forks, own, wall, cpu = (
            median(getattr(block, name) for block in blocks) / BLOCK * 1000
            for name in ("children", "forks", "own", "wall", "cpu")
        )
        print(f"one idle run: {cpu:.0f} CPU-ms: {child:.0f} in its process, {forks:.0f} to fork it,", end=" ")
        print(f"{own:.0f} in the runner; {wall:.0f} ms from order to end")
        before = Spent.until_now()
        made.pass_over(ids)
        cost = Spent.until_now() - before
        print(f"{len(ids)} idle sources once: {cost.cpu:.1f} CPU-s,", end=" ")
        print(f"{cost.own:.1f} of them in scheduler and runner; {cost.wall:.0f} s on the clock;", end=" ")
        print(f"every 10 minutes that is {cost.cpu / 600 * 100:.1f} % of a core")


def one_block(made: Bench, source_id: str) -> Spent:
    """What BLOCK idle runs take."""
    before = Spent.until_now()
    for _ in range(BLOCK):
        made.once(source_id)
    return Spent.until_now() - before


if __name__ == "__main__":
    main()
