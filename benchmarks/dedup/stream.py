"""A stream of news in the order of publication, each text labelled with its story. The same seed makes the same stream.

Half of the stories stand alone, the others on up to seven sites more, each with an edit of its own. Some stories of one
mould come every day and are different stories; some of them are copied, too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from random import Random

from benchmarks.dedup import edits, grammar
from benchmarks.dedup.grammar import DAILY, LANGUAGES, MOULDS, WITH_FEW_NUMBERS, Story

# However many texts there are, they span so many days: a window of 14 days holds a third of them.
DAYS = 40
# Share of the stories that are of one mould: a report a day and language of each, and accidents.
MOULDED = 0.12
# Share of the others that repeat a paragraph of an earlier story; of all that are copied.
FOLLOW_UP = 0.05
COPIED = 0.5
# A copied story stands on one to seven sites more; half of the copies come within hours, the last after three days.
COPIES = (1, 1, 1, 2, 2, 3, 4, 7)
LAST_COPY = timedelta(days=3)

_MEAN_STORY = 1 + COPIED * sum(COPIES) / len(COPIES)

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGINALS = frozenset({"original", "follow-up", *MOULDS})


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the stream."""

    id: str
    text: str
    """Headline and paragraphs, a blank line between."""
    published_at: datetime
    story: int
    """Texts of one number are one story."""
    kind: str
    """`original`, `follow-up`, a mould, or the edit that was made of an original."""
    is_moulded: bool
    """Its story is of one mould."""


def stream(size: int, *, seed: int, given: Sequence[Story] = (), figures: bool = False) -> Iterator[Text]:
    """`size` texts, ordered by publication.

    Args:
        given: ordinary stories, before invented ones.
        figures: with reports of one mould that have two or three numbers, and copies in which numbers were changed.
    """
    waiting: list[tuple[datetime, int, Text]] = []
    numbers, done = count(), 0
    a_day = round(size / DAYS / _MEAN_STORY)
    for text in _endless(Random(seed), list(reversed(given)), a_day, figures=figures):
        # Originals come in order and copies after theirs: what waits for before this one is complete.
        while text.kind in ORIGINALS and waiting and waiting[0][0] <= text.published_at:
            if done == size:
                return
            yield replace(heapq.heappop(waiting)[2], id=f"{done:07}")
            done += 1
        heapq.heappush(waiting, (text.published_at, next(numbers), text))


def _endless(random: Random, given: list[Story], a_day: int, *, figures: bool) -> Iterator[Text]:
    """Originals in the order of publication, so many a day, each followed by its copies."""
    number = 0
    recent: list[Story] = []
    for day in count():
        reports = list(product(DAILY, LANGUAGES))
        accidents = range(round(MOULDED * a_day) - len(reports))
        reports += [("accident", random.choice(LANGUAGES)) for _ in accidents]
        if figures:
            reports += [(random.choice(WITH_FEW_NUMBERS), random.choice(LANGUAGES)) for _ in accidents]
        today: list[tuple[str, str] | None] = [*reports, *[None] * max(1, a_day - len(reports))]
        random.shuffle(today)
        for place, report in enumerate(today):
            moment = START + timedelta(days=day + place / len(today))
            if report is not None:
                kind, story = report[0], grammar.moulded(*report, day, random)
            elif recent and random.random() < FOLLOW_UP:
                kind, story = "follow-up", edits.follow_up(random.choice(recent), random)
            else:
                kind, story = "original", given.pop() if given else grammar.story(random.choice(LANGUAGES), random)
                recent = [*recent[-99:], story]
            yield _text(story, moment, number, kind, is_moulded=report is not None)
            if random.random() < COPIED:
                yield from _copies(story, moment, number, random, is_moulded=report is not None, figures=figures)
            number += 1


def _copies(
    story: Story, moment: datetime, number: int, random: Random, *, is_moulded: bool, figures: bool
) -> Iterator[Text]:
    for _ in range(random.choice(COPIES)):
        # A report of one mould is hardly rewritten: its copies have an edit that leaves all or most of its numbers.
        kinds = [*edits.OF_REPORTS] if is_moulded else [*edits.OF_WORDS, *edits.OF_REPORTS]
        if figures:
            kinds += edits.OF_ONE_NUMBER if is_moulded else [*edits.OF_ONE_NUMBER, *edits.OF_NUMBERS]
        kind = random.choice(kinds)
        later = moment + timedelta(minutes=1) + LAST_COPY * random.random() ** 4
        yield _text(edits.EDITS[kind](story, random), later, number, kind, is_moulded=is_moulded)


def _text(story: Story, moment: datetime, number: int, kind: str, *, is_moulded: bool) -> Text:
    return Text("", "\n\n".join((story.headline, *story.paragraphs)), moment, number, kind, is_moulded)
