"""Seven invented news sites with five weeks of history in a database: what pages are looked at with. Our own texts.

Stories are those of the demo's newsroom, told again with other places and numbers. One seed, so that every run shows
the same; the moments are relative to now.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crawler.articles.urls import url_hash
from crawler.demo.stories import Story, load_newsroom
from crawler.duplicates.fingerprint import content_hash
from crawler.storage.database import Database
from crawler.storage.tables import (
    ArticleRow,
    AuthorRow,
    ClusterRow,
    ImageRow,
    MemberRow,
    RelationRow,
    RevisionRow,
    TagRow,
)
from tests.web.newsroom_record import WEEKS, Site, last_article_at, write_record

SEED = 7
ALMATY = ZoneInfo("Asia/Almaty")
# Share of a day's articles that come in each hour of the town's clock: nobody writes at night.
_HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 9, 8, 9, 10, 9, 8, 7, 5, 4, 3, 2, 1)
_TOWNS = {
    "ru": ("Тасозен", "Кокбулак", "Жанасу", "Аксай", "Сарыбел"),
    "kk": ("Тасөзен", "Көкбұлақ", "Теректі", "Ақтоғай", "Сарыбел"),
    "en": ("Tasozen", "Kokbulak", "Millbrook", "Ferryside", "Northgate"),
}


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
        self.end = last_article_at(site, now)
        self.stories = load_newsroom(site.language, started_at=now).second_day

    def write(self) -> None:
        moments = sorted(self._moments())
        articles = [self._article(number, moment) for number, moment in enumerate(moments)]
        self.session.execute(insert(ArticleRow), articles)
        ids = [row.id for row in self.session.query(ArticleRow.id).filter_by(source_id=self.site.id).order_by("id")]
        self._parts(ids)
        self._revisions(ids, articles)
        write_record(self.session, self.site, articles, ids, self.now, self.chance)

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
                if moment < self.end:
                    yield moment.replace(microsecond=0)

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


def _tell_twice(session: Session, chance: random.Random) -> None:
    """Some stories stand on two sites, and in two languages."""
    rows = {site.id: _latest(session, site.id) for site in SITES}
    for first in rows["steppe_telegraph"][::4]:
        copies = [row for row in rows["tasozen_today"] if row.body == first.body and row.listed_at > first.listed_at]
        if not copies:
            continue
        second = copies[-1]
        rows["tasozen_today"].remove(second)
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
