"""Does a source bring what it usually brings: new articles, many, with their fields?"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median_low

from crawler.monitoring.facts import FIELD_USUAL, LOST_FIELD, SILENT, SourceFacts
from crawler.monitoring.problems import Problem, Severity
from crawler.monitoring.rules.telling import problem_of, span_in_words
from crawler.storage.coverage import Share

# Silence: at least SILENT articles usually come in that time (see facts.py); from so many on it is no chance at all.
VERY_SILENT = 20
# A poor week, the poorest but one, brought so many in that time: else the source has such pauses.
SILENT_IN_POOR_WEEK = 3
# The pause is so many times as long, in articles that usually come, as the longest but one of five weeks: else the
# source brings its stories in batches. 1.5: python -m benchmarks.health.
LONGER = 1.5
# A source that has brought nothing yet gets so long.
FIRST_ARTICLE = timedelta(days=1)

# The yield is judged when the lists were read so lately; before, the day is not over for us.
LOOKED = timedelta(hours=2)
# The yield is low below this share of the usual, where so many articles are usual in a day (20 +- 4.5 by chance).
LOW_YIELD, LOW_YIELD_OF = 0.4, 20
# Pages that must have been read lately and before to say anything about a field.
FIELD_SEEN, FIELD_SEEN_BEFORE = 10, 20


def silent(facts: SourceFacts, now: datetime) -> Problem | None:
    """Nothing new came for longer than the source's own weeks explain."""
    looked_at = facts.looked_at
    if looked_at is None:
        return None
    remedy = (
        "Look at the site in a browser. If it has news: crawler explain ADDRESS says why one of them is not stored."
    )
    if facts.span is None:
        return _never_any(facts, now, remedy)
    gap = looked_at - facts.span.last_at
    # One comparable time is enough only when it is a long one.
    if len(facts.since_new) < (1 if gap > timedelta(days=7) else 2):
        return None
    usual = median_low(facts.since_new)
    if usual * facts.level < SILENT or _poor(facts.since_new) < SILENT_IN_POOR_WEEK:
        return None
    if facts.pause is not None and facts.pause.worth * facts.level <= LONGER * facts.pause.longest:
        return None
    return problem_of(
        facts,
        "silent",
        Severity.CRITICAL if usual * facts.level >= VERY_SILENT else Severity.WARNING,
        "nothing new for {span}, usually {usual} articles in that time",
        remedy,
        since=facts.span.last_at,
        span=span_in_words(gap),
        usual=usual,
    )


def _never_any(facts: SourceFacts, now: datetime, remedy: str) -> Problem | None:
    assert facts.standing is not None
    first = facts.schedule.created_at if facts.schedule else None
    if first is None or now - first < FIRST_ARTICLE:
        return None
    return problem_of(
        facts,
        "silent",
        Severity.WARNING,
        "its runs succeed, but it has never brought an article",
        remedy,
        since=first,
        run_id=facts.standing.last.run_id,
    )


def low_yield(facts: SourceFacts, now: datetime) -> Problem | None:
    """It brings much less than usual."""
    if len(facts.usual_days) < 2 or facts.looked_at is None or now - facts.looked_at > LOOKED:
        return None
    count = facts.daily[-1]
    usual, poor = median_low(facts.usual_days), _poor(facts.usual_days)
    expected = min(usual, poor) * facts.level
    if usual * facts.level < LOW_YIELD_OF or count >= LOW_YIELD * expected:
        return None
    return problem_of(
        facts,
        "low_yield",
        Severity.WARNING,
        "{count} new articles in 24 h, usually {usual}",
        "See which lists are dead and which pages are not stored: crawler run list --source {source_id}, "
        "then crawler run show RUN.",
        since=now - timedelta(days=1),
        count=count,
        usual=usual,
        source_id=facts.source.id,
    )


def drifting(facts: SourceFacts, now: datetime) -> Problem | None:
    """Fields that were filled are empty: the site has changed its design."""
    lost = [share for share in facts.shares if is_lost(share)]
    if not lost:
        return None
    lost.sort(key=lambda share: share.field)
    return problem_of(
        facts,
        "drifting",
        Severity.WARNING,
        "pages have lost fields: {said}",
        "Take the address of a new article and see what the readers find: crawler source test ADDRESS; "
        "then mend the layout in the source file.",
        said=", ".join(
            f"{share.field} filled {_percent(share.filled_before, share.seen_before)} -> "
            f"{_percent(share.filled, share.seen)}"
            for share in lost
        ),
        fields=[share.field for share in lost],
    )


def is_lost(share: Share) -> bool:
    """Whether a field that usually is filled is filled much less of late."""
    if share.seen < FIELD_SEEN or share.seen_before < FIELD_SEEN_BEFORE:
        return False
    before = share.filled_before / share.seen_before
    return before >= FIELD_USUAL and share.filled / share.seen < LOST_FIELD * before


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _poor(weeks: tuple[int, ...]) -> int:
    """The poorest week but one: one may have been ours, with the crawler switched off."""
    return sorted(weeks)[min(1, len(weeks) - 1)]
