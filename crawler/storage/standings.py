"""How the runs of each source have gone: the last one, the last good one, what failed since, what goes on now.

Only runs that look for new stories count; skipped and cancelled ones are no failures. Judges no source.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, exists, select, text
from sqlalchemy.orm import Session

from crawler.storage.columns import UtcDateTime
from crawler.storage.outcome import GOOD_OUTCOMES, Outcome
from crawler.storage.run_lists import going_on
from crawler.storage.sets import each_number, each_pair, each_word, listed
from crawler.storage.tables import ArticleRow, ErrorRow, OccurrenceRow, RunKind, RunRow, RunState

BAD_OUTCOMES = frozenset(Outcome) - GOOD_OUTCOMES - {Outcome.SKIPPED, Outcome.CANCELLED}
"""The run did not do its work, and nobody wanted that."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended."""

    run_id: int
    outcome: str
    reason: str | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How the runs of one source have gone."""

    last: Ended
    """The last that did its work or failed to."""
    last_good: Ended | None
    failures: int
    """Runs that failed since `last_good`."""
    first_failure: Ended | None
    """The first of these."""


@dataclass(frozen=True, slots=True)
class Active:
    """A run that waits or goes on."""

    run_id: int
    source_id: str
    kind: RunKind
    state: RunState
    since: datetime
    """When it was begun, or, of one that waits, from when on it may be begun."""


# One look into the index (source_id, kind, outcome, id) for each source and outcome.
_LATEST = """
    SELECT each_ids.value, each_outcomes.value,
           (SELECT max(runs.id) FROM runs
            WHERE source_id = each_ids.value AND kind = 'discovery' AND outcome = each_outcomes.value)
    FROM {ids} CROSS JOIN {outcomes}
"""


def standings(session: Session, source_ids: Collection[str]) -> dict[str, Standing]:
    """How the runs of these sources have gone; those without any that ended are left out."""
    good: dict[str, int] = {}
    bad: dict[str, int] = {}
    asked = text(_LATEST.format(ids=each_word(session, "ids"), outcomes=each_word(session, "outcomes")))
    words = sorted(GOOD_OUTCOMES | BAD_OUTCOMES)
    values = {"ids": listed(source_ids), "outcomes": listed(words)}
    for source_id, outcome, run_id in session.execute(asked, values).all():
        if run_id is not None:
            latest = good if outcome in GOOD_OUTCOMES else bad
            latest[source_id] = max(run_id, latest.get(source_id, 0))
    failing = {source_id: good.get(source_id, 0) for source_id in bad if bad[source_id] > good.get(source_id, 0)}
    failures = _failures(session, failing)
    firsts = [first for _, first in failures.values()]
    ended = _ended(session, [*good.values(), *(bad[source_id] for source_id in failing), *firsts])
    return {
        source_id: Standing(
            last=ended[bad[source_id] if source_id in failing else good[source_id]],
            last_good=ended[good[source_id]] if source_id in good else None,
            failures=failures[source_id][0] if source_id in failing else 0,
            first_failure=ended[failures[source_id][1]] if source_id in failing else None,
        )
        for source_id in good.keys() | bad.keys()
    }


_FAILURES = """
    SELECT key, count(*), min(runs.id) FROM {each}
    JOIN runs ON source_id = key AND kind = 'discovery' AND outcome IN ({outcomes}) AND runs.id > CAST(value AS bigint)
    GROUP BY key
"""


def _failures(session: Session, after: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Of each source: how many runs failed after that run, and the first of them."""
    if not after:
        return {}
    outcomes = ", ".join(f"'{word}'" for word in sorted(BAD_OUTCOMES))
    asked = text(_FAILURES.format(each=each_pair(session, "after"), outcomes=outcomes))
    rows = session.execute(asked, {"after": listed(after)}).all()
    return {row[0]: (row[1], row[2]) for row in rows}


_ENDED = "SELECT runs.id, outcome, reason, finished_at FROM {each} JOIN runs ON runs.id = value"


def _ended(session: Session, run_ids: Collection[int]) -> dict[int, Ended]:
    asked = text(_ENDED.format(each=each_number(session, "ids"))).columns(
        column("id"), column("outcome"), column("reason"), column("finished_at", UtcDateTime)
    )
    rows = session.execute(asked, {"ids": listed(set(run_ids))})
    return {run_id: Ended(run_id, outcome, reason, finished_at) for run_id, outcome, reason, finished_at in rows}


def statistics(session: Session, run_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The statistics of a few runs, by their numbers."""
    rows = session.execute(select(RunRow.id, RunRow.stats).where(RunRow.id.in_(run_ids)))
    return {run_id: stats or {} for run_id, stats in rows}


def commonest_errors(session: Session, run_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Of a few runs, the number and the message of the error that each met most often."""
    asked = (
        select(OccurrenceRow.run_id, ErrorRow.id, ErrorRow.message)
        .join(ErrorRow, ErrorRow.id == OccurrenceRow.error_id)
        .where(OccurrenceRow.run_id.in_(run_ids))
        .order_by(OccurrenceRow.run_id, OccurrenceRow.count, ErrorRow.id)
    )
    return {run_id: (error_id, message) for run_id, error_id, message in session.execute(asked)}


def active(session: Session) -> list[Active]:
    """The runs of all sources and kinds that wait or go on, the oldest first."""
    found = [Active(run.id, run.source_id, run.kind, run.state, _since(run)) for run in going_on(session)]
    return sorted(found, key=lambda run: run.run_id)


def _since(run: RunRow) -> datetime:
    # One that waits for another try was started before, too.
    began = run.started_at if run.state == RunState.RUNNING else None
    return began or run.start_after or run.created_at


def recorded_sources(session: Session, ids: Collection[str]) -> set[str]:
    """Those of some ids under which an article or a run was ever recorded."""
    return {one for one in ids if any(session.scalar(select(exists().where(of == one))) for of in _RECORDED)}


_RECORDED = (ArticleRow.source_id, RunRow.source_id)
