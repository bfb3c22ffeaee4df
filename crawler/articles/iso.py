"""Moments as programs read them. Dates that sites print are dates.py's part."""

from __future__ import annotations

from datetime import UTC, datetime


def iso_utc(moment: datetime) -> str:
    """An aware moment in ISO 8601, in UTC, with `Z`.

    >>> iso_utc(datetime.fromisoformat("2026-11-24T13:00:00+05:00"))
    '2026-11-24T08:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
