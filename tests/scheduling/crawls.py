"""Crawls that need no Scrapy: what a child does is one function, and its record is written by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.storage import runs
from crawler.storage.database import Database
from crawler.storage.liveness import own_identity
from crawler.storage.outcome import Outcome
from crawler.storage.runs import Attempt, Ending

LONG = 600.0
"""Seconds: a crawl that has to be stopped."""


def _begin(token: str, settings: Mapping[str, Any]) -> tuple[Database, Attempt]:
    database = Database(settings["CRAWLER_DATABASE_URL"])
    with database.write() as session:
        attempt = runs.attach(session, token, process=own_identity(), now=datetime.now(UTC))
    assert attempt is not None
    return database, attempt


def _finish(database: Database, attempt: Attempt) -> None:
    stats = {"downloader/request_count": 1, "downloader/response_count": 1, "crawler/lists_read": 1, "crawler/known": 1}
    with database.write() as session:
        runs.finish(session, attempt, Ending(Outcome.SUCCEEDED, None, "finished"), now=datetime.now(UTC), stats=stats)
    database.close()


def short(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Is done at once."""
    _finish(*_begin(token, settings))


def waiting(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Goes on until the file that its options name is there, heart beating."""
    database, attempt = _begin(token, settings)
    while not Path(options["until"]).exists():
        with database.write() as session:
            runs.heartbeat(session, attempt, counts={"fetched": 1}, stats={}, now=datetime.now(UTC))
        time.sleep(0.05)
    _finish(database, attempt)


def lingering(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Is done, and its process does not end."""
    short(source_id, token, options, settings)
    threading.Thread(target=time.sleep, args=(LONG,)).start()


def with_a_helper(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Does not end, nor does the process that it has started; both turn a deaf ear to SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _begin(token, settings)
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({LONG})", "helper of the crawl"])
    time.sleep(LONG)


def talkative(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Says more to stderr than anyone wants to keep, then waits."""
    database, attempt = _begin(token, settings)
    for number in range(100_000):
        print(f"line {number:06}", file=sys.stderr)
    sys.stderr.flush()
    Path(options["said"]).touch()
    while not Path(options["until"]).exists():
        time.sleep(0.05)
    print("the last line", file=sys.stderr, flush=True)
    _finish(database, attempt)


def unheard_of(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Never takes its attempt over."""
    raise RuntimeError("nothing works here")
