"""The rules of health: each asks one small question of the facts. Gathers nothing, knows no clock.

What each means and what to do about it is explained in docs/health.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crawler.monitoring.facts import CrawlerFacts, SourceFacts
from crawler.monitoring.problems import Problem
from crawler.monitoring.rules.crawler import broken_files, left_out, little_space, no_scheduler
from crawler.monitoring.rules.reach import blocked, dead_list, failing
from crawler.monitoring.rules.runs import forgotten, late, stuck
from crawler.monitoring.rules.yields import drifting, low_yield, silent

SourceRule = Callable[[SourceFacts, datetime], Problem | None]
CrawlerRule = Callable[[CrawlerFacts, datetime], list[Problem]]

RULES: tuple[SourceRule, ...] = (blocked, failing, silent, low_yield, drifting, dead_list, late, stuck, forgotten)

# A cause hides its consequences: rule -> rules that say nothing new beside it.
HIDES = {
    "blocked": {"failing", "silent", "low_yield", "dead_list"},
    "failing": {"silent", "low_yield", "dead_list"},
    "silent": {"low_yield"},
}
# What is not expected of a source that someone has paused.
NOT_WHEN_PAUSED = frozenset({"blocked", "failing", "silent", "low_yield", "late"})

CRAWLER_RULES: tuple[CrawlerRule, ...] = (no_scheduler, left_out, broken_files, little_space)
