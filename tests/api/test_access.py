"""Who may ask and who may act: tokens, hosts, origins, limits; every operation of the API and every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.routing import Route

from crawler.config import Config
from crawler.errors import ConfigError
from crawler.storage import tokens
from crawler.storage.database import Database
from crawler.storage.tables import Rights
from crawler.web.access import PUBLIC
from crawler.web.api import OPERATIONS
from crawler.web.api.operation import ROOT
from crawler.web.app import create_app
from crawler.web.limits import Limits
from crawler.web.serving import ensure_guarded
from tests.api.serving import Client, make_token, serving

SOURCE = "steppe_telegraph"
FILLED = {"{article_id}": "1", "{run_id}": "1", "{error_id}": "1", "{source_id}": SOURCE}
FORM = "application/x-www-form-urlencoded"


def path_of(pattern: str) -> str:
    for name, value in FILLED.items():
        pattern = pattern.replace(name, value).replace(name.replace("}", ":int}"), value)
    return pattern


def all_routes() -> list[tuple[str, str]]:
    """(method, path) of everything that the application answers, but what is public."""
    app = create_app(Config(), Database("sqlite:////nowhere.db"))
    found = [
        ("POST" if "POST" in (route.methods or ()) else "GET", path_of(route.path))
        for route in app.routes
        if isinstance(route, Route) and route.path not in PUBLIC
    ]
    assert len(found) > len(OPERATIONS) + 10
    return found


ROUTES = all_routes()
CHANGES = [path for method, path in ROUTES if method == "POST"]


@pytest.fixture(scope="module")
def guarded(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, str]]]:
    """A server that others can reach, and tokens of all kinds."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "crawler.db").write_bytes((filled / "crawler.db").read_bytes())
    url = f"sqlite:///{folder}/crawler.db"
    over = datetime.now(UTC) - timedelta(seconds=1)
    made = {
        "read": make_token(url, "reader"),
        "act": make_token(url, "editor", Rights.ACT),
        "revoked": make_token(url, "gone", Rights.ACT),
        "over": make_token(url, "over", Rights.ACT, expires_at=over),
        "wrong": tokens.PREFIX + "A" * 43,
    }
    with Database(url) as database, database.write() as session:
        tokens.revoke(session, "gone", now=datetime.now(UTC))
    with serving(url, filled / "sources", host="0.0.0.0") as address:
        yield Client(address), made


# --- Tokens -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("kind", ["none", "wrong", "revoked", "over"])
def test_without_a_token_that_counts_nothing_is_told(
    guarded: tuple[Client, dict[str, str]], method: str, path: str, kind: str
) -> None:
    client, made = guarded
    shown = {} if kind == "none" else {"Authorization": f"Bearer {made[kind]}"}
    reply = client.send(method, path, headers=shown)
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Bearer realm="crawler"'
    assert "телеграф" not in reply.text
    as_cookie = {} if kind == "none" else {"Cookie": f"crawler_token={made[kind]}"}
    assert client.send(method, path, headers=as_cookie).status == 401


@pytest.mark.parametrize("path", CHANGES)
def test_who_may_only_read_changes_nothing(guarded: tuple[Client, dict[str, str]], path: str) -> None:
    client, made = guarded
    assert client.send("POST", path, headers={"Authorization": f"Bearer {made['read']}"}).status == 403


def test_who_may_read_sees_everything(guarded: tuple[Client, dict[str, str]]) -> None:
    client, made = guarded
    reading = Client(client.url, made["read"])
    needs = {"/api/v1/explain": "?url=https://a.example/1", "/api/v1/logs": f"?source={SOURCE}"}
    needs["/api/v1/article"] = "?url=https://a.example/1"
    seen = {
        path: reading.get(path + needs.get(path, "")).status
        for method, path in ROUTES
        if method == "GET" and "preferences" not in path
    }
    allowed = {200, 286}  # the latter tells a page to ask no more
    assert seen.pop("/api/v1/article") == 404, "no article is at that address"
    assert {path: status for path, status in seen.items() if status not in allowed} == {}


def test_a_token_is_kept_as_a_hash_and_told_when_it_was_used(url: str, sources: Path) -> None:
    token = make_token(url, "reader")
    with serving(url, sources, host="0.0.0.0") as address:
        assert Client(address, token).get("/api/v1/stats").status == 200
    with Database(url) as database, database.read() as session:
        (row,) = tokens.listing(session)
        assert row.last_used_at is not None
        assert datetime.now(UTC) - row.last_used_at < timedelta(minutes=1)
    assert token.encode() not in Path(url.removeprefix("sqlite:///")).read_bytes()


