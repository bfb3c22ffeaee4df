"""Which earlier article does a new text repeat, or contain? Looks up, compares exactly, and indexes. Joins nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.articles.article import visible_text
from crawler.articles.verdict import Match
from crawler.duplicates.index import Candidate, Index, day_of
from crawler.duplicates.matching import CANDIDATES, compare, is_candidate, tell_the_same
from crawler.duplicates.sketch import Fingerprint, fingerprint
from crawler.storage import postings
from crawler.storage.postings import Marks
from crawler.storage.tables import ArticleRow, RelationKind, RelationRow


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
    contains: tuple[ArticleRow, ...]
    """Shorter ones that stand in it."""
    contained_in: tuple[ArticleRow, ...]


def find(session: Session, arrivals: Sequence[Arrival]) -> dict[int, Nearest]:
    """Find what each new text repeats, among those that are indexed and those before it; index them.

    Translations do not count: what a page declares by hreflang, and the same id in another edition of the source.
    """
    own = [arrival.article_id for arrival in arrivals]
    rows = _rows(session, own)
    postings.remove(session, own)
    marks = [_marks(arrival, rows[arrival.article_id]) for arrival in arrivals]
    near = _candidates(session, marks)
    postings.add(session, marks)
    others = {number for numbers in near.values() for number in numbers} | {
        arrival.twin_id for arrival in arrivals if arrival.twin_id is not None
    }
    rows |= _rows(session, others - set(own))
    texts = {arrival.article_id: arrival.fingerprint for arrival in arrivals}
    compared = {number for numbers in near.values() for number in numbers} - set(own)
    texts |= {number: fingerprint(_text(rows[number])) for number in compared if number in rows}
    translations = _declared_translations(session, rows)
    found = {}
    for arrival in arrivals:
        row = rows[arrival.article_id]
        candidates = [
            (rows[number], texts[number])
            for number in near[row.id]
            if number in texts and not _is_translation(row, rows[number], translations)
        ]
        twin = rows.get(arrival.twin_id or 0)
        if twin is not None and _is_translation(row, twin, translations):
            twin = None
        found[row.id] = _nearest(arrival.fingerprint, candidates, twin)
    return found


def _candidates(session: Session, marks: Sequence[Marks]) -> dict[int, list[int]]:
    """Article -> those worth an exact comparison, of what is stored and of those before it in `marks`."""
    judged = [one for one in marks if one.sketch]
    stored = postings.look_up(session, judged, without=[one.article_id for one in marks])
    known = postings.known(session, {one.number for found in stored.values() for one in found})
    known |= {one.article_id: one for one in marks}
    batch = Index()
    near = {}
    for one in marks:
        found = [*stored.get(one.article_id, ()), *batch.look_up(one.sketch, day=one.day)]
        found.sort(key=lambda candidate: (-candidate.shared, candidate.number))
        near[one.article_id] = [c.number for c in found[:CANDIDATES] if _is_worth(one, c, known)]
        batch.add(one.article_id, one.sketch, day=one.day)
    return near


def _is_worth(one: Marks, candidate: Candidate, known: Mapping[int, Marks]) -> bool:
    other = known.get(candidate.number)
    return (
        other is not None
        and is_candidate(candidate.shared, len(one.sketch), len(other.sketch))
        and tell_the_same(one.facts, other.facts)
    )


def _nearest(
    text: Fingerprint, candidates: Iterable[tuple[ArticleRow, Fingerprint]], twin: ArticleRow | None
) -> Nearest:
    same: list[tuple[float, int]] = [] if twin is None else [(1.0, -twin.id)]
    contains: list[ArticleRow] = []
    contained_in: list[ArticleRow] = []
    for row, other in candidates:
        comparison = compare(text, other)
        if comparison.is_same_story:
            same.append((comparison.similarity, -row.id))
        if comparison.is_contained:
            (contains if len(text.shingles) > len(other.shingles) else contained_in).append(row)
    best = max(same, default=None)
    match = None if best is None else Match(-best[1], best[0])
    return Nearest(match, tuple(contains), tuple(contained_in))


# --- What is stored of them -------------------------------------------------------------------------------------------
def _rows(session: Session, article_ids: Iterable[int]) -> dict[int, ArticleRow]:
    return {row.id: row for row in session.scalars(select(ArticleRow).where(ArticleRow.id.in_({*article_ids})))}


def _text(row: ArticleRow) -> str:
    return visible_text(row.lead if row.lead_on_page else None, row.body)


def _marks(arrival: Arrival, row: ArticleRow) -> Marks:
    text = arrival.fingerprint
    return Marks(row.id, day_of(row.listed_at), text.sketch if text.is_enough else (), text.facts)


def _declared_translations(session: Session, rows: Mapping[int, ArticleRow]) -> set[tuple[int, int]]:
    """(article, hash of the address that it declares as its translation), of those among `rows`."""
    asked = select(RelationRow.article_id, RelationRow.url_hash).where(
        RelationRow.article_id.in_(rows), RelationRow.kind == RelationKind.TRANSLATION
    )
    return {(article_id, url_hash) for article_id, url_hash in session.execute(asked)}


def _is_translation(one: ArticleRow, other: ArticleRow, declared: set[tuple[int, int]]) -> bool:
    if (one.id, other.url_hash) in declared or (other.id, one.url_hash) in declared:
        return True
    return (
        one.source_id == other.source_id
        and one.edition != other.edition
        and one.site_article_id is not None
        and one.site_article_id == other.site_article_id
    )
