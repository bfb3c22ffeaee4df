"""How a rule words what it found. Judges nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.monitoring.facts import SourceFacts
from crawler.monitoring.problems import Problem, Severity

# Values of a problem that say where to look.
LINKS = ("run_id", "error_id", "host", "url")


def problem_of(
    facts: SourceFacts,
    rule: str,
    severity: Severity,
    template: str,
    remedy: str,
    *,
    since: datetime | None = None,
    **values: object,
) -> Problem:
    """A problem of one source; those of `values` that say where to look become its links, too."""
    links: dict[str, object] = {name: values[name] for name in LINKS if name in values}
    return Problem(rule, severity, template, remedy, facts.source.id, since, values, links)


def span_in_words(span: timedelta) -> str:
    """A span in one unit, as people say it.

    >>> [span_in_words(timedelta(minutes=m)) for m in (7, 119, 60 * 50)]
    ['7 min', '2 h', '2 d']
    """
    minutes = span.total_seconds() / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} d"
