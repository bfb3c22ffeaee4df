"""Runs the crawler as a user does, in processes of its own, with a home of its own: database, sources, environment."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from crawler.storage import schema
from crawler.storage.database import Database
from tests.crawl.site import Reply, Site

CHECKOUT = Path(__file__).parents[2]
# A crawl of a few local pages takes two seconds here; a test that needs this much hangs. Seconds.
LONGEST = 50.0
_TEXT = """
river mill bridge council winter school market harvest road library garden train clock tower flood lantern
bakery teacher engineer orchard valley station concert museum choir ferry kitchen quarry theatre harbour
meadow printer opened closed repaired painted moved sold borrowed measured counted promised delayed found lost
rebuilt under over behind beside without against before after during because although while until every
another several last next old narrow wooden bright early late quiet loud cheap steep round empty northern
southern
"""
WORDS = _TEXT.split()
# Local pages need no pause between requests.
POLITE: Mapping[str, object] = {"delay": "0s"}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Home:
    """One machine of one user, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "crawler.db"
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
            "HOME": str(folder),
            "CRAWLER_DATABASE_URL": f"sqlite:///{self.database}",
            "CRAWLER_SOURCES": str(self.sources),
            "CRAWLER_CONTACT": "tests@herald.example",
            "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "1",
            "CRAWLER_TIMEZONE": "Asia/Almaty",
            # Tests run beside each other, and there is one port.
            "CRAWLER_WEB": "false",
        }
        self._started: list[subprocess.Popen[str]] = []

    def declare(self, site: Site, *, source_id: str = "herald", **lines: object) -> None:
        """Write a source file for a site: its feed, unless `feeds`, `sitemaps` or `listings` say otherwise.

        Args:
            lines: values of the edition; `delay` and `max_bytes` of the politeness, `timeout` in seconds.
        """
        polite = {**POLITE, **{k: lines.pop(k) for k in ("delay", "timeout", "max_bytes") if k in lines}}
        edition = {**self._edition(site), "feeds": [site.url("/rss.xml")], **lines}
        self._write_source(site, source_id, polite, _toml(edition))

    def declare_text(self, site: Site, lines: str) -> None:
        """Write a source file for a site with lists as TOML says."""
        self._write_source(site, "herald", POLITE, _toml(self._edition(site)) + lines)

    @staticmethod
    def _edition(site: Site) -> dict[str, object]:
        return {
            "id": "en",
            "host": site.host,
            "language": "en",
            "timezone": "Asia/Almaty",
            "article": r"^/news/[a-z-]+-(?P<id>\d+)/$",
        }

    def _write_source(self, site: Site, source_id: str, polite: Mapping[str, object], edition: str) -> None:
        head = {"id": source_id, "name": "The Herald", "home": site.url("/")}
        text = f"{_toml(head)}\n[politeness]\n{_toml(polite)}\n[[editions]]\n{edition}"
        (self.sources / f"{source_id}.toml").write_text(text, encoding="utf-8")

    @contextmanager
    def migrated(self) -> Iterator[Database]:
        """The database, with all its tables, for rows that no crawl would bring."""
        with Database(f"sqlite:///{self.database}") as database:
            schema.upgrade(database)
            yield database

    def run(self, *words: str, within: float = LONGEST, **environment: str) -> Done:
        """Run `crawler WORDS` to its end."""
        return self._wait(self.start(*words, **environment), within)

    def crawl(self, *words: str, **environment: str) -> dict[str, Any]:
        """Crawl the Herald and return the one result that the command prints as JSON."""
        done = self.run("crawl", "herald", *words, "--json", **environment)
        try:
            (result,) = done.json
        except ValueError as error:
            raise AssertionError(f"exit code {done.code}\n{done.out}\n{done.err}") from error
        assert result["outcome"] != "failed_to_start", result["reason"]
        return {**result, "code": done.code}

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Begin `crawler WORDS`; whatever still runs when the test ends is killed."""
        return self.start_python("-m", "crawler", *words, **environment)

    def start_python(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Begin `python WORDS` in the checkout, in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, *words],
            env=self.environment | environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def end(self, process: subprocess.Popen[str], within: float = LONGEST) -> Done:
        """Wait for the end of a process that `start` began."""
        return self._wait(process, within)

    @staticmethod
    def _wait(process: subprocess.Popen[str], within: float) -> Done:
        out, err = process.communicate(timeout=within)
        return Done(process.returncode, out, err)

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that SQL finds in the database; none while there is no such table."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            try:
                return connection.execute(question, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def ask_for_writing(self, statement: str) -> None:
        """Change rows, as time or another process would."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(statement)

    def one(self, question: str, *values: object) -> Any:
        """The first value of the first row."""
        return self.ask(question, *values)[0][0]

    def headlines(self) -> list[str]:
        """Of all articles, in alphabetical order."""
        return [row[0] for row in self.ask("SELECT headline FROM articles ORDER BY headline")]

    def links(self) -> dict[str, str]:
        """Path of each link -> its state."""
        rows = self.ask("SELECT url, state FROM links")
        return {"/" + url.split("/", 3)[3]: state for url, state in rows}

    def crawling_pids(self) -> list[int]:
        """The processes that the database says are crawling."""
        return [row[0] for row in self.ask("SELECT pid FROM run_attempts WHERE finished_at IS NULL")]

    def leave(self) -> None:
        """Kill what still runs: the commands that were started here, and the crawls that they had started."""
        for process in self._started:
            if process.poll() is None:
                for pid in (*self.crawling_pids(), process.pid):
                    kill(pid)
                process.communicate(timeout=10)


