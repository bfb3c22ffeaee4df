"""In which articles do words occur? The clauses for FTS5 and tsvector, whose indexes triggers keep (migration 0005)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, column, text
from sqlalchemy.orm import Session

from crawler.storage.dialect import is_postgresql
from crawler.storage.question import Question, Term
from crawler.storage.tables import ArticleRow
from crawler.storage.word_forms import STAR, forms

Asked = Select[*tuple[Any, ...]]

# The plus keeps SQLite from fetching each match by its number and sorting them all: it goes through the index of lists,
# newest first, and stops at a page's end. 20 ms instead of 250 for a word in 80,000 of 100,000 articles.
_SQLITE = "+articles.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :words)"
# One look into each of the two indexes, which answer by themselves. No article is in both.
_POSTGRESQL = """
    SELECT article_id FROM article_search WHERE is_stemmed AND vector @@ ({stemmed})
    UNION ALL SELECT article_id FROM article_search WHERE NOT is_stemmed AND vector @@ to_tsquery('simple', :forms)
"""
_ONE_BY_ONE = """(
    SELECT vector @@ CASE WHEN is_stemmed THEN {stemmed} ELSE to_tsquery('simple', :forms) END
    FROM article_search WHERE article_id = newest.id
)"""
_SQLITE_SCORES = """
    SELECT rowid, -bm25(article_search, {weights}) FROM article_search
    WHERE article_search MATCH :words AND rowid BETWEEN :first AND :last
"""
_POSTGRESQL_SCORES = """
    SELECT article_id, ts_rank_cd('{{{weights}}}', vector,
                                  CASE WHEN is_stemmed THEN {stemmed} ELSE to_tsquery('simple', :forms) END, 1)
    FROM article_search WHERE article_id = ANY(:ids)
"""
# What a word counts in headline, lead and body: a story is about what its headline says.
_HEADLINE, _LEAD, _BODY = 8.0, 3.0, 1.0

# Words of which the stemmer leaves a vowel: in texts and questions they get a sign at their end (migration 0009).
_WHOLE = re.compile("^[аеиоуыэюя][аеийоуыьюя]$")


def with_words(session: Session, asked: Asked, question: Question) -> Asked:
    """The same statement about `articles`, of those in which the words of a question occur."""
    if not is_postgresql(session):
        return asked.where(_clause(_SQLITE, {"words": fts5(question)}))
    stemmed, values = _tsqueries(question)
    found = text(_POSTGRESQL.format(stemmed=stemmed)).bindparams(**values).columns(column("article_id", BigInteger))
    matched = found.subquery("matched")
    return asked.join(matched, matched.c.article_id == ArticleRow.id)


@contextmanager
def by_index(session: Session) -> Iterator[None]:
    """Lets PostgreSQL look for words in their indexes only.

    It takes a look at a row of `article_search` for cheap, not knowing that the vector is stored apart and compressed,
    and reads all of them for a common word: seconds instead of 0.1.
    """
    if not is_postgresql(session):
        yield
        return
    session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    session.execute(text("SET LOCAL enable_seqscan = on"))


def occur_in_newest(question: Question) -> ColumnElement[bool]:
    """That they occur, for PostgreSQL, as a look at each row of a subquery `newest` in turn."""
    stemmed, values = _tsqueries(question)
    return _clause(_ONE_BY_ONE.format(stemmed=stemmed), values)


def scores(session: Session, question: Question, ids: list[int]) -> dict[int, float]:
    """How well articles in which the words occur fit them: the more the better, headline and lead before body."""
    if not ids:
        return {}
    if is_postgresql(session):
        stemmed, values = _tsqueries(question)
        # D is the body, A the headline, B the lead; of no use is C.
        weights = ", ".join(str(weight / _HEADLINE) for weight in (_BODY, _BODY, _LEAD, _HEADLINE))
        asked = text(_POSTGRESQL_SCORES.format(stemmed=stemmed, weights=weights))
        return {row[0]: row[1] for row in session.execute(asked, values | {"ids": ids})}
    wanted = set(ids)
    asked = text(_SQLITE_SCORES.format(weights=f"{_HEADLINE}, {_LEAD}, {_BODY}"))
    rows = session.execute(asked, {"words": fts5(question), "first": min(ids), "last": max(ids)})
    return {number: score for number, score in rows if number in wanted}


def _clause(written: str, values: dict[str, Any]) -> ColumnElement[bool]:
    return text(written).bindparams(**values)  # type: ignore[return-value]


# --- The languages of the two indexes ---------------------------------------------------------------------------------
def fts5(question: Question) -> str:
    """The question in FTS5's language. Nothing of it comes from outside but words."""
    wanted = " AND ".join(f"({' OR '.join(map(_fts5_term, group))})" for group in question.all_of)
    if not question.none_of:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(map(_fts5_term, question.none_of))})"


def _fts5_term(term: Term) -> str:
    if term.is_phrase:
        return f'"{" ".join(term.words)}"'
    return f"({' AND '.join(map(_fts5_word, term.words))})"


def _fts5_word(word: str) -> str:
    exact, beginnings, _ = forms(word)
    return "(" + " OR ".join([*map('"{}"'.format, exact), *map('"{}" *'.format, beginnings)]) + ")"


def _tsqueries(question: Question) -> tuple[str, dict[str, Any]]:
    """The question to stemmed texts, made by functions that take no word for an operator; all that it is asked with.

    By stem and by beginning: the stemmer knows people's plural, and makes two words of a country and its genitive.
    """
    values: dict[str, Any] = {"forms": _forms(question)}

    def given(value: str) -> str:
        name = f"words{len(values)}"
        values[name] = value
        return f":{name}"

    def of_word(word: str) -> str:
        _, beginnings, stems = forms(word)
        asked = (word.removesuffix(STAR), *stems)
        stemmed = f"to_tsquery('crawler_words', {given(' | '.join(map(_whole, asked)))})"
        if not beginnings:
            return stemmed
        return f"({stemmed} || to_tsquery('simple', {given(' | '.join(map('{}:*'.format, beginnings)))}))"

    def of_term(term: Term) -> str:
        if term.is_phrase:
            return f"phraseto_tsquery('crawler_words', {given(' '.join(map(_whole, term.words)))})"
        return f"({' && '.join(map(of_word, term.words))})"

    wanted = " && ".join(f"({' || '.join(map(of_term, group))})" for group in question.all_of)
    return " && ".join((wanted, *(f"!!{of_term(term)}" for term in question.none_of))), values


def _whole(word: str) -> str:
    return _WHOLE.sub(r"\g<0>ъ", word)


def _forms(question: Question) -> str:
    """The question to the other texts; the words of a phrase one after the other."""
    wanted = " & ".join(f"({' | '.join(map(_forms_of_term, group))})" for group in question.all_of)
    return " & ".join((wanted, *(f"!{_forms_of_term(term)}" for term in question.none_of)))


def _forms_of_term(term: Term) -> str:
    if term.is_phrase:
        return f"({' <-> '.join(term.words)})"
    of_each = (" | ".join([*exact, *map("{}:*".format, beginnings)]) for exact, beginnings, _ in map(forms, term.words))
    return f"({' & '.join(map('({})'.format, of_each))})"
