"""The rules of health: each asks one small question of the facts. Gathers nothing, knows no clock.

What each means and what to do about it is explained in docs/health.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median_low

from crawler.monitoring.facts import FIELD_USUAL, LOST_FIELD, SILENT, CrawlerFacts, SourceFacts
from crawler.monitoring.problems import Problem, Severity
from crawler.storage.coverage import Share
from crawler.storage.outcome import Outcome, grouped
from crawler.storage.tables import RunKind, RunState

# --- Numbers ----------------------------------------------------------------------------------------------------------
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

# One run that failed is the site's hiccup; three in a row are not.
FAILURES = 3
# After so long without a good run articles are lost: lists reach back a day or two.
LOSING = timedelta(hours=24)
# From so many refused pages or lists on, and such a share of all, the site does not want us.
REFUSALS, REFUSED = 3, 0.5
# Shorter wishes to be left alone are the daily life of a crawler.
SHORT_BLOCK = timedelta(hours=1)
# A list that failed with such a weight (a 404 weighs 2, a time-out half) and for so long is dead.
DEAD_LIST, DEAD_FOR = 3.0, timedelta(hours=24)

# A scheduler takes a fire within a second; one that restarts, or a laptop that wakes up, needs minutes.
OVERDUE = timedelta(minutes=5)
# A run waits while others have the places, and no longer than their time-out.
WAITS_LONG = timedelta(hours=1)
# Runs of the default time-out are over after an hour.
RUNS_LONG = timedelta(hours=2)
# A pause is for a site's bad days; who crawls by hand does so for a reason that may be forgotten after a month.
PAUSED_LONG, BY_HAND_LONG = timedelta(days=7), timedelta(days=30)
# Free space at which SQLite still can prune, and at which it cannot write.
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000

# Words by which statistics say that a site refused.
REFUSING = frozenset(
    (
        *(f"http_{status}" for status in (401, 402, 403, 429, 451)),
        *("robots_disallowed", "robots_unreachable", "host_blocked"),
    )
)
# What challenges to bots call themselves where a list should be (lower case).
CHALLENGES = (
    "just a moment", "attention required", "access denied", "captcha", "are you a robot", "ddos-guard", "cloudflare",
    "проверка браузера", "доступ запрещен", "доступ ограничен", "подтвердите, что вы не робот",
)  # fmt: skip

# Values of a problem that say where to look.
LINKS = ("run_id", "error_id", "host", "url")

SourceRule = Callable[[SourceFacts, datetime], Problem | None]


# --- Of a source ------------------------------------------------------------------------------------------------------
def blocked(facts: SourceFacts, now: datetime) -> Problem | None:
    """The site refuses us: by status, by robots.txt, by a challenge, by asking to be left alone."""
    standing = facts.standing
    for row in facts.dead_lists:
        error = (row.last_error or "").lower()
        if any(words in error for words in CHALLENGES):
            return _problem(
                facts,
                "blocked",
                Severity.WARNING if standing and not standing.failures else Severity.CRITICAL,
                "the site answers with a challenge to bots: {said}",
                "Ask the site for access (set CRAWLER_CONTACT so that they know you), or crawl it less often.",
                since=row.last_success_at,
                said=row.last_error,
                url=row.url,
            )
    refused: Counter[str] = Counter()
    for prefix in ("crawler/reason/", "crawler/lists_dead/"):
        refused.update({word: n for word, n in grouped(facts.stats, prefix).items() if word in REFUSING})
    asked = sum(int(facts.stats.get(f"crawler/{word}") or 0) for word in ("fetched", "lists_read")) + sum(
        grouped(facts.stats, "crawler/lists_dead/").values()
    )
    count = refused.total()
    if standing and count >= REFUSALS and count >= REFUSED * asked:
        said = ", ".join(f"{number} {word}" for word, number in refused.most_common())
        return _problem(
            facts,
            "blocked",
            Severity.CRITICAL if standing.failures else Severity.WARNING,
            "the site refuses most of what the last run asked for: {said}",
            "Look at the answers: crawler run show {run_id}. A longer politeness.delay or a rarer schedule may help; "
            "what robots.txt forbids stays forbidden.",
            since=standing.first_failure.finished_at if standing.first_failure else standing.last.finished_at,
            said=said,
            run_id=standing.last.run_id,
        )
    for host, (until, reason) in facts.blocked.items():
        if until - now > SHORT_BLOCK:
            return _problem(
                facts,
                "blocked",
                Severity.WARNING,
                "{host} is left alone for another {span}, as it asked: {said}",
                "It goes on by itself. If that comes often, raise politeness.delay or let it be crawled less often.",
                span=span_in_words(until - now),
                said=reason or "no reason is known",
                host=host,
            )
    return None


def failing(facts: SourceFacts, now: datetime) -> Problem | None:
    """Its runs fail, one after the other."""
    standing = facts.standing
    if standing is None or standing.first_failure is None:
        return None
    if standing.failures < FAILURES and standing.last.outcome != Outcome.FAILED_TO_START:
        return None
    is_losing = facts.looked_at is None or now - facts.looked_at > LOSING
    links = {"error_id": facts.error[0]} if facts.error else {}
    look = "crawler error show {error_id}" if facts.error else "crawler log {run_id} --level WARNING"
    return _problem(
        facts,
        "failing",
        Severity.CRITICAL if is_losing else Severity.WARNING,
        "the last {failures} runs failed, the latest as {outcome}: {said}"
        if standing.failures > 1
        else "the last run failed as {outcome}: {said}",
        f"See why: {look}",
        since=standing.first_failure.finished_at,
        failures=standing.failures,
        outcome=standing.last.outcome,
        said=standing.last.reason or "no reason was written",
        run_id=standing.last.run_id,
        **links,
    )


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
    return _problem(
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
    return _problem(
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
    return _problem(
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
    return _problem(
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


def dead_list(facts: SourceFacts, now: datetime) -> Problem | None:
    """A feed, sitemap or listing is dead while others still serve."""
    dead = [
        row
        for row in facts.dead_lists
        if row.failures >= DEAD_LIST and (row.last_success_at is None or now - row.last_success_at > DEAD_FOR)
    ]
    if not dead:
        return None
    row = dead[0]
    return _problem(
        facts,
        "dead_list",
        Severity.NOTICE,
        "its {kind} cannot be read: {url} ({said})"
        if len(dead) == 1
        else "{number} of its lists cannot be read, such as the {kind} {url} ({said})",
        "If the site has moved it, correct its address in the source file.",
        since=min((one.last_success_at for one in dead if one.last_success_at), default=None),
        kind=row.kind,
        url=row.url,
        said=row.last_error,
        number=len(dead),
    )


def late(facts: SourceFacts, now: datetime) -> Problem | None:
    """Its fire is overdue although a scheduler is at work, or its run waits for a place for too long."""
    if not facts.schedulers:
        return None
    fire = facts.schedule.next_fire_at if facts.schedule else None
    if fire is not None and now - fire > OVERDUE:
        return _problem(
            facts,
            "late",
            Severity.WARNING,
            "its fire is overdue by {span} though a scheduler is at work",
            "See what the scheduler says, or crawl it now: crawler crawl {source_id}",
            since=fire,
            span=span_in_words(now - fire),
            source_id=facts.source.id,
        )
    for run in facts.active:
        if run.state == RunState.QUEUED and now - run.since > WAITS_LONG:
            return _problem(
                facts,
                "late",
                Severity.WARNING,
                "run {run_id} has waited for {span} for a free place",
                "Raise CRAWLER_CONCURRENT_RUNS, or let sources be crawled less often.",
                since=run.since,
                span=span_in_words(now - run.since),
                run_id=run.run_id,
            )
    return None


def stuck(facts: SourceFacts, now: datetime) -> Problem | None:
    """A run goes on for too long, or its process is gone and nobody has noticed."""
    for run in facts.active:
        if run.state != RunState.RUNNING or run.kind != RunKind.DISCOVERY:
            continue
        if facts.is_lost:
            return _problem(
                facts,
                "stuck",
                Severity.NOTICE,
                "the process of run {run_id} is gone without a last word",
                "It is settled when the source is crawled again, or at once by: crawler up",
                since=run.since,
                run_id=run.run_id,
            )
        longest = max(RUNS_LONG, 2 * (facts.source.policy.timeout or timedelta(0)))
        if now - run.since > longest:
            return _problem(
                facts,
                "stuck",
                Severity.WARNING,
                "run {run_id} has gone on for {span}",
                "See what it does: crawler log {run_id} --follow; end it: crawler run cancel {run_id}",
                since=run.since,
                span=span_in_words(now - run.since),
                run_id=run.run_id,
            )
    return None


def forgotten(facts: SourceFacts, now: datetime) -> Problem | None:
    """It was paused long ago, without an end; or it has no schedule, and nobody has crawled it for long."""
    row, looked_at = facts.schedule, facts.looked_at
    if not facts.source.schedule and looked_at is not None and now - looked_at > BY_HAND_LONG:
        return _problem(
            facts,
            "forgotten",
            Severity.NOTICE,
            "it has no schedule and was last crawled {span} ago",
            "Write a schedule into its source file, or crawl it: crawler crawl {source_id}",
            since=looked_at,
            span=span_in_words(now - looked_at),
            source_id=facts.source.id,
        )
    if row is None or row.paused_at is None or row.paused_until or now - row.paused_at <= PAUSED_LONG:
        return None
    return _problem(
        facts,
        "forgotten",
        Severity.NOTICE,
        "paused for {span} by {by}: {said}" if row.paused_reason else "paused for {span} by {by}",
        "crawler schedule resume {source_id}",
        since=row.paused_at,
        span=span_in_words(now - row.paused_at),
        by=row.paused_by or "someone",
        said=row.paused_reason,
        source_id=facts.source.id,
    )


RULES: tuple[SourceRule, ...] = (blocked, failing, silent, low_yield, drifting, dead_list, late, stuck, forgotten)

# A cause hides its consequences: rule -> rules that say nothing new beside it.
HIDES = {
    "blocked": {"failing", "silent", "low_yield", "dead_list"},
    "failing": {"silent", "low_yield", "dead_list"},
    "silent": {"low_yield"},
}
# What is not expected of a source that someone has paused.
NOT_WHEN_PAUSED = frozenset({"blocked", "failing", "silent", "low_yield", "late"})


# --- Of the crawler ---------------------------------------------------------------------------------------------------
CrawlerRule = Callable[[CrawlerFacts, datetime], list[Problem]]


def no_scheduler(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """Nobody follows the schedules."""
    overdue = [row for row in facts.overdue if row.next_fire_at and now - row.next_fire_at > OVERDUE]
    if facts.schedulers or not overdue:
        return []
    first = overdue[0].next_fire_at
    assert first is not None
    return [
        Problem(
            "late",
            Severity.CRITICAL,
            "no scheduler is at work: {number} of {schedules} sources are overdue, the longest by {span}",
            "Start it: crawler up, or: systemctl start crawler",
            since=first,
            values={"number": len(overdue), "schedules": facts.schedules, "span": span_in_words(now - first)},
        )
    ]


def broken_files(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """Source files that cannot be used."""
    return [
        Problem(
            "broken_file",
            Severity.CRITICAL,
            "a source file is wrong and left out: {said}",
            "Correct it, then: crawler source check",
            values={"said": str(problem), "file": problem.file},
            links={"file": problem.file},
        )
        for problem in facts.broken_files
    ]


def little_space(facts: CrawlerFacts, now: datetime) -> list[Problem]:
    """The disk of the database is nearly full."""
    free = facts.free_bytes
    if free is None or free >= LITTLE_SPACE:
        return []
    return [
        Problem(
            "little_space",
            Severity.CRITICAL if free < NO_SPACE else Severity.WARNING,
            "{free} MB are free on the disk of the database",
            "Free some space, or let old records go: crawler db prune. What needs it: crawler db size",
            values={"free": free // 1_000_000},
        )
    ]


CRAWLER_RULES: tuple[CrawlerRule, ...] = (no_scheduler, broken_files, little_space)


# --- Words ------------------------------------------------------------------------------------------------------------
def span_in_words(span: timedelta) -> str:
    """A span in one unit, as people say it.

    >>> [span_in_words(timedelta(minutes=m)) for m in (7, 119, 60 * 50)]
    ['7 min', '2 h', '2 d']
    """
    minutes = span.total_seconds() / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} d"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _poor(weeks: tuple[int, ...]) -> int:
    """The poorest week but one: one may have been ours, with the crawler switched off."""
    return sorted(weeks)[min(1, len(weeks) - 1)]


def _problem(
    facts: SourceFacts,
    rule: str,
    severity: Severity,
    template: str,
    remedy: str,
    *,
    since: datetime | None = None,
    **values: object,
) -> Problem:
    links: dict[str, object] = {name: values[name] for name in LINKS if name in values}
    return Problem(rule, severity, template, remedy, facts.source.id, since, values, links)
