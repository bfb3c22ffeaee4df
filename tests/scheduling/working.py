"""A `crawler up` at work in a process of its own, and what it is asked to do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from crawler.storage import queue
from crawler.storage.database import Database, now
from tests.crawl.crawling import Home, until
from tests.crawl.site import Site

# A test waits for what takes minutes in earnest.
QUICK = {
    "CRAWLER_HEARTBEAT": "1",
    "CRAWLER_STOP_GRACE": "1",
    "CRAWLER_CONCURRENT_RUNS": "16",
    "CRAWLER_RUN_MEMORY_MB": "250",
}


def declare(
    home: Home,
    site: Site,
    source_id: str = "herald",
    *,
    spider: str | None = None,
    schedule: str | None = None,
    policy: Mapping[str, object] | None = None,
    **lines: object,
) -> None:
    """Write a source file with a spider of its own, a schedule, a policy."""
    home.declare(site, source_id=source_id, **lines)
    path = home.sources / f"{source_id}.toml"
    head = f'spider = "{spider}"\n' if spider else ""
    head += f'schedule = "{schedule}"\n' if schedule else ""
    tail = "".join(f"{key} = {json.dumps(value)}\n" for key, value in (policy or {}).items())
    path.write_text(f"{head}{path.read_text()}\n[policy]\n{tail}", encoding="utf-8")


class Work:
    """One `crawler up` for certain sources."""

    def __init__(self, home: Home, *sources: str, **environment: str) -> None:
        self.home = home
        self.temporary = home.folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        environment = {**QUICK, "TMPDIR": str(self.temporary), **environment}
        self.process: subprocess.Popen[str] = home.start("up", *sources, **environment)

    def wait_until_it_works(self) -> None:
        until(lambda: self.home.ask("SELECT 1 FROM schedulers WHERE pid = ?", self.process.pid))

    def order(self, source_id: str) -> int:
        """Ask for a run now, as `crawler schedule run` does, and return its number."""
        with Database(self.home.environment["CRAWLER_DATABASE_URL"]) as database, database.write() as session:
            run_id = queue.enqueue(session, source_id, now=now(session))
        assert run_id is not None, f"a run of {source_id} waits already"
        return run_id

    def state(self, run_id: int) -> str:
        return str(self.home.one("SELECT state FROM runs WHERE id = ?", run_id))

    def end_of(self, run_id: int, *, within: float = 60.0) -> dict[str, Any]:
        """Wait for the end of a run, and return what is known of it: the run, and its last attempt."""
        until(lambda: self.state(run_id) == "finished", within=within)
        ((outcome, reason),) = self.home.ask("SELECT outcome, reason FROM runs WHERE id = ?", run_id)
        *_, last = self.attempts(run_id)
        return {"outcome": outcome, "reason": reason, **last}

    def attempts(self, run_id: int) -> list[dict[str, Any]]:
        names = ("number", "pid", "attempt_outcome", "finish_reason", "exit_code", "exit_signal", "stderr_tail")
        columns = ", ".join("outcome" if name == "attempt_outcome" else name for name in names)
        rows = self.home.ask(f"SELECT {columns} FROM run_attempts WHERE run_id = ? ORDER BY number", run_id)
        return [dict(zip(names, row, strict=True)) for row in rows]
