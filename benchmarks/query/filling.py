"""Fills a database as months of crawling would: sources, articles with all that hangs on them, runs, logs, requests.

Rows go in by the driver, a table at a time; search terms come by the triggers, as always.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.query.texts import LANGUAGES, Texts
from crawler.articles.urls import url_hash
from crawler.storage.coverage import FIELDS
from crawler.storage.database import Database

SOURCES = 200
# Rows of one statement or COPY, between two progress lines.
PORTION = 20_000
SECTIONS = ("society", "politics", "economy", "sport", "culture", "incidents")
SOURCE = """
id = "{id}"
name = "The {id} Herald"
home = "https://{id}.example/"
country = "KZ"
schedule = "*/10 * * * *"
timezone = "Asia/Almaty"
[[editions]]
id = "{language}"
host = "{id}.example"
language = "{language}"
timezone = "Asia/Almaty"
article = '^/news/(?P<id>\\d+)/$'
feeds = ["https://{id}.example/rss.xml"]
"""
STATS = {f"downloader/response_status_count/{status}": status for status in (200, 304, 404)} | {
    f"crawler/{word}": number for number, word in enumerate(("new", "known", "discovered", "lists_read", "fetched"))
}


def source_ids() -> list[str]:
    return [f"herald_{number:03}" for number in range(SOURCES)]


def language_of(source_id: str) -> str:
    return LANGUAGES[int(source_id[-3:]) % 3]


def write_sources(folder: Path) -> None:
    """The source files of the invented sites."""
    folder.mkdir(parents=True, exist_ok=True)
    for source_id in source_ids():
        (folder / f"{source_id}.toml").write_text(SOURCE.format(id=source_id, language=language_of(source_id)), "utf-8")


class Filling:
    """One filling of an empty, migrated database, with `articles` articles up to `now`."""

    def __init__(self, database: Database, *, articles: int, now: datetime, seed: int = 7) -> None:
        self._database = database
        self._articles = articles
        self._now = now
        # 1,667 articles a day of all sources: some 8 a day of each, of the largest 300, of the smallest less than one.
        self._days = max(60, articles // 1_667)
        self._texts = Texts(seed)
        self._random = self._texts.random
        self._texts_made = 0

    def fill(self) -> None:
        runs = min(self._articles, 300_000)
        self._put("schedules", self._schedules())
        self._put("runs", self._runs(runs))
        self._put("run_attempts", self._attempts(runs))
        self._put("articles", self._article_rows())
        self._put("article_authors", ((n, 0, self._author(n)) for n in self._numbers()))
        self._put("article_tags", ((n, p, f"tag {(n * 7 + p * p) % 5_000}") for n in self._numbers() for p in range(3)))
        self._put(
            "article_images", ((n, 0, f"https://images.example/{n}.jpg", "A view", None) for n in self._numbers())
        )
        self._put("links", self._links())
        self._put("revisions", self._revisions())
        clusters = self._articles // 50
        self._put("clusters", ((n, 2 * n - 1, self._moment(n)) for n in range(1, clusters + 1)))
        self._put(
            "cluster_members",
            (
                (n, (n + 1) // 2, None if n % 2 else 0.8, None if n % 2 else n - 1, "1", self._moment(n))
                for n in range(1, 2 * clusters + 1)
            ),
        )
        self._put("coverage_daily", self._coverage())
        self._put("feeds", self._feeds())
        self._put("fetches", self._fetches(runs))
        self._put("run_logs", self._logs(runs))
        self._put("errors", self._errors())
        self._put("error_occurrences", self._occurrences(runs))
        self._finish()

    # --- Rows ---------------------------------------------------------------------------------------------------------
    def _numbers(self) -> range:
        return range(1, self._articles + 1)

    def _moment(self, number: int) -> str:
        """When article `number` was first seen: evenly over the days, and more by day than by night."""
        share = number / self._articles
        moment = self._now - timedelta(days=self._days) * (1 - share)
        return _written(moment)

    def _source_of(self, number: int) -> str:
        """Few sources bring many articles, many bring few."""
        share = int.from_bytes(hashlib.blake2b(number.to_bytes(8), digest_size=4).digest()) / 2**32
        return f"herald_{int(SOURCES * share**2.5):03}"

    def _author(self, number: int) -> str:
        return f"Author {number % 997}"

    def _article_rows(self) -> Iterator[Sequence[Any]]:
        texts = self._texts
        for number in self._numbers():
            source_id = self._source_of(number)
            language = language_of(source_id)
            url = f"https://{source_id}.example/news/{number}/"
            seen = self._moment(number)
            lead, body = texts.lead(language), texts.body(language, number)
            yield (
                number, source_id, language, url, url, url_hash(url), str(number), texts.headline(language), lead, True,
                body, language, SECTIONS[number % 6], seen, "printed", "site_rule", "minute", seen, seen, seen, seen,
                len(body.split()), hashlib.blake2b(body.encode(), digest_size=16).digest(), 1 + (number % 20 == 0),
                '{"headline": "site_rule", "body": "site_rule"}', "2026", "1", number % 1_000 + 1,
            )  # fmt: skip

    def _links(self) -> Iterator[Sequence[Any]]:
        for number in self._numbers():
            source_id = self._source_of(number)
            url = f"https://{source_id}.example/news/{number}/"
            seen = self._moment(number)
            yield (
                number, url_hash(url), url, url, source_id, language_of(source_id), "feed",
                f"https://{source_id}.example/rss.xml", seen, seen, "stored", 0, seen, number,
            )  # fmt: skip

    def _revisions(self) -> Iterator[Sequence[Any]]:
        for number in range(20, self._articles + 1, 20):
            seen = self._moment(number)
            yield (
                number, 1, "edit", '["headline"]', "An earlier headline", None, "An earlier text.", "[]", "[]", "[]",
                number.to_bytes(16), "1", seen, seen,
            )  # fmt: skip

    def _schedules(self) -> Iterator[Sequence[Any]]:
        for source_id in source_ids():
            soon = _written(self._now + timedelta(minutes=5))
            yield source_id, "discovery", "*/10 * * * *", "Asia/Almaty", "{}", "0", soon, self._moment(1)

    def _runs(self, count: int) -> Iterator[Sequence[Any]]:
        """The last ten days or more, every source in turn; one of fifty failed."""
        stats = json.dumps(STATS)
        for number in range(1, count + 1):
            at = self._run_at(number, count)
            outcome = "failed" if number % 53 == 0 else "succeeded_with_errors" if number % 19 == 0 else "succeeded"
            source_id = source_ids()[number % SOURCES]
            yield (
                number, source_id, "discovery", "schedule", "finished", outcome, None, _written(at), _written(at),
                _written(at + timedelta(seconds=3 + number % 60)), number % 5, number % 5, number % 5, stats,
            )  # fmt: skip

    def _run_at(self, number: int, count: int) -> datetime:
        return self._now - timedelta(seconds=3 * (count - number))

    def _attempts(self, count: int) -> Iterator[Sequence[Any]]:
        for number in range(1, count + 1):
            at = _written(self._run_at(number, count))
            yield number, number, 1, f"token {number}", "here", 1, at, at, at, "finished", "succeeded"

    def _coverage(self) -> Iterator[Sequence[Any]]:
        today = self._now.date()
        for back in range(min(self._days, 90)):
            for source_id in source_ids():
                for number, field in enumerate(FIELDS):
                    # A third of the sites have no lead, no authors, no tags.
                    filled = 0 if number % 3 == 1 and source_id.endswith(("1", "4", "7")) else 17
                    yield (today - timedelta(days=back)).isoformat(), source_id, "2026", field, filled, 20

    def _feeds(self) -> Iterator[Sequence[Any]]:
        at = _written(self._now)
        for source_id in source_ids():
            yield source_id, f"https://{source_id}.example/rss.xml", "feed", at, at, at

    def _fetches(self, runs: int) -> Iterator[Sequence[Any]]:
        for run in range(1, runs + 1):
            at = _written(self._run_at(run, runs))
            for kind, outcome in (("feed", "read"), ("article", "new")):
                yield run, run, at, kind, "https://herald.example/", run, 200, 120, 30_000, outcome

    def _logs(self, runs: int) -> Iterator[Sequence[Any]]:
        for run in range(1, runs + 1):
            at = _written(self._run_at(run, runs))
            for line in range(3):
                yield run, run, at, 40 if run % 53 == 0 and line == 2 else 20, "crawler", f"Line {line} of run {run}"

    def _errors(self) -> Iterator[Sequence[Any]]:
        for number in range(1, 201):
            at = _written(self._now - timedelta(hours=number))
            yield number, f"print {number}", "TimeoutError", "crawler", f"No answer of kind {number}", 50, at, at

    def _occurrences(self, runs: int) -> Iterator[Sequence[Any]]:
        for run in range(53, runs + 1, 53):
            at = _written(self._run_at(run, runs))
            yield run // 53 % 200 + 1, run, run, source_ids()[run % SOURCES], 1, at, at

    # --- Into the database --------------------------------------------------------------------------------------------
    def _put(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        columns = COLUMNS[table].split()
        iterator = iter(rows)
        done = 0
        while portion := list(islice(iterator, PORTION)):
            if self._database.dialect == "sqlite":
                self._insert(table, columns, portion)
            else:
                self._copy(table, columns, portion)
            done += len(portion)
            print(f"\r{table}: {done:,}", end="", flush=True)
        print()

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(columns))
        with self._database.outside_transactions() as file:
            file.execute("BEGIN IMMEDIATE")
            file.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
            file.execute("COMMIT")

    def _copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with (
            psycopg.connect(address, options="-c timezone=UTC") as connection,
            connection.cursor().copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def _finish(self) -> None:
        """Let the database learn what it holds, as it does by itself in the course of time."""
        if self._database.dialect == "sqlite":
            with self._database.outside_transactions() as file:
                file.execute("ANALYZE")
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return
        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            for table in ("articles", "runs", "run_attempts", "run_logs", "fetches"):
                connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            connection.execute("VACUUM ANALYZE")


def _written(moment: datetime) -> str:
    """As SQLite keeps it; PostgreSQL reads it in the zone of the connection."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


