"""Seven invented news sites with five weeks of history in a database: what pages are looked at with. Our own texts.

Stories are those of the demo's newsroom, told again with other places and numbers. One seed, so that every run shows
the same; the moments are relative to now.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from crawler.articles.urls import url_hash
from crawler.demo.stories import Story, load_newsroom
from crawler.duplicates.fingerprint import content_hash
from crawler.storage.coverage import FIELDS
from crawler.storage.database import Database
from crawler.storage.tables import (
    ArticleRow,
    AttemptRow,
    AuthorRow,
    ClusterRow,
    CoverageRow,
    ErrorRow,
    FeedRow,
    FetchRow,
    ImageRow,
    LinkRow,
    LogRow,
    MemberRow,
    OccurrenceRow,
    RelationRow,
    RevisionRow,
    RunRow,
    ScheduleRow,
    TagRow,
)

SEED = 7
WEEKS = 5
ALMATY = ZoneInfo("Asia/Almaty")
# Share of a day's articles that come in each hour of the town's clock: nobody writes at night.
_HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 9, 8, 9, 10, 9, 8, 7, 5, 4, 3, 2, 1)
_TOWNS = {
    "ru": ("Тасозен", "Кокбулак", "Жанасу", "Аксай", "Сарыбел"),
    "kk": ("Тасөзен", "Көкбұлақ", "Теректі", "Ақтоғай", "Сарыбел"),
    "en": ("Tasozen", "Kokbulak", "Millbrook", "Ferryside", "Northgate"),
}


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


SITES = (
    Site("steppe_telegraph", "Степной телеграф", "ru", 42, "*/10 * * * *"),
    Site("tasozen_today", "Тасозен сегодня", "ru", 31, "*/15 * * * *"),
    Site("dala_habary", "Дала хабары", "kk", 24, "*/15 * * * *"),
    Site("river_gazette", "The River Gazette", "en", 15, "*/30 * * * *", "drifting"),
    Site("orchard_post", "The Orchard Post", "en", 11, "0 * * * *", "failing"),
    Site("kokbulak_news", "Новости Кокбулака", "ru", 18, "*/20 * * * *", "silent"),
    Site("asyk_sport", "Асық спорт", "kk", 6, "30 6-23 * * *", "paused"),
)


def declare(folder: Path) -> None:
    """Write the source files."""
    folder.mkdir(parents=True, exist_ok=True)
    for site in SITES:
        (folder / f"{site.id}.toml").write_text(
            f'id = "{site.id}"\nname = "{site.name}"\nhome = "https://{site.host}/"\ncountry = "KZ"\n'
            f'schedule = "{site.schedule}"\n\n[[editions]]\nid = "{site.language}"\nhost = "{site.host}"\n'
            f'language = "{site.language}"\ntimezone = "Asia/Almaty"\n'
            "article = '^/[a-z]+/[a-z0-9-]+-(?P<id>\\d+)/$'\n"
            f'feeds = ["https://{site.host}/rss/news.xml"]\nsitemaps = ["https://{site.host}/sitemap.xml"]\n',
            encoding="utf-8",
        )


def fill(database: Database, *, scale: float = 1.0) -> None:
    """Write five weeks of history up to now.

    Args:
        scale: share of the articles that the sites bring.
    """
    moment = datetime.now(UTC).replace(microsecond=0)
    chance = random.Random(SEED)
    with database.write() as session:
        for site in SITES:
            _History(session, site, moment, chance, scale).write()
        _tell_twice(session, chance)


class _History:
    """What one site has brought."""

    def __init__(self, session: Session, site: Site, now: datetime, chance: random.Random, scale: float) -> None:
        self.session, self.site, self.now, self.chance, self.scale = session, site, now, chance, scale
        self.stories = load_newsroom(site.language, started_at=now).second_day

    def write(self) -> None:
        moments = sorted(self._moments())
        articles = [self._article(number, moment) for number, moment in enumerate(moments)]
        self.session.execute(insert(ArticleRow), articles)
        ids = [row.id for row in self.session.query(ArticleRow.id).filter_by(source_id=self.site.id).order_by("id")]
        self._parts(ids)
        self._revisions(ids, articles)
        self._runs(articles, ids)
        self._coverage(moments)
        self._lists()
        self._schedule()

    # --- Articles -----------------------------------------------------------------------------------------------------
    def _moments(self) -> Iterator[datetime]:
        """When articles were published."""
        today = self.now.astimezone(ALMATY).replace(hour=0, minute=0, second=0)
        for day in range(WEEKS * 7 + 1):
            morning = today - timedelta(days=day)
            weekend = 0.55 if morning.weekday() >= 5 else 1.0
            for _ in range(round(self.site.a_day * self.scale * weekend * self.chance.uniform(0.85, 1.15))):
                hour = self.chance.choices(range(24), _HOURS)[0]
                moment = (morning + timedelta(hours=hour, minutes=self.chance.random() * 60)).astimezone(UTC)
                if moment < self._end():
                    yield moment.replace(microsecond=0)

    def _end(self) -> datetime:
        """When its last article came."""
        silent_for = {"silent": timedelta(hours=31), "failing": timedelta(hours=27), "paused": timedelta(days=3)}
        return self.now - silent_for.get(self.site.fate, timedelta(minutes=3))

    def _article(self, number: int, published_at: datetime) -> dict[str, Any]:
        story: Story = self.stories[number % len(self.stories)]
        town = _TOWNS[self.site.language][(number * 7 + len(self.site.id)) % 5]
        headline = f"{town}: {story.headline[0].lower()}{story.headline[1:]}" if number % 3 else story.headline
        path = f"/{story.section}/{story.slug}-{10_000 + number}/"
        url = f"https://{self.site.host}{path}"
        body = "\n\n".join(story.body)
        seen_at = published_at + timedelta(minutes=2 + number % 9)
        has_lead = not (self.site.fate == "drifting" and published_at > self.now - timedelta(hours=36))
        return {
            "source_id": self.site.id,
            "edition": self.site.language,
            "url": url,
            "canonical_url": url,
            "url_hash": url_hash(url),
            "site_article_id": str(10_000 + number),
            "headline": headline,
            "lead": story.lead if has_lead else None,
            "body": body,
            "language": self.site.language,
            "section": story.section,
            "published_at": published_at,
            "published_raw": f"{published_at.astimezone(ALMATY):%d.%m.%Y, %H:%M}",
            "published_origin": "json_ld",
            "published_precision": "minute",
            "listed_at": published_at,
            "first_seen_at": seen_at,
            "last_seen_at": seen_at,
            "fetched_at": seen_at,
            "gone_at": seen_at + timedelta(hours=5) if number % 211 == 17 else None,
            "word_count": len(body.split()),
            "content_hash": content_hash(headline, story.lead, body),
            "revision": 2 if number % 40 == 9 else 1,
            "origins": dict.fromkeys(("headline", "published_at", "authors", "section"), "json_ld")
            | {"lead": "site_rule", "body": "site_rule", "tags": "meta", "images": "meta", "language": "edition"},
            "layout": "2025",
            "confidence": 0.96,
            "extractor_version": "1",
        }

    def _parts(self, ids: list[int]) -> None:
        authors, tags, images = [], [], []
        for number, article_id in enumerate(ids):
            story = self.stories[number % len(self.stories)]
            if story.author:
                authors.append({"article_id": article_id, "position": 0, "name": story.author})
            tags += [{"article_id": article_id, "position": n, "tag": tag} for n, tag in enumerate(story.tags)]
            images += [
                {
                    "article_id": article_id,
                    "position": n,
                    "url": f"https://{self.site.host}/photo/{article_id}-{n}.jpg",
                    "caption": photo.caption,
                    "credit": photo.credit,
                }
                for n, photo in enumerate(story.photos)
            ]
        for table, rows in ((AuthorRow, authors), (TagRow, tags), (ImageRow, images)):
            self.session.execute(insert(table), rows)

    def _revisions(self, ids: list[int], articles: list[dict[str, Any]]) -> None:
        """What some articles said before: a number was corrected, a paragraph added."""
        rows = []
        for article_id, one in zip(ids, articles, strict=True):
            if one["revision"] == 1:
                continue
            paragraphs = one["body"].split("\n\n")
            first = paragraphs[0].replace("4", "7").replace("и", "и, по предварительным данным,", 1)
            earlier = [first, *paragraphs[1:-1]]
            seen_at = one["first_seen_at"]
            rows.append(
                {
                    "article_id": article_id,
                    "number": 1,
                    "kind": "edit",
                    "changed_fields": ["headline", "body"],
                    "headline": one["headline"].split(" ", 1)[0] + " – " + one["headline"].split(" ", 1)[1],
                    "lead": one["lead"],
                    "body": "\n\n".join(earlier),
                    "published_at": one["published_at"],
                    "modified_at": None,
                    "authors": [],
                    "tags": [],
                    "images": [],
                    "content_hash": b"before",
                    "extractor_version": "1",
                    "seen_at": seen_at,
                    "superseded_at": seen_at + timedelta(hours=1),
                }
            )
        self.session.execute(insert(RevisionRow), rows)

    # --- Runs ---------------------------------------------------------------------------------------------------------
    def _runs(self, articles: list[dict[str, Any]], ids: list[int]) -> None:
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
    def _coverage(self, moments: list[datetime]) -> None:
        days: dict[Any, int] = {}
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

    def _lists(self) -> None:
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
                    last_success_at=self._end() if failed else self.now - timedelta(minutes=9),
                    last_new_at=self._end(),
                )
            )

    def _schedule(self) -> None:
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


def _tell_twice(session: Session, chance: random.Random) -> None:
    """Some stories stand on two sites, and in two languages."""
    rows = {site.id: _latest(session, site.id) for site in SITES}
    for first, second in zip(rows["steppe_telegraph"][:20:4], rows["tasozen_today"][:20:4], strict=True):
        cluster = ClusterRow(original_id=first.id, created_at=first.first_seen_at)
        session.add(cluster)
        session.flush()
        for row, similarity, matched in ((first, None, None), (second, 0.87 + chance.random() / 10, first.id)):
            session.add(
                MemberRow(
                    article_id=row.id,
                    cluster_id=cluster.id,
                    similarity=similarity,
                    matched_article_id=matched,
                    method_version=1,
                    joined_at=row.first_seen_at,
                )
            )
        translation = rows["dala_habary"][first.id % 10]
        session.add(
            RelationRow(
                article_id=first.id,
                kind="translation",
                url_hash=translation.url_hash,
                url=translation.canonical_url,
                language="kk",
            )
        )


def _latest(session: Session, source_id: str) -> list[ArticleRow]:
    found = session.query(ArticleRow).filter_by(source_id=source_id)
    return list(found.order_by(ArticleRow.listed_at.desc()).limit(40))
