"""In which articles do words occur? The clauses for FTS5 and tsvector, whose indexes triggers keep (migration 0005)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from crawler.storage.question import Question, Term
from crawler.storage.sets import is_postgresql
from crawler.storage.word_forms import beginning

# The plus keeps SQLite from fetching each match by its number and sorting them all: it goes through the index of lists,
# newest first, and stops at a page's end. 20 ms instead of 250 for a word in 80,000 of 100,000 articles.
_SQLITE = "+articles.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :words)"
# One look into each of the two indexes, which answer by themselves.
_POSTGRESQL = """articles.id IN (
    SELECT article_id FROM article_search WHERE is_stemmed AND vector @@ ({stemmed})
    UNION ALL SELECT article_id FROM article_search WHERE NOT is_stemmed AND vector @@ to_tsquery('simple', :prefixes)
)"""
_ONE_BY_ONE = """(
    SELECT vector @@ CASE WHEN is_stemmed THEN {stemmed} ELSE to_tsquery('simple', :prefixes) END
    FROM article_search WHERE article_id = newest.id
)"""
_SQLITE_SCORES = """
    SELECT rowid, -bm25(article_search, {weights}) FROM article_search
    WHERE article_search MATCH :words AND rowid BETWEEN :first AND :last
"""
_POSTGRESQL_SCORES = """
    SELECT article_id, ts_rank_cd('{{{weights}}}', vector,
                                  CASE WHEN is_stemmed THEN {stemmed} ELSE to_tsquery('simple', :prefixes) END, 1)
    FROM article_search WHERE article_id = ANY(:ids)
"""
# What a word counts in headline, lead and body: a story is about what its headline says.
_HEADLINE, _LEAD, _BODY = 8.0, 3.0, 1.0


def occur(session: Session, question: Question) -> ColumnElement[bool]:
    """That the words of a question occur, as a clause on `articles`."""
    if not is_postgresql(session):
        return _clause(_SQLITE, {"words": fts5(question)})
    stemmed, values = _tsqueries(question)
    return _clause(_POSTGRESQL.format(stemmed=stemmed), values)


def occur_in_newest(question: Question) -> ColumnElement[bool]:
    """The same of PostgreSQL, as a look at each row of a subquery `newest` in turn."""
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
    parts = (f'"{start}" *' if is_open else f'"{start}"' for start, is_open in map(beginning, term.words))
    return f"({' AND '.join(parts)})"


def _tsqueries(question: Question) -> tuple[str, dict[str, Any]]:
    """The question to stemmed texts, made by functions that take no word for an operator; all that it is asked with."""
    values: dict[str, Any] = {"prefixes": _prefixes(question)}

    def call(term: Term) -> str:
        name = f"term{len(values)}"
        values[name] = " ".join(term.words)
        return f"{'phraseto' if term.is_phrase else 'plainto'}_tsquery('crawler_words', :{name})"

    wanted = " && ".join(f"({' || '.join(map(call, group))})" for group in question.all_of)
    return " && ".join((wanted, *(f"!!{call(term)}" for term in question.none_of))), values


def _prefixes(question: Question) -> str:
    """The question to the other texts, by beginnings of words; the words of a phrase one after the other."""
    wanted = " & ".join(f"({' | '.join(map(_prefix_term, group))})" for group in question.all_of)
    return " & ".join((wanted, *(f"!{_prefix_term(term)}" for term in question.none_of)))


def _prefix_term(term: Term) -> str:
    if term.is_phrase:
        return f"({' <-> '.join(term.words)})"
    return f"({' & '.join(start + ':*' * is_open for start, is_open in map(beginning, term.words))})"
