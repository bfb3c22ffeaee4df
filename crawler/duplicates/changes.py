"""What changed between two texts of one article, and does it mean anything? Compares; stores nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A line that is noise is short; a sentence that begins with one of these words is longer. Characters.
LONGEST_NOISE = 160
# Words of a paragraph beyond which it is shown as replaced: finding what it has in common would take seconds.
LONGEST_COMPARED = 2_000

_COUNTED = (
    "просмотр|комментари|лайк|репост|прочтени|views?|comments?|shares?|likes?|reads?|қаралым|көрілім|пікір|рет оқыл"
)
# Lines that sites change without changing the story, each as they begin.
_NOISE = re.compile(
    rf"(?:{_COUNTED})\w*\W{{0,3}}\d[\d\s.,kкmм]*\W*$"
    rf"|\d[\d\s.,kкmм]*(?:{_COUNTED})\w*\W*$"
    r"|(?:последнее обновление|обновл[её]н|дополнен|изменен|опубликован|last updated?|updated?|published|modified"
    r"|жаңарт|жариялан)\w*\b.{0,30}\d"
    r"|(?:читайте|смотрите) (?:также|нас|ещ[её]|по теме)|подпи(?:сывайтесь|шитесь)|присоединяйтесь|следите за"
    r"|по теме:|read (?:also|more|next)|see also|related:|subscribe|follow us|join (?:us|our)|sign up"
    r"|(?:тағы|сондай-ақ|осы тақырыпта) оқы|оқи отыр|бізге жазыл|жазылыңыз|жазылып",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans(dict.fromkeys("«»„“”‟‹›", '"') | dict.fromkeys("‘’‚‛`´", "'"))
_WORD = re.compile(r"\s+|[\w-]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in a comparison."""

    kind: Literal["same", "removed", "added"]
    text: str


def is_meaningful(before: Sequence[str | None], after: Sequence[str | None]) -> bool:
    """Whether a reader would call it an edit: not white space, kinds of quotes, counters, dates of updating, promotion.

    Args:
        before: headline, lead and body, as they were; `after` as they are.

    >>> is_meaningful(["A", None, "One.\\n\\nViews: 120"], ["A", None, "One.\\n\\nViews: 135\\n\\nRead also: Two"])
    False
    >>> is_meaningful(["A", None, "One."], ["A", None, "One!"])
    True
    """
    return [_essence(text) for text in before] != [_essence(text) for text in after]


def _essence(text: str | None) -> list[str]:
    lines = (_SPACE.sub(" ", line.translate(_QUOTES)).strip() for line in (text or "").split("\n"))
    return [line for line in lines if line and not (len(line) <= LONGEST_NOISE and _NOISE.match(line))]


def diff(before: str | None, after: str | None) -> list[list[Piece]]:
    """What changed, paragraph by paragraph; unchanged paragraphs are left out.

    >>> diff("One.\\n\\nIt rains here.", "One.\\n\\nIt snows here.\\n\\nEnd.")[0][1:3]
    [Piece(kind='removed', text='rains'), Piece(kind='added', text='snows')]
    """
    old, new = ((text or "").split("\n\n") if text else [] for text in (before, after))
    changes: list[list[Piece]] = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            changes += _paragraphs(old[old_from:old_to], new[new_from:new_to])
    return changes


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Piece]]:
    """Paragraphs that were replaced: word by word where one stands in the other's place, else whole."""
    for before, after in zip(old, new, strict=False):
        yield _words(before, after)
    yield from ([Piece("removed", text)] for text in old[len(new) :])
    yield from ([Piece("added", text)] for text in new[len(old) :])


def _words(before: str, after: str) -> list[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    whole = [Piece("removed", before), Piece("added", after)]
    if max(len(old), len(new)) > LONGEST_COMPARED:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.5:  # what is left in common are small words: two texts side by side read better
        return whole
    pieces: list[Piece] = []
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(old[old_from:old_to])))
        else:
            removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
            pieces += [Piece("removed", removed)] if removed else []
            pieces += [Piece("added", added)] if added else []
    return pieces
