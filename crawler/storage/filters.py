"""Which articles are asked for: by their fields, dates and place in a story. Words are matching.py's part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.errors import QueryError
from crawler.storage.dialect import is_postgresql
from crawler.storage.tables import ArticleRow, AuthorRow, ClusterRow, MemberRow, TagRow


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles are asked for. All parts must hold; of several values of one part any will do; empty means any.

    Raises:
        QueryError: a text holds what no text can hold.
    """

    words: str = ""
    """Words that must occur, as a person types them: see `question.read`."""
    sources: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    """As printed, like authors and tags."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    """Aware. Published (else first seen) at or after this moment."""
    until: datetime | None = None
    """Aware. Published (else first seen) before this moment."""
    has_revisions: bool | None = None
    """Whether the text was ever replaced by another one; None: either."""
    originals_only: bool = False
    """Of each story only the article that told it first."""
    is_gone: bool | None = None
    """Whether the site has taken the page away; None: either."""

    def __post_init__(self) -> None:
        texts = (self.words, *self.sources, *self.editions, *self.sections, *self.authors, *self.tags, *self.languages)
        for text in texts:
            # A NUL, or half of a pair of UTF-16: no stored text has one, and PostgreSQL refuses to be asked.
            if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
                raise QueryError("there is a sign in it that no text has", query=repr(text))

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """The same as clauses on `articles`, words left out."""
        # As in matching.py: SQLite shall go through the index of lists, not fetch each article of a common tag.
        number = ArticleRow.id if is_postgresql(session) else literal_column("+articles.id")
        equal = (
            (ArticleRow.source_id, self.sources),
            (ArticleRow.edition, self.editions),
            (ArticleRow.section, self.sections),
            (ArticleRow.language, self.languages),
        )
        clauses: list[ColumnElement[bool]] = [_one_of(column, values) for column, values in equal if values]
        if self.authors:
            clauses.append(number.in_(select(AuthorRow.article_id).where(_one_of(AuthorRow.name, self.authors))))
        if self.tags:
            clauses.append(number.in_(select(TagRow.article_id).where(_one_of(TagRow.tag, self.tags))))
        if self.since is not None:
            clauses.append(ArticleRow.listed_at >= self.since)
        if self.until is not None:
            clauses.append(ArticleRow.listed_at < self.until)
        if self.has_revisions is not None:
            clauses.append(ArticleRow.revision > 1 if self.has_revisions else ArticleRow.revision == 1)
        if self.is_gone is not None:
            clauses.append(ArticleRow.gone_at.is_not(None) if self.is_gone else ArticleRow.gone_at.is_(None))
        if self.originals_only:
            clauses.append(~_is_copy())
        return clauses


def _one_of(column: InstrumentedAttribute[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    """Equality with a single value lets an index give the order, too; a list of one does not."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def _is_copy() -> ColumnElement[bool]:
    return exists().where(
        MemberRow.article_id == ArticleRow.id,
        ClusterRow.id == MemberRow.cluster_id,
        ClusterRow.original_id != ArticleRow.id,
    )
