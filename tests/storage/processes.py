"""What tests do in processes of their own: several at once, or one that dies. Light, for each process imports it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from typing import Any, TypeVar

from crawler.storage.database import Database
from crawler.storage.links import claim
from crawler.storage.schema import ensure_ready, inspect_schema
from crawler.storage.storing import store
from tests.storage.near import invented, long_article, wire_copy
from tests.storage.stories import NOW, article, reading

Result = TypeVar("Result")


def at_once(work: Callable[..., Result], calls: Sequence[tuple[Any, ...]]) -> list[Result]:
    """Do each call in a process of its own, all at the same time; their results in order."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "alembic.command"])
    with ProcessPoolExecutor(len(calls), mp_context=context) as pool:
        return [future.result() for future in [pool.submit(work, *call) for call in calls]]


def start(url: str) -> str:
    """What a crawl does first; the state of the database afterwards."""
    with Database(url) as database:
        ensure_ready(database)
        return str(inspect_schema(database).state)


def store_all(url: str, numbers: Sequence[int], body: str) -> dict[str, int]:
    """Store an article for each number, ten a transaction; how often each verdict fell."""
    verdicts: dict[str, int] = {}
    with Database(url) as database:
        for first in range(0, len(numbers), 10):
            batch = [
                reading(article(f"/{n}-story/", f"{body} {n}"), site_key=f"herald.example/{n}")
                for n in numbers[first : first + 10]
            ]
            for one in database.transact(lambda session, batch=batch: store(session, batch, run_id=None, now=NOW)):
                verdicts[str(one.verdict)] = verdicts.get(str(one.verdict), 0) + 1
    return verdicts


def claim_all(url: str, run_id: int) -> list[int]:
    """Take links, seven at a time, until there are none; their numbers."""
    taken: list[int] = []
    with Database(url) as database:
        while portion := database.transact(
            lambda session: claim(session, "herald", run_id=run_id, limit=7, now=NOW, lease=timedelta(hours=1))
        ):
            taken += [link.id for link in portion]
    return taken


def die_before_commit(url: str) -> None:
    """Store an article, and be killed with the transaction open."""
    with Database(url) as database, database.write() as session:
        store(session, [reading()], run_id=None, now=NOW)
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def store_copies(url: str, site: int, stories: int) -> None:
    """Store a site's copy of each story, two a transaction, beginning with another story than other sites."""
    numbers = [(n + site * 3) % stories for n in range(stories)]
    with Database(url) as database:
        for first in range(0, stories, 2):
            copies = [wire_copy(long_article(body=invented(n)), f"/{site}/{n}/") for n in numbers[first : first + 2]]
            # Each site is a source of its own: those of one source wait for each other at its coverage.
            batch = [replace(reading(copy), source_id=f"site{site}") for copy in copies]
            database.transact(lambda session, batch=batch: store(session, batch, run_id=None, now=NOW))
