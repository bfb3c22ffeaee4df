"""Where the words of a question stand in an article: its headline and a snippet, in pieces. Pure; never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crawler.storage.question import Question, Term
from crawler.storage.word_forms import fold, forms

# Characters of a snippet: two to three lines of a terminal of 80 columns.
SNIPPET = 220
# Of these before the first hit, so that it is read in its sentence.
BEFORE = 60
# A body is looked through so far for hits; none within means a snippet from the beginning. Characters, some 40 pages.
LOOKED_THROUGH = 100_000

_SPACE = re.compile(r"\s+")
# What words are made of, as in `word_forms.WORD`.
_LETTER = r"[^\W_]"


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


def highlight(question: Question, headline: str | None, lead: str | None, body: str) -> Highlights:
    """Mark the words that are asked for, in the forms that SQLite finds; PostgreSQL finds nearly the same."""
    text = _SPACE.sub(" ", " ".join(filter(None, (lead, body[:LOOKED_THROUGH]))))
    pattern = _pattern(question)
    if pattern is None:
        return Highlights((Piece(headline, False),) if headline else (), _snippet(text, []))
    title = headline or ""
    return Highlights(tuple(_pieces(title, _hits(title, pattern))), _snippet(text, _hits(text, pattern)))


@lru_cache(maxsize=128)
def _pattern(question: Question) -> re.Pattern[str] | None:
    """What any of the words or phrases looks like in a folded text; None when nothing is asked for."""
    looks = [look for group in question.all_of for term in group for look in _looks(term)]
    if not looks:
        return None
    # The longest first: a phrase is one hit, not its first word.
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(sorted(looks, key=len, reverse=True))})(?!{_LETTER})")


def _looks(term: Term) -> Iterator[str]:
    if term.is_phrase:
        yield r"[\W_]+".join(map(re.escape, term.words))
        return
    for found in map(forms, term.words):
        yield from map(re.escape, found.exact)
        yield from (re.escape(start) + f"{_LETTER}*" for start in found.beginnings)


def _hits(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Begin and end of what fits, in order, without overlaps."""
    return [match.span() for match in pattern.finditer(fold(text))]


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
