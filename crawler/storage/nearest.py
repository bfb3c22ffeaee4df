"""Which earlier article does a new text repeat, or contain? Looks up, compares exactly, and indexes. Joins nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from crawler.articles.article import visible_text
from crawler.articles.verdict import Match
from crawler.duplicates.choosing import Prospect, choose, prospects
from crawler.duplicates.index import Index, best, day_of, is_report
from crawler.duplicates.matching import NEAREST, NEAREST_TO_REPORTS
from crawler.duplicates.sketch import Fingerprint, fingerprint
from crawler.storage import postings
from crawler.storage.postings import Marks
from crawler.storage.tables import ArticleRow, MemberRow, RelationKind, RelationRow

# What an article is told apart by; plain rows, for whole ones of the session would cost a third of the look-up.
_ADDRESS = (
    ArticleRow.id,
    ArticleRow.url_hash,
    ArticleRow.listed_at,
)
_TEXT = (ArticleRow.lead, ArticleRow.lead_on_page, ArticleRow.body)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that this transaction has written, with a text that is new at its address."""

    article_id: int
    fingerprint: Fingerprint
    twin_id: int | None = None
    """An earlier article with the same text, letter for letter; known also of texts too short to be compared."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a new text has to do with others."""

    match: Match | None
    """The best of those that tell the same story."""
    contains: tuple[int, ...] = ()
    """Shorter articles that stand in it."""
    contained_in: tuple[int, ...] = ()


def find(session: Session, arrivals: Sequence[Arrival]) -> dict[int, Nearest]:
    """Find what each new text repeats, among those that are indexed and those before it; index them.

    Translations do not count (storage/translations.py, which must have related them).
    """
    own = [arrival.article_id for arrival in arrivals]
    rows = _rows(session, own, _ADDRESS)
    postings.remove(session, own)
    marks = [_marks(arrival, rows[arrival.article_id]) for arrival in arrivals]
    near = _prospects(session, marks)
    postings.add(session, marks)
    others = {one.number for found in near.values() for one in found} - set(own)
    rows |= _rows(session, others, (*_ADDRESS, *_TEXT))
    twins = {arrival.twin_id for arrival in arrivals if arrival.twin_id is not None} - rows.keys()
    rows |= _rows(session, twins, _ADDRESS)
    return _chosen(arrivals, near, rows, _translations(session, own), _stories(session, rows))


def _prospects(session: Session, marks: Sequence[Marks]) -> dict[int, list[Prospect]]:
    """Article -> those worth an exact comparison, of what is stored and of those before it in `marks`."""
    judged = [one for one in marks if one.sketch]
    found = _under(session, judged, NEAREST)
    reports = [one for one in judged if is_report(found[one.article_id])]
    if reports:
        # With all others of the batch: what comes before in it may be what is looked for.
        more = _under(session, judged, NEAREST_TO_REPORTS, asking={one.article_id for one in reports})
        found |= {one.article_id: more[one.article_id] for one in reports}
    ranked = {article_id: best(lists) for article_id, lists in found.items()}
    in_batch = {one.article_id: one for one in marks}
    known = postings.known(session, {number for numbers in ranked.values() for number in numbers} - in_batch.keys())
    known |= in_batch
    near = {}
    for article_id, numbers in ranked.items():
        one, others = in_batch[article_id], (known[number] for number in numbers if number in known)
        compared = ((other.article_id, other.sketch, other.facts, other.day) for other in others)
        near[article_id] = prospects(one.sketch, one.facts, one.day, compared)
    return near


def _under(
    session: Session, marks: Sequence[Marks], most: int, *, asking: Collection[int] | None = None
) -> dict[int, list[list[int]]]:
    """Article -> what is under each of its hashes, of what is stored and of those before it in `marks`.

    Args:
        asking: only of these; None: of all.
    """
    askers = [one for one in marks if asking is None or one.article_id in asking]
    stored = postings.under(session, [(hash_, one.day) for one in askers for hash_ in one.sketch], most=most)
    batch = Index()
    found = {}
    for one in marks:
        if asking is None or one.article_id in asking:
            here = zip(batch.under(one.sketch, day=one.day, most=most), one.sketch, strict=True)
            found[one.article_id] = [[*own, *stored.get((hash_, one.day), ())][:most] for own, hash_ in here]
        batch.add(one.article_id, one.sketch, day=one.day)
    return found


def _chosen(
    arrivals: Sequence[Arrival],
    near: Mapping[int, Sequence[Prospect]],
    rows: Mapping[int, Row[Any]],
    translations: set[tuple[int, int]],
    stories: dict[int, int],
) -> dict[int, Nearest]:
    """Compare exactly; `stories` learns of each article that repeats another one."""
    texts = {arrival.article_id: arrival.fingerprint for arrival in arrivals}

    def fingerprint_of(number: int) -> Fingerprint:
        if number not in texts:
            texts[number] = fingerprint(_text(rows[number]))
        return texts[number]

    chosen = {}
    for arrival in arrivals:
        row = rows[arrival.article_id]

        def counts(number: int, row: Row[Any] = row) -> bool:
            return number in rows and (row.id, rows[number].url_hash) not in translations

        choice = choose(
            arrival.fingerprint,
            [one for one in near.get(row.id, ()) if counts(one.number)],
            fingerprint_of=fingerprint_of,
            story_of=lambda number: stories.get(number, number),
        )
        same = list(choice.same)
        if arrival.twin_id is not None and counts(arrival.twin_id):
            same.append((1.0, arrival.twin_id))
        match = None
        if same:
            similarity, number = min(same, key=lambda pair: (-pair[0], pair[1]))
            match = Match(number, similarity)
            stories.setdefault(row.id, stories.get(number, number))
        chosen[row.id] = Nearest(match, choice.contains, choice.contained_in)
    return chosen


# --- What is stored of them -------------------------------------------------------------------------------------------
def _rows(session: Session, article_ids: Collection[int], columns: Sequence[Any]) -> dict[int, Row[Any]]:
    if not article_ids:
        return {}
    return {row.id: row for row in session.execute(select(*columns).where(ArticleRow.id.in_({*article_ids})))}


def _text(row: Row[Any]) -> str:
    return visible_text(row.lead if row.lead_on_page else None, row.body)


def _marks(arrival: Arrival, row: Row[Any]) -> Marks:
    text = arrival.fingerprint
    return Marks(row.id, day_of(row.listed_at), text.sketch if text.is_enough else (), text.facts)


def _stories(session: Session, article_ids: Iterable[int]) -> dict[int, int]:
    """Article -> what tells its story apart from others', of those that are in a cluster."""
    asked = select(MemberRow.article_id, MemberRow.cluster_id).where(MemberRow.article_id.in_({*article_ids}))
    # Below zero, for the story of an article alone has the article's number.
    return {article_id: -cluster_id for article_id, cluster_id in session.execute(asked)}


def _translations(session: Session, article_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(article, hash of its translation's address), of those articles."""
    asked = select(RelationRow.article_id, RelationRow.url_hash).where(
        RelationRow.article_id.in_({*article_ids}), RelationRow.kind == RelationKind.TRANSLATION
    )
    return {(article_id, url_hash) for article_id, url_hash in session.execute(asked)}
