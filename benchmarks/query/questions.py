"""What people ask a database of news: each question as one function of a session. Measures nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.query.texts import COMMON, PHRASE, RARE
from crawler.monitoring.health import survey
from crawler.sources.registry import Registry
from crawler.storage import articles, clusters, coverage, feeds, log_lists, logs, run_lists, tallies, yields
from crawler.storage.database import now
from crawler.storage.facets import count, facets
from crawler.storage.filters import Filter
from crawler.storage.search import Cursor, Order, search
from crawler.storage.tables import ArticleRow, RunRow

Question = Callable[[Session], object]
# A source of many articles, and a page of the interface.
SOURCE, PAGE = "herald_003", 50
DAY = timedelta(days=1)


def questions(sources: Path) -> Mapping[str, Question]:
    """The questions by name, in the order of a report."""
    registry = Registry.load([sources])
    return {
        "search: rare word": _search(RARE["ru"]),
        "search: rare word, kk": _search(RARE["kk"]),
        "search: common word": _search(COMMON),
        "search: common word, best first": _search(COMMON, order="best"),
        "search: two common words": _search("президент министр"),
        "search: common word of four letters": _search("мост"),
        "search: common word of four letters, best first": _search("мост", order="best"),
        "search: phrase": _search(PHRASE),
        "search: phrase, best first": _search(PHRASE, order="best"),
        "search: common word of one source": _search(COMMON, Filter(sources=("herald_006",))),
        "search: no such word": _search("достопримечательнейший"),
        "list: newest": _search(""),
        "list: one source": _search("", Filter(sources=(SOURCE,))),
        "list: a rare tag": _search("", Filter(tags=("tag 7",))),
        "list: revised, of a section": _search("", Filter(sections=("sport",), has_revisions=True)),
        "list: the hundredth page": _hundredth_page,
        "count: all": lambda session: count(session, Filter()),
        "count: common word": lambda session: count(session, Filter(words=COMMON)),
        "count: common word of four letters": lambda session: count(session, Filter(words="мост")),
        "facets: all": lambda session: facets(session, Filter()),
        "facets: common word": lambda session: facets(session, Filter(words=COMMON)),
        "article": _article,
        "health of 200 sources": lambda session: survey(session, registry, now=now(session)),
        "articles by hour, 48 h, 200 sources": lambda session: _hourly(session, registry),
        "source: 28 days beside the usual": lambda session: yields.daily(
            session, SOURCE, last=now(session).date(), days=28, zone=registry.get(SOURCE).schedule_zone
        ),
        "source: usual week": lambda session: yields.usual_week(
            session, SOURCE, now=now(session), zone=registry.get(SOURCE).schedule_zone
        ),
        "source: field coverage, 28 days": lambda session: coverage.by_day(
            session, SOURCE, since=now(session).date() - 28 * DAY
        ),
        "source: lists": lambda session: feeds.of_source(session, SOURCE),
        "source: answers of 7 days": lambda session: tallies.answers(session, SOURCE, since=now(session) - 7 * DAY),
        "runs: latest": lambda session: run_lists.page(session),
        "runs: latest that failed": lambda session: run_lists.page(session, outcome="failed"),
        "runs: none of that outcome": lambda session: run_lists.page(session, outcome="oom_killed"),
        "runs: of one source": lambda session: run_lists.page(session, source_id=SOURCE),
        "runs: usual durations": run_lists.usual_durations,
        "runs: outcomes of 7 days": lambda session: tallies.outcomes(session, since=now(session) - 7 * DAY),
        "run: log": lambda session: logs.records_of(session, _latest_run(session)),
        "errors": lambda session: log_lists.errors(session, limit=PAGE),
    }


def paths(session: Session) -> Mapping[str, str]:
    """The pages of the interface by name: their paths."""
    article_id = session.scalar(select(func.max(ArticleRow.id)))
    return {
        "page: home": "/",
        "page: sources": "/sources",
        "page: source": f"/sources/{SOURCE}",
        "page: articles": "/articles",
        "page: search": "/articles?q=%D0%BF%D1%80%D0%B5%D0%B7%D0%B8%D0%B4%D0%B5%D0%BD%D1%82",
        "page: article": f"/articles/{article_id}",
        "page: runs": "/runs",
        "page: runs that failed": "/runs?outcome=failed",
        "page: run": f"/runs/{_latest_run(session)}",
        "page: errors": "/errors",
        "api: articles": "/api/v1/articles?limit=50",
        "api: sources": "/api/v1/sources",
        "api: runs": "/api/v1/runs",
    }


def _search(words: str, wanted: Filter | None = None, *, order: Order = "newest") -> Question:
    wanted = wanted or Filter()
    asked = Filter(
        words, wanted.sources, tags=wanted.tags, sections=wanted.sections, has_revisions=wanted.has_revisions
    )
    return lambda session: search(session, asked, order=order, limit=PAGE)


def _hundredth_page(session: Session) -> object:
    """By its cursor, as the page before names it."""
    middle = session.scalar(select(func.max(ArticleRow.id))) or 0
    row = session.get(ArticleRow, middle - 99 * PAGE)
    assert row is not None
    return search(session, Filter(), after=Cursor("newest", row.listed_at, row.id), limit=PAGE)


def _article(session: Session) -> object:
    newest = session.scalar(select(func.max(ArticleRow.id))) or 0
    return articles.get(session, newest), clusters.cluster_of(session, newest)


def _hourly(session: Session, registry: Registry) -> object:
    moment = now(session)
    return yields.hourly(session, list(registry.sources), start=moment - 2 * DAY, end=moment)


def _latest_run(session: Session) -> int:
    return session.scalar(select(func.max(RunRow.id))) or 0
