"""The tables of what was found: articles, their parts and past texts, links, feeds, hosts. Asks and writes nothing.

Every column is explained in docs/data-model.md. The tables of what was done (schedules, runs, logs) stand in
run_tables.py, those of near-duplicates in cluster_tables.py, that of tokens in token_tables.py; all are imported from
here.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crawler.articles.article import Origin, Precision
from crawler.storage.cluster_tables import ClusterRow, FingerprintRow, MemberRow, PostingRow
from crawler.storage.columns import Base, Count, Hash, Key, UtcDateTime, Word, one_of
from crawler.storage.run_tables import (
    AttemptRow,
    CoverageRow,
    ErrorRow,
    FetchRow,
    LogRow,
    OccurrenceRow,
    RunKind,
    RunRow,
    RunState,
    ScheduleRow,
    SchedulerRow,
)
from crawler.storage.token_tables import Rights, TokenRow

__all__ = [
    "ArticleRow",
    "AttemptRow",
    "AuthorRow",
    "Base",
    "ClusterRow",
    "CoverageRow",
    "ErrorRow",
    "FeedRow",
    "FetchRow",
    "FingerprintRow",
    "HostRow",
    "ImageRow",
    "LinkRow",
    "LinkState",
    "LogRow",
    "MemberRow",
    "OccurrenceRow",
    "PostingRow",
    "RelationKind",
    "RelationRow",
    "RevisionKind",
    "RevisionRow",
    "Rights",
    "RunKind",
    "RunRow",
    "RunState",
    "ScheduleRow",
    "SchedulerRow",
    "TagRow",
    "TokenRow",
    "TombstoneRow",
    "UtcDateTime",
]


class LinkState(StrEnum):
    """Where a link stands. All but `pending` are ends."""

    PENDING = "pending"
    STORED = "stored"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    FAILED = "failed"
    GONE = "gone"


class RevisionKind(StrEnum):
    """Why a text was superseded: the site edited it, or a newer extractor reads the same page differently."""

    EDIT = "edit"
    REEXTRACTED = "reextracted"


class RelationKind(StrEnum):
    """How an article points at another address."""

    TRANSLATION = "translation"
    RELATED = "related"
    CONTAINS = "contains"
    DUPLICATE = "duplicate"
    """The same text, letter for letter, was already stored from that address."""


def _run_id() -> Mapped[int | None]:
    return mapped_column(BigInteger, ForeignKey("runs.id", ondelete="SET NULL"), index=True)


def _article_id() -> Mapped[int]:
    return mapped_column(BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)


class ArticleRow(Base):
    """The current text of one story at one address."""

    __tablename__ = "articles"

    id: Mapped[Key]
    source_id: Mapped[str]
    edition: Mapped[str]
    url: Mapped[str]
    canonical_url: Mapped[str]
    declared_canonical_url: Mapped[str | None]
    url_hash: Mapped[Hash] = mapped_column(unique=True)
    site_article_id: Mapped[str | None]
    site_key: Mapped[str | None] = mapped_column(unique=True)
    headline: Mapped[str | None]
    lead: Mapped[str | None]
    lead_on_page: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    body: Mapped[str]
    language: Mapped[str | None]
    section: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_raw: Mapped[str | None]
    published_origin: Mapped[Origin | None] = mapped_column(Word(Origin))
    published_precision: Mapped[Precision | None] = mapped_column(Word(Precision))
    modified_at: Mapped[datetime | None]
    listed_at: Mapped[datetime]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    revisit_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    word_count: Mapped[int]
    is_accessible_for_free: Mapped[bool | None]
    content_hash: Mapped[bytes]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    origins: Mapped[dict[str, Any]]
    layout: Mapped[str | None]
    confidence: Mapped[float | None]
    extractor_version: Mapped[str]
    run_id: Mapped[int | None] = _run_id()

    __table_args__ = (
        # "The newest", overall and of one source; the id breaks ties, so that pages never overlap. The first has all
        # that lists filter by: whoever looks for a rare section must not read the texts of all articles.
        Index(
            "ix_articles_lists",
            *("listed_at", "id", "source_id", "edition", "language", "section", "revision", "gone_at"),
        ),
        Index(None, "source_id", "listed_at", "id"),
        Index(None, "first_seen_at", "id"),
        # How many came when: counted without a look at the articles. By `listed_at` a backfill's are told.
        Index(None, "source_id", "first_seen_at", "listed_at"),
        Index(None, "content_hash"),
        Index(
            "ix_articles_revisit_at",
            "revisit_at",
            sqlite_where=text("revisit_at IS NOT NULL"),
            postgresql_where=text("revisit_at IS NOT NULL"),
        ),
        # Editions of one source may share ids: translations of one story (storage/translations.py).
        Index(
            "ix_articles_site_article_id",
            *("site_article_id", "source_id"),
            sqlite_where=text("site_article_id IS NOT NULL"),
            postgresql_where=text("site_article_id IS NOT NULL"),
        ),
        # An erased article's number must never come back as another story's.
        {"sqlite_autoincrement": True},
    )


class AuthorRow(Base):
    """One author of an article, in the page's order."""

    __tablename__ = "article_authors"

    article_id: Mapped[int] = _article_id()
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class TagRow(Base):
    """One tag of an article, in the page's order."""

    __tablename__ = "article_tags"

    article_id: Mapped[int] = _article_id()
    position: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(index=True)


