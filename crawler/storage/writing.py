"""Writes articles: a new one, a superseded text, fresher facts about a known text. Decides no verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from crawler.articles.article import Article, Image
from crawler.articles.text import word_count
from crawler.articles.urls import canonicalise_url, url_hash
from crawler.errors import UrlError
from crawler.storage.identity import Reading, Twin
from crawler.storage.revisits import next_look
from crawler.storage.tables import (
    ArticleRow,
    AuthorRow,
    ImageRow,
    RelationKind,
    RelationRow,
    RevisionKind,
    RevisionRow,
    TagRow,
)
from crawler.storage.upsert import insert

# Superseded texts of an article that are kept of one day: one an hour. A page with a clock in its text has more.
MOST_REVISIONS = 24

# The fields whose change makes a text another one, then those that may change with it.
_TEXT = ("headline", "lead", "body")
_FACTS = ("section", "published_at", "modified_at")


@dataclass(frozen=True, slots=True)
class Parts:
    """What hangs on an article, in the page's order."""

    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()


def load_parts(session: Session, article_ids: Sequence[int]) -> dict[int, Parts]:
    """The authors, tags and images of each article."""
    authors: dict[int, list[str]] = {article_id: [] for article_id in article_ids}
    tags: dict[int, list[str]] = {article_id: [] for article_id in article_ids}
    images: dict[int, list[Image]] = {article_id: [] for article_id in article_ids}
    for author in session.scalars(_in_order(AuthorRow, article_ids)):
        authors[author.article_id].append(author.name)
    for tag in session.scalars(_in_order(TagRow, article_ids)):
        tags[tag.article_id].append(tag.tag)
    for image in session.scalars(_in_order(ImageRow, article_ids)):
        images[image.article_id].append(Image(image.url, image.caption, image.credit))
    return {i: Parts(tuple(authors[i]), tuple(tags[i]), tuple(images[i])) for i in article_ids}


def _in_order(table: Any, article_ids: Sequence[int]) -> Any:
    return select(table).where(table.article_id.in_(article_ids)).order_by(table.article_id, table.position)


def insert_new(
    session: Session, readings: Sequence[tuple[Reading, Twin | None]], *, run_id: int | None, now: datetime
) -> dict[int, int]:
    """Insert articles; return address hash -> number of those that were not there. Who comes second has lost."""
    if not readings:
        return {}
    # Everyone inserts in the same order, so that two batches cannot wait for each other.
    rows = [
        _values(reading, now)
        | {"url_hash": reading.url_hash, "first_seen_at": now, "run_id": run_id}
        | {"listed_at": (listed_at := _listed_at(reading.article, now))}
        | {"revisit_at": next_look(reading.revisit, told_at=listed_at, now=now)}
        for reading, _ in sorted(readings, key=lambda pair: pair[0].url_hash)
    ]
    statement = insert(session, ArticleRow).on_conflict_do_nothing().returning(ArticleRow.url_hash, ArticleRow.id)
    ids = dict(session.execute(statement, rows).all())
    written = {ids[reading.url_hash]: (reading, twin) for reading, twin in readings if reading.url_hash in ids}
    _insert_parts(session, {article_id: reading.article for article_id, (reading, _) in written.items()})
    _insert_relations(session, {i: (reading.article, twin) for i, (reading, twin) in written.items()})
    return ids


def revise(
    session: Session,
    row: ArticleRow,
    parts: Parts,
    reading: Reading,
    twin: Twin | None,
    *,
    run_id: int | None,
    now: datetime,
) -> None:
    """Put another text in the place of the current one, which becomes a revision.

    Of a page that changes whenever it is fetched MOST_REVISIONS texts a day are kept; the others pass without trace.
    """
    article = reading.article
    if _revisions_since(session, row, now - timedelta(days=1)) < MOST_REVISIONS:
        session.add(_revision(row, parts, article, now=now))
        row.revision += 1
    values = _values(reading, now)
    if article.published_at is None:
        # An edit that lost the date has not changed when the story came out.
        values = {name: value for name, value in values.items() if not name.startswith("published_")}
    _assign(row, values)
    row.run_id = run_id
    _seen(row, reading)
    row.revisit_at = next_look(reading.revisit, told_at=row.listed_at, now=now, was_edited=True)
    session.flush()
    for table in (AuthorRow, TagRow, ImageRow, RelationRow):
        session.execute(delete(table).where(table.article_id == row.id))
    _insert_parts(session, {row.id: article})
    _insert_relations(session, {row.id: (article, twin)})


def _revision(row: ArticleRow, parts: Parts, article: Article, *, now: datetime) -> RevisionRow:
    """The current text as one that is superseded by `article`."""
    reextracted = row.extractor_version != article.extractor_version
    return RevisionRow(
        article_id=row.id,
        number=row.revision,
        kind=RevisionKind.REEXTRACTED if reextracted else RevisionKind.EDIT,
        changed_fields=_changed(row, parts, article),
        **{name: getattr(row, name) for name in (*_TEXT, "published_at", "modified_at")},
        authors=list(parts.authors),
        tags=list(parts.tags),
        images=[asdict(image) for image in parts.images],
        content_hash=row.content_hash,
        extractor_version=row.extractor_version,
        seen_at=row.fetched_at,
        superseded_at=now,
        run_id=row.run_id,
    )


