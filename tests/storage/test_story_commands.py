"""`crawler article history` and `cluster`, and the story in `show`: what they print for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from crawler.articles.article import Article, Translation
from crawler.cli import EXIT_NOT_FOUND, history
from crawler.cli.application import app
from crawler.errors import QueryError
from crawler.storage.database import Database
from crawler.storage.writing import MOST_REVISIONS
from tests.storage.near import LONG, long_article, wire_copy
from tests.storage.stories import NOW, reading, stored

HOUR = timedelta(hours=1)
ORIGINAL = long_article(headline="Crews of Lake Orlo go on strike")
COPY = wire_copy(ORIGINAL, published_at=NOW - HOUR, site_article_id="9")
KAZAKH = long_article(
    "/kk/1/", LONG[1], headline="Ереуіл", language="kk", translations=(Translation("en", ORIGINAL.url),)
)


@pytest.fixture(autouse=True)
def ours(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", database_url)
    monkeypatch.setenv("CRAWLER_TIMEZONE", "UTC")
    return database


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["article", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def run_json(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """A terminal of 80 columns with colours, in the place of the console."""
    screen = StringIO()
    out = Console(file=screen, width=80, force_terminal=True, color_system="standard", highlight=False)
    monkeypatch.setattr(history, "console", lambda: out)
    yield screen


def edited(after: timedelta, **fields: Any) -> Article:
    return replace(ORIGINAL, fetched_at=NOW + after, **fields)


def store_at(database: Database, *articles: Article) -> None:
    """Each when it was read."""
    for one in articles:
        stored(database, reading(one), now=one.fetched_at or NOW)


# --- History ----------------------------------------------------------------------------------------------------------
TWICE = (
    ORIGINAL,
    edited(HOUR, headline="Strike on Lake Orlo ends"),
    edited(2 * HOUR, headline="Strike on Lake Orlo ends", body=ORIGINAL.body.replace("three-day", "four-day")),
)


def test_history_tells_when_which_field_changed(ours: Database) -> None:
    store_at(ours, *TWICE)
    printed = run("history", "1")
    assert "text 3: https://herald.example/1-ferries/" in printed
    assert "text 1 -> 2  2026-11-22 09:00  edit: headline" in printed
    assert "text 2 -> 3  2026-11-22 10:00  edit: body" in printed
    assert "four-day" not in printed


def test_diff_shows_the_changed_paragraphs_word_by_word(ours: Database) -> None:
    store_at(ours, *TWICE)
    printed = run("history", ORIGINAL.url, "--diff")
    assert "began a [-three-day-]{+four-day+} strike on Monday" in printed
    assert "Passengers were taken across" not in printed, "of what has not changed nothing is shown"


def test_diff_fits_a_terminal_of_80_columns_and_has_colours_instead_of_brackets(
    ours: Database, terminal: StringIO
) -> None:
    store_at(ours, *TWICE)
    run("history", "1", "--diff")
    printed = terminal.getvalue()
    assert "\x1b[9;31mthree-day\x1b[0m \x1b[32mfour-day\x1b[0m" in printed
    assert "[-" not in printed
    assert all(len(_plain(line)) <= 80 for line in printed.splitlines())


def test_history_for_programs(ours: Database) -> None:
    store_at(ours, *TWICE)
    first, second = run_json("history", "1")
    assert (first["number"], first["at"], first["kind"]) == (1, "2026-11-22T09:00:00Z", "edit")
    assert first["changed_fields"] == ["headline"]
    assert {"kind": "removed", "text": "three-day"} in second["changes"]["body"][0]
    assert {"kind": "added", "text": "four-day"} in second["changes"]["body"][0]


def test_an_article_that_nobody_edited_has_no_history(ours: Database) -> None:
    store_at(ours, ORIGINAL)
    assert "It has not changed since." in run("history", "1")
    assert run_json("history", "1") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(ORIGINAL.body.replace("\n\n", "\n\n\n").replace(" on ", "  on "), id="white space"),
        pytest.param(f"{ORIGINAL.body}\n\nViews: 1 204", id="a counter"),
        pytest.param(f"Updated: 22 November 2026, 11:40\n\n{ORIGINAL.body}", id="a date of updating"),
        pytest.param(f"{ORIGINAL.body}\n\nRead also: Old bridge in Lund Bay opens for lorries", id="a related link"),
        pytest.param(f"{ORIGINAL.body}\n\nПодписывайтесь на наш канал", id="promotion"),
    ],
)
def test_a_change_without_meaning_makes_no_text(ours: Database, body: str) -> None:
    store_at(ours, ORIGINAL, edited(HOUR, body=body))
    assert run_json("history", "1") == []


def test_a_page_that_changes_at_every_look_keeps_so_many_texts_a_day(ours: Database) -> None:
    minutes = [timedelta(minutes=10 * n) for n in range(1, MOST_REVISIONS + 6)]
    store_at(ours, ORIGINAL, *(edited(one, body=f"{ORIGINAL.body} The clock says {one}.") for one in minutes))
    assert len(run_json("history", "1")) == MOST_REVISIONS
    assert str(minutes[-1]) in run("show", "1"), "the current text is the newest all the same"
    tomorrow = edited(timedelta(days=2), body=f"{ORIGINAL.body} The clock has stopped.")
    store_at(ours, tomorrow)
    assert len(run_json("history", "1")) == MOST_REVISIONS + 1


# --- The story elsewhere ----------------------------------------------------------------------------------------------
def test_cluster_lists_the_earliest_first_and_marks_the_one_asked_for(ours: Database) -> None:
    store_at(ours, ORIGINAL, COPY)
    lines = run("cluster", "2").splitlines()
    assert lines[1].split()[:5] == ["1", "2026-11-22", "06:00", "herald", "original"]
    assert lines[2].split()[:4] == [">2", "2026-11-22", "07:00", "herald"]
    assert lines[2].split()[4].endswith("%")


def test_cluster_fits_a_terminal_of_80_columns(ours: Database, terminal: StringIO) -> None:
    store_at(ours, ORIGINAL, replace(COPY, headline="A headline of so many words that no column has room for it " * 3))
    run("cluster", "1")
    lines = [_plain(line) for line in terminal.getvalue().splitlines()]
    assert all(len(line) <= 80 for line in lines)
    assert any(">1" in line and "original" in line for line in lines)


def test_a_cluster_for_programs(ours: Database) -> None:
    store_at(ours, ORIGINAL, COPY)
    found = run_json("cluster", "1")
    assert found["translations"] == []
    assert found["cluster"]["original_id"] == 1
    first, second = found["cluster"]["members"]
    assert (first["id"], first["similarity"], first["matched_article_id"]) == (1, None, None)
    assert (second["id"], second["matched_article_id"]) == (2, 1)
    assert 0 < second["similarity"] < 1
    assert run_json("show", "1")["cluster"] == found["cluster"]


def test_a_story_that_stands_nowhere_else(ours: Database) -> None:
    store_at(ours, ORIGINAL)
    assert "stands at no other address" in run("cluster", "1")
    assert run_json("cluster", "1") == {"cluster": None, "translations": []}


def test_translations_are_shown_beside_the_cluster_and_are_no_part_of_it(ours: Database) -> None:
    store_at(ours, ORIGINAL, KAZAKH)
    for command, article, other in (("cluster", "1", "kk"), ("cluster", "2", "en"), ("show", "1", "kk")):
        printed = run(command, article)
        lines = printed[printed.index("Translations") :].splitlines()
        assert lines[1].split() == ["article", "published", "source", "lang", "headline"]
        assert lines[2].split()[4] == other
    (translation,) = run_json("cluster", "1")["translations"]
    assert (translation["id"], translation["language"], translation["headline"]) == (2, "kk", "Ереуіл")
    assert run_json("show", "2")["translations"][0]["id"] == 1


def _plain(line: str) -> str:
    """Without colours."""
    return "".join(part.partition("m")[2] if n else part for n, part in enumerate(line.split("\x1b[")))


@pytest.mark.parametrize("command", ["show", "history", "cluster"])
def test_an_article_that_is_none_is_told_apart_from_what_is_no_article(ours: Database, command: str) -> None:
    asked = ["article", command]
    assert "There is no article 999. See: crawler article list" in CliRunner().invoke(app, [*asked, "999"]).stderr
    gone = "https://herald.example/gone/"
    done = CliRunner().invoke(app, [*asked, gone])
    assert (done.exit_code, f"There is no article {gone}. Why: crawler explain {gone}" in done.stderr) == (
        EXIT_NOT_FOUND,
        True,
    )
    with pytest.raises(QueryError, match="'abc' is neither the number of an article nor an address"):
        run(command, "abc")
