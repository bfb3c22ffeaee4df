"""What a run said and fetched: log records, one line per fetched address, errors grouped across runs."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, or_, select
from sqlalchemy.orm import Session

from crawler.articles.urls import url_hash
from crawler.storage.runs import Attempt
from crawler.storage.tables import ErrorRow, FetchRow, LogRow, OccurrenceRow
from crawler.storage.upsert import insert as upsert

# Severity words and numbers as the standard library's logging has them.
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}

# What differs from one occurrence of an error to the next: addresses, numbers, quoted words, object ids.
_VARYING = re.compile(r"https?://\S+|0x[0-9a-fA-F]+|'[^']{0,200}'|\"[^\"]{0,200}\"|\d+")
_FRAME = re.compile(r'File "[^"]*?([^"/\\]+[/\\][^"/\\]+)", line \d+, in (\S+)')


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a run's log."""

    at: datetime
    level: int
    logger: str
    message: str
    url: str | None = None
    exception: str | None = None
    """The traceback as printed; None without one."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and what came of it."""

    at: datetime
    kind: str
    """feed, sitemap, listing, robots or article."""
    url: str
    status: int | None
    """HTTP status; None when no answer came."""
    ms: int | None
    """Milliseconds from sending to the last byte."""
    bytes: int | None
    """Size of the body as it came, before decompression."""
    outcome: str
    reason: str | None = None


def write_records(session: Session, attempt: Attempt, records: Sequence[Record]) -> None:
    """Append to a run's log."""
    if records:
        own: dict[str, Any] = {"run_id": attempt.run_id, "attempt_id": attempt.attempt_id}
        session.connection().execute(
            insert(LogRow),
            [
                own
                | {
                    "at": r.at,
                    "level": r.level,
                    "logger": r.logger,
                    "message": r.message.replace("\0", "\ufffd"),
                    "url": r.url,
                    "exception": r.exception,
                }
                for r in records
            ],
        )


def write_fetches(session: Session, attempt: Attempt, fetches: Sequence[Fetch]) -> None:
    """Append what an attempt has fetched."""
    if fetches:
        own: dict[str, Any] = {"run_id": attempt.run_id, "attempt_id": attempt.attempt_id}
        session.connection().execute(
            insert(FetchRow),
            [
                own
                | {
                    "at": f.at,
                    "kind": f.kind,
                    "url": f.url,
                    "url_hash": url_hash(f.url),
                    "status": f.status,
                    "ms": f.ms,
                    "bytes": f.bytes,
                    "outcome": f.outcome,
                    "reason": f.reason,
                }
                for f in fetches
            ],
        )


def fingerprint(record: Record) -> str:
    """What two occurrences of one error have in common: where it was raised, or the message less what varies.

    >>> at = datetime(2026, 11, 24)
    >>> a = Record(at, 40, "crawler", "Cannot read https://a.kz/1: 17 bytes")
    >>> b = Record(at, 40, "crawler", "Cannot read https://b.kz/2: 4 bytes")
    >>> fingerprint(a) == fingerprint(b)
    True
    """
    if record.exception:
        raised = record.exception.strip().rpartition("\n")[2].partition(":")[0]
        frames = [f"{file}:{function}" for file, function in _FRAME.findall(record.exception)]
        # The innermost frames name the place; outer ones only say who called.
        essence = "\n".join([raised, *frames[-5:]])
    else:
        essence = f"{record.logger}\n{_VARYING.sub('*', record.message)}"
    return hashlib.blake2b(essence.encode("utf-8", "replace"), digest_size=8).hexdigest()


