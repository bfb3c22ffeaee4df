"""What an idle crawl asks of the database, once, on a throwaway one: so that a fork finds it prepared. Crawls nothing.

SQLAlchemy compiles every statement, and works out much else, at its first use. A child would do that in each run anew.
What is compiled here serves SQLite; a crawl on PostgreSQL still compiles its own.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from crawler.storage import feeds, hosts, links, logs, queue, revisits, runs
from crawler.storage.columns import Base
from crawler.storage.database import Database, now
from crawler.storage.liveness import own_identity
from crawler.storage.logs import Fetch, Record
from crawler.storage.runs import Attempt, Ending

SOURCE, HOST, FEED = "rehearsal", "rehearsal.example", "https://rehearsal.example/rss.xml"
HOUR = timedelta(hours=1)


def rehearse() -> None:
    """Do, on a database of its own, what a run does that finds nothing new.

    Raises:
        DatabaseError, OSError: there is no place for that database.
    """
    with (
        tempfile.TemporaryDirectory(prefix="crawler-rehearsal-") as folder,
        Database(f"sqlite:///{Path(folder) / 'rehearsal.db'}") as database,
    ):
        with database.write() as session:
            Base.metadata.create_all(session.connection())
        _crawl(database, _ordered(database))


def _ordered(database: Database) -> str:
    """The token of an attempt that a runner has begun."""
    with database.write() as session:
        moment = now(session)
        run_id = queue.enqueue(session, SOURCE, now=moment)
        assert run_id is not None
        attempt = queue.take(session, run_id, process=own_identity(), names=[HOST], now=moment, lease=HOUR)
        assert attempt is not None
    return attempt.token


def _crawl(database: Database, token: str) -> None:
    """What recorder, middlewares and spider ask, one after the other (tests/scheduling/test_warm_server.py)."""
    moment = datetime.now(UTC)
    attempt = database.transact(lambda session: runs.attach(session, token, process=own_identity(), now=now(session)))
    assert attempt is not None
    database.transact(lambda session: hosts.get(session, HOST))
    database.transact(lambda session: feeds.get(session, SOURCE, FEED))
    database.transact(lambda session: feeds.unchanged(session, SOURCE, FEED, now=moment))
    claim = partial(links.claim, source_id=SOURCE, run_id=attempt.run_id, limit=100, now=moment, lease=HOUR)
    database.transact(claim)
    database.transact(lambda session: revisits.due(session, SOURCE, now=moment, limit=100))
    _write_down(database, attempt, moment)


def _write_down(database: Database, attempt: Attempt, moment: datetime) -> None:
    counts = dict.fromkeys(runs.COUNTS, 0)
    record = Record(moment, logging.INFO, SOURCE, "a line of its log")
    fetch = Fetch(moment, "feed", FEED, 304, 1, 0, "not_modified")
    with database.write() as session:
        for number in (1, 2):  # one row and several are two statements
            logs.write_records(session, attempt, [record] * number)
            logs.write_fetches(session, attempt, [fetch] * number)
        runs.heartbeat(session, attempt, counts=counts, stats={}, now=now(session))
        runs.finish(session, attempt, Ending("succeeded", None, "finished"), now=moment, counts=counts, stats={})
