"""`crawler serve`, `crawler token` and the web interface of `crawler up`, as a user has them."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import Client
from tests.crawl.crawling import LONGEST, Home, publish, until
from tests.crawl.site import Site, serve_site
from tests.scheduling.working import Work, declare


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    here = Home(tmp_path)
    with here.migrated():
        pass
    yield here
    here.leave()


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as running:
        yield running


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def begin(home: Home, *words: str) -> tuple[subprocess.Popen[str], Client]:
    """A `crawler serve` that answers."""
    process = home.start("serve", "--port", "0", *words)
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None, said + process.stderr.read()
    return process, Client(found[0])


def answers(port: int) -> bool:
    try:
        return Client(f"http://127.0.0.1:{port}").get("/healthz").status == 200
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_ends_what_is_followed(home: Home, number: signal.Signals) -> None:
    process, client = begin(home)
    run_id = client.post("/api/v1/sources/tengrinews/run").json["run_id"]
    parts = client.url.removeprefix("http://")
    stream = http.client.HTTPConnection(parts, timeout=LONGEST)
    stream.request("GET", f"/api/v1/runs/{run_id}/logs/follow")
    answer = stream.getresponse()
    assert answer.readline() == b"retry: 2000\n"
    process.send_signal(number)
    assert answer.read() == b"\n"
    stream.close()
    done = home.end(process)
    assert (done.code, done.err) == (0, "")


def test_a_port_in_use_is_said_with_what_to_do(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = home.run("serve", "--port", str(port))
    assert done.code == 2
    assert f"port {port}" in done.err
    assert "CRAWLER_WEB_PORT" in done.err


def test_a_database_of_an_older_version_is_not_served(home: Home) -> None:
    home.ask_for_writing("UPDATE alembic_version SET version_num = '0001'")
    done = home.run("serve", "--port", "0")
    assert done.code == 3
    assert "crawler db upgrade" in done.err


def test_others_are_served_with_a_token_only(home: Home) -> None:
    refused = home.run("serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.code == 2
    assert "crawler token create NAME" in refused.err
    token = home.run("token", "create", "desk").out.strip()
    process = home.start("serve", "--host", "0.0.0.0", "--port", "0")
    assert process.stderr is not None
    found = re.search(r":(\d+)/ ", process.stderr.readline())
    assert found is not None
    url = f"http://127.0.0.1:{found[1]}"
    assert [Client(url, shown).get("/api/v1/runs").status for shown in (None, "nc_wrong", token)] == [401, 401, 200]
    process.terminate()
    assert home.end(process).code == 0


def test_a_token_is_made_shown_once_and_taken_back(home: Home) -> None:
    reader = home.run("token", "create", "reader")
    editor = home.run("token", "create", "editor", "--may-act", "--expires", "90d", "--json")
    assert re.fullmatch(r"nc_[\w-]{43}\n", reader.out)
    assert editor.json["rights"] == "act"
    assert reader.out.strip() != editor.json["token"]
    again = home.run("token", "create", "reader")
    assert again.code == 2
    assert "another name" in again.err
    assert home.run("token", "revoke", "reader").code == 0
    assert home.run("token", "revoke", "nobody").code == 4
    soon = home.run("token", "create", "guest", "--expires", "soon")
    assert (soon.code, "expires 'soon': write a duration" in soon.err) == (2, True)
    listed = home.run("token", "list", "--json").json
    assert [(one["name"], one["rights"], one["revoked_at"] is None) for one in listed] == [
        ("reader", "read", False),
        ("editor", "act", True),
    ]
    shown = home.run("token", "list").out
    assert "revoked" in shown
    assert reader.out.strip() not in shown
    assert reader.out.strip().encode() not in home.database.read_bytes()


@pytest.mark.parametrize("words", [["../x"], ["a", "--expires", "2001-01-01"]])
def test_a_token_that_cannot_be_made_says_why(home: Home, words: list[str]) -> None:
    done = home.run("token", "create", *words)
    assert done.code == 2
    assert done.err.startswith("Error: ")


def test_the_service_serves_too_and_a_run_that_is_asked_for_there_is_done(
    home: Home, site: Site, free_port: int
) -> None:
    publish(site, [1, 2])
    declare(home, site, schedule="0 4 1 1 *")
    work = Work(home, "herald", CRAWLER_WEB="true", CRAWLER_WEB_PORT=str(free_port))
    until(lambda: answers(free_port))
    client = Client(f"http://127.0.0.1:{free_port}")
    work.wait_until_it_works()
    asked = client.post("/api/v1/sources/herald/run")
    assert (asked.status, asked.json["at_work"]) == (202, 1)
    run = f"/api/v1/runs/{asked.json['run_id']}"
    until(lambda: client.get(run).json["state"] == "finished")
    assert client.get(run).json["new"] == 2
    work.process.terminate()
    done = home.end(work.process)
    assert done.code == 0, done.err
    assert f"http://127.0.0.1:{free_port}/" in done.err
    assert not answers(free_port)


def test_a_port_in_use_keeps_no_crawl_from_its_work(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, schedule="0 4 1 1 *")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        work = Work(home, "herald", CRAWLER_WEB="true", CRAWLER_WEB_PORT=str(taken.getsockname()[1]))
        work.wait_until_it_works()
        assert work.end_of(work.order("herald"))["outcome"] == "succeeded"
        work.process.terminate()
        done = home.end(work.process)
    assert done.code == 0
    assert "Without web interface: port" in done.err


def test_the_service_serves_nothing_where_it_is_told_not_to(home: Home, site: Site, free_port: int) -> None:
    declare(home, site, schedule="0 4 1 1 *")
    publish(site, [1])
    work = Work(home, "herald", "--no-web", CRAWLER_WEB="true", CRAWLER_WEB_PORT=str(free_port))
    assert work.end_of(work.order("herald"))["outcome"] == "succeeded"
    assert not answers(free_port)
    work.process.terminate()
    assert home.end(work.process).code == 0
