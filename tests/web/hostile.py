"""A site that puts mark-up, scripts and dangerous addresses into every field that is crawled from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.storage.database import Database
from crawler.storage.tables import (
    ArticleRow,
    AttemptRow,
    AuthorRow,
    ClusterRow,
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
    TagRow,
)

SOURCE = "mallory"
SCRIPT = "javascript:alert(document.domain)"
_NUMBER = iter(range(1, 1_000))


def evil(field: str) -> str:
    """A value for a field that says which one it was when it gets through."""
    return (
        f"""{field}"'><script>alert("{field}")</script><img src=x onerror=alert('{field}')>"""
        f"""<svg onload=alert(1)>{{{{7*7}}}}{{% raw %}} & <b class=smuggled>{field}</b>\u202e</p></article>"""
    )


def declare(folder: Path) -> None:
    """Write the source file; its name and terms come from whoever wrote it."""
    (folder / f"{SOURCE}.toml").write_text(
        f'id = "{SOURCE}"\nname = """{evil("name")}"""\nhome = "https://mallory.example/"\n'
        f'terms = """{evil("terms")}"""\nschedule = "30 2 * * *"\ntimezone = "Europe/Berlin"\n'
        '[[editions]]\nid = "en"\nhost = "mallory.example"\nlanguage = "en"\ntimezone = "Europe/Berlin"\n'
        "article = '^/(?P<id>\\d+)/$'\nfeeds = [\"https://mallory.example/rss.xml\"]\n",
        encoding="utf-8",
    )


def fill(database: Database) -> None:
    """Write one article, one run and one error of it, every text hostile."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    with database.write() as session:
        run = RunRow(
            source_id=SOURCE,
            kind="discovery",
            trigger=evil("trigger"),
            state="finished",
            outcome="failed",
            reason=evil("reason"),
            created_at=now,
            started_at=now,
            finished_at=now,
            cancel_requested_at=now,
            cancel_requested_by=evil("by"),
            stats={evil("stat"): evil("value"), f"crawler/reason/{evil('word')}": 3, "crawler/dropped/<i>": 1},
        )
        session.add(run)
        session.flush()
        attempt = AttemptRow(
            run_id=run.id,
            number=1,
            token=evil("token"),
            worker=evil("worker"),
            started_at=now,
            heartbeat_at=now,
            finished_at=now,
            finish_reason=evil("finish"),
            outcome="failed",
            reason=evil("why"),
            stderr_tail=evil("stderr"),
        )
        session.add(attempt)
        session.flush()
        own = {"run_id": run.id, "attempt_id": attempt.id}
        session.add(
            LogRow(
                **own, at=now, level=40, logger="l", message=evil("message"), url=SCRIPT, exception=evil("exception")
            )
        )
        session.add(
            FetchRow(
                **own,
                at=now,
                kind="article",
                url=SCRIPT,
                url_hash=next(_NUMBER),
                status=200,
                outcome=evil("outcome"),
                reason=evil("said"),
            )
        )
        error = ErrorRow(
            fingerprint="evil",
            kind=evil("kind"),
            logger=evil("logger"),
            message=evil("error"),
            traceback=evil("traceback"),
            sample_url=SCRIPT,
            count=1,
            first_seen_at=now,
            last_seen_at=now,
        )
        session.add(error)
        session.flush()
        session.add(
            OccurrenceRow(error_id=error.id, source_id=SOURCE, url=SCRIPT, count=1, first_at=now, last_at=now, **own)
        )
        session.add(
            FeedRow(
                source_id=SOURCE,
                url="https://mallory.example/rss.xml",
                kind="feed",
                failures=5,
                last_error=evil("feed"),
                last_polled_at=now,
            )
        )
        article, twin = (_article(now, run.id) for _ in range(2))
        session.add_all((article, twin))
        session.flush()
        session.add_all(
            (
                AuthorRow(article_id=article.id, position=0, name=evil("author")),
                TagRow(article_id=article.id, position=0, tag=evil("tag")),
                ImageRow(article_id=article.id, position=0, url=SCRIPT, caption=evil("caption"), credit=evil("credit")),
                RelationRow(
                    article_id=article.id, kind="translation", url_hash=next(_NUMBER), url=SCRIPT, language=evil("l")
                ),
                RelationRow(
                    article_id=article.id, kind="related", url_hash=twin.url_hash, url=twin.url, language='"><b>'
                ),
                LinkRow(
                    url_hash=next(_NUMBER),
                    url=SCRIPT,
                    canonical_url=SCRIPT,
                    source_id=SOURCE,
                    edition="en",
                    discovered_via=evil("via"),
                    via_url=SCRIPT,
                    discovered_at=now,
                    title=evil("title"),
                    state="stored",
                    attempts=1,
                    article_id=article.id,
                ),
                _revision(article.id, now),
            )
        )
        cluster = ClusterRow(original_id=twin.id, created_at=now)
        session.add(cluster)
        session.flush()
        for row in (article, twin):
            session.add(MemberRow(article_id=row.id, cluster_id=cluster.id, method_version=1, joined_at=now))


def _article(now: datetime, run_id: int) -> ArticleRow:
    number = next(_NUMBER)
    return ArticleRow(
        source_id=SOURCE,
        edition=evil("edition"),
        url=SCRIPT,
        canonical_url=f"https://mallory.example/{number}/{evil('path')}",
        url_hash=-number,
        headline=evil("headline"),
        lead=evil("lead"),
        body=f"{evil('first')}\n\n{evil('second')} pomegranate",
        language="en",
        section=evil("section"),
        published_at=now,
        published_raw=evil("raw"),
        published_precision="second",
        listed_at=now,
        first_seen_at=now,
        last_seen_at=now,
        fetched_at=now,
        word_count=9,
        content_hash=b"evil%d" % number,
        revision=2,
        origins={"headline": evil("origin"), "lead": "site_rule"},
        layout=evil("layout"),
        extractor_version="1",
        run_id=run_id,
    )


def _revision(article_id: int, now: datetime) -> RevisionRow:
    return RevisionRow(
        article_id=article_id,
        number=1,
        kind="edit",
        changed_fields=["headline", evil("changed")],
        headline=evil("old headline"),
        lead=evil("old lead"),
        body=evil("old body"),
        authors=[],
        tags=[],
        images=[],
        content_hash=b"old",
        extractor_version="1",
        seen_at=now,
        superseded_at=now,
    )