COLUMNS = {
    "schedules": "source_id kind spec zone policy spec_hash next_fire_at created_at",
    "runs": "id source_id kind trigger state outcome reason created_at started_at finished_at discovered fetched new "
    "stats",
    "run_attempts": "id run_id number token worker pid started_at heartbeat_at finished_at finish_reason outcome",
    "articles": "id source_id edition url canonical_url url_hash site_article_id headline lead lead_on_page body "
    "language section published_at published_raw published_origin published_precision listed_at first_seen_at "
    "last_seen_at fetched_at word_count content_hash revision origins layout extractor_version run_id",
    "article_authors": "article_id position name",
    "article_tags": "article_id position tag",
    "article_images": "article_id position url caption credit",
    "links": "id url_hash url canonical_url source_id edition discovered_via via_url discovered_at published_hint "
    "state attempts ended_at article_id",
    "revisions": "article_id number kind changed_fields headline lead body authors tags images content_hash "
    "extractor_version seen_at superseded_at",
    "clusters": "id original_id created_at",
    "cluster_members": "article_id cluster_id similarity matched_article_id method_version joined_at",
    "coverage_daily": "day source_id layout field filled seen",
    "feeds": "source_id url kind last_polled_at last_success_at last_new_at",
    "fetches": "run_id attempt_id at kind url url_hash status ms bytes outcome",
    "run_logs": "run_id attempt_id at level logger message",
    "errors": "id fingerprint kind logger message count first_seen_at last_seen_at",
    "error_occurrences": "error_id attempt_id run_id source_id count first_at last_at",
}
