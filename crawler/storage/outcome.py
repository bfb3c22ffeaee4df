"""How a run ended: one word and one sentence, judged by facts. Never by the exit code alone, never by hope.

Scrapy ends with code 0 when the site was down, when every callback raised, when a signal stopped it: only its finish
reason and its statistics tell. A child judges its own crawl with them; the runner that started it judges again with
what only a parent sees.
"""

from __future__ import annotations

import signal as signals
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# From so many pages on, with not one of them stored, the source has changed or blocks us; fewer may be chance:
# a gallery, a story that was taken down.
FEW_PAGES = 5


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_ERRORS = "succeeded_with_errors"
    """It did its work, but something was logged as an error, or a list or a page failed."""
    EMPTY = "empty"
    """The lists could be read and named no article at all: the site or our patterns have changed."""
    FAILED = "failed"
    """It ran to its end and did not do its work: no list answered, or no page could be stored."""
    FAILED_TO_START = "failed_to_start"
    TIMED_OUT = "timed_out"
    STALLED = "stalled"
    """It was alive and did nothing."""
    CANCELLED = "cancelled"
    OOM_KILLED = "oom_killed"
    """It took more memory than it may, or than the machine has."""
    KILLED = "killed"
    """A signal ended it that was not ours."""
    LOST = "lost"
    """Its process is gone and nobody saw how."""
    SKIPPED = "skipped"
    """It never ran, on purpose; the reason says why."""


GOOD_OUTCOMES = frozenset({Outcome.SUCCEEDED, Outcome.SUCCEEDED_WITH_ERRORS})
"""The run did its work."""
RETRIED_OUTCOMES = frozenset(
    {Outcome.FAILED_TO_START, Outcome.STALLED, Outcome.OOM_KILLED, Outcome.KILLED, Outcome.LOST}
)
"""The process failed, not the site: another attempt may do better. A site that is down is left to its next fire."""


class Stop(StrEnum):
    """Why a runner stopped a run."""

    TIMEOUT = "timeout"
    STALL = "stall"
    MEMORY = "memory"
    CANCEL = "cancel"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """What the parent of a crawl saw of its end."""

    began: bool
    """The child had taken its attempt over: it reached the database and opened its spider."""
    exit_code: int | None = None
    """None when a signal ended it, or nobody knows."""
    signal: int | None = None
    out_of_memory: bool = False
    """The kernel ended processes for want of memory while this one ran."""
    stopped_for: Stop | None = None
    """Set when the runner asked or forced it to end."""
    last_words: str = ""
    """The last line that it wrote to stderr."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome with its reason."""

    outcome: Outcome
    reason: str | None = None
    """For people; None only when there is nothing to say: it succeeded."""


_STOPPED = {
    Stop.TIMEOUT: Judgement(Outcome.TIMED_OUT, "it ran longer than it may and was stopped"),
    Stop.STALL: Judgement(Outcome.STALLED, "it was alive but did nothing, and was stopped"),
    Stop.MEMORY: Judgement(Outcome.OOM_KILLED, "it took more memory than it may and was stopped"),
    Stop.CANCEL: Judgement(Outcome.CANCELLED, "cancelled on request"),
    Stop.SHUTDOWN: Judgement(Outcome.CANCELLED, "stopped together with the scheduler; the next run goes on"),
}

# Scrapy's finish reason, or ours, -> what it means by itself. All others mean that the crawl came to its own end.
_FINISH_REASONS = {
    "failed_to_start": Judgement(Outcome.FAILED_TO_START, "the crawl could not be prepared; see its log"),
    "closespider_timeout": Judgement(Outcome.TIMED_OUT, "it reached its time limit and ended cleanly"),
    "closespider_errorcount": Judgement(Outcome.FAILED, "it gave up: too many errors"),
    "cancelled": Judgement(Outcome.CANCELLED, "cancelled on request"),
    "abandoned": Judgement(Outcome.CANCELLED, "the command that had started it is gone"),
    "shutdown": Judgement(Outcome.CANCELLED, "a signal asked it to stop"),
    "database_lost": Judgement(Outcome.FAILED, "its database could not be written any more; the next run goes on"),
    "fenced": Judgement(Outcome.LOST, "another process had declared it dead"),
}


def judge_outcome(
    *, finish_reason: str | None, stats: Mapping[str, Any], process: ProcessEnd | None = None
) -> Judgement:
    """Return how a run ended.

    Args:
        finish_reason: of the crawl's final record; None when it left none.
        stats: Scrapy's statistics with ours (`crawler/...`), the last that were written.
        process: what the parent saw; None in the crawl itself, which cannot know its own end.

    >>> judge_outcome(finish_reason="finished", stats={"downloader/request_count": 1, "crawler/lists_dead/timeout": 1})
    Judgement(outcome=<Outcome.FAILED: 'failed'>, reason='no list of the source can be read: 1 timeout')
    >>> judge_outcome(finish_reason=None, stats={}, process=ProcessEnd(began=True, signal=11))
    Judgement(outcome=<Outcome.KILLED: 'killed'>, reason='ended by SIGSEGV, which nobody here had sent')
    """
    # A crawl that came to its own end while the signal was on its way has done its work all the same.
    if process and process.stopped_for and finish_reason in (None, "shutdown", "cancelled"):
        return _STOPPED[process.stopped_for]
    if finish_reason is None:
        return _judge_process(process) if process else Judgement(Outcome.LOST, "it left no word of its end")
    return _FINISH_REASONS.get(finish_reason) or _judge_work(stats)


