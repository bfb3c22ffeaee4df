"""The ledger of links: what was discovered, who fetches it now, how it ended. Callers own the transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar, cast

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from crawler.articles.urls import canonicalise_url, same_address, url_hash
from crawler.discovery.links import Link
from crawler.storage.columns import table_of
from crawler.storage.tables import ArticleRow, LinkRow, LinkState, RunRow, RunState
from crawler.storage.upsert import insert

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A link whose fetch failed is asked for again after these pauses; after the last one it stays failed. About a day in
# all: longer outages concern a whole site, whose links wait without being counted.
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=16))
# What sites also say of an article for some minutes (its list names it before its page is there) or for a night
# (maintenance, a challenge to robots, a circle of redirects): by the word of the reason. A link that never brought an
# article is asked for again after these pauses before that is believed.
DOUBTED = frozenset(
    ("http_404", "redirected_away", "redirected_nowhere", "too_many_redirects", "no_body", "no_headline", "unreadable",
     "soft_404", "notice")
)  # fmt: skip
SECOND_LOOKS = (timedelta(minutes=15), timedelta(hours=12))
# A link that could not be asked for (robots.txt unreachable, host blocked) waits at least this long.
WAIT = timedelta(minutes=15)
# No link waits for longer: a later moment was written by a clock that was ahead.
LONGEST_WAIT = timedelta(hours=25)
# Rows of one statement: far below SQLite's 32,766 parameters.
PORTION = 500
# So many changes are believed of any list; more only while they are not most of what is known from it: there are sites
# whose every article "was changed" at the moment at which the list was made.
FEW_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a list's links."""

    new: int
    known: int
    changed: int = 0
    """Of the known, those whose article has changed since it was fetched, as the list says: pending again."""


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A link that a run has taken and is to fetch."""

    id: int
    url: str
    canonical_url: str
    edition: str
    attempts: int
    """How often it failed before."""
    published_hint: datetime | None
    title: str | None


@dataclass(frozen=True, slots=True)
class LinkEnding:
    """How the fetch of one link ended, when it brought no article."""

    link_id: int
    state: LinkState
    """REJECTED and GONE are ends, those of DOUBTED reasons once they were said again; FAILED is asked for again, some
    times; PENDING waits and is not counted."""
    reason: str
    retry_at: datetime | None = None
    """Not before this moment; None: by the usual pauses."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How the fetch of one link ended, when it brought an article."""

    link_id: int | None
    state: LinkState
    article_id: int | None
    """None when the article was rejected."""
    reason: str | None
    source_id: str
    edition: str
    url: str
    """The address that answered."""
    canonical_url: str
    """The address under which the page wants to be stored."""


