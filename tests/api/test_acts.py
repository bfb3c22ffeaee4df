"""What may be done over HTTP: asked once or twice, it happens once, and stands in the database with who asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.storage import schedules
from crawler.storage.database import Database
from crawler.storage.tables import Rights, RunRow
from tests.api.serving import Client, make_token, serving

SOURCE = "steppe_telegraph"


@pytest.fixture
def editor(database_url: str, sources: Path) -> Iterator[Client]:
    """Who may act on an empty database, of either kind, that others can reach."""
    token = make_token(database_url, "editor", Rights.ACT)
    with serving(database_url, sources, host="0.0.0.0") as address:
        yield Client(address, token)


def test_a_run_is_asked_for_twice_and_waits_once(editor: Client, database_url: str) -> None:
    first = editor.post(f"/api/v1/sources/{SOURCE}/run", {"limit": 3})
    again = editor.post(f"/api/v1/sources/{SOURCE}/run")
    assert (first.status, again.status) == (202, 202)
    assert first.json == {"run_id": first.json["run_id"], "source_id": SOURCE, "is_new": True, "at_work": 0}
    assert again.json == first.json | {"is_new": False}
    with Database(database_url) as database, database.read() as session:
        (run,) = session.query(RunRow).all()
    assert (run.options, run.trigger) == ({"limit": 3}, "request")
    assert [one["id"] for one in editor.get("/api/v1/runs?state=queued").json["runs"]] == [run.id]


def test_a_run_is_cancelled_by_name_and_may_be_asked_for_again(editor: Client) -> None:
    run_id = editor.post(f"/api/v1/sources/{SOURCE}/run").json["run_id"]
    replies = [editor.post(f"/api/v1/runs/{run_id}/cancel", {}).json for _ in range(2)]
    assert replies == [{"run_id": run_id, "was": "queued"}, {"run_id": run_id, "was": "finished"}]
    run = editor.get(f"/api/v1/runs/{run_id}").json
    assert (run["outcome"], run["cancel_requested_by"]) == ("cancelled", "editor")
    retried = editor.post(f"/api/v1/runs/{run_id}/retry")
    assert (retried.status, retried.json["is_new"]) == (202, True)
    assert retried.json["run_id"] != run_id


def test_a_pause_says_who_why_and_until_when(editor: Client, database_url: str) -> None:
    reply = editor.post(f"/api/v1/sources/{SOURCE}/pause", {"reason": "they asked us to", "until": "2100-01-01"})
    assert (reply.status, reply.json) == (200, {"source_id": SOURCE, "is_paused": True})
    schedule = editor.get(f"/api/v1/sources/{SOURCE}").json["schedule"]
    told = {name: schedule[name] for name in ("paused_by", "paused_reason", "paused_until")}
    assert told == {
        "paused_by": "editor", "paused_reason": "they asked us to", "paused_until": "2100-01-01T00:00:00Z",
    }  # fmt: skip
    for _ in range(2):
        assert editor.post(f"/api/v1/sources/{SOURCE}/resume").json == {"source_id": SOURCE, "is_paused": False}
    with Database(database_url) as database, database.read() as session:
        row = schedules.get(session, SOURCE)
    assert row is not None
    assert row.paused_at is None


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/sources/nobody/run", None, 404, "nobody"),
        ("/runs/99999999/cancel", None, 404, "99999999"),
        ("/runs/99999999/retry", None, 404, "99999999"),
        (f"/sources/{SOURCE}/run", {"limit": 0}, 422, "limit"),
        (f"/sources/{SOURCE}/run", {"limit": "3"}, 422, "limit"),
        (f"/sources/{SOURCE}/run", {"speed": 9}, 422, "speed"),
        (f"/sources/{SOURCE}/pause", {"until": "2001-01-01"}, 400, "over already"),
        (f"/sources/{SOURCE}/pause", {"reason": "x" * 501}, 422, "reason"),
        (f"/sources/{SOURCE}/pause", ["reason"], 422, "body"),
        (f"/sources/{SOURCE}/pause", b"{", 400, "JSON"),
        (f"/sources/{SOURCE}/pause", rb'{"reason": "\ud800"}', 400, "JSON"),
    ],
)
def test_what_cannot_be_done_says_why(server: Client, path: str, body: object, status: int, said: str) -> None:
    reply = server.post("/api/v1" + path, body, Content_Type="application/json")
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert said in reply.json["detail"]


def test_a_body_is_json_or_nothing(server: Client) -> None:
    path = f"/api/v1/sources/{SOURCE}/pause"
    assert server.post(path, b"reason=x", Content_Type="application/x-www-form-urlencoded").status == 415
    assert server.post(path, b"{}", Content_Type="text/plain").status == 415
    assert server.post(path).status == 200


def test_a_source_without_schedule_cannot_be_paused(url: str, tmp_path: Path) -> None:
    (tmp_path / "by_hand.toml").write_text(
        'id = "by_hand"\nname = "By Hand"\nhome = "https://hand.example/"\n[[editions]]\nid = "en"\nlanguage = "en"\n'
        'host = "hand.example"\ntimezone = "UTC"\narticle = "^/[0-9]+/$"\nfeeds = ["https://hand.example/rss"]\n',
        encoding="utf-8",
    )
    with serving(url, tmp_path) as address:
        reply = Client(address).post("/api/v1/sources/by_hand/pause")
    assert (reply.status, reply.json["title"]) == (409, "Conflict")
