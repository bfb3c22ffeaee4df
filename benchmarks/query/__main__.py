"""How long questions and whole pages take: python -m benchmarks.query FOLDER URL [--only WORDS] [--seconds 2]

FOLDER and URL are those of `benchmarks.query.prepare`. Pages go through the whole application in this process, without
a network. Prints a table: median and 95th percentile of the clock, and of this process's CPU; of a PostgreSQL server on
this machine also the mean CPU of the process that answers (its parallel helpers are not in it).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text
from starlette.applications import Starlette

from benchmarks.query.questions import paths, questions
from crawler.config import load_config
from crawler.storage.database import Database
from crawler.web.app import create_app
from crawler.web.limits import Limits

# Each question is asked so often at least, and at most.
LEAST, MOST = 5, 100
UNLIMITED = Limits(burst=1_000_000, per_second=1e6)


def main() -> None:
    """Ask everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("--only", default="", help="only questions with these words")
    parser.add_argument("--seconds", type=float, default=2.0, help="about so long for each question")
    options = parser.parse_args()
    os.environ |= {"CRAWLER_SOURCES": str(options.folder / "sources"), "CRAWLER_DATABASE_URL": options.url}
    print("| question | p50 ms | p95 ms | CPU p50 ms | CPU p95 ms | server CPU ms | times |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    gc.freeze()  # as commands and the server do when all is loaded
    with Database(options.url) as database:
        server = _server(database)
        for name, ask in _everything(database, options.folder / "sources"):
            if options.only in name:
                print(_row(name, *_measured(ask, options.seconds, server)), flush=True)


def _everything(database: Database, sources: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    for name, question in questions(sources).items():

        def ask(question: Callable[[Any], object] = question) -> None:
            with database.read() as session:
                question(session)

        yield name, ask
    app = create_app(load_config(), database, limits=UNLIMITED)
    with database.read() as session:
        pages = paths(session)
    with asyncio.Runner() as runner:
        for name, path in pages.items():
            yield name, lambda path=path: runner.run(_get(app, path))  # type: ignore[misc]


async def _get(app: Starlette, path: str) -> None:
    """Ask for a page as a browser on this machine would."""
    bare, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": bare, "raw_path": bare.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")], "client": ("127.0.0.1", 50_000),
        "server": ("localhost", 80), "state": {},
    }  # fmt: skip
    status: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    await app(scope, receive, send)  # type: ignore[arg-type]
    if status != [200]:
        raise RuntimeError(f"{path}: status {status}")


def _server(database: Database) -> Path | None:
    """What the kernel says of the process that answers for PostgreSQL; None when it is not on this machine."""
    if database.dialect == "sqlite":
        return None
    with database.read() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    told = Path(f"/proc/{pid}/stat")
    return told if told.exists() else None


def _cpu_of(server: Path | None) -> float:
    """Milliseconds of CPU that a process has taken, in steps of 10."""
    if server is None:
        return 0.0
    fields = server.read_text().rpartition(")")[2].split()
    return 1e3 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measured(
    ask: Callable[[], object], seconds: float, server: Path | None
) -> tuple[list[tuple[float, float]], float | None]:
    """(clock, CPU) of each time in milliseconds, after one that is not counted; and the mean CPU of the server."""
    ask()
    taken: list[tuple[float, float]] = []
    before, end = _cpu_of(server), time.perf_counter() + seconds
    while len(taken) < LEAST or (time.perf_counter() < end and len(taken) < MOST):
        clock, cpu = time.perf_counter(), time.process_time()
        ask()
        taken.append((1e3 * (time.perf_counter() - clock), 1e3 * (time.process_time() - cpu)))
    return taken, None if server is None else (_cpu_of(server) - before) / len(taken)


def _row(name: str, taken: list[tuple[float, float]], of_server: float | None) -> str:
    cells = [f"{_share(sorted(times), share):.1f}" for times in zip(*taken, strict=True) for share in (0.5, 0.95)]
    cells.append("" if of_server is None else f"{of_server:.1f}")
    return f"| {name} | {' | '.join(cells)} | {len(taken)} |"


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