def register(
    session: Session, links: Sequence[Link], *, source_id: str, run_id: int | None, now: datetime
) -> Registered:
    """Store the links that are not known yet, as pending, in the given order; newest first.

    A link is known by its canonical address, whichever source or list it came from. A stored one whose article has
    changed since, by what the list says, is pending again; a list that says so of most of its articles is not believed.
    """
    new = 0
    changed: list[int] = []
    stored = 0
    for portion in _portions({url_hash(link.canonical_url): link for link in links}.items()):
        known = _known(session, dict(portion))
        stored += sum(row.article_id is not None for row in known.values())
        changed += [known[key].id for key, link in portion if key in known and _has_changed(known[key], link)]
        rows = [
            {
                "url_hash": key,
                "url": link.url,
                "canonical_url": link.canonical_url,
                "source_id": source_id,
                "edition": link.edition,
                "discovered_via": link.via,
                "via_url": link.via_url,
                "discovered_at": now,
                "published_hint": link.published_hint,
                "title": link.title,
                "run_id": run_id,
            }
            for key, link in portion
            if key not in known
        ]
        if rows:
            statement = insert(session, LinkRow).on_conflict_do_nothing().returning(LinkRow.id)
            new += len(session.execute(statement, rows).all())
    if len(changed) > max(FEW_CHANGES, stored // 2):
        logger.info("A list calls %d of %d known articles changed: it is not believed", len(changed), stored)
        changed = []
    for ids in _portions(changed):
        session.execute(update(LinkRow).where(LinkRow.id.in_(ids)).values(state=LinkState.PENDING, next_at=None))
    return Registered(new, len(links) - new, len(changed))


def _known(session: Session, links: dict[int, Link]) -> dict[int, LinkRow]:
    known = {row.url_hash: row for row in session.scalars(select(LinkRow).where(LinkRow.url_hash.in_(links)))}
    for key, row in known.items():
        if not same_address(row.canonical_url, links[key].canonical_url):
            # 64 bits of blake2b: not expected in the life of a database, and never to be passed over in silence.
            logger.error("Not stored: %s has the address hash of %s", links[key].canonical_url, row.canonical_url)
    return known


def _has_changed(row: LinkRow, link: Link) -> bool:
    return (
        link.changed_at is not None
        and row.article_id is not None
        and row.state in (LinkState.STORED, LinkState.UNCHANGED)
        and row.ended_at is not None
        and link.changed_at > row.ended_at
    )


def claim(
    session: Session, source_id: str, *, run_id: int, limit: int, now: datetime, lease: timedelta
) -> list[PendingLink]:
    """Take due links for a run, newest first; no other run gets them while the lease lasts.

    Due are pending links whose pause is over and that no run holds, or held too long. What was taken is given back by
    an ending, by `release_run`, or when the lease is over. A run that has ended gets none: nobody would give them back.
    """
    if session.scalar(_GOES_ON, {"run": run_id}) is None:
        return []
    asked = {"source": source_id, "now": now, "latest": now + LONGEST_WAIT, "most": limit}
    rows = session.scalars(_DUE, asked).all()
    for portion in _portions(row.id for row in rows):
        session.execute(
            update(LinkRow)
            .where(LinkRow.id.in_(portion))
            .values(leased_until=now + lease, run_id=run_id)
            .execution_options(synchronize_session=False)
        )
    return [
        PendingLink(row.id, row.url, row.canonical_url, row.edition, row.attempts, row.published_hint, row.title)
        for row in rows
    ]


# A crawl that is stopped may have a claim on its way in another thread. Locked, so that the end of the run, which gives
# its links back, comes wholly before the claim or wholly after it.
_GOES_ON = (
    select(RunRow.id).where(RunRow.id == bindparam("run"), RunRow.state == RunState.RUNNING).with_for_update(read=True)
)
_DUE = (  # made once; see storage/runs.py
    select(LinkRow)
    .where(
        LinkRow.source_id == bindparam("source"),
        LinkRow.state == LinkState.PENDING,
        or_(LinkRow.next_at.is_(None), LinkRow.next_at <= bindparam("now"), LinkRow.next_at > bindparam("latest")),
        or_(LinkRow.leased_until.is_(None), LinkRow.leased_until <= bindparam("now")),
    )
    # Undated links of one list have one moment: their numbers keep the list's order.
    .order_by(func.coalesce(LinkRow.published_hint, LinkRow.discovered_at).desc(), LinkRow.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def end(session: Session, endings: Sequence[LinkEnding], *, run_id: int | None, now: datetime) -> list[LinkState]:
    """Write down how links ended that brought no article; return the state in which each stands now.

    A run that has lost its lease to another one changes nothing.
    """
    asked = select(LinkRow).where(LinkRow.id.in_({ending.link_id for ending in endings}))
    rows = {row.id: row for row in session.scalars(asked.order_by(LinkRow.url_hash).with_for_update())}
    states = []
    for ending in endings:
        row = rows.get(ending.link_id)
        if row is not None and row.run_id == run_id:
            _end(session, row, ending, now)
        states.append(row.state if row is not None else ending.state)
    session.flush()
    return states


def _end(session: Session, row: LinkRow, ending: LinkEnding, now: datetime) -> None:
    row.leased_until = None
    row.reason = ending.reason
    if row.state != LinkState.PENDING and ending.state != LinkState.GONE:
        return
    if row.article_id is not None and ending.state in (LinkState.FAILED, LinkState.REJECTED):
        # An article that is fetched again and cannot be had just now stays what it is.
        row.state, row.next_at, row.ended_at = LinkState.STORED, None, now
        return
    row.state = ending.state
    row.next_at, row.ended_at = None, now
    if _is_doubted(row, ending):
        row.attempts += 1
        row.state, row.next_at = LinkState.PENDING, now + SECOND_LOOKS[row.attempts - 1]
    elif ending.state == LinkState.FAILED:
        row.attempts += 1
        if row.attempts <= len(PAUSES):
            row.state = LinkState.PENDING
            row.next_at = max(now + PAUSES[row.attempts - 1], ending.retry_at or now)
    elif ending.state == LinkState.PENDING:
        row.next_at = ending.retry_at or now + WAIT
    elif ending.state == LinkState.GONE and row.article_id is not None:
        session.execute(update(ArticleRow).where(ArticleRow.id == row.article_id).values(gone_at=now))
    if row.state == LinkState.PENDING:
        row.ended_at = None


def _is_doubted(row: LinkRow, ending: LinkEnding) -> bool:
    """Whether an end may pass: for a night a site may say of every page that it is not there."""
    is_an_end = ending.state in (LinkState.REJECTED, LinkState.GONE)
    may_pass = is_an_end and ending.reason.partition(":")[0] in DOUBTED
    return may_pass and row.article_id is None and row.attempts < len(SECOND_LOOKS)


def settle(session: Session, settled: Sequence[Settled], *, run_id: int | None, now: datetime) -> None:
    """Write down that links brought articles; the canonical address of each becomes a link that points at it."""
    ends = [
        {"link": one.link_id, "state": one.state, "reason": one.reason, "article_id": one.article_id, "ended_at": now}
        for one in settled
        if one.link_id is not None
    ]
    if ends:
        unset = {"next_at": None, "leased_until": None}
        session.connection().execute(update(LinkRow).where(LinkRow.id == bindparam("link")).values(unset), ends)
    aliases = [
        {
            "url_hash": url_hash(one.canonical_url),
            "url": one.canonical_url,
            "canonical_url": one.canonical_url,
            "source_id": one.source_id,
            "edition": one.edition,
            "discovered_via": "canonical",
            "via_url": one.url,
            "discovered_at": now,
            "state": LinkState.STORED,
            "ended_at": now,
            "run_id": run_id,
            "article_id": one.article_id,
        }
        for one in settled
        if one.article_id is not None
    ]
    if aliases:
        # Mostly the link itself, which is there; else an AMP page or a redirect led here.
        in_order = sorted(aliases, key=lambda row: cast(int, row["url_hash"]))
        session.execute(insert(session, LinkRow).on_conflict_do_nothing(), in_order)


def release_run(session: Session, run_id: int) -> int:
    """Give back the links that a run has taken and not ended; return how many."""
    return len(session.execute(_RELEASE, {"where_run": run_id}).all())


_LINKS = table_of(LinkRow)
_RELEASE = (  # made once; see storage/runs.py
    update(_LINKS)
    .where(_LINKS.c.run_id == bindparam("where_run"), _LINKS.c.leased_until.is_not(None))
    .values(leased_until=None)
    .returning(_LINKS.c.id)
)


def copy(session: Session, target: Session, source_id: str) -> None:
    """Copy the ledger of one source into another database, for a crawl that may know it and must not change it."""
    names = (
        "url_hash", "url", "canonical_url", "source_id", "edition", "discovered_via", "via_url", "discovered_at",
        "published_hint", "title", "state", "reason", "attempts", "next_at", "ended_at",
    )  # fmt: skip
    asked = select(*(getattr(LinkRow, name) for name in names)).where(LinkRow.source_id == source_id)
    for rows in session.execute(asked.order_by(LinkRow.id)).partitions(PORTION):
        target.execute(insert(target, LinkRow), [dict(zip(names, row, strict=True)) for row in rows])


def counts(session: Session, source_id: str | None = None) -> dict[LinkState, int]:
    """How many links stand in each state."""
    asked = select(LinkRow.state, func.count()).group_by(LinkRow.state)
    if source_id is not None:
        asked = asked.where(LinkRow.source_id == source_id)
    return dict.fromkeys(LinkState, 0) | dict(session.execute(asked).all())


def find(session: Session, url: str) -> LinkRow | None:
    """The link with an address, in whatever form it is written.

    Raises:
        UrlError: `url` is not absolute http(s).
    """
    canonical = canonicalise_url(url)
    row = session.scalar(select(LinkRow).where(LinkRow.url_hash == url_hash(canonical)))
    return row if row is not None and same_address(row.canonical_url, canonical) else None


def _portions(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while portion := list(islice(rest, PORTION)):
        yield portion