def test_a_revoked_token_ends_at_once(url: str, sources: Path) -> None:
    token = make_token(url, "reader")
    with serving(url, sources, host="0.0.0.0") as address, Database(url) as database:
        client = Client(address, token)
        assert client.get("/api/v1/runs").status == 200
        with database.write() as session:
            tokens.revoke(session, "reader", now=datetime.now(UTC))
        assert client.get("/api/v1/runs").status == 401


def test_loopback_is_open_until_there_is_a_token(url: str, sources: Path) -> None:
    with serving(url, sources) as address:
        client = Client(address)
        assert client.get("/api/v1/runs").status == 200
        assert client.post(f"/api/v1/sources/{SOURCE}/resume").status == 200
        assert client.get("/api/v1/runs", Authorization="Bearer nc_wrong").status == 401, "a wrong token is a mistake"
        make_token(url, "reader")
        assert client.get("/api/v1/runs").status == 401
        assert client.get("/healthz").status == 200


@pytest.mark.parametrize("settings", [{"allowed_hosts": "news.example"}, {"trusted_proxies": "127.0.0.1"}])
def test_behind_a_proxy_loopback_is_not_open(url: str, sources: Path, settings: dict[str, str]) -> None:
    with serving(url, sources, **settings) as address:
        assert Client(address).get("/api/v1/runs").status == 401


def test_what_was_forwarded_is_not_from_here(open_server: Client) -> None:
    assert open_server.get("/api/v1/runs", X_Forwarded_For="203.0.113.7").status == 401


def test_a_server_for_others_needs_a_token_first(url: str) -> None:
    with Database(url) as database:
        with pytest.raises(ConfigError, match="crawler token create"):
            ensure_guarded(database, "0.0.0.0")
        ensure_guarded(database, "127.0.0.1")
        make_token(url, "reader")
        ensure_guarded(database, "0.0.0.0")


# --- Signing in -------------------------------------------------------------------------------------------------------
def sign_in(client: Client, token: str, next_path: str = "/runs") -> tuple[int, dict[str, str]]:
    body = f"token={token}&next={next_path}".encode()
    reply = client.post("/sign-in", body, Content_Type=FORM, Sec_Fetch_Site="same-origin")
    return reply.status, dict(reply.headers)


def test_a_browser_keeps_the_token_where_no_script_finds_it(guarded: tuple[Client, dict[str, str]]) -> None:
    client, made = guarded
    status, headers = sign_in(client, made["act"])
    assert (status, headers["location"]) == (303, "/runs")
    cookie = headers["set-cookie"]
    assert all(word in cookie.lower() for word in ("httponly", "samesite=strict", "path=/"))
    kept = cookie.partition(";")[0]
    assert client.get("/api/v1/runs", Cookie=kept).status == 200
    act = f"/api/v1/sources/{SOURCE}/resume"
    assert client.post(act, Cookie=kept, Sec_Fetch_Site="same-origin").status == 200
    assert client.post(act, Cookie=kept).status == 403, "a browser says where it comes from"
    assert client.post(act, Cookie=kept, Sec_Fetch_Site="cross-site").status == 403
    assert client.post(act, Cookie=kept, Origin="http://evil.example").status == 403


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/%5Cevil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(guarded: tuple[Client, dict[str, str]], target: str) -> None:
    client, made = guarded
    assert sign_in(client, made["read"], target)[1]["location"] == "/"


def test_a_wrong_token_signs_nobody_in(guarded: tuple[Client, dict[str, str]]) -> None:
    client, made = guarded
    status, headers = sign_in(client, made["revoked"])
    assert status == 401
    assert "set-cookie" not in headers


def test_a_page_without_token_is_the_form_and_leads_back(guarded: tuple[Client, dict[str, str]]) -> None:
    reply = guarded[0].get("/runs?source=herald")
    assert reply.status == 401
    assert 'action="/sign-in"' in reply.text
    assert 'value="/runs?source=herald"' in reply.text


# --- Hosts and origins ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8710", "127.0.0.1.evil.example", "", "a b", "[::1", "10.0.0.5"]
)
def test_loopback_answers_to_its_own_names_alone(open_server: Client, host: str) -> None:
    reply = open_server.get("/api/v1/runs", Host=host)
    assert reply.status in (400, 421)
    assert "steppe" not in reply.text


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:8710"])
def test_loopback_has_three_names(open_server: Client, host: str) -> None:
    assert open_server.get("/api/v1/runs", Host=host).status == 200


