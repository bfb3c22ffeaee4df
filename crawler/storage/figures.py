"""The crawler in figures: how much is stored, came, waits. Counts; lists nothing. Runs: tallies.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.storage.tables import ArticleRow, LinkRow, LinkState, RevisionRow


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


def pending_links(session: Session) -> dict[str, int]:
    """Addresses that wait to be fetched, by source."""
    asked = select(LinkRow.source_id, func.count()).where(LinkRow.state == LinkState.PENDING)
    return dict(session.execute(asked.group_by(LinkRow.source_id).order_by(LinkRow.source_id)).all())
