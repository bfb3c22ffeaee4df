"""The crawler in figures: how much is stored, came, ran, waits. Counts; lists nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.storage.tables import ArticleRow, LinkRow, LinkState, RevisionRow, RunRow


def articles(session: Session) -> int:
    """Articles that are stored."""
    return session.scalar(select(func.count()).select_from(ArticleRow)) or 0


def revisions(session: Session) -> int:
    """Texts that were superseded."""
    return session.scalar(select(func.count()).select_from(RevisionRow)) or 0


def new_articles(session: Session, *, since: datetime) -> dict[str, int]:
    """Articles first seen at or after a moment, by source, the most first."""
    number = func.count().label("number")
    asked = select(ArticleRow.source_id, number).where(ArticleRow.first_seen_at >= since)
    return dict(
        session.execute(asked.group_by(ArticleRow.source_id).order_by(number.desc(), ArticleRow.source_id)).all()
    )


def runs_by_outcome(session: Session, *, since: datetime) -> dict[str, int]:
    """Runs created at or after a moment: by outcome, those that have none yet by state."""
    asked = select(RunRow.outcome, RunRow.state, func.count()).where(RunRow.created_at >= since)
    found: dict[str, int] = {}
    for outcome, state, number in session.execute(asked.group_by(RunRow.outcome, RunRow.state)):
        word = outcome or str(state)
        found[word] = found.get(word, 0) + number
    return found


def pending_links(session: Session) -> dict[str, int]:
    """Addresses that wait to be fetched, by source."""
    asked = select(LinkRow.source_id, func.count()).where(LinkRow.state == LinkState.PENDING)
    return dict(session.execute(asked.group_by(LinkRow.source_id).order_by(LinkRow.source_id)).all())