def test_other_names_are_allowed_by_a_setting(url: str, sources: Path) -> None:
    token = make_token(url, "reader")
    with serving(url, sources, host="0.0.0.0", allowed_hosts="news.example") as address:
        client = Client(address, token)
        seen = {
            host: client.get("/api/v1/runs", Host=host).status for host in ("news.example", "10.1.2.3", "x.example")
        }
    assert seen == {"news.example": 200, "10.1.2.3": 200, "x.example": 421}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="another port or subdomain"),
        pytest.param({"Origin": "https://evil.example"}, id="another site, old browser"),
        pytest.param({"Origin": "null"}, id="a sandboxed frame"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, id="another server of this machine"),
    ],
)
@pytest.mark.parametrize("path", [f"/api/v1/sources/{SOURCE}/run", f"/sources/{SOURCE}/run", "/sign-in"])
def test_another_site_changes_nothing_on_an_open_server(
    open_server: Client, headers: dict[str, str], path: str
) -> None:
    before = open_server.get("/api/v1/runs?state=queued").json
    assert open_server.send("POST", path, headers=headers).status == 403
    assert open_server.get("/api/v1/runs?state=queued").json == before


def test_a_program_on_this_machine_needs_no_origin(open_server: Client) -> None:
    assert open_server.post(f"/api/v1/sources/{SOURCE}/run").status == 202


# --- Limits -----------------------------------------------------------------------------------------------------------
def test_too_many_requests_are_told_to_wait(url: str, sources: Path) -> None:
    with serving(url, sources, limits=Limits(burst=3, per_second=0.01)) as address:
        client = Client(address)
        replies = [client.get("/healthz") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert 90 <= int(replies[-1].headers["retry-after"]) <= 101


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(url: str, sources: Path) -> None:
    token = make_token(url, "reader")
    with serving(url, sources, host="0.0.0.0", limits=Limits(failures=2, failures_per_second=0.01)) as address:
        wrong = [Client(address, "nc_wrong").get("/api/v1/runs").status for _ in range(4)]
        assert wrong == [401, 401, 429, 429]
        assert Client(address, token).get("/api/v1/runs").status == 200


def test_a_large_body_is_refused_whether_or_not_it_says_so(open_server: Client) -> None:
    path = f"/api/v1/sources/{SOURCE}/pause"
    assert open_server.post(path, b"x" * 70_000, Content_Type="application/json").status == 413
    chunked = b"".join(b"3e8\r\n" + b"x" * 1_000 + b"\r\n" for _ in range(70)) + b"0\r\n\r\n"
    reply = open_server.post(path, chunked, Content_Type="application/json", Transfer_Encoding="chunked")
    assert reply.status in (400, 413)


def test_a_long_address_is_refused(open_server: Client) -> None:
    assert open_server.get("/api/v1/runs?source=" + "a" * 9_000).status == 414


def test_an_answer_that_takes_too_long_is_given_up(url: str, sources: Path) -> None:
    with serving(url, sources, limits=Limits(seconds=0.0)) as address:
        reply = Client(address).get("/api/v1/sources")
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")


# --- What every answer carries ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/", "/api/v1/runs", "/api/v1/runs/999999", "/nowhere", "/healthz", "/static/style.css"]
)
def test_every_answer_carries_the_headers(open_server: Client, path: str) -> None:
    headers = open_server.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_what_is_private_is_not_kept_and_what_has_a_hash_is(open_server: Client) -> None:
    assert open_server.get("/api/v1/runs").headers["cache-control"] == "no-store"
    assert "immutable" in open_server.get("/static/style.css?v=1").headers["cache-control"]
    plain = open_server.get("/static/style.css")
    assert plain.headers["cache-control"] == "no-cache"
    assert open_server.get("/static/style.css", If_None_Match=plain.headers["etag"]).status == 304


def test_static_files_lie_in_their_folder(open_server: Client) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert open_server.get(path).status == 404


def test_the_health_check_says_only_that_it_lives(guarded: tuple[Client, dict[str, str]]) -> None:
    reply = guarded[0].get("/healthz")
    assert (reply.status, reply.text) == (200, "ok\n")


def test_a_database_that_is_gone_is_503_without_its_address(url: str, sources: Path) -> None:
    with serving(url, sources) as address:
        Path(url.removeprefix("sqlite:///")).write_bytes(b"no database" * 1_000)
        reply = Client(address).get("/api/v1/runs")
    assert reply.status == 503
    assert "crawler.db" not in reply.text


def test_every_operation_is_below_one_root() -> None:
    assert {path for _, path in ROUTES if path.startswith("/api/v1/") and "openapi" not in path} == {
        path_of(ROOT + operation.path) for operation in OPERATIONS
    }