def _judge_process(process: ProcessEnd) -> Judgement:
    """A process that left no final record."""
    last = f": {process.last_words}" if process.last_words else ""
    if process.signal == signals.SIGKILL and process.out_of_memory:
        return Judgement(Outcome.OOM_KILLED, "the kernel ended it for want of memory (SIGKILL, and it counted a kill)")
    if process.signal is not None:
        return Judgement(Outcome.KILLED, f"ended by {_name(process.signal)}, which nobody here had sent{last}")
    if not process.began and process.exit_code is None:
        return Judgement(Outcome.FAILED_TO_START, f"it could not be begun{last}")
    code = "unknown" if process.exit_code is None else process.exit_code
    if not process.began:
        return Judgement(Outcome.FAILED_TO_START, f"its process ended (code {code}) before the crawl began{last}")
    return Judgement(Outcome.LOST, f"its process ended (code {code}) without a final record{last}")


def _name(signal: int) -> str:
    try:
        return signals.Signals(signal).name
    except ValueError:
        return f"signal {signal}"


def _judge_work(stats: Mapping[str, Any]) -> Judgement:
    """A crawl that came to its own end: what it has done decides."""
    did = _Work(stats)
    if did.dead_lists and not did.lists_read and not did.stored:
        return Judgement(Outcome.FAILED, f"no list of the source can be read: {_listed(did.dead_lists)}")
    if did.nothing_asked:
        if did.errors:
            return Judgement(Outcome.FAILED, f"it asked for nothing: {times(did.errors, 'error')} before that")
        if did.is_revisit:
            return Judgement(Outcome.SUCCEEDED)  # no article was due
        return Judgement(Outcome.EMPTY, "there was nothing to ask for")
    if did.no_answer:
        return Judgement(Outcome.FAILED, f"the site gave no answer to {times(did.requests, 'request')}")
    if not did.stored and (did.exceptions or did.pages >= FEW_PAGES):
        return Judgement(Outcome.FAILED, f"none of {times(did.pages, 'page')} could be stored: {did.complaints}")
    if did.lists_are_empty:
        return Judgement(Outcome.EMPTY, f"its lists name no article{did.left_out}")
    if did.complaints:
        return Judgement(Outcome.SUCCEEDED_WITH_ERRORS, did.complaints)
    return Judgement(Outcome.SUCCEEDED)


class _Work:
    """A crawl's statistics as questions."""

    def __init__(self, stats: Mapping[str, Any]) -> None:
        self._stats = stats
        self.requests = self._count("downloader/request_count")
        self.nothing_asked = not self.requests
        self.no_answer = not self._count("downloader/response_count") and self._count("downloader/exception_count") > 0
        self.lists_read = self._count("crawler/lists_read")
        self.dead_lists = self._group("crawler/lists_dead/")
        self.is_revisit = self._count("crawler/revisit_only") > 0
        # What a look at known articles brought says nothing about the lists, nor about pages that are new.
        words = ("new", "revised", "unchanged", "duplicate")
        self._again = again = self._group("crawler/revisits/")
        self.stored = sum(self._count(f"crawler/{word}") - again.get(word, 0) for word in words)
        self.errors = self._count("log_count/ERROR") + self._count("log_count/CRITICAL")
        self.exceptions = self._group("spider_exceptions/")
        self.exceptions.pop("count", None)  # Scrapy's sum of the others
        unended = sum(self.exceptions.values())
        for word, count in self._group("crawler/raised/").items():  # pages that tripped our reading, which have ended
            self.exceptions[word] = self.exceptions.get(word, 0) + count
        # Nor does a second look at links that had brought no article: most bring none again.
        self._second = second = self._group("crawler/second_looks/")
        ended = sum(
            self._count(f"crawler/{word}") - again.get(word, 0) - second.get(word, 0) for word in ("rejected", "failed")
        )
        self.pages = self.stored + ended + unended
        """Pages that came to some end."""
        # "Not modified" is an answer of a list that names articles: the same ones as before.
        named = self._count("crawler/discovered") + self._count("crawler/known")
        changed = self.lists_read > 0 and not self._count("crawler/lists_unchanged")
        self._dropped = self._group("crawler/dropped/")
        quiet = self._dropped.get("too_old", 0) + self._dropped.get("over_limit", 0)
        self.lists_are_empty = changed and not named and not quiet and not self.pages

    @property
    def left_out(self) -> str:
        return f"; left out: {_listed(self._dropped)}" if self._dropped else ""

    @property
    def complaints(self) -> str:
        """What went wrong, counted; empty when nothing did."""
        # A page that is no article is no fault, unless there was none that is.
        failed = self._count("crawler/failed") - self._again.get("failed", 0) - self._second.get("failed", 0)
        at_fault = failed or (self.pages and not self.stored)
        reasons = self._group("crawler/reason/") if at_fault else {}
        parts = (
            times(self.errors, "error") + " logged" if self.errors else "",
            f"callbacks raised: {_listed(self.exceptions)}" if self.exceptions else "",
            f"lists dead: {_listed(self.dead_lists)}" if self.dead_lists else "",
            f"pages not stored: {_listed(reasons)}" if reasons else "",
        )
        return "; ".join(part for part in parts if part)

    def _count(self, key: str) -> int:
        return int(self._stats.get(key) or 0)

    def _group(self, prefix: str) -> dict[str, int]:
        return grouped(self._stats, prefix)


def grouped(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    """The counts whose names begin with `prefix`, by the rest of their names.

    >>> grouped({"crawler/reason/http_404": 2, "crawler/new": 7}, "crawler/reason/")
    {'http_404': 2}
    """
    return {key.removeprefix(prefix): int(value) for key, value in stats.items() if key.startswith(prefix)}


def _listed(counts: Mapping[str, int]) -> str:
    """The largest first: `3 timeout, 1 http_404`."""
    return ", ".join(f"{n} {word}" for word, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def times(count: int, word: str) -> str:
    """A number of things in words: `1 error`, `2 errors`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
