"""What is wrong, as told to people and programs: a problem, its weight, the health of a source. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a problem matters."""

    CRITICAL = "critical"
    """Articles are being lost, or will be soon."""
    WARNING = "warning"
    """Something is worse than usual; someone should look within a day."""
    NOTICE = "notice"
    """Worth knowing; no harm is done."""


class State(StrEnum):
    """How a source fares, in one word."""

    CRITICAL = "critical"
    WARNING = "warning"
    PAUSED = "paused"
    """Someone has paused it; nothing is expected of it."""
    YOUNG = "young"
    """It is well as far as can be seen, but too young to know what is usual."""
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found."""

    rule: str
    """Its name, as in docs/health.md: `silent`, `blocked`, ..."""
    severity: Severity
    template: str
    """What is wrong, as a sentence with `{names}` for `values`: so that it can be translated."""
    remedy_template: str
    """What to do about it."""
    source_id: str | None = None
    """None: it is about no single source."""
    since: datetime | None = None
    """Aware, UTC. None: nobody knows since when."""
    values: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)
    """What to look at: `run_id`, `error_id`, `host`, `url`, `file`; only what there is."""

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.template.format(**self.values)

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return self.remedy_template.format(**self.values)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one source fares."""

    source_id: str
    name: str
    state: State
    problems: tuple[Problem, ...]
    """Its own, the worst first."""
    last_success_at: datetime | None
    """End of the last run that did its work."""
    last_new_at: datetime | None
    """When the newest article was first seen. None: there is none."""
    articles_24h: int
    """New articles of the last 24 hours. Backfilled ones are not counted."""
    articles_7d: int
    usual_24h: int | None
    """Articles of the same 24 hours of the week, the median of the weeks before. None: too young to know."""
    daily: tuple[int, ...]
    """New articles of each of the last 14 times 24 hours, the oldest first: for a sparkline."""
    last_run_id: int | None
    last_outcome: str | None
    """Of the last run that ended and was not skipped."""
    failures: int
    """Runs that failed since the last that did its work."""
    is_running: bool
    next_fire_at: datetime | None
    """None: it has no schedule, no scheduler has ever seen it, or those at work were started for other sources."""
    paused_at: datetime | None
    paused_until: datetime | None
    paused_reason: str | None


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that the rules say of one moment."""

    problems: tuple[Problem, ...]
    """The worst first."""
    sources: tuple[SourceHealth, ...]
    """By id."""
