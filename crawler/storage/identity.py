"""Which stored article is this one? Looks up many readings at once; judges no text, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from crawler.articles.article import Article
from crawler.articles.urls import same_address, url_hash
from crawler.duplicates.sketch import Fingerprint
from crawler.storage.tables import ArticleRow, LinkRow, TombstoneRow


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An article as a run has read it."""

    article: Article
    source_id: str
    edition: str
    content_hash: bytes
    """16 bytes over headline, lead and body (`duplicates.fingerprint`)."""
    link_id: int | None = None
    """The link that led to it. None when nobody discovered it."""
    site_key: str | None = None
    """Host and the site's own id; None unless that id alone names an article there."""
    fingerprint: Fingerprint | None = None
    """The marks of its text, made before the transaction begins. None: they are made inside it."""
    revisit: tuple[timedelta, ...] = ()
    """Ages at which it is looked at again."""

    @cached_property
    def url_hash(self) -> int:
        """Hash of the canonical address."""
        return url_hash(self.article.canonical_url)


@dataclass(frozen=True, slots=True)
class Twin:
    """An article with the same text, letter for letter, at another address: the first that was stored."""

    article_id: int
    canonical_url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the database knows of one reading."""

    row: ArticleRow | None
    """The same article, locked until the end of the transaction. None when it is not stored."""
    twin: Twin | None
    is_erased: bool


def look_up(session: Session, readings: Mapping[int, Reading]) -> dict[int, Found]:
    """Find what is stored of each reading, by the order of identity: site key, canonical address, alias, link."""
    rows = _Rows(session, readings)
    # After the rows, whose locks wait for an erasure that is going on.
    erased = _erased(session, readings)
    twins = _twins(session, readings)
    found = {}
    for index, reading in readings.items():
        row = rows.of(reading)
        twin = twins.get(reading.content_hash)
        is_itself = twin is not None and row is not None and twin.article_id == row.id
        found[index] = Found(row, None if is_itself else twin, index in erased)
    return found


class _Rows:
    """The stored articles that any of the readings may be."""

    def __init__(self, session: Session, readings: Mapping[int, Reading]) -> None:
        hashes = [reading.url_hash for reading in readings.values()]
        keys = [reading.site_key for reading in readings.values() if reading.site_key]
        link_ids = [reading.link_id for reading in readings.values() if reading.link_id is not None]
        asked = select(LinkRow.id, LinkRow.url_hash, LinkRow.canonical_url, LinkRow.article_id).where(
            LinkRow.article_id.is_not(None), or_(LinkRow.url_hash.in_(hashes), LinkRow.id.in_(link_ids))
        )
        self._article_of_link: dict[int, int] = {}
        self._article_of_alias: dict[int, tuple[str, int]] = {}
        for link_id, key, address, article_id in session.execute(asked):
            assert article_id is not None
            self._article_of_link[link_id] = article_id
            self._article_of_alias[key] = (address, article_id)
        rows = session.scalars(
            select(ArticleRow)
            .where(
                or_(
                    ArticleRow.url_hash.in_(hashes),
                    ArticleRow.site_key.in_(keys),
                    ArticleRow.id.in_(self._article_of_link.values()),
                )
            )
            # Everyone locks in the same order, so that two batches cannot wait for each other.
            .order_by(ArticleRow.url_hash)
            # Leaves others free to refer to these rows (a cluster's member), who may be whom we wait for next.
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()
        self._by_id = {row.id: row for row in rows}
        self._by_hash = {row.url_hash: row for row in rows}
        self._by_key = {row.site_key: row for row in rows if row.site_key}

    def of(self, reading: Reading) -> ArticleRow | None:
        if reading.site_key in self._by_key:
            return self._by_key[reading.site_key]
        address = reading.article.canonical_url
        row = self._by_hash.get(reading.url_hash)
        if row is not None and same_address(row.canonical_url, address):
            return row
        alias, article_id = self._article_of_alias.get(reading.url_hash, ("", 0))
        if article_id and same_address(alias, address):
            return self._by_id.get(article_id)
        return self._by_id.get(self._article_of_link.get(reading.link_id or 0, 0))


def _erased(session: Session, readings: Mapping[int, Reading]) -> set[int]:
    hashes = [reading.url_hash for reading in readings.values()]
    keys = [reading.site_key for reading in readings.values() if reading.site_key]
    link_ids = [reading.link_id for reading in readings.values() if reading.link_id is not None]
    stones = session.execute(
        select(TombstoneRow.canonical_url, TombstoneRow.site_key).where(
            or_(TombstoneRow.url_hash.in_(hashes), TombstoneRow.site_key.in_(keys))
        )
    ).all()
    # Every address that pointed at an erased article is a tombstone, too.
    asked = select(LinkRow.id, LinkRow.canonical_url).where(
        LinkRow.reason == ERASED, or_(LinkRow.url_hash.in_(hashes), LinkRow.id.in_(link_ids))
    )
    links = session.execute(asked).all()
    return {
        index
        for index, reading in readings.items()
        if any(
            (stone.site_key is not None and stone.site_key == reading.site_key)
            or same_address(stone.canonical_url, reading.article.canonical_url)
            for stone in stones
        )
        or any(
            link.id == reading.link_id or same_address(link.canonical_url, reading.article.canonical_url)
            for link in links
        )
    }


def _twins(session: Session, readings: Mapping[int, Reading]) -> dict[bytes, Twin]:
    first = (
        select(func.min(ArticleRow.id))
        .where(ArticleRow.content_hash.in_({reading.content_hash for reading in readings.values()}))
        .group_by(ArticleRow.content_hash)
    )
    asked = select(ArticleRow.content_hash, ArticleRow.id, ArticleRow.canonical_url).where(ArticleRow.id.in_(first))
    return {content_hash: Twin(article_id, url) for content_hash, article_id, url in session.execute(asked)}


ERASED = "erased"
"""Reason of links that pointed at an article that was erased."""
