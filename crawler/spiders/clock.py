"""What time it is in a crawl. Moments that processes compare with each other come from the database's clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, UTC, by the clock of this machine."""
    return datetime.now(UTC)
