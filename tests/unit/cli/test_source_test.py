"""`crawler source test`: the report on one saved page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from crawler.cli import source_test
from crawler.errors import ConfigError, ExtractionError, SourceError

PAGE = Path(__file__).parents[2] / "sites/tengrinews/2024_ru_full.html"

app = typer.Typer()
app.command()(source_test.test)


def run(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).output


def test_the_source_is_found_by_the_page_s_own_address() -> None:
    report = json.loads(run(str(PAGE), "--json"))

    assert report["source"] == "tengrinews"
    assert report["layout"] == "2024"
    assert report["fields"]["headline"]["origin"] == "site_rule"


def test_every_field_shows_what_other_readers_would_have_said() -> None:
    authors = json.loads(run(str(PAGE), "--json"))["fields"]["authors"]

    assert authors["value"] == ["Динара Алимова"]
    assert {"origin": "meta", "value": ["tengrinews.kz"]} in authors["others"]


def test_people_see_the_printed_date_and_who_said_it() -> None:
    shown = run(str(PAGE))

    assert "published_at  [site_rule]" in shown
    assert "2024-03-27 15:10:00+00:00  printed as '27 марта 2024 | 20:10', exact to the minute" in shown


def test_an_address_of_no_source_is_read_by_the_generic_readers(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>Rain</h1><p>" + "It rained all day in the hills. " * 20, "utf-8")

    shown = run(str(page), "--url", "https://example.com/rain")

    assert "source      none: generic readers only" in shown
    assert "headline  [generic]" in shown


def test_a_fetched_address_comes_with_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    html = "<html lang=ru><h1>Дождь</h1><p>Весь день шел дождь.".encode("cp1251")

    source_test.show_page(
        "https://example.com/rain", as_json=True, fetch=lambda _: (html, "text/html; charset=windows-1251")
    )

    assert json.loads(capsys.readouterr().out)["fields"]["headline"]["value"] == "Дождь"


def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("")
    with pytest.raises(ConfigError, match="neither a file"):
        source_test.show_page(str(tmp_path / "absent.html"))
    with pytest.raises(ConfigError, match="save the page"):
        source_test.show_page("https://example.com/rain")
    with pytest.raises(ExtractionError, match="empty"):
        source_test.show_page(str(tmp_path / "empty.html"))
    with pytest.raises(SourceError, match="no source has this id"):
        source_test.show_page(str(PAGE), source_id="nobody")
