"""Words of the record (outcomes, states, levels, origins) as people read them, and their tone. Holds tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Tone = Literal["good", "warn", "bad", "info", "idle"]

# How a word is said where it is not itself, with spaces for its underscores.
_WORDS: Mapping[str, str] = {
    "succeeded_with_errors": "with errors",
    "oom_killed": "out of memory",
    "json_ld": "JSON-LD",
    "site_rule": "rule of the site",
    "edition": "source file",
    "url": "address",
    "robots": "robots.txt",
    "script": "data in a script",
    "generic": "generic reader",
    "meta": "meta element",
    "published_at": "published",
    "modified_at": "modified",
    "well": "healthy",
    "young": "new",
    "ru": "Russian",
    "kk": "Kazakh",
    "en": "English",
    "ky": "Kyrgyz",
    "uz": "Uzbek",
    "reextracted": "read anew",
    "by manual": "by hand",
}
_TONES: Mapping[str, Tone] = {
    "succeeded": "good",
    "succeeded_with_errors": "warn",
    "empty": "warn",
    "failed": "bad",
    "failed_to_start": "bad",
    "timed_out": "bad",
    "stalled": "bad",
    "oom_killed": "bad",
    "killed": "bad",
    "lost": "bad",
    "running": "info",
    "queued": "info",
    "critical": "bad",
    "warning": "warn",
    "notice": "info",
    "well": "good",
    "young": "info",
    "stored": "good",
    "unchanged": "good",
    "pending": "info",
    "rejected": "warn",
    "gone": "warn",
    "erased": "warn",
    "filtered": "warn",
}


def words_of(word: str) -> str:
    """A word of the record in English for people.

    >>> words_of("oom_killed"), words_of("timed_out")
    ('out of memory', 'timed out')
    """
    return _WORDS.get(word, str(word).replace("_", " "))


def tone_of(word: str | None) -> Tone:
    """The tone in which a word is shown; `idle` where it is neither good nor bad."""
    return _TONES.get(word or "", "idle")
