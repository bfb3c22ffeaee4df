"""The tools of the crawl tests: does the scripted site do what a test asks of it?"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.crawl.proxy import Proxy
from tests.crawl.site import Reply, Site


def ask(site: Site, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(site.host, timeout=5)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_pages_may_be_text_bytes_replies_and_functions(site: Site) -> None:
    site["/text"] = "Қазақстан"
    site["/bytes"] = b"\xff"
    site["/reply"] = Reply("no", status=403)
    site["/function"] = lambda asked: f"{asked.method} {asked.headers['x-name']}"
    assert ask(site, "/text")[1].decode() == "Қазақстан"
    assert ask(site, "/bytes")[1] == b"\xff"
    assert ask(site, "/reply")[0].status == 403
    assert ask(site, "/function", X_Name="me")[1] == b"GET me"
    assert ask(site, "/unknown")[0].status == 404


def test_the_log_knows_order_headers_and_times(site: Site) -> None:
    ask(site, "/first?page=2", User_Agent="me")
    ask(site, "/robots.txt")
    assert site.paths() == ["/first?page=2", "/robots.txt"]
    assert site.count("/robots.txt") == 1
    assert site.asked[0].headers["user-agent"] == "me"
    assert site.asked[0].at < site.asked[1].at


def test_waiting_for_what_does_not_come_ends(site: Site) -> None:
    with pytest.raises(TimeoutError, match="/never was asked for 0 times"):
        site.wait_for("/never", within=0.05)


def test_an_etag_that_is_known_answers_304(site: Site) -> None:
    site["/feed"] = Reply("one", etag=True)
    tag = ask(site, "/feed")[0].headers["ETag"]
    response, body = ask(site, "/feed", If_None_Match=tag)
    assert (response.status, body) == (304, b"")
    site["/feed"] = Reply("two", etag=True)
    assert ask(site, "/feed", If_None_Match=tag)[0].status == 200


def test_a_gzipped_page_says_so(site: Site) -> None:
    site["/page"] = Reply("text", gzipped=True)
    response, body = ask(site, "/page")
    assert response.headers["Content-Encoding"] == "gzip"
    assert body[:2] == b"\x1f\x8b"


def test_a_hanging_page_answers_nothing(site: Site) -> None:
    site["/hang"] = Reply(fault="hang")
    with socket.create_connection(urlsplit(site.url()).netloc.split(":"), timeout=0.2) as client:  # type: ignore[arg-type]
        client.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert site.count("/hang") == 1


def test_a_reset_connection_is_reset(site: Site) -> None:
    site["/reset"] = Reply(fault="reset")
    with pytest.raises(ConnectionResetError):
        ask(site, "/reset")


def test_a_body_that_is_cut_off_is_shorter_than_announced(site: Site) -> None:
    site["/cut"] = Reply("short", fault="cut_off")
    with pytest.raises(http.client.IncompleteRead):
        ask(site, "/cut")


def test_an_endless_body_goes_on(site: Site) -> None:
    site["/endless"] = Reply(fault="endless")
    connection = http.client.HTTPConnection(site.host, timeout=5)
    connection.request("GET", "/endless")
    assert len(connection.getresponse().read(1_000_000)) == 1_000_000
    connection.close()


def through(proxy: Proxy, url: str, *, trust: bool = True) -> bytes:
    context = ssl.create_default_context(cafile=str(proxy.authority.bundle) if trust else None)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy.address, "https": proxy.address}),
        urllib.request.HTTPSHandler(context=context),
    )
    with opener.open(url, timeout=5) as response:
        body: bytes = response.read()
        return body


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_answers_for_any_host_that_was_given_pages(proxy: Proxy, scheme: str) -> None:
    proxy.site("herald.example")["/news/"] = "from the Herald"
    proxy.site("kk.herald.example")["/news/"] = "from its other edition"
    assert through(proxy, f"{scheme}://herald.example/news/") == b"from the Herald"
    assert through(proxy, f"{scheme}://kk.herald.example/news/") == b"from its other edition"
    assert proxy.site("herald.example").paths() == ["/news/"]


def test_the_proxy_keeps_a_tunnel_open_for_several_requests(proxy: Proxy) -> None:
    proxy.site("herald.example")["/"] = "front page"
    context = ssl.create_default_context(cafile=str(proxy.authority.bundle))
    connection = http.client.HTTPSConnection(urlsplit(proxy.address).netloc, timeout=5, context=context)
    connection.set_tunnel("herald.example")
    for _ in range(2):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"front page"
    connection.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_knows_no_other_host(proxy: Proxy, scheme: str) -> None:
    with pytest.raises(OSError, match="502"):
        through(proxy, f"{scheme}://unknown.example/")


def test_its_certificates_are_trusted_by_nobody_else(proxy: Proxy) -> None:
    proxy.site("herald.example")
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        through(proxy, "https://herald.example/robots.txt", trust=False)
