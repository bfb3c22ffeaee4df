"""What a person types to find articles -> words, phrases, what must not occur, fields. Pure; asks nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from crawler.articles.asked_dates import REMEDY, read_asked_date
from crawler.errors import DateError, QueryError
from crawler.storage.filters import Filter
from crawler.storage.word_forms import SHORTEST_STEM, STAR, bare_words

# Longer questions are no one's; each word costs a look into the index. Characters, terms.
LONGEST, MOST_TERMS = 1_000, 32

# All kinds of quotation marks mean one thing: people paste «…» and “…”.
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟", '"') | {"−": "-"})
_PART = re.compile(r'(?P<minus>-?)(?:(?P<field>[a-z]+):(?="|\S))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_OR = frozenset({"OR", "|", "ИЛИ", "НЕМЕСЕ"})
# All words must occur anyway.
_AND = frozenset({"AND", "&"})


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or a phrase: folded words that stand one after the other. One with a star at its end is a beginning."""

    words: tuple[str, ...]
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What must occur: of each group of `all_of` one term, and none of `none_of`."""

    all_of: tuple[tuple[Term, ...], ...] = ()
    none_of: tuple[Term, ...] = ()


@lru_cache(maxsize=128)
def read_question(words: str) -> Question:
    """Read words: `school repair` (both, in any form), `"new school"`, `-bus`, `-"school bus"`, `school OR college`.

    Signs are none, but for the star of `court*`, which finds all that begins so; a word with a hyphen is its parts.
    Field words are words here: `read_filter` knows them.

    >>> read_question('школа -"новый год"').none_of
    (Term(words=('новый', 'год'), is_phrase=True),)

    Raises:
        QueryError: a quotation mark is left open, OR stands alone, only words to leave out, too long, or a star after
            too few letters.
    """
    groups: list[tuple[Term, ...]] = []
    none_of: list[Term] = []
    joins = False
    for part in _parts(words):
        if not part["minus"] and part["field"] is None and part["word"] in _OR | _AND:
            if part["word"] in _OR:
                _refuse_dangling(joins or not groups, words)
                joins = True
            continue
        term = _term(part)
        if term is None:
            continue
        if part["minus"]:
            _refuse_dangling(joins, words)
            none_of.append(term)
        elif joins:
            groups[-1] += (term,)
            joins = False
        else:
            groups.append((term,))
    _refuse_dangling(joins, words)
    if none_of and not groups:
        raise QueryError(
            "there are only words to leave out", query=words, remedy="Name a word that must occur, too: school -bus"
        )
    if sum(map(len, groups)) + len(none_of) > MOST_TERMS:
        raise QueryError(f"more than {MOST_TERMS} words", query=words, remedy="Ask for fewer")
    return Question(tuple(groups), tuple(none_of))


def read_filter(text: str, base: Filter | None = None, *, zone: tzinfo, now: datetime) -> Filter:
    """The filter that a typed question means: its field words narrow `base`, the others become its words.

    Fields: source, edition, section, author, tag, lang (or language), after (or since), before (or until); `is:` with
    revised, unrevised, original, gone, there. `author:"Ann Reed"` in quotes where a value has spaces. A date is meant
    in `zone`. Any other word with a colon is a word.

    >>> from datetime import UTC
    >>> found = read_filter("bridge lang:en after:2026-11-01", zone=UTC, now=datetime(2026, 11, 24, tzinfo=UTC))
    >>> found.words, found.languages, found.since
    ('bridge', ('en',), datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc))

    Raises:
        QueryError: as `read_question`, or a field's value is none.
    """
    made = replace(base or Filter())
    words = []
    for part in _parts(text):
        name, value = part["field"], part["phrase"] or part["word"] or ""
        if name is None and value.endswith(":") and value[:-1] in FIELDS:
            name, value = value[:-1], ""
        if name not in FIELDS:
            words.append(part[0])
        elif part["minus"]:
            raise QueryError(f"-{name}: cannot be left out", query=text, remedy="Only words and phrases can")
        elif not value:
            raise QueryError(f"{name}: has no value", query=text, remedy=f'Write {name}:value or {name}:"two words"')
        else:
            try:
                made = FIELDS[name](made, value, zone, now)
            except DateError:
                raise QueryError(f"{name}:{value}: {REMEDY}", query=text) from None
    made = replace(made, words=" ".join(filter(None, (made.words, *words))))
    read_question(made.words)
    return made


def _parts(words: str) -> list[re.Match[str]]:
    if len(words) > LONGEST:
        raise QueryError(f"longer than {LONGEST} characters", query=words[:LONGEST], remedy="Ask for fewer words")
    plain = words.translate(_QUOTES)
    if plain.count('"') % 2:
        raise QueryError("a quotation mark is left open", query=words, remedy='Close the phrase: "new school"')
    return list(_PART.finditer(plain))


def _term(part: re.Match[str]) -> Term | None:
    phrase, word = part["phrase"], part["word"]
    found = tuple(bare_words(f"{part['field'] or ''} {phrase if phrase is not None else word}"))
    if found and phrase is None and part["field"] is None and word.endswith(STAR):
        *before, beginning = found
        if len(beginning) < SHORTEST_STEM:
            remedy = f"Write {SHORTEST_STEM} letters or more before the star"
            raise QueryError(f"{beginning}{STAR} could be anything", query=word, remedy=remedy)
        return Term((*before, beginning + STAR))
    return Term(found, is_phrase=phrase is not None or part["field"] is not None) if found else None


def _refuse_dangling(wrong: bool, words: str) -> None:
    if wrong:
        raise QueryError("OR needs a word on both sides", query=words, remedy="Write: school OR college")


# --- Fields -----------------------------------------------------------------------------------------------------------
Narrowing = Callable[[Filter, str, tzinfo, datetime], Filter]


def _adding(name: str, *, fold: bool = False) -> Narrowing:
    def narrow(made: Filter, value: str, _zone: tzinfo, _now: datetime) -> Filter:
        values = (*getattr(made, name), value.lower() if fold else value)
        changed: dict[str, Any] = {name: tuple(dict.fromkeys(values))}
        return replace(made, **changed)

    return narrow


def _since(made: Filter, value: str, zone: tzinfo, now: datetime) -> Filter:
    moment = read_asked_date(value, zone, now)
    return replace(made, since=moment if made.since is None else max(made.since, moment))


def _until(made: Filter, value: str, zone: tzinfo, now: datetime) -> Filter:
    moment = read_asked_date(value, zone, now)
    return replace(made, until=moment if made.until is None else min(made.until, moment))


def _is(made: Filter, value: str, _zone: tzinfo, _now: datetime) -> Filter:
    if value not in _STATES:
        raise QueryError(f"is:{value} is not known", remedy=f"There are: {', '.join(_STATES)}")
    return replace(made, **_STATES[value])


_STATES: dict[str, dict[str, Any]] = {
    "revised": {"has_revisions": True},
    "unrevised": {"has_revisions": False},
    "original": {"originals_only": True},
    "gone": {"is_gone": True},
    "there": {"is_gone": False},
}
FIELDS: dict[str | None, Narrowing] = {
    "source": _adding("sources", fold=True),
    "edition": _adding("editions", fold=True),
    "section": _adding("sections"),
    "author": _adding("authors"),
    "tag": _adding("tags"),
    "lang": _adding("languages", fold=True),
    "language": _adding("languages", fold=True),
    "after": _since,
    "since": _since,
    "before": _until,
    "until": _until,
    "is": _is,
}