class ImageRow(Base):
    """One photo of an article, in the page's order."""

    __tablename__ = "article_images"

    article_id: Mapped[int] = _article_id()
    position: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    caption: Mapped[str | None]
    credit: Mapped[str | None]


class RelationRow(Base):
    """An article points at another address; whether that address is stored is a join by its hash."""

    __tablename__ = "article_relations"

    article_id: Mapped[int] = _article_id()
    kind: Mapped[RelationKind] = mapped_column(Word(RelationKind), primary_key=True)
    url_hash: Mapped[Hash] = mapped_column(primary_key=True, index=True, autoincrement=False)
    url: Mapped[str]
    language: Mapped[str | None]

    __table_args__ = (one_of("kind", RelationKind),)


class RevisionRow(Base):
    """A text that was superseded; the current one is in `articles`."""

    __tablename__ = "revisions"

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("articles.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[RevisionKind] = mapped_column(Word(RevisionKind))
    changed_fields: Mapped[list[str]]
    headline: Mapped[str | None]
    lead: Mapped[str | None]
    body: Mapped[str]
    published_at: Mapped[datetime | None]
    modified_at: Mapped[datetime | None]
    authors: Mapped[list[str]]
    tags: Mapped[list[str]]
    images: Mapped[list[dict[str, Any]]]
    content_hash: Mapped[bytes]
    extractor_version: Mapped[str]
    seen_at: Mapped[datetime]
    superseded_at: Mapped[datetime]
    run_id: Mapped[int | None] = _run_id()

    __table_args__ = (UniqueConstraint("article_id", "number"), one_of("kind", RevisionKind))


class TombstoneRow(Base):
    """An article that was erased on purpose: its text is gone, its address is never stored again."""

    __tablename__ = "tombstones"

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    source_id: Mapped[str]
    url_hash: Mapped[Hash] = mapped_column(unique=True)
    canonical_url: Mapped[str]
    site_key: Mapped[str | None] = mapped_column(unique=True)
    erased_at: Mapped[datetime]
    reason: Mapped[str]


class LinkRow(Base):
    """An address of an article as discovered, and what became of it; several may point at one article."""

    __tablename__ = "links"

    id: Mapped[Key]
    url_hash: Mapped[Hash] = mapped_column(unique=True)
    url: Mapped[str]
    canonical_url: Mapped[str]
    source_id: Mapped[str]
    edition: Mapped[str]
    discovered_via: Mapped[str]
    via_url: Mapped[str | None]
    discovered_at: Mapped[datetime]
    published_hint: Mapped[datetime | None]
    title: Mapped[str | None]
    state: Mapped[LinkState] = mapped_column(Word(LinkState), default=LinkState.PENDING, server_default="pending")
    reason: Mapped[str | None]
    attempts: Mapped[Count]
    next_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = _run_id()
    article_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (
        one_of("state", LinkState),
        Index(None, "source_id", "state"),
        # What a run takes first; the pending are few, the ended many.
        Index(
            "ix_links_pending",
            "source_id",
            "next_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )


class FeedRow(Base):
    """One page of discovery (feed, sitemap, listing) and what is known of it from the last visit."""

    __tablename__ = "feeds"

    id: Mapped[Key]
    source_id: Mapped[str]
    url: Mapped[str]
    kind: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[bytes | None]
    failures: Mapped[float] = mapped_column(default=0.0, server_default="0")
    last_error: Mapped[str | None]
    interval_s: Mapped[int | None]
    next_poll_at: Mapped[datetime | None]
    last_polled_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("source_id", "url"),)


class HostRow(Base):
    """Politeness towards one host: it survives the process and is shared by all runs."""

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    robots_text: Mapped[str | None]
    robots_status: Mapped[int | None]
    robots_fetched_at: Mapped[datetime | None]
    delay_s: Mapped[float | None]
    blocked_until: Mapped[datetime | None]
    blocked_reason: Mapped[str | None]
    failures: Mapped[Count]
    last_failure_at: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    lease_run_id: Mapped[int | None] = mapped_column(BigInteger)
    leased_until: Mapped[datetime | None]
