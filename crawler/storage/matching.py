"""In which articles do words occur? The clauses for FTS5 and tsvector. The index is kept by triggers (migrations)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from crawler.storage.question import Question, Term
from crawler.storage.word_forms import beginning

_SQLITE = "articles.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :words)"
_POSTGRESQL = """articles.id IN (
    SELECT article_id FROM article_search
    WHERE (is_stemmed AND vector @@ ({stemmed})) OR (NOT is_stemmed AND vector @@ to_tsquery('simple', :prefixes))
)"""


def matches(session: Session, question: Question) -> ColumnElement[bool]:
    """That all words of a question occur, as a clause on `articles`."""
    if session.get_bind().dialect.name != "postgresql":
        return text(_SQLITE).bindparams(words=fts5(question))  # type: ignore[return-value]
    stemmed, values = _stemmed(question)
    clause = text(_POSTGRESQL.format(stemmed=stemmed))
    return clause.bindparams(**values, prefixes=_tsquery(question))  # type: ignore[return-value]


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


def _tsquery(question: Question) -> str:
    """The question in PostgreSQL's language, by prefixes; the words of a phrase one after the other."""
    wanted = " & ".join(f"({' | '.join(map(_tsquery_term, group))})" for group in question.all_of)
    return " & ".join((wanted, *(f"!{_tsquery_term(term)}" for term in question.none_of)))


def _tsquery_term(term: Term) -> str:
    if term.is_phrase:
        return f"({' <-> '.join(term.words)})"
    return f"({' & '.join(start + ':*' * is_open for start, is_open in map(beginning, term.words))})"


def _stemmed(question: Question) -> tuple[str, dict[str, str]]:
    """The question by functions that take no word for an operator, and their arguments."""
    values: dict[str, str] = {}

    def call(term: Term) -> str:
        name = f"term{len(values)}"
        values[name] = " ".join(term.words)
        return f"{'phraseto' if term.is_phrase else 'plainto'}_tsquery('russian', :{name})"

    wanted = " && ".join(f"({' || '.join(map(call, group))})" for group in question.all_of)
    return " && ".join((wanted, *(f"!!{call(term)}" for term in question.none_of))), values
