"""A scriptable news site on loopback for tests of real crawls: pages as the test says, faults included, and a log.

Knows nothing of the crawler. One `Site` answers for one host, whether it is asked directly or through the proxy of
proxy.py.
"""

from __future__ import annotations

import gzip
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

Fault = Literal["hang", "reset", "endless", "cut_off"]
"""What may go wrong below HTTP.

hang: nothing is answered until the site stops. reset: the connection is reset. endless: a body without end.
cut_off: the body ends long before its Content-Length.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the site saw it."""

    at: float
    """`time.monotonic()`"""
    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answers. A page may be text: it is sent as UTF-8."""

    body: bytes | str = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bool = False
    """Compressed on the way, as Content-Encoding says."""
    etag: bool = False
    """Carries an ETag, and answers 304 to whoever knows it."""
    delay: float = 0.0
    """Seconds before the answer; a slow site, not a means of synchronisation."""
    fault: Fault | None = None

    @property
    def content(self) -> bytes:
        raw = self.body.encode() if isinstance(self.body, str) else self.body
        return gzip.compress(raw, mtime=0) if self.gzipped else raw


Page = Reply | bytes | str | Callable[[Asked], "Reply | bytes | str"]

NOT_FOUND = Reply("<h1>404</h1>", status=404)


class Site:
    """The pages of one host. Paths may be set while the site runs; an unknown one answers 404.

    A query that no page was set for makes no difference, as on most sites.

    robots.txt allows all until a test says otherwise.
    """

    def __init__(self, host: str = "") -> None:
        self.host = host
        """With the port, where it is not the usual one."""
        self.pages: dict[str, Page] = {"/robots.txt": Reply("User-agent: *\nDisallow:\n", content_type="text/plain")}
        self.asked: list[Asked] = []
        self.stopping = threading.Event()

    def __setitem__(self, path: str, page: Page) -> None:
        self.pages[path] = page

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in tuple(self.asked))

    def paths(self) -> list[str]:
        """All paths in the order in which they were asked for."""
        return [asked.path for asked in tuple(self.asked)]

    def wait_for(self, path: str, times: int = 1, *, within: float = 30.0) -> None:
        """Return as soon as a path was asked for so often.

        Raises:
            TimeoutError: it was not, within so many seconds; says what was.
        """
        deadline = time.monotonic() + within
        while self.count(path) < times:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was asked for {self.count(path)} times, not {times}: {self.paths()}")
            time.sleep(0.01)

    def reply(self, asked: Asked) -> Reply:
        """Note a request and say what to answer."""
        self.asked.append(asked)
        page = self.pages.get(asked.path) or self.pages.get(asked.path.partition("?")[0], NOT_FOUND)
        answer = page(asked) if callable(page) else page
        return answer if isinstance(answer, Reply) else Reply(answer)


class SiteHandler(BaseHTTPRequestHandler):
    """Answers for one site or, in the proxy, for many; keeps connections open."""

    protocol_version = "HTTP/1.1"
    # Headers and body leave in two pieces: without this the second waits 40 ms for the first one's acknowledgement.
    disable_nagle_algorithm = True
    timeout = 30

    def site(self) -> Site | None:
        """The site that the request is for; None when there is none."""
        return self.server.site  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        asked = Asked(
            at=time.monotonic(),
            method=self.command,
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        site = self.site()
        if site is None:
            self._send(Reply("no such host here", status=502), None, asked)
            return
        reply = site.reply(asked)
        site.stopping.wait(reply.delay)
        if reply.fault == "hang":
            site.stopping.wait()
        elif reply.fault == "reset":
            # Lingering for zero seconds makes close() send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif reply.fault == "endless":
            self._send_without_end(reply, site)
        else:
            self._send(reply, site, asked)

    do_HEAD = do_POST = do_GET

    def _send(self, reply: Reply, site: Site | None, asked: Asked) -> None:
        content = reply.content
        etag = f'"{blake2b(content, digest_size=8).hexdigest()}"' if reply.etag else None
        known = etag is not None and asked.headers.get("if-none-match") == etag
        self.send_response(304 if known else reply.status)
        headers = {"Content-Type": reply.content_type, **reply.headers}
        if etag:
            headers["ETag"] = etag
        if reply.gzipped:
            headers["Content-Encoding"] = "gzip"
        if not known:
            headers.setdefault("Content-Length", str(len(content) * (100 if reply.fault == "cut_off" else 1)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not known and asked.method != "HEAD":
            self.wfile.write(content)
        if reply.fault == "cut_off":
            self.close_connection = True

    def _send_without_end(self, reply: Reply, site: Site) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        chunk = reply.content or b"<p>and so on</p>" * 4096
        while not site.stopping.is_set():
            self.wfile.write(chunk)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: tests read `Site.asked`."""


class QuietServer(ThreadingHTTPServer):
    """A server whose clients may vanish: crawlers are killed here on purpose."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def running(server: QuietServer) -> Iterator[None]:
    """Serve in a thread until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serve_site(address: str = "127.0.0.1") -> Iterator[Site]:
    """Serve one site on a free port until the block ends; its pages are set by the test."""
    site = Site()
    server = QuietServer((address, 0), SiteHandler)
    server.site = site  # type: ignore[attr-defined]
    site.host = f"{address}:{server.server_port}"
    with running(server):
        try:
            yield site
        finally:
            site.stopping.set()
