"""What was recorded of the invented sites: runs, logs, errors, coverage, lists, schedules. See newsroom.py."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from crawler.articles.urls import url_hash
from crawler.storage.coverage import FIELDS
from crawler.storage.tables import (
    ArticleRow,
    AttemptRow,
    CoverageRow,
    ErrorRow,
    FeedRow,
    FetchRow,
    LinkRow,
    LogRow,
    OccurrenceRow,
    RunRow,
    ScheduleRow,
)

WEEKS = 5


@dataclass(frozen=True, slots=True)
class Site:
    """One invented site and how it fares."""

    id: str
    name: str
    language: str
    a_day: int
    """Articles on an ordinary weekday."""
    schedule: str
    fate: str = "well"
    """well, silent, failing, drifting or paused."""

    @property
    def host(self) -> str:
        return f"{self.id.replace('_', '-')}.example"


def last_article_at(site: Site, now: datetime) -> datetime:
    """When its last article came."""
    silent_for = {"silent": timedelta(hours=31), "failing": timedelta(hours=27), "paused": timedelta(days=3)}
    return now - silent_for.get(site.fate, timedelta(minutes=3))


def write_record(
    session: Session,
    site: Site,
    articles: Sequence[dict[str, Any]],
    ids: Sequence[int],
    now: datetime,
    chance: random.Random,
) -> None:
    """Write all that runs of the site left, given the articles that they brought."""
    record = _Record(session, site, now, chance)
    record.runs(articles, ids)
    record.coverage([one["published_at"] for one in articles])
    record.lists()
    record.schedule()


class _Record:
    def __init__(self, session: Session, site: Site, now: datetime, chance: random.Random) -> None:
        self.session, self.site, self.now, self.chance = session, site, now, chance
        self.end = last_article_at(site, now)

    # --- Runs ---------------------------------------------------------------------------------------------------------
    def runs(self, articles: Sequence[dict[str, Any]], ids: Sequence[int]) -> None:
        """A run every three hours, which brought what had come since the one before."""
        seen = sorted(one["first_seen_at"] for one in articles)
        start = self.now - timedelta(days=WEEKS * 7)
        last = self.now - (timedelta(days=3) if self.site.fate == "paused" else timedelta(minutes=9))
        moments = [last - number * timedelta(hours=3) for number in range((last - start) // timedelta(hours=3))]
        rows = [self._run(moment, seen) for moment in reversed(moments)]
        self.session.execute(insert(RunRow), rows)
        runs = self.session.query(RunRow).filter_by(source_id=self.site.id).order_by(RunRow.id.desc()).limit(8).all()
        for run in runs:
            self._attempt(run)
        latest = runs[0].id
        newest = ids[-12:]
        self.session.execute(update(ArticleRow).where(ArticleRow.id.in_(newest)).values(run_id=latest))
        links = [
            {
                "url_hash": one["url_hash"],
                "url": one["url"],
                "canonical_url": one["canonical_url"],
                "source_id": self.site.id,
                "edition": self.site.language,
                "discovered_via": "feed",
                "via_url": f"https://{self.site.host}/rss/news.xml",
                "discovered_at": one["first_seen_at"],
                "state": "stored",
                "attempts": 1,
                "ended_at": one["first_seen_at"],
                "run_id": latest,
                "article_id": article_id,
            }
            for article_id, one in zip(ids[-200:], articles[-200:], strict=True)
        ]
        self.session.execute(insert(LinkRow), links)

    def _run(self, began: datetime, seen: list[datetime]) -> dict[str, Any]:
        new = sum(began - timedelta(hours=3) < moment <= began for moment in seen)
        outcome, reason = self._outcome(began, new)
        failed = outcome not in ("succeeded", "succeeded_with_errors")
        seconds = self.chance.uniform(0.8, 1.3) * (12 + 3 * new)
        return {
            "source_id": self.site.id,
            "kind": "discovery",
            "trigger": "schedule",
            "state": "finished",
            "outcome": outcome,
            "reason": reason,
            "created_at": began,
            "started_at": began,
            "finished_at": began + timedelta(seconds=seconds),
            "discovered": new + 1,
            "fetched": 0 if failed else new + 1,
            "new": 0 if failed else new,
            "revised": self.chance.choice((0, 0, 0, 1)),
            "unchanged": 0,
            "duplicate": 0,
            "rejected": 1 if outcome == "succeeded_with_errors" else 0,
            "failed": 4 if failed else 0,
            "errors": 1 if failed else 0,
            "stats": {
                "downloader/request_count": new + 4,
                "crawler/new": new,
                "crawler/lists_read": 2,
                "crawler/reason/http_404": 1,
                "crawler/dropped/too_old": 14,
                "finish_reason": "finished",
            },
        }

    def _outcome(self, began: datetime, new: int) -> tuple[str, str | None]:
        if self.site.fate == "failing" and began > self.now - timedelta(hours=26):
            return "failed", "no list of the source can be read: 2 http_503"
        kind = self.chance.random()
        if kind < 0.04:
            return "succeeded_with_errors", "1 page was not stored: 1 no_body"
        if kind < 0.05:
            return "timed_out", "it ran longer than it may and was stopped"
        return "succeeded", None

    def _attempt(self, run: RunRow) -> None:
        assert run.started_at and run.finished_at
        attempt = AttemptRow(
            run_id=run.id,
            number=1,
            token=f"token-{run.id}",
            worker="steppe-1",
            pid=4_000 + run.id % 900,
            started_at=run.started_at,
            heartbeat_at=run.finished_at,
            finished_at=run.finished_at,
            finish_reason="finished",
            outcome=run.outcome,
            reason=run.reason,
            exit_code=0,
        )
        self.session.add(attempt)
        self.session.flush()
        own = {"run_id": run.id, "attempt_id": attempt.id}
        span = (run.finished_at - run.started_at) / 12
        urls = [("robots", "/robots.txt"), ("feed", "/rss/news.xml"), ("sitemap", "/sitemap.xml")]
        urls += [("article", f"/town/story-{run.id}-{number}/") for number in range(8)]
        failed = run.outcome == "failed"
        fetches, records = [], []
        for number, (kind, path) in enumerate(urls):
            url, at = f"https://{self.site.host}{path}", run.started_at + span * number
            status = 503 if failed and kind != "robots" else 404 if number == 6 else 200
            fetches.append(
                own
                | {
                    "at": at,
                    "kind": kind,
                    "url": url,
                    "url_hash": url_hash(url),
                    "status": status,
                    "ms": 40 + 23 * number,
                    "bytes": 31_000 + 911 * number,
                    "outcome": "new" if status == 200 and kind == "article" else f"http_{status}",
                    "reason": None,
                }
            )
            level = 20 if status == 200 else 30 if status == 404 else 40
            records.append(
                own
                | {
                    "at": at,
                    "level": level,
                    "logger": "crawler.spiders.news",
                    "message": f"{kind.capitalize()} read" if status == 200 else f"The site answered {status}",
                    "url": url,
                    "exception": None,
                }
            )
        self.session.execute(insert(FetchRow), fetches)
        self.session.execute(insert(LogRow), records)
        if failed:
            self._error(run, attempt)

    def _error(self, run: RunRow, attempt: AttemptRow) -> None:
        error = self.session.query(ErrorRow).filter_by(fingerprint=f"list-{self.site.id}").one_or_none()
        if error is None:
            error = ErrorRow(
                fingerprint=f"list-{self.site.id}",
                kind="crawler.errors.DiscoveryError",
                logger="crawler.spiders.discover",
                message=f"feed https://{self.site.host}/rss/news.xml: the server answers 503",
                traceback="Traceback (most recent call last):\n"
                '  File "crawler/spiders/discover.py", line 112, in read\n'
                '    found = read_feed(answer.body)\n  File "crawler/discovery/feeds.py", line 61, in read_feed\n'
                '    raise DiscoveryError(url, "feed", "the server answers 503")\n'
                "crawler.errors.DiscoveryError: feed: the server answers 503",
                sample_url=f"https://{self.site.host}/rss/news.xml",
                count=0,
                first_seen_at=run.started_at,
                last_seen_at=run.started_at,
            )
            self.session.add(error)
            self.session.flush()
        error.count += 2
        error.first_seen_at, error.last_seen_at = (
            min(error.first_seen_at, run.started_at),
            max(error.last_seen_at, run.started_at),
        )
        self.session.add(
            OccurrenceRow(
                error_id=error.id,
                attempt_id=attempt.id,
                run_id=run.id,
                source_id=self.site.id,
                url=error.sample_url,
                count=2,
                first_at=run.started_at,
                last_at=run.finished_at,
            )
        )

    # --- What is known beside -----------------------------------------------------------------------------------------
    def coverage(self, moments: list[datetime]) -> None:
        days: dict[date, int] = {}
        for moment in moments:
            days[moment.date()] = days.get(moment.date(), 0) + 1
        rows = []
        for day, seen in days.items():
            for number, name in enumerate(FIELDS):
                share = (1.0, 0.97, 1.0, 1.0, 0.4, 0.88, 1.0, 0.93, 0.81, 1.0)[number]
                if self.site.fate == "drifting" and name == "lead" and day >= (self.now - timedelta(days=1)).date():
                    share = 0.05
                rows.append(
                    {
                        "day": day,
                        "source_id": self.site.id,
                        "layout": "2025",
                        "field": name,
                        "filled": round(seen * share),
                        "seen": seen,
                    }
                )
        self.session.execute(insert(CoverageRow), rows)

    def lists(self) -> None:
        failed = self.site.fate == "failing"
        for kind, path in (("feed", "/rss/news.xml"), ("sitemap", "/sitemap.xml")):
            self.session.add(
                FeedRow(
                    source_id=self.site.id,
                    url=f"https://{self.site.host}{path}",
                    kind=kind,
                    failures=8.0 if failed else 0.0,
                    last_error="http_503: the server answers 503" if failed else None,
                    last_polled_at=self.now - timedelta(minutes=9),
                    last_success_at=self.end if failed else self.now - timedelta(minutes=9),
                    last_new_at=self.end,
                )
            )

    def schedule(self) -> None:
        paused = self.site.fate == "paused"
        self.session.add(
            ScheduleRow(
                source_id=self.site.id,
                kind="discovery",
                spec=self.site.schedule,
                zone="Asia/Almaty",
                policy={},
                spec_hash="",
                next_fire_at=self.now + timedelta(minutes=1 + len(self.site.id)),
                last_fire_at=self.now - timedelta(minutes=9),
                paused_at=self.now - timedelta(days=3) if paused else None,
                paused_by="aigul" if paused else None,
                paused_reason="Сайт переезжает на новый движок" if paused else None,
                paused_until=self.now + timedelta(days=2) if paused else None,
                created_at=self.now - timedelta(days=WEEKS * 7),
            )
        )
