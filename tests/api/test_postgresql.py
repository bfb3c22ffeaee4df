"""Every question of the API, asked of PostgreSQL: what other tests ask of SQLite."""

from __future__ import annotations

from pathlib import Path

from crawler.storage.database import Database
from crawler.web.api import OPERATIONS
from crawler.web.api.operation import ROOT
from tests.api.serving import Client, serving
from tests.web import hostile

QUESTIONS = {
    "/articles": (
        "?words=pomegranate&order=best&count=true",
        "?language=kk&language=ru&has_revisions=true",
        "?limit=1",
    ),
    "/article": (),
    "/explain": ("?url=https://mallory.example/1/",),
    "/runs": ("?limit=2", "?source=mallory&state=finished&outcome=failed"),
    "/logs": ("?source=mallory&level=ERROR&text=message",),
    "/errors": ("?limit=1", "?source=mallory"),
    "/fires": ("?source=mallory&limit=2",),
}


def test_every_question_is_answered_and_pages_follow_each_other(postgresql_url: str, sources: Path) -> None:
    with Database(postgresql_url) as database:
        hostile.fill(database)
    with serving(postgresql_url, sources) as address:
        asking = Client(address)
        article = asking.get(f"{ROOT}/articles?source={hostile.SOURCE}").json["articles"][0]["id"]
        run = asking.get(f"{ROOT}/runs?source={hostile.SOURCE}").json["runs"][0]["id"]
        error = asking.get(f"{ROOT}/errors?source={hostile.SOURCE}").json["errors"][0]["id"]
        known = {"{article_id}": article, "{run_id}": run, "{error_id}": error, "{source_id}": hostile.SOURCE}
        asked = 0
        for operation in OPERATIONS:
            if operation.method != "GET":
                continue
            path = operation.path
            for name, value in known.items():
                path = path.replace(name, str(value))
            for question in QUESTIONS.get(operation.path, ("",)):
                reply = asking.get(f"{ROOT}{path}{question}")
                assert reply.status == 200, f"{path}{question}: {reply.text}"
                asked += 1
                if (link := reply.headers.get("link")) is not None:
                    following = asking.get(link.partition(">")[0].lstrip("<"))
                    assert following.status == 200
                    assert following.text != reply.text
        assert asked > 20


def test_pages_and_forms_refuse_signs_that_no_text_has(postgresql_url: str, sources: Path) -> None:
    with Database(postgresql_url) as database:
        hostile.fill(database)
    with serving(postgresql_url, sources) as address:
        asking = Client(address)
        run = asking.get(f"{ROOT}/runs?source={hostile.SOURCE}").json["runs"][0]["id"]
        for path in ("/runs?source=%00", "/errors?source=%00", f"/runs/{run}?grep=a%00", f"/runs/{run}?url=%00b"):
            assert asking.get(path).status == 400, path
        form = "application/x-www-form-urlencoded"
        reply = asking.post(f"/sources/{hostile.SOURCE}/pause", b"reason=a%00b", Content_Type=form)
        assert reply.status == 400
