"""Invented news in Russian, Kazakh and English: ordinary stories, and those of one mould (weather, quakes, accidents).

Knows words and how a story is made of them; labels and edits nothing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

LANGUAGES = ("ru", "kk", "en")
# Once a day in each language; whenever one happens; those with two or three numbers, as often.
DAILY = ("weather", "currency", "table")
WITH_FEW_NUMBERS = ("rates", "quake", "match")
MOULDS = (*DAILY, "accident", *WITH_FEW_NUMBERS)

# Sentences of a paragraph and paragraphs of a story: 120 to 500 words, 250 on average, as news agencies write.
SENTENCES = (1, 3)
PARAGRAPHS = (6, 12)
# Share of paragraphs that quote somebody.
QUOTED = 0.25

_SLOT = re.compile(r"\{(\w+)\}")
_DAY_ZERO = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """A headline and the paragraphs below it, the lead first."""

    language: str
    headline: str
    paragraphs: tuple[str, ...]


def story(language: str, random: Random) -> Story:
    """Invent an ordinary story."""
    words = _words(language)
    paragraphs = [_filled(random.choice(words["lead"]), words, random)]
    for _ in range(random.randint(*PARAGRAPHS)):
        kind = "quote" if random.random() < QUOTED else "sentence"
        made = [_filled(random.choice(words[kind]), words, random) for _ in range(random.randint(*SENTENCES))]
        paragraphs.append(" ".join(made))
    return Story(language, _filled(random.choice(words["headline"]), words, random), tuple(paragraphs))


def sentence(language: str, random: Random) -> str:
    """Invent one sentence."""
    words = _words(language)
    return _filled(random.choice(words["sentence"]), words, random)


def word(language: str, random: Random) -> str:
    """Any word of the language that is no name."""
    words = _words(language)
    return str(random.choice(words[random.choice(("adjective", "noun", "verb"))]))


def moulded(mould: str, language: str, day: int, random: Random) -> Story:
    """Invent the day's story of a mould; its numbers move by little from one day to the next, as they do."""
    moulds = _words(language)["moulds"]
    when = _DAY_ZERO + timedelta(days=day)
    numbers = _Numbers(Random(f"{mould} {language}"), random, day)
    fixed = {"day": str(when.day), "month": moulds["months"][when.month - 1], "road": random.choice(moulds["road"])}
    fixed["round"] = str(day % 26 + 1)

    def fill(match: re.Match[str]) -> str:
        slot = match[1]
        if slot == "score":
            return f"{numbers.next('goal')}:{numbers.next('goal')}"
        return fixed.get(slot) or (random.choice(moulds["car"]) if slot == "car" else numbers.next(slot))

    opening = _SLOT.sub(fill, moulds["opening"][mould])
    return Story(language, opening.rstrip("."), (opening, *(_SLOT.sub(fill, line) for line in moulds[mould])))


# name -> (least, most, decimals, change a day)
_RANGES = {
    "wind": (3, 20, 0, 3), "degrees": (-25, 35, 0, 3), "snow": (0, 40, 0, 2), "dollar": (505, 535, 2, 2),
    "euro": (560, 600, 2, 2), "rouble": (5, 7, 2, 0.1), "yuan": (70, 76, 2, 0.3), "volume": (90, 310, 1, 40),
    "deals": (200, 900, 0, 90), "oil": (60, 90, 2, 1), "points": (4, 60, 0, 3), "goals": (5, 60, 0, 3),
    "km": (1, 900, 0, 899), "people": (1, 6, 0, 5), "age": (18, 80, 0, 62), "minutes": (20, 180, 0, 160),
    "magnitude": (3, 6, 1, 3), "depth": (5, 30, 0, 25), "crowd": (900, 9_900, 0, 9_000), "goal": (0, 6, 0, 6),
}  # fmt: skip


class _Numbers:
    """The numbers of one story: of one place in the text, near those of the day before."""

    def __init__(self, base: Random, today: Random, day: int) -> None:
        self._base = base
        self._today = today
        self._day = day

    def next(self, slot: str) -> str:
        least, most, decimals, change = _RANGES[slot]
        # A slow wave, of its own phase at each place, and the day's own chance upon it.
        phase = self._base.random()
        wave = abs(((self._day / 60 + phase) % 1) * 2 - 1)
        value = least + wave * (most - least) + self._today.uniform(-change, change)
        # What may change by as much as it can be, has nothing to do with the day before.
        value = self._today.uniform(least, most) if change >= most - least else min(max(value, least), most)
        return f"{value:.{decimals}f}".replace(".", ",")


def _filled(template: str, words: dict[str, Any], random: Random) -> str:
    def fill(match: re.Match[str]) -> str:
        slot = match[1]
        name = slot.lower()
        text = str(random.randint(2, 990)) if name == "number" else random.choice(words[name])
        return text[0].upper() + text[1:] if slot[0].isupper() else text

    return _SLOT.sub(fill, template)


@cache
def _words(language: str) -> dict[str, Any]:
    read = tomllib.loads((Path(__file__).parent / "words" / f"{language}.toml").read_text("utf-8"))
    return _split(read)


def _split(table: dict[str, Any]) -> dict[str, Any]:
    """Lists from texts: words apart by `|` where one has several, else by spaces."""
    return {
        name: value.split("|") if isinstance(value, str) and "|" in value
        else value.split() if isinstance(value, str)
        else _split(value) if isinstance(value, dict) and name != "opening"
        else value
        for name, value in table.items()
    }  # fmt: skip
