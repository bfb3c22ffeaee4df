"""A server of the API on loopback, in a thread of this process, and a client that shows a token. For tests."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from crawler.config import Config
from crawler.storage import tokens
from crawler.storage.database import Database
from crawler.storage.tables import Rights
from crawler.web.app import create_app
from crawler.web.limits import Limits
from crawler.web.serving import Background, address_of, listen

# One client asks for what a thousand do.
UNLIMITED = Limits(burst=1_000_000, per_second=1_000_000, failures=1_000_000, failures_per_second=1_000)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Client:
    """Asks one server; shows a token where it has one."""

    url: str
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        return self.send("POST", path, body=body, headers=headers)

    def send(self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send one request as it stands: nothing is followed, nothing is kept. `_` in a header's name means `-`."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= self.headers | {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if isinstance(body, (dict, list)):
            sent.setdefault("Content-Type", "application/json")
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            connection.request(method, path, raw, sent)
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, said, answer.read().decode())
        finally:
            connection.close()


@contextmanager
def serving(
    url: str, sources: Path, *, host: str = "127.0.0.1", limits: Limits = UNLIMITED, **settings: object
) -> Iterator[str]:
    """Serve a migrated database until the block ends; the address has no slash at its end.

    Args:
        host: what the server believes to be bound to; it listens on loopback in any case.
    """
    config = Config(database_url=SecretStr(url), sources=(sources,), timezone="Asia/Almaty", **settings)
    opened = listen("127.0.0.1", 0)
    with Database(url) as database:
        app = create_app(config, database, loopback=host == "127.0.0.1", host=host, limits=limits)
        with Background(app, config, opened):
            yield address_of(opened).rstrip("/")


def make_token(url: str, name: str, rights: Rights = Rights.READ, **more: Any) -> str:
    """A token in that database."""
    with Database(url) as database, database.write() as session:
        made = tokens.create(session, name, rights=rights, by="test", now=datetime.now(UTC), **more)
    assert made is not None
    return made
