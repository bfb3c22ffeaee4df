"""The Steppe Courier on loopback: three editions of a small news site, with all that goes wrong on real ones.

Serves one day of news and, after `advance()`, the next; counts what it is asked for. Plain HTTP from the standard
library, for the demo and for tests: not a server for other purposes.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from string import Template
from urllib.parse import urlsplit

from crawler.demo.editions import Answer, Day, answers_of
from crawler.demo.stories import LANGUAGES, ZONE, Story


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as the site saw it."""

    at: datetime
    language: str
    path: str
    status: int


class Courier:
    """The running site: the address of each edition, the day, and what was asked of it."""

    def __init__(self, hosts: Mapping[str, str], *, started_at: datetime | None = None) -> None:
        self.hosts = hosts
        """Language -> `127.0.0.1:PORT`."""
        self.started_at = started_at or datetime.now(UTC)
        self.advanced_at: datetime | None = None
        self.visits: list[Visit] = []
        self._answers: dict[object, dict[str, Answer]] = {}

    def advance(self) -> None:
        """Turn to the second day: one story more in each edition, and one of the Russian ones edited."""
        self.advanced_at = datetime.now(UTC)

    def url(self, language: str, path: str = "/") -> str:
        """The absolute address of a path of one edition."""
        return f"http://{self.hosts[language]}{path}"

    def stories(self, language: str) -> tuple[Story, ...]:
        """What an edition publishes today, newest first."""
        return self._day().stories(language)

    def answer(self, language: str, path: str) -> Answer:
        """What stands at a path today; 404 where nothing does."""
        day = self._day()
        # Pages change with the day of the demo, and at midnight: some print "today".
        key = (language, day.advanced_at, day.now.astimezone(ZONE).date())
        if key not in self._answers:
            self._answers[key] = answers_of(language, day)
        return self._answers[key].get(path, Answer(b"<!doctype html><title>404</title>", status=404))

    def count(self, language: str, path: str, *, status: int | None = None) -> int:
        """How often a path was asked for; with `status`, how often it was answered so."""
        asked = [visit for visit in tuple(self.visits) if visit.language == language and visit.path == path]
        return sum(status in (None, visit.status) for visit in asked)

    def source_file(self) -> str:
        """The source file that declares this site, with the ports it runs on."""
        text = files("crawler.demo").joinpath("steppe_courier.toml").read_text(encoding="utf-8")
        return Template(text).substitute(self.hosts)

    def _day(self) -> Day:
        return Day(self.hosts, self.started_at, self.advanced_at, now=datetime.now(UTC))


@contextmanager
def serve_courier(*, started_at: datetime | None = None) -> Iterator[Courier]:
    """Run the site on three free ports of 127.0.0.1 until the block ends.

    Args:
        started_at: aware; the moment to which the stories' dates are relative. None: now.

    >>> from urllib.request import urlopen
    >>> with serve_courier() as courier:
    ...     page = urlopen(courier.url("en")).read()
    >>> b"Steppe Courier" in page
    True
    """
    servers = {language: _Server() for language in LANGUAGES}
    courier = Courier(
        {language: f"127.0.0.1:{server.server_port}" for language, server in servers.items()}, started_at=started_at
    )
    threads = []
    for language, server in servers.items():
        server.language, server.courier = language, courier
        # 50 ms: how long the end of the block waits for a server that has nothing to do.
        threads.append(threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True))
        threads[-1].start()
    try:
        yield courier
    finally:
        for server, thread in zip(servers.values(), threads, strict=True):
            server.stopping.set()
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    courier: Courier
    language: str

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stopping = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawler that is stopped drops its connections: no news. Anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body leave in two pieces: without this the second waits 40 ms for the first one's acknowledgement.
    disable_nagle_algorithm = True
    server_version = "SteppeCourier"
    # A connection without a request is given up after so many seconds, so that no thread outlives the demo for long.
    timeout = 10

    def do_GET(self) -> None:
        courier, language = self.server.courier, self.server.language
        path = urlsplit(self.path).path
        answer = courier.answer(language, path)
        etag = f'"{blake2b(answer.body, digest_size=8).hexdigest()}"'
        status = answer.status
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status = 304
        courier.visits.append(Visit(datetime.now(UTC), language, path, status))
        self.server.stopping.wait(answer.delay)
        self.send_response(status)
        self._send_headers(answer, etag if answer.status == 200 else None)
        body = b"" if status == 304 else answer.body
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _send_headers(self, answer: Answer, etag: str | None) -> None:
        self.send_header("Content-Type", answer.content_type)
        if answer.location:
            self.send_header("Location", answer.location)
        if etag:
            self.send_header("ETag", etag)
            changed_at = self.server.courier.advanced_at or self.server.courier.started_at
            self.send_header("Last-Modified", changed_at.strftime("%a, %d %b %Y %H:%M:%S GMT"))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo prints what a user types and sees, not the server's side of it."""
