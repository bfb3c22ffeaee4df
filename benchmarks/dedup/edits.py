"""What other sites do to a story: each edit a function of a story and chance. Labels nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.dedup import grammar
from benchmarks.dedup.grammar import LANGUAGES, Story

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
# Share of the words that a heavy edit changes.
HEAVY = 0.2
# Share of the words of a new lead and its story that stays, of a trimmed one, and of another story merged in.
KEPT_BY_WIRE = (0.5, 0.9)
KEPT_BY_TRIM = (0.3, 0.6)
MERGED_IN = (0.3, 0.6)


def _by_words(story: Story, random: Random, share: float) -> tuple[str, ...]:
    """The paragraphs with a share of the words replaced or dropped."""

    def change(match: re.Match[str]) -> str:
        if random.random() >= share:
            return match[0]
        return grammar.word(story.language, random) if random.random() < 0.7 else ""

    return tuple(_WORD.sub(change, paragraph) for paragraph in story.paragraphs)


def headline(story: Story, random: Random) -> Story:
    """Nothing but another headline."""
    return replace(story, headline=grammar.story(story.language, random).headline)


def light(story: Story, random: Random) -> Story:
    """A word in fifty, other quotes and dashes, a closing line of the site."""
    paragraphs = _by_words(story, random, 0.02)
    typography = str.maketrans({"«": '"', "»": '"', "ё": "е"}) if random.random() < 0.5 else {}
    closing = () if random.random() < 0.5 else (grammar.sentence(story.language, random),)
    return headline(replace(story, paragraphs=(*(p.translate(typography) for p in paragraphs), *closing)), random)


def heavy(story: Story, random: Random) -> Story:
    """A fifth of the words, all over the text."""
    return headline(replace(story, paragraphs=_by_words(story, random, HEAVY)), random)


def trimmed(story: Story, random: Random) -> Story:
    """The beginning only."""
    return headline(replace(story, paragraphs=_beginning(story, random, KEPT_BY_TRIM)), random)


def merged(story: Story, random: Random) -> Story:
    """The story, and below it the beginning of another one."""
    other = grammar.story(story.language, random)
    return headline(replace(story, paragraphs=story.paragraphs + _beginning(other, random, MERGED_IN)), random)


def quote_translated(story: Story, random: Random) -> Story:
    """A paragraph in six in another language, as where a quotation is given in the original."""
    others = [language for language in LANGUAGES if language != story.language]
    paragraphs = list(story.paragraphs)
    for index in random.sample(range(len(paragraphs)), max(1, len(paragraphs) // 6)):
        paragraphs[index] = grammar.sentence(random.choice(others), random)
    return replace(story, paragraphs=tuple(paragraphs))


def wire(story: Story, random: Random) -> Story:
    """A new lead of the site's own, then the agency's text, cut and lightly edited."""
    rest = replace(story, paragraphs=_beginning(story, random, KEPT_BY_WIRE)[1:] or story.paragraphs[-1:])
    lead = " ".join(grammar.sentence(story.language, random) for _ in range(2))
    return headline(replace(rest, paragraphs=(lead, *_by_words(rest, random, 0.03))), random)


def corrected(story: Story, random: Random) -> Story:
    """A number with another last digit: somebody's typing error, put right."""
    return headline(
        _other_numbers(story, random, 1, lambda number: number[:-1] + str((int(number[-1]) + 3) % 10)), random
    )


def updated(story: Story, random: Random, numbers: int = 1) -> Story:
    """A number that has grown, as a death toll does, told in a sentence above the old text."""
    told = _other_numbers(story, random, numbers, lambda number: str(int(number) + random.randint(1, 9)))
    return headline(replace(told, paragraphs=(grammar.sentence(story.language, random), *told.paragraphs)), random)


def updated_twice(story: Story, random: Random) -> Story:
    """Two numbers that have grown, as the dead and the injured do."""
    return updated(story, random, numbers=2)


def _other_numbers(story: Story, random: Random, count: int, change: Callable[[str], str]) -> Story:
    whole = "\n\n".join(story.paragraphs)
    found = list(_NUMBER.finditer(whole))
    for match in sorted(random.sample(found, min(count, len(found))), key=lambda match: -match.start()):
        whole = whole[: match.start()] + change(match[0]) + whole[match.end() :]
    return replace(story, paragraphs=tuple(whole.split("\n\n")))


OF_REPORTS: dict[str, Callable[[Story, Random], Story]] = {"headline changed": headline, "light edit": light}
OF_WORDS: dict[str, Callable[[Story, Random], Story]] = {
    "20 % edit": heavy,
    "trimmed": trimmed,
    "merged": merged,
    "quote translated": quote_translated,
    "wire copy, new lead": wire,
}
OF_ONE_NUMBER: dict[str, Callable[[Story, Random], Story]] = {"figure corrected": corrected}
OF_NUMBERS: dict[str, Callable[[Story, Random], Story]] = {
    "figure updated": updated,
    "two figures updated": updated_twice,
}
EDITS = OF_REPORTS | OF_WORDS | OF_ONE_NUMBER | OF_NUMBERS


def follow_up(story: Story, random: Random) -> Story:
    """Another story, which repeats a paragraph of this one as background; it is not the same."""
    new = grammar.story(story.language, random)
    return replace(new, paragraphs=(*new.paragraphs, random.choice(story.paragraphs)))


def _beginning(story: Story, random: Random, kept: tuple[float, float]) -> tuple[str, ...]:
    wanted = random.uniform(*kept) * sum(len(paragraph) for paragraph in story.paragraphs)
    taken: list[str] = []
    for paragraph in story.paragraphs:
        if taken and sum(map(len, taken)) + len(paragraph) / 2 > wanted:
            break
        taken.append(paragraph)
    return tuple(taken)
