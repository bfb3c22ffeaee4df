"""The demo, step by step: crawls the bundled site twice as a user would, shows what came of it, and checks each number.

Every command runs in a process of its own and is printed before its output. Nothing leaves this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from rich.console import Console
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.demo import editions
from crawler.demo.site import Courier, serve_courier
from crawler.demo.stories import LANGUAGES, Story
from crawler.storage.database import Database
from crawler.storage.tables import ArticleRow, LinkRow, LinkState, RevisionRow, RunRow

SOURCE = "steppe_courier"
# Every story once, and the wire copy, which is stored in full beside its original.
STORIES, COPIES = 24, 1
# One more story in each language, and one edited.
STORIES_OF_SECOND_DAY, EDITS = 3, 1
# The mean pause of so many requests in a row, in seconds, as the site sees them. The crawler keeps the crawl delay; a
# new connection or a busy machine lets one of them arrive later, and the next one sooner after it. The source's own
# delay, without robots.txt, is half of the crawl delay.
IN_A_ROW = 6
LEAST_PAUSE = editions.CRAWL_DELAY * 0.7
# Width of a step's heading, in columns: fits every terminal.
HEADING = 80


@dataclass
class Tour:
    """One walk through the demo."""

    courier: Courier
    folder: Path
    """Holds the database and the source file."""
    out: Console
    failures: list[str] = field(default_factory=list)
    """What was not as it must be."""
    checks: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """The settings under which the demo's commands run."""
        return {
            "CRAWLER_DATABASE_URL": f"sqlite:///{self.folder / 'demo.db'}",
            "CRAWLER_SOURCES": str(self.folder / "sources"),
            "CRAWLER_ALLOW_PRIVATE_ADDRESSES": "1",
            "CRAWLER_CONTACT": "demo@steppe-courier.example",
        }

    def walk(self) -> None:
        """Take all steps."""
        self._prepare()
        self._first_crawl()
        self._what_is_stored()
        self._one_article()
        self._second_day()
        self._what_is_missing()
        self._the_log()

    # --- Steps --------------------------------------------------------------------------------------------------------
    def _prepare(self) -> None:
        sources = self.folder / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        (sources / f"{SOURCE}.toml").write_text(self.courier.source_file(), encoding="utf-8")
        self.out.print(
            "A small news site of our own writing, the Steppe Courier, now runs on this machine, in three editions:"
        )
        for language in LANGUAGES:
            self.out.print(f"  {language}  {self.courier.url(language)}")
        self.out.print("It has the faults that real sites have. One file declares it to the crawler:")
        self._command("source", "check", SOURCE)

    def _first_crawl(self) -> None:
        self._heading("1", "The first crawl")
        self.out.print(
            "The Russian edition is found by its feed. The Kazakh feed is dead, so its sitemap takes over; "
            "of the English edition only the list of articles is left."
        )
        self._command("crawl", SOURCE)
        with self._session() as session:
            run = _latest_run(session)
            self._expect("new articles of the first crawl", run.new, STORIES)
            self._expect("the wire copy is seen to repeat another text", run.duplicate, COPIES)
            self._expect("articles in the database", _count(session, ArticleRow), STORIES + COPIES)
        for language in LANGUAGES:
            self._expect(f"robots.txt asked for once ({language})", self.courier.count(language, "/robots.txt"), 1)
            pause = self._shortest_pause(language)
            self._expect(f"crawl delay kept ({language}: {pause:.3f} s)", pause >= LEAST_PAUSE, True)

    def _what_is_stored(self) -> None:
        self._heading("2", "What is in the database")
        self._command("article", "list", "--limit", "8")
        self.out.print("Words are found in all their forms:")
        self._command("article", "search", "автобус")

    def _one_article(self) -> None:
        self._heading("3", "One article in full, and where each value came from")
        self._command("article", "show", self._url("kk", "bridge"))

    def _second_day(self) -> None:
        self._heading("4", "The second day: only what is new or changed is fetched")
        self.courier.advance()
        asked = len(self.courier.visits)
        self.out.print(
            "The site has published one more story in each language, and edited one. The same command again:"
        )
        self._command("crawl", SOURCE)
        visits = self.courier.visits[asked:]
        not_modified = sum(visit.status == 304 for visit in visits)
        self.out.print(
            f"The site was asked {len(visits)} times instead of {asked}, and answered “304 Not Modified” to "
            f"{not_modified}. robots.txt was not asked for again.\nThe edited article keeps its earlier text:",
            soft_wrap=True,
        )
        self._command("article", "show", self._url("ru", "sensors"))
        with self._session() as session:
            run = _latest_run(session)
            self._expect("new articles of the second crawl", run.new, STORIES_OF_SECOND_DAY)
            self._expect("revised articles of the second crawl", run.revised, EDITS)
            self._expect("revisions in the database", _count(session, RevisionRow), EDITS)
            stored = STORIES + COPIES + STORIES_OF_SECOND_DAY
            self._expect("articles in the database after the second crawl", _count(session, ArticleRow), stored)
        self._expect(
            "an unchanged feed is answered by 304", self.courier.count("ru", editions.SPORT_FEED, status=304), 1
        )
        self._expect("robots.txt is kept", sum(visit.path == "/robots.txt" for visit in visits), 0)
        self._expect("second crawl asks for less", len(visits) < asked / 2, True)

    def _what_is_missing(self) -> None:
        self._heading("5", "Why pages are missing")
        self.out.print("Every address that brought no article has a reason:")
        self._command("explain", self.courier.url("kk", editions.DISALLOWED))
        self._command("explain", self.courier.url("ru", editions.CRASHED))
        for language, path, state in (
            ("kk", editions.DISALLOWED, LinkState.REJECTED),
            ("kk", editions.CUT_OFF, LinkState.PENDING),
            ("ru", editions.GONE, LinkState.GONE),
            ("en", editions.MISSING, LinkState.PENDING),
            ("ru", editions.CRASHED, LinkState.PENDING),
        ):
            with self._session() as session:
                url = self.courier.url(language, path)
                found = session.scalar(select(LinkRow.state).where(LinkRow.url == url))
            self._expect(f"state of {path}", found, state)
        self._expect("the disallowed page was never asked for", self.courier.count("kk", editions.DISALLOWED), 0)

    def _the_log(self) -> None:
        self._heading("6", "Runs and their logs")
        self._command("run", "list")
        self._command("log", SOURCE, "--level", "WARNING")

    # --- Means --------------------------------------------------------------------------------------------------------
    def _heading(self, number: str, title: str) -> None:
        _print_heading(self.out, number, title)

    def _command(self, *words: str) -> None:
        """Print a command as a user would type it, run it, let it print."""
        self.out.print(f"[bold green]$ crawler {' '.join(words)}[/]", soft_wrap=True)
        self.out.file.flush()
        environment = os.environ | self.environment
        done = subprocess.run([sys.executable, "-m", "crawler", *words], env=environment, check=False)
        self.out.print()
        self._expect(f"exit code of `crawler {' '.join(words)}`", done.returncode, 0)

    def _expect(self, what: str, found: object, wanted: object) -> None:
        self.checks += 1
        if found != wanted:
            self.failures.append(f"{what}: {found}, not {wanted}")

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Database(self.environment["CRAWLER_DATABASE_URL"]) as database, database.read() as session:
            yield session

    def _story(self, language: str, key: str) -> Story:
        return next(story for story in self.courier.stories(language) if story.key == key)

    def _url(self, language: str, key: str) -> str:
        return self.courier.url(language, self._story(language, key).path)

    def _shortest_pause(self, language: str) -> float:
        """Mean seconds between the requests in a row to an edition that came fastest, robots.txt set aside."""
        moments = [v.at for v in self.courier.visits if v.language == language and v.path != "/robots.txt"]
        rows = zip(moments, moments[IN_A_ROW - 1 :], strict=False)
        return min((last - first).total_seconds() / (IN_A_ROW - 1) for first, last in rows)


