"""Why is this address stored, or why is it not? Answers from the ledger and the source files; fetches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crawler.articles.urls import canonicalise_url, url_hash
from crawler.sources.address import Address, locate
from crawler.sources.registry import Registry
from crawler.sources.source import Edition, Source
from crawler.storage import feeds, hosts
from crawler.storage.database import now
from crawler.storage.outcome import times
from crawler.storage.tables import (
    ArticleRow,
    FeedRow,
    FetchRow,
    LinkRow,
    LinkState,
    RelationKind,
    RelationRow,
    RevisionRow,
    TombstoneRow,
)

REFUSED = "Ask the site for access (set CRAWLER_CONTACT so that they know you), or crawl it less often."
IN_A_BROWSER = "Open it in a browser: where it leads nowhere there, either, only the site can mend it."
BY_ITSELF = "Nothing has to be done: a later run asks for it again."
# What is usually done about a link that ended, by the first word of its reason.
ADVICE = {
    "robots_disallowed": "The site's robots.txt forbids it; it will not be fetched.",
    "robots_unreachable": "It waits until the site's robots.txt can be read again.",
    "host_blocked": "It waits until the host may be asked again.",
    "private_address": "Set CRAWLER_ALLOW_PRIVATE_ADDRESSES=1 if this host is meant to be crawled.",
    "no_body": "Look at what the readers find: crawler source test {url}",
    "no_headline": "Look at what the readers find: crawler source test {url}",
    "unreadable": "Look at what the readers find: crawler source test {url}",
    "tls": "Set CRAWLER_CA_BUNDLE, or verify_tls = false in the source file.",
    "too_large": "Raise politeness.max_bytes in the source file if pages are meant to be so large.",
    "redirected_away": "The site sends this address elsewhere; the story may stand there under its own address.",
    "redirected_nowhere": IN_A_BROWSER,
    "too_many_redirects": IN_A_BROWSER,
    "http_401": REFUSED,
    "http_403": REFUSED,
    "notice": REFUSED,
    "error": "The fault is ours: its traceback stands in crawler error list.",
}
# Outcomes of requests that our own rules kept from being sent.
NEVER_SENT = frozenset(
    {"robots_disallowed", "robots_unreachable", "host_blocked", "private_address", "redirected_nowhere"}
)
FETCHES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is known of the address."""

    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one address, in the order of time."""

    url: str
    canonical_url: str
    verdict: str
    """One word: stored, pending, rejected, failed, gone, unchanged, erased, filtered, foreign or unseen."""
    summary: str
    steps: tuple[Step, ...]
    advice: str
    article_id: int | None = None


def explain(session: Session, url: str, registry: Registry) -> Explanation:
    """Say what became of `url` and why.

    Raises:
        UrlError: `url` is not absolute http(s).
    """
    found = registry.by_url(url)
    address = locate(url, found[0]) if found else None
    canonical = address.canonical_url if address else canonicalise_url(url)
    link = session.scalar(select(LinkRow).where(LinkRow.url_hash == url_hash(canonical)))
    article = _article(session, canonical, link)
    steps = [*_discovered(link), *_fetches(session, {url, canonical, *_addresses(link, article)})]
    if article is not None:
        steps += _stored(session, article)
    verdict, summary, advice = _judge(session, canonical, found[0] if found else None, address, link, article)
    ordered = sorted(steps, key=lambda step: (step.at is None, step.at))
    article_id = article.id if article else None
    return Explanation(url, canonical, verdict, summary, tuple(ordered), advice.format(url=url), article_id)


def _article(session: Session, canonical: str, link: LinkRow | None) -> ArticleRow | None:
    """The article under an address, or the one that a link at the address led to."""
    if link is not None and link.article_id is not None:
        return session.get(ArticleRow, link.article_id)
    return session.scalar(select(ArticleRow).where(ArticleRow.url_hash == url_hash(canonical)))


def _addresses(link: LinkRow | None, article: ArticleRow | None) -> set[str]:
    return {row.url for row in (link, article) if row is not None}


def _discovered(link: LinkRow | None) -> list[Step]:
    if link is None:
        return []
    where = f" {link.via_url}" if link.via_url else ""
    dated = f"; dated {link.published_hint:%Y-%m-%d %H:%M} UTC there" if link.published_hint else ""
    steps = [Step(link.discovered_at, f"discovered in the {link.discovered_via}{where}{dated}")]
    if link.ended_at is not None:
        why = f" ({link.reason})" if link.reason else ""
        steps.append(Step(link.ended_at, f"link ended: {link.state}{why}, in run {link.run_id}"))
    return steps


def _fetches(session: Session, urls: set[str]) -> list[Step]:
    hashes = [url_hash(url) for url in urls]
    asked = select(FetchRow).where(FetchRow.url_hash.in_(hashes)).order_by(FetchRow.id.desc()).limit(FETCHES_SHOWN)
    steps = []
    for fetch in session.scalars(asked):
        answer = f"HTTP {fetch.status}, {fetch.bytes} bytes in {fetch.ms} ms" if fetch.status else "no answer"
        what = "not asked for" if fetch.outcome in NEVER_SENT and not fetch.status else f"fetched: {answer}"
        why = f" ({fetch.reason})" if fetch.reason else ""
        steps.append(Step(fetch.at, f"{what}, in run {fetch.run_id}: {fetch.outcome}{why}"))
    return steps


def _stored(session: Session, article: ArticleRow) -> list[Step]:
    steps = [Step(article.first_seen_at, f"stored as article {article.id}: {article.headline}")]
    revisions = select(RevisionRow).where(RevisionRow.article_id == article.id).order_by(RevisionRow.number)
    for revision in session.scalars(revisions):
        changed = ", ".join(revision.changed_fields)
        steps.append(
            Step(revision.superseded_at, f"text {revision.number} was superseded ({revision.kind}: {changed})")
        )
    duplicates = select(RelationRow.url).where(
        RelationRow.article_id == article.id, RelationRow.kind == RelationKind.DUPLICATE
    )
    steps += [
        Step(article.first_seen_at, f"the same text was already stored from {url}")
        for url in session.scalars(duplicates)
    ]
    if article.gone_at:
        steps.append(Step(article.gone_at, "the site took it down; the last text is kept"))
    return steps


def _judge(
    session: Session,
    canonical: str,
    source: Source | None,
    address: Address | None,
    link: LinkRow | None,
    article: ArticleRow | None,
) -> tuple[str, str, str]:
    """(verdict, summary, advice)"""
    tombstone = session.scalar(
        select(TombstoneRow).where(
            or_(TombstoneRow.url_hash == url_hash(canonical), TombstoneRow.canonical_url == canonical)
        )
    )
    if tombstone is not None:
        summary = f"It was erased on {tombstone.erased_at:%Y-%m-%d}: {tombstone.reason}"
        return "erased", summary, "It is never stored again."
    if article is not None:
        elsewhere = "" if article.canonical_url == canonical else f" under {article.canonical_url}"
        return "stored", f"It is stored as article {article.id}{elsewhere}.", f"crawler article show {article.id}"
    if link is not None and link.state == LinkState.PENDING:
        return "pending", *_waits(session, link)
    if link is not None:
        reason = link.reason or "no reason was written"
        advice = ADVICE.get(reason.partition(":")[0], f"crawler run show {link.run_id}")
        return str(link.state), f"It is not stored: {reason}.", advice
    if source is None or address is None:
        advice = "Declare the site in a source file of your own: see docs/add-a-source.md."
        return "foreign", f"No source has the host {urlsplit(canonical).netloc}.", advice
    if not address.is_article:
        return "filtered", *_filtered(canonical, source, address)
    age = f"{source.max_age.total_seconds() / 3600:.0f} h"
    # Of what is left out of a list only the number is kept.
    where = f"{source.id}/{address.edition.id}"
    if (dead := _dead_list(session, source, address.edition)) is not None:
        summary = f"It is an address of {where}; its {dead.kind} {dead.url}, which may name it, cannot be read: "
        usual = ADVICE.get((dead.last_error or "").partition(":")[0], f"crawler source health {source.id}")
        return "unseen", f"{summary}{dead.last_error}", usual
    summary = f"It is an address of {where}, but no list that was read has named it, or only when it was too old."
    advice = f"Lists are read back to {age}; for older ones: crawler crawl {source.id} --since YYYY-MM-DD"
    return "unseen", summary, advice


def _filtered(canonical: str, source: Source, address: Address) -> tuple[str, str]:
    """(summary, advice) of an address that no edition on its host takes for an article's."""
    path = canonical.partition("://")[2].partition("/")[2]
    editions = [edition for edition in source.editions if edition.host == address.edition.host]
    for edition in editions:
        if (pattern := edition.left_out_by(f"/{path}")) is not None:
            summary = f"Its path fits `not_article` of {source.id}/{edition.id} ({pattern}), which leaves it out."
            return summary, "If it is an article, narrow `not_article` in the source file."
    if len(editions) == 1:
        where, patterns = f"{source.id}/{editions[0].id}", editions[0].article
    else:
        where, patterns = source.id, "; ".join(f"{edition.id}: {edition.article}" for edition in editions)
    summary = f"Its path fits no article pattern of {where} ({patterns})."
    return summary, "If it is an article, widen `article` in the source file."


def _waits(session: Session, link: LinkRow) -> tuple[str, str]:
    """(summary, advice) of a link that is still to be fetched."""
    why = f" ({link.reason})" if link.reason else ""
    tried = f" after {times(link.attempts, 'attempt')}" if link.attempts else ""
    # The host's own wish counts also for links that were not asked for since.
    moment = now(session)
    host = hosts.get(session, urlsplit(link.url).netloc.lower())
    later = [one for one in (link.next_at, hosts.left_alone_until(host, moment)) if one is not None and one > moment]
    until = max(later, default=None)
    next_at = f", not before {until:%Y-%m-%d %H:%M} UTC" if until else ""
    advice = (
        ADVICE.get((link.reason or "").partition(":")[0], BY_ITSELF) if until else f"crawler crawl {link.source_id}"
    )
    return f"It is known and waits to be fetched{tried}{why}{next_at}.", advice


def _dead_list(session: Session, source: Source, edition: Edition) -> FeedRow | None:
    """A list of an edition that could not be read at its last visit; None when all could."""
    of_kind = (edition.feeds, edition.sitemaps, edition.listings)
    declared = {one.url for lists in of_kind for one in lists}
    return next((row for row in feeds.of_source(session, source.id) if row.last_error and row.url in declared), None)