def record_errors(session: Session, attempt: Attempt, source_id: str, records: Iterable[Record]) -> None:
    """Count the errors among `records`, each kind once in `errors` and once per attempt in `error_occurrences`."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.level >= LEVELS["ERROR"]:
            groups[fingerprint(record)].append(record)
    for print_, group in sorted(groups.items()):  # in one order, so that two runs never wait for each other
        first, last = group[0], group[-1]
        kind = first.exception.strip().rpartition("\n")[2].partition(":")[0] if first.exception else first.logger
        url = next((r.url for r in group if r.url), None)
        new_error = upsert(session, ErrorRow).values(
            fingerprint=print_,
            kind=kind,
            logger=first.logger,
            message=first.message,
            traceback=first.exception,
            sample_url=url,
            count=len(group),
            first_seen_at=first.at,
            last_seen_at=last.at,
        )
        error_id = session.execute(
            new_error.on_conflict_do_update(
                index_elements=["fingerprint"],
                set_={"count": ErrorRow.count + len(group), "last_seen_at": last.at},
            ).returning(ErrorRow.id)
        ).scalar_one()
        new_occurrence = upsert(session, OccurrenceRow).values(
            error_id=error_id,
            attempt_id=attempt.attempt_id,
            run_id=attempt.run_id,
            source_id=source_id,
            url=url,
            count=len(group),
            first_at=first.at,
            last_at=last.at,
        )
        session.execute(
            new_occurrence.on_conflict_do_update(
                index_elements=["error_id", "attempt_id"],
                set_={"count": OccurrenceRow.count + len(group), "last_at": last.at},
            )
        )


def records_of(
    session: Session,
    run_id: int,
    *,
    level: int = 0,
    grep: str | None = None,
    url: str | None = None,
    since: datetime | None = None,
    after_id: int = 0,
    before_id: int | None = None,
    limit: int | None = None,
    newest: bool = False,
) -> Sequence[LogRow]:
    """The records of a run's log in order; the `newest` of them (still in order) when `limit` cuts.

    Args:
        grep: text that the message or the traceback contains, whatever its case.
        url: text that the address contains.
        after_id: only records behind this one: for someone who follows.
        before_id: only records before this one.
    """
    conditions = [LogRow.run_id == run_id, LogRow.id > after_id, *wanted(level, grep, url, since)]
    if before_id is not None:
        conditions.append(LogRow.id < before_id)
    asked: Select[LogRow] = select(LogRow).where(*conditions)
    if newest and limit is not None:
        return session.scalars(asked.order_by(LogRow.id.desc()).limit(limit)).all()[::-1]
    return session.scalars(asked.order_by(LogRow.id).limit(limit)).all()


def wanted(level: int, grep: str | None, url: str | None, since: datetime | None) -> list[ColumnElement[bool]]:
    """What `records_of` filters by, as clauses on `run_logs`."""
    conditions: list[ColumnElement[bool]] = []
    if level:
        conditions.append(LogRow.level >= level)
    if grep:
        conditions.append(
            or_(LogRow.message.icontains(grep, autoescape=True), LogRow.exception.icontains(grep, autoescape=True))
        )
    if url:
        conditions.append(LogRow.url.icontains(url, autoescape=True))
    if since is not None:
        conditions.append(LogRow.at >= since)
    return conditions


def fetches_of(session: Session, run_id: int, *, limit: int | None = None) -> Sequence[FetchRow]:
    """What a run has fetched, in order."""
    return session.scalars(select(FetchRow).where(FetchRow.run_id == run_id).order_by(FetchRow.id).limit(limit)).all()


def sources_of(session: Session, error_id: int) -> list[str]:
    """The sources in which an error happened, in order of their names."""
    asked = select(OccurrenceRow.source_id).where(OccurrenceRow.error_id == error_id).distinct()
    return sorted(session.scalars(asked))


def sources_of_errors(session: Session, error_ids: Collection[int]) -> dict[int, list[str]]:
    """The sources in which each of these errors happened, in order of their names."""
    asked = select(OccurrenceRow.error_id, OccurrenceRow.source_id).where(OccurrenceRow.error_id.in_(error_ids))
    found: dict[int, list[str]] = {error_id: [] for error_id in error_ids}
    for error_id, source_id in session.execute(asked.distinct().order_by(OccurrenceRow.source_id)):
        found[error_id].append(source_id)
    return found


def occurrences_of(session: Session, error_id: int, limit: int = 20) -> Sequence[OccurrenceRow]:
    """In which attempts an error happened, the latest first."""
    asked = select(OccurrenceRow).where(OccurrenceRow.error_id == error_id)
    return session.scalars(asked.order_by(OccurrenceRow.last_at.desc(), OccurrenceRow.id.desc()).limit(limit)).all()
