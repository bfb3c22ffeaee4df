"""Where the words of a question stand in an article: its headline and a snippet, in pieces. Pure; never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.storage.question import Question, Term
from crawler.storage.word_forms import WORD, beginning, fold

# Characters of a snippet: two to three lines of a terminal of 80 columns.
SNIPPET = 220
# Of these before the first hit, so that it is read in its sentence.
BEFORE = 60
# A body is looked through so far for hits; none within means a snippet from the beginning. Characters, some 40 pages.
LOOKED_THROUGH = 100_000

_SPACE = re.compile(r"\s+")


class Piece(NamedTuple):
    """A run of text that is a hit, or is none."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Highlights:
    """The texts of an article that a list shows. Joined, the pieces are the text; "…" stands where some is left out."""

    headline: tuple[Piece, ...] = ()
    snippet: tuple[Piece, ...] = ()
    """From lead and body; the beginning where no word occurs."""


def highlight(
    question: Question, headline: str | None, lead: str | None, body: str, *, stems: Sequence[str] = ()
) -> Highlights:
    """Mark the words that are asked for, in all the forms that the search finds.

    `stems` are further beginnings of words, as another index may have found them.
    """
    terms = [_Wanted(term) for group in question.all_of for term in group]
    terms += [_Wanted(Term((stem,)), is_stem=True) for stem in stems]
    text = _SPACE.sub(" ", " ".join(filter(None, (lead, body[:LOOKED_THROUGH]))))
    return Highlights(tuple(_pieces(headline or "", _hits(headline or "", terms))), _snippet(text, _hits(text, terms)))


class _Wanted:
    """A term as one test of each of its words."""

    def __init__(self, term: Term, *, is_stem: bool = False) -> None:
        exact = term.is_phrase
        self.tests = [(word, False) if exact else (word, True) if is_stem else beginning(word) for word in term.words]
        if exact:
            self.together = True
        else:
            self.together = len(self.tests) == 1

    def sequences(self) -> list[list[tuple[str, bool]]]:
        """What must stand one after the other."""
        return [self.tests] if self.together else [[test] for test in self.tests]


def _fits(word: str, test: tuple[str, bool]) -> bool:
    return word.startswith(test[0]) if test[1] else word == test[0]


def _hits(text: str, terms: Sequence[_Wanted]) -> list[tuple[int, int]]:
    """Begin and end of what fits, in order, without overlaps; the words of a phrase are one hit."""
    sequences = [sequence for term in terms for sequence in term.sequences()]
    folded = fold(text)
    words = [(match[0], match.start(), match.end()) for match in WORD.finditer(folded)]
    found = []
    place = 0
    while place < len(words):
        length = max((len(s) for s in sequences if _stands(words, place, s)), default=0)
        if length:
            found.append((words[place][1], words[place + length - 1][2]))
        place += length or 1
    return found


def _stands(words: Sequence[tuple[str, int, int]], place: int, sequence: Sequence[tuple[str, bool]]) -> bool:
    if place + len(sequence) > len(words):
        return False
    return all(_fits(words[place + n][0], test) for n, test in enumerate(sequence))


def _pieces(text: str, hits: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    done = 0
    for begin, end in hits:
        if begin > done:
            yield Piece(text[done:begin], False)
        yield Piece(text[begin:end], True)
        done = end
    if done < len(text):
        yield Piece(text[done:], False)


def _snippet(text: str, hits: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The window with the most hits, the earliest of several, cut between words."""
    begin = _best_window(hits)
    begin = 0 if begin <= BEFORE else text.rfind(" ", 0, begin - BEFORE) + 1
    end = len(text) if begin + SNIPPET >= len(text) else max(text.rfind(" ", begin, begin + SNIPPET), begin + BEFORE)
    inside = [(max(b, begin) - begin, min(e, end) - begin) for b, e in hits if b < end and e > begin]
    pieces = list(_pieces(text[begin:end], inside))
    if begin:
        pieces.insert(0, Piece("… ", False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return tuple(pieces)


def _best_window(hits: Sequence[tuple[int, int]]) -> int:
    """Where the first hit of the best window begins; 0 without hits."""
    best, most, last = 0, 0, 0
    for first, (begin, _) in enumerate(hits):
        while last < len(hits) and hits[last][1] <= begin + SNIPPET - BEFORE:
            last += 1
        if last - first > most:
            best, most = begin, last - first
    return best
