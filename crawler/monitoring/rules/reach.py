"""Can the source be read at all: is it refused, do its runs fail, is a list of it dead?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from crawler.monitoring.facts import SourceFacts
from crawler.monitoring.problems import Problem, Severity
from crawler.monitoring.rules.telling import problem_of, span_in_words
from crawler.storage.outcome import Outcome, grouped

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

# Words by which statistics say that a site refused. A robots.txt that cannot be reached refuses nothing: the site is
# down, or we are; then runs fail, and that is told.
REFUSING = frozenset((*(f"http_{status}" for status in (401, 402, 403, 429, 451)), "robots_disallowed"))
# What was not asked for after an answer that asked to wait. A refusal only where the run had another: a busy site asks
# for a pause, too (503).
WAITING = "host_blocked"
# What challenges to bots call themselves where a list should be (lower case).
CHALLENGES = (
    "just a moment", "attention required", "access denied", "captcha", "are you a robot", "ddos-guard", "cloudflare",
    "проверка браузера", "доступ запрещен", "доступ ограничен", "подтвердите, что вы не робот",
)  # fmt: skip


def blocked(facts: SourceFacts, now: datetime) -> Problem | None:
    """The site refuses us: by a challenge, by status or robots.txt, by asking to be left alone."""
    return _challenged(facts) or _refused(facts) or _left_alone(facts, now)


def _challenged(facts: SourceFacts) -> Problem | None:
    standing = facts.standing
    for row in facts.dead_lists:
        error = (row.last_error or "").lower()
        if any(words in error for words in CHALLENGES):
            return problem_of(
                facts,
                "blocked",
                Severity.WARNING if standing and not standing.failures else Severity.CRITICAL,
                "the site answers with a challenge to bots: {said}",
                "Ask the site for access (set CRAWLER_CONTACT so that they know you), or crawl it less often.",
                since=row.last_success_at,
                said=row.last_error,
                url=row.url,
            )
    return None


def _refused(facts: SourceFacts) -> Problem | None:
    standing = facts.standing
    failed = Counter(grouped(facts.stats, "crawler/reason/")) + Counter(grouped(facts.stats, "crawler/lists_dead/"))
    refused = Counter({word: n for word, n in failed.items() if word in REFUSING})
    if refused:
        refused[WAITING] = failed[WAITING]
    asked = sum(int(facts.stats.get(f"crawler/{word}") or 0) for word in ("fetched", "lists_read")) + sum(
        grouped(facts.stats, "crawler/lists_dead/").values()
    )
    count = refused.total()
    if standing and count >= REFUSALS and count >= REFUSED * asked:
        said = ", ".join(f"{number} {word}" for word, number in refused.most_common() if number)
        return problem_of(
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
    return None


def _left_alone(facts: SourceFacts, now: datetime) -> Problem | None:
    for host, (until, reason) in facts.blocked.items():
        if until - now > SHORT_BLOCK:
            return problem_of(
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
    return problem_of(
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
    return problem_of(
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