def kill(pid: int) -> None:
    """kill -9; a process that is gone already is well."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def until(question: Callable[[], Any], *, within: float = 30.0) -> Any:
    """Ask until the answer is true, and return it.

    Raises:
        TimeoutError: it was not within so many seconds.
    """
    deadline = time.monotonic() + within
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {answer!r} after {within} s")
        time.sleep(0.02)
    return answer


# --- What the Herald publishes ----------------------------------------------------------------------------------------
def path_of(number: int) -> str:
    return f"/news/story-{number}/"


def headline_of(number: int) -> str:
    return f"The council opens footbridge number {number:03}"


def published_of(number: int) -> datetime:
    """Higher numbers are younger; all lie within the last hours."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=12) + timedelta(minutes=number)


def told(number: int) -> str:
    """A paragraph in words of its own: stories that differ in numbers alone would rightly be taken for one."""
    chance = random.Random(number)
    sentences = (" ".join(chance.choices(WORDS, k=11)).capitalize() for _ in range(4))
    return ". ".join(sentences) + f", the council said on the day number {number}."


def article(number: int, *, headline: str | None = None, text: str | None = None) -> str:
    """An article page in the simplest honest mark-up."""
    headline = headline or headline_of(number)
    text = text or told(number)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": published_of(number).isoformat(),
    }
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title>'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body><header>The Herald</header>'
        f"<main><article><h1>{headline}</h1><p>{text}</p><p>{told(number + 10_000)}</p></article></main>"
        "<footer>The Herald, Mill Street 1</footer></body></html>"
    )


def feed(site: Site, numbers: Sequence[int], *, paths: Mapping[int, str] | None = None) -> Reply:
    """An RSS feed of stories; `paths` says where some of them stand instead."""
    items = "".join(
        f"<item><title>{headline_of(n)}</title><link>{site.url((paths or {}).get(n, path_of(n)))}</link>"
        f"<pubDate>{format_datetime(published_of(n))}</pubDate></item>"
        for n in numbers
    )
    return Reply(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Herald</title>{items}</channel></rss>',
        content_type="application/rss+xml",
        etag=True,
    )


def publish(site: Site, numbers: Sequence[int]) -> None:
    """Put stories and the feed that lists them on a site."""
    site["/rss.xml"] = feed(site, numbers)
    for number in numbers:
        site[path_of(number)] = article(number)


def _toml(values: Mapping[str, object]) -> str:
    # JSON strings, numbers and lists of strings are TOML, too.
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
