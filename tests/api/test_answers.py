"""What the API answers about a filled database: pages without gap or repetition, one thing whole, refusals in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from crawler.storage.database import Database
from crawler.storage.tables import ArticleRow, ErrorRow, FetchRow, LogRow, RunRow
from tests.api.serving import Client, serving
from tests.web import hostile

UTC_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")


@pytest.fixture(scope="module")
def client(filled: Path) -> Iterator[Client]:
    """A server that only answers, on the filled database itself."""
    with serving(f"sqlite:///{filled}/crawler.db", filled / "sources") as address:
        yield Client(address)


@pytest.fixture(scope="module")
def database(filled: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{filled}/crawler.db") as opened:
        yield opened


def ask(client: Client, path: str, **values: object) -> Any:
    given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
    reply = client.get(f"/api/v1{path}?{urlencode(given, doseq=True)}")
    assert reply.status == 200, reply.text
    return reply.json


def all_pages(client: Client, path: str, name: str, **values: object) -> list[Any]:
    """All items of a list, by its cursors."""
    found: list[Any] = []
    page = ask(client, path, **values)
    while True:
        found += page[name]
        if page["next"] is None:
            return found
        page = ask(client, path, **values, after=page["next"])


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_articles_come_page_by_page_without_gap_or_repetition(client: Client, database: Database) -> None:
    with database.read() as session:
        rows = session.query(ArticleRow.id).order_by(ArticleRow.listed_at.desc(), ArticleRow.id.desc()).all()
    seen = [one["id"] for one in all_pages(client, "/articles", "articles", limit=93)]
    assert seen == [row.id for row in rows]
    assert len(seen) > 200


def test_runs_come_page_by_page(client: Client, database: Database) -> None:
    with database.read() as session:
        rows = session.query(RunRow.id, RunRow.outcome).order_by(RunRow.created_at.desc(), RunRow.id.desc()).all()
    seen = [one["id"] for one in all_pages(client, "/runs", "runs", limit=200)]
    assert seen == [row.id for row in rows if row.outcome != "skipped"]


@pytest.mark.parametrize(("path", "name", "table"), [("logs", "records", LogRow), ("fetches", "fetches", FetchRow)])
def test_parts_of_a_run_come_page_by_page(
    client: Client, database: Database, path: str, name: str, table: type[LogRow] | type[FetchRow]
) -> None:
    with database.read() as session:
        ids = [row.id for row in session.query(table.id, table.run_id).order_by(table.id)]
        run_id = session.query(table.run_id).order_by(table.id.desc()).limit(1).scalar()
        own = [row.id for row in session.query(table.id).filter_by(run_id=run_id).order_by(table.id)]
    assert len(ids) > len(own) > 0
    assert [one["id"] for one in all_pages(client, f"/runs/{run_id}/{path}", name, limit=2)] == own


def test_errors_and_logs_of_a_source_come_newest_first(client: Client, database: Database) -> None:
    with database.read() as session:
        ids = [row.id for row in session.query(ErrorRow.id).order_by(ErrorRow.last_seen_at.desc(), ErrorRow.id.desc())]
    assert [one["id"] for one in all_pages(client, "/errors", "errors", limit=1)] == ids
    assert len(ids) > 1
    records = [one["id"] for one in all_pages(client, "/logs", "records", source="steppe_telegraph", limit=50)]
    assert records == sorted(records, reverse=True)
    assert len(records) == len(set(records)) > 50


def test_the_next_page_is_a_header_too(client: Client) -> None:
    reply = client.get("/api/v1/runs?source=steppe_telegraph&limit=2")
    link = re.fullmatch(r'<(/api/v1/runs\?[^>]+)>; rel="next"', reply.headers["link"])
    assert link is not None
    first, second = reply.json["runs"], client.get(link[1]).json["runs"]
    assert {one["id"] for one in first}.isdisjoint(one["id"] for one in second)
    assert {one["source_id"] for one in second} == {"steppe_telegraph"}


# --- Articles ---------------------------------------------------------------------------------------------------------
def test_words_are_found_and_marked_in_pieces(client: Client) -> None:
    headline = next(one["headline"] for one in ask(client, "/articles", language="ru")["articles"])
    word = max(re.findall(r"\w+", headline), key=len)
    page = ask(client, "/articles", words=word, count=True, order="best")
    assert page["total"]["number"] >= len(page["articles"]) > 0
    first = page["articles"][0]
    assert "".join(piece["text"] for piece in first["headline_pieces"]) == first["headline"]
    marked = [p for one in page["articles"] for p in one["headline_pieces"] + one["snippet"] if p["is_hit"]]
    assert marked


def test_of_several_values_any_will_do_and_all_filters_must_hold(client: Client) -> None:
    pair = ["steppe_telegraph", "dala_habary"]
    found = all_pages(client, "/articles", "articles", source=pair, language="kk", limit=200)
    assert {one["source_id"] for one in found} == {"dala_habary"}
    facets = ask(client, "/facets", source=pair, language="kk")
    assert facets["source"] == {"dala_habary": len(found)}
    assert sum(facets["day"].values()) == len(found)


def test_an_empty_page_says_which_sources_do_not_exist(client: Client) -> None:
    page = ask(client, "/articles", source=["steppe_telegrap", "tengrinews"])
    assert page["articles"] == []
    assert page["unknown_sources"]["steppe_telegrap"][0] == "steppe_telegraph"
    assert list(page["unknown_sources"]) == ["steppe_telegrap"]
    assert ask(client, "/articles", source="steppe_telegraph", limit=1)["unknown_sources"] == {}


def test_one_article_whole_by_number_and_address(client: Client) -> None:
    number = ask(client, "/articles", source="steppe_telegraph", limit=1)["articles"][0]["id"]
    by_number = ask(client, f"/articles/{number}")
    assert by_number["body"] and by_number["origins"]
    assert ask(client, "/article", url=by_number["canonical_url"] + "?utm_source=x") == by_number
    why = ask(client, "/explain", url=by_number["canonical_url"])
    assert (why["verdict"], why["article_id"]) == ("stored", number)
    moments = {name: value for name, value in by_number.items() if name.endswith("_at") and value is not None}
    assert len(moments) >= 4
    assert [name for name, value in moments.items() if not UTC_MOMENT.fullmatch(value)] == []


def test_history_tells_what_changed_word_by_word(client: Client) -> None:
    number = ask(client, "/articles", has_revisions=True, source="steppe_telegraph")["articles"][0]["id"]
    history = ask(client, f"/articles/{number}/history")
    assert len(history["texts"]) == history["revision"] - 1 > 0
    last, current = history["texts"][-1], ask(client, f"/articles/{number}")
    for name, paragraphs in last["changes"].items():
        after = "".join(p["text"] for paragraph in paragraphs for p in paragraph if p["kind"] != "removed")
        assert after.strip() in current[name] or len(paragraphs) > 1
    assert last["changes"]


def test_a_story_on_two_sites_is_one_cluster(client: Client, database: Database) -> None:
    numbers = [one["id"] for one in ask(client, "/articles", limit=200)["articles"]]
    stories = [ask(client, f"/articles/{number}/cluster") for number in numbers]
    story = next(one for one in stories if len({member["source_id"] for member in one["members"]}) > 1)
    assert story["original_id"] in {member["id"] for member in story["members"]}
    alone = next(one for one in stories if one["id"] is None)
    assert alone == {"id": None, "original_id": None, "members": []}


# --- Sources, runs, figures -------------------------------------------------------------------------------------------
def test_sources_say_how_they_fare(client: Client) -> None:
    sources = ask(client, "/sources")["sources"]
    assert {"steppe_telegraph", "orchard_post", "mallory"} <= {one["source_id"] for one in sources}
    one = ask(client, "/sources/orchard_post")
    assert one["health"] == next(s for s in sources if s["source_id"] == "orchard_post")
    assert one["schedule"]["next_fire_at"] and one["lists"]
    worst = ask(client, "/problems")["problems"][0]
    assert worst["severity"] == "critical" and worst["remedy"]


def test_schedules_and_fires_agree(client: Client) -> None:
    plans = {one["source_id"]: one for one in ask(client, "/schedules")["schedules"]}
    fires = ask(client, "/fires", source="steppe_telegraph", limit=3)["fires"]
    assert [one["source_id"] for one in fires] == ["steppe_telegraph"] * 3
    assert fires == sorted(fires, key=lambda fire: fire["at"])
    assert plans["steppe_telegraph"]["words"]
    paused = [one for one in plans.values() if one["paused_at"]]
    assert all(one["paused_reason"] for one in paused) and paused


def test_a_run_shows_what_its_end_left_behind(client: Client) -> None:
    failed = ask(client, "/runs", source=hostile.SOURCE)["runs"][0]
    run = ask(client, f"/runs/{failed['id']}")
    assert [attempt["number"] for attempt in run["attempts"]] == [1]
    assert run["attempts"][0]["stderr_tail"] and run["stats"] and run["phases"]
    error = ask(client, "/errors", source=hostile.SOURCE)["errors"][0]
    whole = ask(client, f"/errors/{error['id']}")
    assert whole["traceback"] and whole["occurrences"][0]["run_id"] == run["id"]


def test_figures_are_those_of_the_database(client: Client, database: Database) -> None:
    with database.read() as session:
        stored = session.query(ArticleRow).count()
    stats = ask(client, "/stats")
    assert stats["articles"] == stored
    assert sum(stats["runs_24h"].values()) > 0


def test_logs_are_filtered(client: Client) -> None:
    run = ask(client, "/runs", source=hostile.SOURCE)["runs"][0]["id"]
    everything = ask(client, f"/runs/{run}/logs")["records"]
    assert everything
    assert ask(client, f"/runs/{run}/logs", level="ERROR", text="MESSAGE")["records"] == everything
    for values in ({"level": "CRITICAL"}, {"text": "nowhere"}, {"url": "nowhere"}, {"since": "2100-01-01"}):
        assert ask(client, f"/runs/{run}/logs", **values)["records"] == []


# --- Refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/runs/99999999", 404, "no run 99999999"),
        ("/articles/99999999", 404, "no such article"),
        ("/sources/nobody", 404, "nobody"),
        ("/errors/99999999", 404, "no error"),
        ("/fires?source=nobody", 404, "nobody"),
        ("/nowhere", 404, ""),
        ("/runs?limit=0", 422, "limit"),
        ("/runs?limit=1&limit=2", 422, "more than once"),
        ("/runs?colour=red", 422, "colour"),
        ("/runs?state=asleep", 422, "state"),
        ("/runs/1e3", 422, "whole number"),
        ("/runs/99999999999999999999", 422, "run_id"),
        ("/articles?count=yes", 422, "true or false"),
        ("/articles?since=soon", 422, "2026-11-20"),
        ("/articles?since=2026-02-30", 422, "no such day"),
        ("/articles?words=%00", 422, "NUL"),
        ("/articles?words=%22open", 400, "quotation"),
        ("/articles?after=abc", 400, "cursor"),
        ("/runs?after=abc", 400, "cursor"),
        (f"/runs?after={'0' * 20}{'9' * 40}", 400, "cursor"),
        ("/errors?after=0001-01-01T00:00:00%2B14:00~1", 400, "cursor"),
        ("/errors?after=2026-01-01~1", 400, "cursor"),
        ("/explain?url=mailto:x", 400, "mailto"),
        ("/explain", 422, "url"),
    ],
)
def test_what_cannot_be_answered_says_why(client: Client, path: str, status: int, said: str) -> None:
    reply = client.get("/api/v1" + path)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["status"] == status and reply.json["title"]
    assert said.lower() in reply.json["detail"].lower()


def test_another_method_is_refused_with_those_that_are_known(client: Client) -> None:
    reply = client.send("DELETE", "/api/v1/runs/1")
    assert (reply.status, reply.json["title"]) == (405, "Method Not Allowed")
    assert "GET" in reply.headers["allow"]
    assert client.get("/api/v1/runs/1/cancel").headers["allow"] == "POST"


@pytest.mark.parametrize("number", ["9" * 19, "9" * 20, "9" * 5_000, "1e3", "%D9%A3"])
@pytest.mark.parametrize("path", ["/runs/{}", "/runs/{}/log", "/articles/{}", "/articles/{}/changes", "/errors/{}"])
def test_a_page_of_a_number_that_nothing_has_is_not_there(client: Client, path: str, number: str) -> None:
    assert client.get(path.format(number)).status == 404


def test_a_page_that_is_not_there_is_a_page(client: Client) -> None:
    reply = client.get("/nowhere")
    assert reply.status == 404
    assert reply.headers["content-type"].startswith("text/html")


# --- Hostile texts ----------------------------------------------------------------------------------------------------
def test_mark_up_in_crawled_fields_stays_text(client: Client) -> None:
    """Every answer is JSON that says so, and that no browser takes for a page."""
    article = ask(client, "/articles", author=hostile.evil("author"))["articles"][0]["id"]
    run = ask(client, "/runs", source=hostile.SOURCE)["runs"][0]["id"]
    error = ask(client, "/errors", source=hostile.SOURCE)["errors"][0]["id"]
    words = quote("pomegranate")
    paths = [
        f"/articles?words={words}", f"/articles/{article}", f"/articles/{article}/history",
        f"/articles/{article}/cluster", f"/facets?source={hostile.SOURCE}", f"/runs/{run}", f"/runs/{run}/logs",
        f"/runs/{run}/fetches", f"/errors/{error}", f"/sources/{hostile.SOURCE}", "/problems", "/sources",
    ]  # fmt: skip
    for path in paths:
        reply = client.get("/api/v1" + path)
        assert reply.status == 200, path
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "<script>" in str(reply.json), f"{path} shows no hostile field"
    shown = client.get(f"/api/v1/articles/{article}").json
    assert shown["headline"] == hostile.evil("headline")
    assert shown["authors"] == [hostile.evil("author")]
    assert shown["images"][0]["caption"] == hostile.evil("caption")


def test_hostile_values_come_back_as_json(client: Client) -> None:
    reply = client.get("/api/v1/runs?source=" + quote("<script>alert(1)</script>"))
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_page_of_the_api_names_every_operation(client: Client) -> None:
    page = client.get("/api")
    document = client.get("/api/v1/openapi.json").json
    assert page.status == 200
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page.text
    assert "<script>" not in page.text


def test_the_page_of_the_api_stands_in_no_section(client: Client) -> None:
    assert 'aria-current="page"' not in client.get("/api").text
    assert '<a href="/articles" aria-current="page">' in client.get("/articles/1").text
    assert '<a href="/" aria-current="page">' in client.get("/").text
