"""Stores what a run brought: articles with their parts and superseded texts, the ends of links. The verdict falls here.

It falls inside the transaction, because others may have written meanwhile. Callers own the transaction and try again
when it lost a race (`Database.transact`): stored twice, an article is there once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from crawler.articles.article import Article
from crawler.articles.verdict import Known, Match, Verdict, judge
from crawler.duplicates.changes import is_meaningful
from crawler.duplicates.sketch import fingerprint
from crawler.storage import clusters, coverage, links
from crawler.storage.identity import ERASED, Found, Reading, look_up
from crawler.storage.links import LinkEnding, Settled
from crawler.storage.nearest import Arrival
from crawler.storage.tables import ArticleRow, LinkState
from crawler.storage.writing import insert_new, load_parts, refresh, revise

# More in one transaction gains nothing (100 a transaction are 4 to 19 times faster than one) and keeps others waiting.
BATCH = 100

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one outcome of a batch."""

    state: LinkState
    """How its link stands now."""
    verdict: Verdict | None = None
    """None when there was no article, or it was rejected."""
    article_id: int | None = None
    reason: str | None = None
    """Why there is no article."""
    nearest: Match | None = None
    """The article at another address whose story it tells again."""


def store(
    session: Session, batch: Sequence[Reading | LinkEnding], *, run_id: int | None, now: datetime
) -> list[Stored]:
    """Store up to BATCH outcomes of one run; return what became of each, in the same order.

    An article is known again by the site's own id where that is a key, else by its canonical address, else by a link
    that points at it, else by the link that led to it. Known with another text: the old one becomes a revision. The
    same text at another address, or nearly the same: stored in full, and joined to the story. Erased: not stored.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: one of them cannot be stored, or the database is gone; then none is.
    """
    done: dict[int, Stored] = {}
    endings = {index: outcome for index, outcome in enumerate(batch) if isinstance(outcome, LinkEnding)}
    states = links.end(session, [*endings.values()], run_id=run_id, now=now)
    for (index, ending), state in zip(endings.items(), states, strict=True):
        done[index] = Stored(state, reason=ending.reason)
    readings = {index: outcome for index, outcome in enumerate(batch) if isinstance(outcome, Reading)}
    done |= _store_readings(session, readings, run_id=run_id, now=now)
    links.settle(session, [_settled(reading, done[i]) for i, reading in readings.items()], run_id=run_id, now=now)
    read = [reading for index, reading in readings.items() if done[index].verdict is not None]
    coverage.count(session, read, day=now.astimezone(UTC).date())
    done |= _join(session, readings, done, now=now)
    return [done[index] for index in range(len(batch))]


def _store_readings(
    session: Session, readings: Mapping[int, Reading], *, run_id: int | None, now: datetime
) -> dict[int, Stored]:
    """Store readings turn by turn: who has to do with an earlier one waits until that is written."""
    # The earliest published is the original of the others, also inside a batch.
    rest = dict(sorted(readings.items(), key=lambda pair: pair[1].article.published_at or _LATEST))
    done: dict[int, Stored] = {}
    lost: Counter[int] = Counter()
    while rest:
        turn = _strangers(rest)
        done |= _store_turn(session, turn, run_id=run_id, now=now)
        for index in turn.keys() - done.keys():
            # Another process inserted it between the look-up and the insert; the next look-up finds it.
            lost[index] += 1
            if lost[index] > 1:
                reason = "address_taken: another article has the same address hash"
                done[index] = Stored(LinkState.REJECTED, reason=reason)
        rest = {index: reading for index, reading in rest.items() if index not in done}
    return done


def _strangers(rest: Mapping[int, Reading]) -> dict[int, Reading]:
    """Those that are neither the same story nor the same text as an earlier one."""
    taken: set[object] = set()
    turn = {}
    for index, reading in rest.items():
        marks = {reading.url_hash, reading.content_hash, reading.site_key or reading.url_hash}
        if not marks & taken:
            turn[index] = reading
        taken |= marks
    return turn


def _store_turn(
    session: Session, turn: Mapping[int, Reading], *, run_id: int | None, now: datetime
) -> dict[int, Stored]:
    found = look_up(session, turn)
    parts = load_parts(session, [one.row.id for one in found.values() if one.row is not None])
    done: dict[int, Stored] = {}
    fresh: dict[int, Verdict] = {}
    for index, reading in turn.items():
        known = found[index]
        if known.is_erased:
            done[index] = Stored(LinkState.REJECTED, reason=ERASED)
            continue
        verdict = _judge(reading, known)
        if known.row is None:
            fresh[index] = verdict
            continue
        if reading.article.fetched_at is not None and reading.article.fetched_at < known.row.last_seen_at:
            verdict = Verdict.UNCHANGED  # read before what is stored, and so no news
        elif verdict is Verdict.REVISED and _is_edit(known.row, reading.article):
            revise(session, known.row, parts[known.row.id], reading, known.twin, run_id=run_id, now=now)
        else:
            verdict = Verdict.UNCHANGED
            refresh(session, known.row, parts[known.row.id], reading, now=now)
        state = LinkState.UNCHANGED if verdict is Verdict.UNCHANGED else LinkState.STORED
        done[index] = Stored(state, verdict, known.row.id, nearest=_twin(known))
    ids = insert_new(session, [(turn[index], found[index].twin) for index in fresh], run_id=run_id, now=now)
    for index, verdict in fresh.items():
        if (article_id := ids.get(turn[index].url_hash)) is not None:
            done[index] = Stored(LinkState.STORED, verdict, article_id, nearest=_twin(found[index]))
    return done


def _join(
    session: Session, readings: Mapping[int, Reading], done: Mapping[int, Stored], *, now: datetime
) -> dict[int, Stored]:
    """Join new texts to the stories they tell, last of all (`clusters.take_turn`); only now duplicates are known."""
    changed = {i: one for i, one in done.items() if one.verdict not in (None, Verdict.UNCHANGED)}
    # A batch may bring one article twice; the later text stands.
    arrivals = {
        one.article_id: Arrival(
            one.article_id,
            readings[i].fingerprint or fingerprint(readings[i].article.text),
            one.nearest.article_id if one.nearest else None,
        )
        for i, one in changed.items()
        if one.article_id is not None
    }
    matches = clusters.join(session, [*arrivals.values()], now=now)
    joined = {}
    for i, one in changed.items():
        nearest = matches.get(one.article_id or 0)
        if one.verdict is Verdict.REVISED:
            joined[i] = replace(one, nearest=nearest)
        else:
            verdict = judge(readings[i].content_hash, same_url=None, nearest=nearest)
            joined[i] = replace(one, verdict=verdict, nearest=nearest)
    return joined


def _is_edit(row: ArticleRow, article: Article) -> bool:
    """Whether another text means anything. What a newer extractor reads is always taken over."""
    return row.extractor_version != article.extractor_version or is_meaningful(
        (row.headline, row.lead, row.body), (article.headline, article.lead, article.body)
    )


def _judge(reading: Reading, known: Found) -> Verdict:
    same_url = Known(known.row.content_hash) if known.row is not None else None
    return judge(reading.content_hash, same_url=same_url, nearest=_twin(known))


def _twin(known: Found) -> Match | None:
    return Match(known.twin.article_id, 1.0) if known.twin is not None else None


def _settled(reading: Reading, stored: Stored) -> Settled:
    return Settled(
        link_id=reading.link_id,
        state=stored.state,
        article_id=stored.article_id,
        reason=stored.reason,
        source_id=reading.source_id,
        edition=reading.edition,
        url=reading.article.url,
        canonical_url=reading.article.canonical_url,
    )
