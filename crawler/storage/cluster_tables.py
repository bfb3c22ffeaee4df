"""The tables of near-duplicates: marks of texts, their index, stories that stand at several addresses. Asks nothing.

Every column is explained in docs/data-model.md. Imported by tables.py, which is where others take them from.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crawler.storage.columns import Base, Key


def _article_id() -> Mapped[int]:
    return mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class FingerprintRow(Base):
    """The marks by which an article's current text is known again; there as long as its postings are."""

    __tablename__ = "fingerprints"

    article_id: Mapped[int] = _article_id()
    version: Mapped[int]
    day: Mapped[int] = mapped_column(index=True)
    sketch: Mapped[bytes | None]
    facts: Mapped[bytes]


class PostingRow(Base):
    """One hash of a sketch: the index of near-duplicates.

    Without a foreign key: it would need an index of its own by article, as large as the table. Whoever removes an
    article takes its postings by its sketch.
    """

    __tablename__ = "postings"

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # Second, so that one hash's postings within the window lie together.
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)

    __table_args__ = ({"sqlite_with_rowid": False},)


class ClusterRow(Base):
    """One story that stands at several addresses."""

    __tablename__ = "clusters"

    id: Mapped[Key]
    original_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]


class MemberRow(Base):
    """An article of a cluster, and by which other article it came in."""

    __tablename__ = "cluster_members"

    article_id: Mapped[int] = _article_id()
    cluster_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("clusters.id", ondelete="CASCADE"), index=True)
    similarity: Mapped[float | None]
    matched_article_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    method_version: Mapped[int]
    joined_at: Mapped[datetime]
