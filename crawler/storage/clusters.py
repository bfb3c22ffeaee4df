"""Stories that stand at several addresses: which articles tell the same one, and which of them told it first.

`join` decides for the articles that a transaction has just written; `cluster_of` asks. Callers own the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from crawler.articles.article import Precision
from crawler.articles.verdict import Match
from crawler.duplicates.sketch import METHOD_VERSION
from crawler.storage import nearest, postings, translations
from crawler.storage.dialect import is_postgresql
from crawler.storage.nearest import Arrival, Nearest
from crawler.storage.tables import ArticleRow, ClusterRow, MemberRow, RelationKind, RelationRow
from crawler.storage.upsert import insert

# Any number will do that no other lock of ours has: the letters "twin".
_ADVISORY_LOCK = 0x7477696E
# A date without a time may mean any time of its day: who states a time has the better proof of having been first.
_WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Member:
    """One article of a cluster."""

    article: ArticleRow
    similarity: float | None
    """Shingles in common with the article that it was joined by, 0..1. None of the one that was there first."""
    matched_article_id: int | None
    """The article that it was joined by. None of the one that was there first, or when that was erased."""
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Cluster:
    """One story with all articles that tell it."""

    id: int
    original_id: int | None
    """The earliest published."""
    members: tuple[Member, ...]
    """The earliest published first."""


def cluster_of(session: Session, article_id: int) -> Cluster | None:
    """The cluster of an article; None when its story stands at no other address that we know."""
    its_cluster = select(MemberRow.cluster_id).where(MemberRow.article_id == article_id).scalar_subquery()
    asked = (
        select(MemberRow, ArticleRow, ClusterRow.original_id)
        .join(ArticleRow, ArticleRow.id == MemberRow.article_id)
        .join(ClusterRow, ClusterRow.id == MemberRow.cluster_id)
        .where(MemberRow.cluster_id == its_cluster)
    )
    found = session.execute(asked).all()
    if not found:
        return None
    members = [Member(row, member.similarity, member.matched_article_id, member.joined_at) for member, row, _ in found]
    members.sort(key=lambda member: _told(member.article))
    return Cluster(found[0][0].cluster_id, found[0][2], tuple(members))


def join(session: Session, arrivals: Sequence[Arrival], *, now: datetime) -> dict[int, Match]:
    """Index new texts and join them to the stories they tell; return article -> the article that it repeats.

    The best match decides and no other: all links together would make one cluster of many stories. An article that is
    in a cluster stays there when its text changes. What one text contains of others is kept as relations of it, and so
    are its translations, which are no duplicates.
    """
    if not arrivals:
        return {}
    take_turn(session)
    session.flush()
    translations.relate(session, [arrival.article_id for arrival in arrivals])
    found = nearest.find(session, arrivals)
    _relate(session, found)
    matches = {article_id: one.match for article_id, one in found.items() if one.match is not None}
    _enter(session, matches, revised=found.keys() - matches.keys(), now=now)
    return matches


def leave(session: Session, article_id: int) -> None:
    """Take an article that is about to be erased out of the index and of its cluster; one alone is no cluster."""
    take_turn(session)
    postings.remove(session, [article_id])
    cluster_id = session.scalar(
        delete(MemberRow).where(MemberRow.article_id == article_id).returning(MemberRow.cluster_id)
    )
    if cluster_id is None:
        return
    left = session.scalars(select(MemberRow.article_id).where(MemberRow.cluster_id == cluster_id)).all()
    if len(left) > 1:
        _find_originals(session, {cluster_id})
    else:
        session.execute(delete(ClusterRow).where(ClusterRow.id == cluster_id))


def take_turn(session: Session) -> None:
    """Wait until no other transaction is between its look-up and its commit; the turn ends with the transaction.

    Two that look up at once would each miss what the other is about to write, and one story would become two clusters.
    SQLite's writers wait for each other anyway. Those of PostgreSQL take their turn after all other locks, so that they
    hold it for the milliseconds of the joining, and no two wait for each other.
    """
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})


def _enter(session: Session, matches: Mapping[int, Match], *, revised: Iterable[int], now: datetime) -> None:
    """Make `matches` members; find the original of every cluster whose members or their dates have changed."""
    concerned = {*matches, *revised, *(match.article_id for match in matches.values())}
    asked = select(MemberRow.article_id, MemberRow.cluster_id).where(MemberRow.article_id.in_(concerned))
    cluster_of_article = dict(session.execute(asked).all())
    changed = {cluster_of_article[article_id] for article_id in {*matches, *revised} & cluster_of_article.keys()}
    joining = {article_id: match for article_id, match in matches.items() if article_id not in cluster_of_article}
    # Of a chain of new ones, each of which repeats the one before, the first founds the cluster.
    alone = {match.article_id for match in joining.values()} - joining.keys() - cluster_of_article.keys()
    founded = _found_clusters(session, alone, now)
    cluster_of_article |= founded
    waiting = dict(joining)
    while waiting:
        # `joining` has no circles: each was matched with an article before it.
        for article_id, match in [*waiting.items()]:
            if match.article_id in cluster_of_article:
                cluster_of_article[article_id] = cluster_of_article[match.article_id]
                del waiting[article_id]
    rows = [_member(article_id, cluster_id, now) for article_id, cluster_id in founded.items()]
    rows += [_member(article_id, cluster_of_article[article_id], now, match) for article_id, match in joining.items()]
    if rows:
        session.execute(plain_insert(MemberRow), rows)
    _find_originals(session, changed | {cluster_of_article[article_id] for article_id in joining})


def _found_clusters(session: Session, firsts: Iterable[int], now: datetime) -> dict[int, int]:
    """Make a cluster for each article; return article -> cluster."""
    rows = [{"original_id": article_id, "created_at": now} for article_id in sorted(firsts)]
    if not rows:
        return {}
    made = session.execute(plain_insert(ClusterRow).returning(ClusterRow.original_id, ClusterRow.id), rows)
    return {first: cluster_id for first, cluster_id in made if first is not None}


def _member(article_id: int, cluster_id: int, now: datetime, match: Match | None = None) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "cluster_id": cluster_id,
        "similarity": match.similarity if match else None,
        "matched_article_id": match.article_id if match else None,
        "method_version": METHOD_VERSION,
        "joined_at": now,
    }


def _find_originals(session: Session, cluster_ids: Iterable[int]) -> None:
    asked = (
        select(MemberRow.cluster_id, ClusterRow.original_id, *_TOLD)
        .join(ArticleRow, ArticleRow.id == MemberRow.article_id)
        .join(ClusterRow, ClusterRow.id == MemberRow.cluster_id)
        .where(MemberRow.cluster_id.in_({*cluster_ids}))
    )
    session.flush()
    originals: dict[int, Any] = {}
    for row in session.execute(asked):
        originals[row.cluster_id] = min(originals.get(row.cluster_id, row), row, key=_told)
    changed = [{"id": row.cluster_id, "original_id": row.id} for row in originals.values() if row.original_id != row.id]
    if changed:
        session.execute(update(ClusterRow), changed)


# What `_told` asks of an article.
_TOLD = (ArticleRow.id, ArticleRow.published_at, ArticleRow.published_precision, ArticleRow.first_seen_at)


def _told(row: Any) -> tuple[datetime, int]:
    """When an article told its story, as far as is proved; the number breaks ties."""
    if row.published_at is None:
        return row.first_seen_at, row.id
    if row.published_precision is Precision.DAY:
        return min(row.published_at + _WHOLE_DAY, row.first_seen_at), row.id
    return row.published_at, row.id


def _relate(session: Session, found: Mapping[int, Nearest]) -> None:
    """Write down which article contains which other one."""
    pairs = {(article_id, other) for article_id, one in found.items() for other in one.contains}
    pairs |= {(longer, article_id) for article_id, one in found.items() for longer in one.contained_in}
    if not pairs:
        return
    shorter = {number for _, number in pairs}
    asked = select(ArticleRow.id, ArticleRow.url_hash, ArticleRow.canonical_url).where(ArticleRow.id.in_(shorter))
    addresses = {number: (url_hash, url) for number, url_hash, url in session.execute(asked)}
    rows = [
        {
            "article_id": longer,
            "kind": RelationKind.CONTAINS,
            "url_hash": addresses[other][0],
            "url": addresses[other][1],
        }
        for longer, other in sorted(pairs)
    ]
    session.execute(insert(session, RelationRow).on_conflict_do_nothing(), rows)
