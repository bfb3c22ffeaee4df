"""What a run costs that finds nothing new: CPU of its process, of the scheduler, and of 200 such sources an hour.

python -m benchmarks.scheduling [--runs 30]

A site on loopback answers 304 to the feed, as most sites do most of the time. robots.txt is fetched once and then
remembered. The runner, its warm server, its children, the record and the log are those of `crawler up`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.config import Config
from crawler.scheduling.declarations import Declarations
from crawler.scheduling.runners.local import LocalRunner
from crawler.scheduling.scheduler import Scheduler
from crawler.storage import queue
from crawler.storage.database import Database, now
from crawler.storage.schema import ensure_ready

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SITE = """
import http.server
class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(304 if "if-none-match" in self.headers else 200)
        body = BODIES.get(self.path, b"")
        if "if-none-match" in self.headers: body = b""
        self.send_header("ETag", '"same"')
        self.send_header("Content-Type", "application/rss+xml" if "rss" in self.path else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass
item = "<item><title>A story</title><link>http://HOST/news/a-1/</link></item>"
BODIES = {"/robots.txt": b"User-agent: *\\nDisallow:\\n"}
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
host = f"127.0.0.1:{server.server_port}"
story = "<p>" + "The council met on Monday and decided about the bridge. " * 9 + "</p>"
item = item.replace("HOST", host)
BODIES["/rss.xml"] = f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>'.encode()
BODIES["/news/a-1/"] = f"<html><body><article><h1>A story of the bridge</h1>{story}</article></body></html>".encode()
print(host, flush=True)
server.serve_forever()
"""
SOURCE = """
id = "idle"
name = "The Idle Herald"
home = "http://{host}/"
schedule = "* * * * *"
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


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds a run, and megabytes."""

    child: float
    parent: float
    wall: float


@contextmanager
def idle_site() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", SITE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


def cpu_of_children(pid: int) -> float:
    """CPU seconds of the ended children of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * TICK_S


def warm_server() -> int:
    """The process that crawls are forked from: our child of that name."""
    own = os.getpid()
    for pid in map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split()):
        if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise RuntimeError("there is no warm server")


def measure(runs: int) -> Cost:
    with idle_site() as host, tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        (sources / "idle.toml").write_text(SOURCE.format(host=host))
        url = f"sqlite:///{folder}/crawler.db"
        os.environ |= {
            "CRAWLER_DATABASE_URL": url,
            "CRAWLER_SOURCES": str(sources),
            "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "1",
            "CRAWLER_CONTACT": "benchmark@herald.example",
        }
        config = Config()
        with Database(url) as database:
            ensure_ready(database)
            declarations = Declarations([sources], only=["idle"])
            Scheduler(database, declarations).begin()
            runner = LocalRunner(database, declarations, config)
            runner.start()
            for _ in range(2):  # the first stores the story, the second is idle for the first time
                run_once(database, runner)
            server = warm_server()
            child, parent, wall = cpu_of_children(server), time.process_time(), time.monotonic()
            for _ in range(runs):
                run_once(database, runner)
            return Cost(
                (cpu_of_children(server) - child) / runs,
                (time.process_time() - parent) / runs,
                (time.monotonic() - wall) / runs,
            )


def run_once(database: Database, runner: LocalRunner) -> None:
    with database.write() as session:
        assert queue.enqueue(session, "idle", now=now(session)) is not None
    runner.look(0)
    while not runner.is_idle:
        runner.look()
    with database.read() as session:
        latest = session.connection().exec_driver_sql("SELECT outcome, reason FROM runs ORDER BY id DESC LIMIT 1").one()
    assert latest[0] == "succeeded", tuple(latest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    cost = measure(parser.parse_args().runs)
    print(f"one idle run: {cost.child * 1000:.0f} CPU-ms in its process, {cost.parent * 1000:.1f} in the runner,")
    print(f"{cost.wall * 1000:.0f} ms from order to end")


if __name__ == "__main__":
    main()
