"""How runs ended and what sites answered, counted over a time. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from crawler.storage.columns import UtcDateTime
from crawler.storage.outcome import Outcome
from crawler.storage.sets import each_word, listed
from crawler.storage.tables import FetchRow, RunRow


@dataclass(frozen=True, slots=True)
class Answers:
    """Requests of one kind that ended alike."""

    kind: str
    """robots, feed, sitemap, listing or article."""
    outcome: str
    """One word, as in `fetches`."""
    status: int | None
    """HTTP status. None: no answer."""
    requests: int
    ms: float | None
    """Mean time of an answer in milliseconds."""
    bytes: int


# One look into the index (outcome, created_at, id) for each word.
_OUTCOMES = """
    SELECT value, (SELECT count(*) FROM runs WHERE outcome = value AND created_at >= :since)
    FROM {outcomes}
"""


def outcomes(session: Session, *, since: datetime) -> Mapping[str, int]:
    """How the runs of all sources that were wanted since then ended; only the words that occur, the commonest first."""
    asked = text(_OUTCOMES.format(outcomes=each_word(session, "words")))
    asked = asked.bindparams(bindparam("since", since, UtcDateTime))
    counts = {word: number for word, number in session.execute(asked, {"words": listed(Outcome)}) if number}
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def outcomes_of(session: Session, source_id: str, *, since: datetime) -> Mapping[str, int]:
    """The same of the runs of one source."""
    asked = (
        select(RunRow.outcome, func.count())
        .where(RunRow.source_id == source_id, RunRow.created_at >= since, RunRow.outcome.is_not(None))
        .group_by(RunRow.outcome)
        .order_by(func.count().desc())
    )
    return {outcome: number for outcome, number in session.execute(asked) if outcome is not None}


def answers(session: Session, source_id: str, *, since: datetime) -> list[Answers]:
    """What the requests of a source's runs since then brought, the commonest first. Records go back 14 days."""
    asked = (
        select(
            FetchRow.kind,
            FetchRow.outcome,
            FetchRow.status,
            func.count(),
            func.avg(FetchRow.ms),
            func.coalesce(func.sum(FetchRow.bytes), 0),
        )
        .join(RunRow, RunRow.id == FetchRow.run_id)
        .where(RunRow.source_id == source_id, RunRow.created_at >= since)
        .group_by(FetchRow.kind, FetchRow.outcome, FetchRow.status)
        .order_by(func.count().desc(), FetchRow.kind, FetchRow.outcome)
    )
    return [
        Answers(kind, outcome, status, number, None if ms is None else float(ms), int(size))
        for kind, outcome, status, number, ms, size in session.execute(asked)
    ]