def take_tour(folder: Path, out: Console, *, keep: bool) -> list[str]:
    """Run the whole demo in `folder`; return what was not as it must be, nothing when all was.

    Args:
        folder: for the database and the source file; made when it is not there.
        keep: whether the folder stays afterwards, so that the closing words may point to it.
    """
    began = monotonic()
    with serve_courier() as courier:
        tour = Tour(courier, folder, out)
        tour.walk()
    _say_goodbye(tour.environment, out, keep=keep)
    seconds = monotonic() - began
    if tour.failures:
        out.print(f"\n[bold red]{len(tour.failures)} of {tour.checks} checks failed:[/]")
        for failure in tour.failures:
            out.print(f"  {failure}", markup=False)
    else:
        out.print(f"\n[bold]All {tour.checks} checks of this demo passed, in {seconds:.0f} s.[/]")
    return tour.failures


def _say_goodbye(environment: Mapping[str, str], out: Console, *, keep: bool) -> None:
    _print_heading(out, "7", "Go on")
    if keep:
        out.print("The database of the demo is kept. To look at it, the site itself is gone:")
        for name, value in environment.items():
            out.print(f"  export {name}={value}", markup=False, soft_wrap=True)
        out.print("  crawler article list --language kk\n  crawler run show 1\n")
    for command, what in (
        ("crawler source list", "the sites that come with the crawler"),
        ("crawler crawl tengrinews --limit 5", "a first real crawl, into a database of your own"),
        ("crawler article list", "what it brought"),
        ("crawler crawl --help", "the rest"),
    ):
        out.print(f"  [green]{command:<38}[/] {what}", soft_wrap=True)


def _print_heading(out: Console, number: str, title: str) -> None:
    rule = "─" * (HEADING - len(number) - len(title) - 6)
    out.print(f"\n[bold]── {number}  {title} {rule}[/]", soft_wrap=True)


def _latest_run(session: Session) -> RunRow:
    return session.scalars(select(RunRow).order_by(RunRow.id.desc()).limit(1)).one()


def _count(session: Session, table: type[ArticleRow] | type[RevisionRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
