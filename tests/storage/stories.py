"""Makes what the storage room is given: articles, readings, links, runs. Our own texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from crawler.articles.article import Article, Image, Origin, Precision
from crawler.discovery.links import Link
from crawler.duplicates.fingerprint import content_hash
from crawler.storage.database import Database
from crawler.storage.identity import Reading
from crawler.storage.links import LinkEnding, PendingLink, claim, register
from crawler.storage.storing import Stored, store
from crawler.storage.tables import RunKind, RunRow, RunState

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
"""When the tests read and store, unless they say otherwise."""
HOST = "https://herald.example"


def article(path: str = "/1-bridge/", body: str = "The new bridge opens on Friday.", **fields: Any) -> Article:
    """A complete article; `fields` differ from the usual."""
    usual = Article(
        url=HOST + path,
        canonical_url=HOST + path,
        headline="Bridge opens",
        lead="After two years of works.",
        body=body,
        language="en",
        section="City",
        authors=("Ann Reed", "Bo Li"),
        tags=("bridge", "traffic"),
        images=(Image(f"{HOST}/bridge.jpg", "The bridge at dawn", "Cy Day"),),
        published_at=NOW - timedelta(hours=2),
        published_raw="22 November 2026, 06:00",
        published_precision=Precision.MINUTE,
        layout="2024",
        origins={"headline": Origin.SITE_RULE, "published_at": Origin.JSON_LD},
        fetched_at=NOW,
        extractor_version="1",
    )
    return replace(usual, **fields)


def reading(made: Article | None = None, *, link_id: int | None = None, site_key: str | None = None) -> Reading:
    """That article as a run has read it."""
    made = made or article()
    return Reading(
        article=made,
        source_id="herald",
        edition="en",
        content_hash=content_hash(made.headline, made.lead, made.body),
        link_id=link_id,
        site_key=site_key,
    )


def begin_run(session: Session, source_id: str = "herald", **columns: Any) -> int:
    """A run that is going on; its number."""
    usual: dict[str, Any] = {"kind": RunKind.DISCOVERY, "trigger": "manual", "state": RunState.RUNNING}
    run = RunRow(source_id=source_id, **{"created_at": NOW} | usual | columns)
    session.add(run)
    session.flush()
    return run.id


def link(path: str, **fields: Any) -> Link:
    """A link as discovery finds it."""
    usual = Link(HOST + path, HOST + path, "en", "feed", f"{HOST}/rss", title="Bridge opens")
    return replace(usual, **fields)


def claimed(session: Session, *paths: str, run_id: int | None = None) -> list[PendingLink]:
    """Links that a run has discovered and taken, in the given order."""
    run_id = run_id if run_id is not None else begin_run(session)
    register(session, [link(path) for path in paths], source_id="herald", run_id=run_id, now=NOW)
    taken = claim(session, "herald", run_id=run_id, limit=1_000, now=NOW, lease=timedelta(hours=1))
    by_url = {one.url: one for one in taken}
    return [by_url[HOST + path] for path in paths]


def stored(
    database: Database, *batch: Reading | LinkEnding, run_id: int | None = None, now: datetime = NOW
) -> Sequence[Stored]:
    """Store a batch in a transaction of its own."""
    return database.transact(lambda session: store(session, batch, run_id=run_id, now=now))
