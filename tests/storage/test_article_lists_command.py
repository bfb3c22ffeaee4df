"""`crawler article list` and `search`: what they print for people and programs."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text
from typer.testing import CliRunner

from crawler.cli import article as article_module
from crawler.cli import article_lists
from crawler.cli.application import app
from crawler.errors import ConfigError, QueryError
from crawler.storage.database import Database
from tests.storage.stories import NOW, article, reading, stored


@pytest.fixture
def filled(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", database_url)
    monkeypatch.setenv("CRAWLER_TIMEZONE", "Asia/Almaty")
    for number, (body, section) in enumerate(
        (("Rain.", "Weather"), ("Snow [deep].", "Weather"), ("A bridge.", "City"))
    ):
        moment = NOW - timedelta(hours=number)
        made = article(f"/{number}/", body, headline=f"Story {number}", lead=None, section=section, published_at=moment)
        stored(database, reading(made))
    return database


def typed(*words: str) -> str:
    result = CliRunner().invoke(app, ["article", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def typed_json(*words: str) -> Any:
    result = CliRunner().invoke(app, ["article", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_hit_is_shown_with_its_text_in_the_reader_s_zone(filled: Database) -> None:
    shown = typed("search", "snow")
    assert "Story 1\n  article 2 · 2026-11-22 12:00 · herald · Weather\n  Snow [deep].\n" in shown
    assert "1 article." in shown


def test_hits_are_marked_on_a_terminal_of_80_columns(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(width=80, force_terminal=True, file=io.StringIO(), color_system="standard", highlight=False)
    monkeypatch.setattr(article_lists, "console", lambda **_: screen)
    stored(filled, reading(article("/long/", "The bridge is old. " * 60, headline="Bridge " * 20, published_at=NOW)))
    typed("search", "bridges", "--facets")
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1;33mbridge\x1b[0m" in shown
    assert max(len(Text.from_ansi(line).plain) for line in shown.splitlines()) <= 80


@pytest.mark.parametrize(
    ("width", "columns"), [(80, "article published source lang headline"), (50, "article published headline")]
)
def test_an_article_is_a_line_of_the_list_on_any_terminal(
    filled: Database, monkeypatch: pytest.MonkeyPatch, width: int, columns: str
) -> None:
    screen = Console(width=width, force_terminal=True, file=io.StringIO(), color_system=None, highlight=False)
    monkeypatch.setattr(article_module, "console", lambda: screen)
    stored(filled, reading(article("/long/", "Text.", headline="Bridge " * 20, published_at=NOW + timedelta(hours=1))))
    typed("list")
    head, first, *others = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert " ".join(head.split()) == columns
    assert first.endswith("…")
    assert "Bridge Bridge" in first
    assert len(others) == 3


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["list"], ["Rain.", "Snow [deep].", "A bridge."]),
        (["list", "--section", "City"], ["A bridge."]),
        (["list", "--section", "City", "--section", "Weather", "--limit", "1"], ["Rain."]),
        (["list", "--since", "2026-11-22T12:00"], ["Rain.", "Snow [deep]."]),
        (["list", "--until", "2026-11-22T12:00"], ["A bridge."]),
        (["list", "--revised"], []),
        (["list", "--unrevised", "--there", "--originals-only"], ["Rain.", "Snow [deep].", "A bridge."]),
        (["search", "rain OR bridge"], ["Rain.", "A bridge."]),
        (["search", "story", "--section", "City"], ["A bridge."]),
        (["search", "story section:City"], ["A bridge."]),
        (["search", "story before:2026-11-22T12:00"], ["A bridge."]),
        (["search", "story", "--best"], ["Rain.", "Snow [deep].", "A bridge."]),
    ],
)
def test_the_same_options_choose_in_lists_and_searches(filled: Database, words: list[str], found: list[str]) -> None:
    assert [one["body"] for one in typed_json(*words)["articles"]] == found


@pytest.mark.parametrize("words", [["list"], ["search", "story"], ["search", "story", "--best"]])
def test_pages_follow_each_other(filled: Database, words: list[str]) -> None:
    first = typed_json(*words, "--limit", "2")
    second = typed_json(*words, "--limit", "2", "--after", first["next_cursor"])
    assert [one["body"] for one in first["articles"] + second["articles"]] == ["Rain.", "Snow [deep].", "A bridge."]
    assert second["next_cursor"] is None
    assert f"--after {first['next_cursor']}" in typed(*words, "--limit", "2")


def test_numbers_for_programs(filled: Database) -> None:
    found = typed_json("search", "story", "--facets", "--limit", "1")
    assert (found["count"], found["count_is_exact"]) == (3, True)
    assert found["facets"]["section"] == [["Weather", 2], ["City", 1]]
    assert found["articles"][0]["snippet"] == "Rain."
    assert "facets" not in typed_json("search", "story")


def test_numbers_for_people(filled: Database) -> None:
    shown = typed("search", "story", "--facets", "--limit", "1")
    assert "     2 ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇ Weather\n       1 ▇▇▇▇▇▇▇▇▇▇           City" in shown
    assert "1 of 3 articles." in shown
    assert "No articles." in typed("search", "nowhere")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["search", '"story'], QueryError, "quotation mark is left open"),
        (["search", "story", "--after", "xyz"], QueryError, "no cursor"),
        (["list", "--since", "soon"], ConfigError, "since 'soon': write a date such as"),
        (["list", "--until", ""], ConfigError, "until '': write a date such as"),
    ],
)
def test_what_has_no_meaning_is_refused(filled: Database, words: list[str], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        typed(*words)


def test_a_limit_that_no_database_takes_is_refused(filled: Database) -> None:
    assert len(typed_json("list", "--limit", str(article_lists.MOST))["articles"]) == 3
    result = CliRunner().invoke(app, ["article", "list", "--limit", str(2**63)])
    assert result.exit_code == 2
    assert "less than or equal to" in result.output


# --- Sources that do not exist ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        ["article", "list", "--source", "tengrinew"],
        ["article", "search", "rain", "--source", "tengrinew"],
        ["article", "search", "source:tengrinew"],
        ["export", "-", "--source", "tengrinew"],
        ["run", "list", "--source", "tengrinew"],
        ["error", "list", "--source", "tengrinew"],
    ],
    ids=" ".join,
)
def test_an_empty_answer_says_that_a_source_does_not_exist(filled: Database, words: list[str]) -> None:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "No source has the id 'tengrinew'; did you mean tengrinews" in result.stderr


@pytest.mark.parametrize("source_id", ["herald", "tengrinews"], ids=["its file is gone", "nothing was found yet"])
def test_a_source_that_exists_is_not_called_unknown(filled: Database, source_id: str) -> None:
    result = CliRunner().invoke(app, ["article", "search", "hail", "--source", source_id])
    assert result.stdout == "No articles.\n"
    assert result.stderr == ""


def test_a_run_that_is_not_there_is_not_a_source_that_is_not_there(filled: Database) -> None:
    assert "There is no run of tengrinews." in CliRunner().invoke(app, ["log", "tengrinews"]).stderr
    assert "did you mean tengrinews" in CliRunner().invoke(app, ["log", "tengrinew"]).stderr