def _revisions_since(session: Session, row: ArticleRow, moment: datetime) -> int:
    kept = (RevisionRow.article_id == row.id, RevisionRow.superseded_at > moment)
    return session.scalar(select(func.count()).select_from(RevisionRow).where(*kept)) or 0


def refresh(session: Session, row: ArticleRow, parts: Parts, reading: Reading, *, now: datetime) -> None:
    """Take over what is now known better about an unchanged text; what is known already is never lost."""
    article = reading.article
    # The hash is that of the stored text: a change without meaning is compared with it again next time.
    keeps = {"url", "canonical_url", "edition", "fetched_at", "content_hash", *_TEXT}
    _assign(row, {k: v for k, v in _values(reading, now).items() if k not in keeps and v not in (None, {})})
    _seen(row, reading)
    row.revisit_at = next_look(reading.revisit, told_at=row.listed_at, now=now)
    session.flush()
    fresher = Parts(article.authors or parts.authors, article.tags or parts.tags, article.images or parts.images)
    if fresher != parts:
        for table in (AuthorRow, TagRow, ImageRow):
            session.execute(delete(table).where(table.article_id == row.id))
        _insert_parts(session, {row.id: fresher})


def _values(reading: Reading, now: datetime) -> dict[str, Any]:
    """The columns that say what was read."""
    article = reading.article
    fetched_at = article.fetched_at or now
    return {
        "source_id": reading.source_id,
        "edition": reading.edition,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "declared_canonical_url": article.declared_canonical_url,
        "site_article_id": article.site_article_id,
        "site_key": reading.site_key,
        "headline": article.headline,
        "lead": article.lead,
        "lead_on_page": article.lead_on_page,
        "body": article.body,
        "language": article.language,
        "section": article.section,
        "published_at": article.published_at,
        "published_raw": article.published_raw,
        "published_origin": article.origins.get("published_at"),
        "published_precision": article.published_precision,
        "modified_at": article.modified_at,
        "last_seen_at": fetched_at,
        "fetched_at": fetched_at,
        "word_count": word_count(article.text),
        "is_accessible_for_free": article.is_accessible_for_free,
        "content_hash": reading.content_hash,
        "origins": {name: origin.value for name, origin in article.origins.items()},
        "layout": article.layout,
        "confidence": article.confidence,
        "extractor_version": article.extractor_version,
    }


def _assign(row: ArticleRow, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in ("source_id", "canonical_url") and getattr(row, name) != value:
            setattr(row, name, value)


def _seen(row: ArticleRow, reading: Reading) -> None:
    row.gone_at = None
    row.listed_at = _listed_at(reading.article, row.first_seen_at, row.published_at)


def _listed_at(article: Article, first_seen_at: datetime, published_at: datetime | None = None) -> datetime:
    """Where an article stands in lists: when it was published, and never later than it was seen."""
    moment = article.published_at or published_at or first_seen_at
    return min(moment.astimezone(UTC), first_seen_at.astimezone(UTC))


def _changed(row: ArticleRow, parts: Parts, article: Article) -> list[str]:
    changed = [name for name in (*_TEXT, *_FACTS) if getattr(row, name) != getattr(article, name)]
    return changed + [name for name in ("authors", "tags", "images") if getattr(parts, name) != getattr(article, name)]


def _insert_parts(session: Session, articles: Mapping[int, Article | Parts]) -> None:
    for table, rows in (
        (AuthorRow, [{"article_id": i, "position": n, "name": name} for i, n, name in _numbered(articles, "authors")]),
        (TagRow, [{"article_id": i, "position": n, "tag": tag} for i, n, tag in _numbered(articles, "tags")]),
        (ImageRow, [{"article_id": i, "position": n, **asdict(one)} for i, n, one in _numbered(articles, "images")]),
    ):
        if rows:
            session.execute(plain_insert(table), rows)


def _numbered(articles: Mapping[int, Article | Parts], field: str) -> list[tuple[int, int, Any]]:
    return [(i, n, value) for i, one in articles.items() for n, value in enumerate(getattr(one, field))]


def _insert_relations(session: Session, articles: Mapping[int, tuple[Article, Twin | None]]) -> None:
    rows: dict[tuple[int, RelationKind, int], dict[str, Any]] = {}
    for article_id, (article, twin) in articles.items():
        related: list[tuple[RelationKind, str, str | None]]
        related = [(RelationKind.TRANSLATION, one.url, one.language) for one in article.translations]
        related += [(RelationKind.RELATED, url, None) for url in article.related_links]
        related += [(RelationKind.DUPLICATE, twin.canonical_url, None)] if twin else []
        for kind, url, language in related:
            try:
                canonical = canonicalise_url(url)
            except UrlError:
                continue  # what a page names as related need not be an address
            key = url_hash(canonical)
            if key != url_hash(article.canonical_url):
                row = {"article_id": article_id, "kind": kind, "url_hash": key, "url": canonical, "language": language}
                rows[article_id, kind, key] = row
    if rows:
        session.execute(plain_insert(RelationRow), [*rows.values()])
