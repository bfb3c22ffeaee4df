"""Finds articles by words, newest first. The index is kept by triggers (migration 0002); ranks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from crawler.storage.articles import Filter, Position, newest_first
from crawler.storage.tables import ArticleRow

_PART = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")

# Endings of one letter, as most four-letter forms of Russian nouns have: годы, суда, соль.
_ENDINGS = frozenset("аеёийоуыьэюяәіөүұ")

# Endings of three letters, of which a rule of two would leave a half: Russian cases, Kazakh plurals and cases, English.
_LONG_ENDINGS = (
    *("ами", "ями", "ого", "его", "ому", "ему", "ыми", "ими"),
    *("лар", "лер", "дар", "дер", "тар", "тер", "ның", "нің", "дың", "дің", "тың", "тің"),
    *("ing", "ies"),
)

_SQLITE = "articles.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :words)"
_POSTGRESQL = """articles.id IN (
    SELECT article_id FROM article_search
    WHERE (is_stemmed AND vector @@ ({stemmed})) OR (NOT is_stemmed AND vector @@ to_tsquery('simple', :prefixes))
)"""


def search(
    session: Session, words: str, wanted: Filter | None = None, *, before: Position | None = None, limit: int = 50
) -> Sequence[ArticleRow]:
    """Articles in which all `words` occur, in whatever form; "words in quotes" stand one after the other as given.

    SQLite has no stemmer for Russian or Kazakh: a word is looked for without its ending, which finds all its forms and
    some words that begin alike. PostgreSQL stems Russian and English, and does so for the other languages.
    No article when there is no word in `words`.
    """
    if not _WORD.search(words):
        return []
    return session.scalars(newest_first(wanted or Filter(), before, limit).where(_matches(session, words))).all()


def _matches(session: Session, words: str) -> ColumnElement[bool]:
    if session.get_bind().dialect.name != "postgresql":
        return text(_SQLITE).bindparams(words=_fts5(words))  # type: ignore[return-value]
    # One function for words, one for phrases, which both take no word for an operator.
    values = {"prefixes": _tsquery(words)}
    stemmed = []
    for number, (part, quoted) in enumerate(_parts(words)):
        values[f"part{number}"] = " ".join(part)
        stemmed.append(f"{'phraseto' if quoted else 'plainto'}_tsquery('russian', :part{number})")
    clause = text(_POSTGRESQL.format(stemmed=" && ".join(stemmed)))
    return clause.bindparams(**values)  # type: ignore[return-value]


def _parts(words: str) -> Iterator[tuple[list[str], bool]]:
    """Each word, or each phrase in quotes, as its bare words."""
    for phrase, word in _PART.findall(words):
        if bare := _WORD.findall(phrase or word):
            yield bare, bool(phrase)


def _fts5(words: str) -> str:
    """The question in FTS5's language. Nothing of it comes from outside but words."""
    terms = []
    for part, quoted in _parts(words):
        if quoted:
            terms.append(f'"{" ".join(part)}"')
            continue
        for word in part:
            spellings = dict.fromkeys((word, word.replace("ё", "е").replace("Ё", "Е")))
            terms.append("(" + " OR ".join(_prefix(spelling, '"{}"', '"{}" *') for spelling in spellings) + ")")
    return " AND ".join(terms)


def _tsquery(words: str) -> str:
    """The question in PostgreSQL's language, by prefixes; the words of a phrase one after the other."""
    terms = []
    for part, quoted in _parts(words):
        if quoted:
            terms.append("(" + " <-> ".join(part) + ")")
        else:
            terms.extend(_prefix(word, "{}", "{}:*") for word in part)
    return " & ".join(terms)


def _prefix(word: str, whole: str, beginning: str) -> str:
    """A word without its ending; a short one, or one with a digit, as it is.

    Measured: two letters less finds 654 articles where the bare word finds 155 and a stemmer 573.
    """
    if len(word) < 3 or any(letter.isdigit() for letter in word):
        return whole.format(word)
    return beginning.format(word[: len(word) - _ending(word.lower())])


def _ending(word: str) -> int:
    """How many letters of a word are taken for its ending."""
    if len(word) > 5:
        return 3 if word.endswith(_LONG_ENDINGS) else 2
    return 1 if len(word) == 5 or (len(word) == 4 and word[-1] in _ENDINGS) else 0
