"""How the web interface runs: in the foreground, or in a thread beside the crawls. Answers no request."""

from __future__ import annotations

import errno
import ipaddress
import logging
import signal
import socket
import threading
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from crawler.config import Config
from crawler.errors import ConfigError
from crawler.storage import tokens
from crawler.storage.database import Database, now

# Waiting connections that the system keeps while all threads are busy.
BACKLOG = 128
# Connections at once; more are told to come later. A browser opens six, a follower of a log keeps one.
CONNECTIONS = 400
# Bytes of a request's head (address and headers): a token, a cookie and the filters of a search need under 4 KB.
HEAD_BYTES = 32_000
# How long open answers may take to end after the server was asked to stop. Seconds.
STOP_WITHIN = 5
# How soon the foreground sees that the server has failed. Seconds; a signal wakes it at once.
LOOK_EVERY = 0.5


def listen(host: str, port: int) -> socket.socket:
    """Open the socket; processes that are started later do not inherit it.

    Raises:
        ConfigError: the address is taken, is not this machine's, or must not be used; with what to do.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise ConfigError(f"{host}: no such address ({error.strerror})", setting="web_host") from None
    opened = socket.socket(family, socket.SOCK_STREAM)
    # A server that was stopped a moment ago keeps nobody from the port.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise ConfigError(_why(error, host, port), setting="web_port") from None
    return opened


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use, perhaps by a crawler that serves already. Choose another: "
            f"crawler serve --port {port + 1 if port < 65_535 else 8710}, or set CRAWLER_WEB_PORT"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Listen on 127.0.0.1, or on all: 0.0.0.0"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by this user. Choose one above 1023, such as 8710"
    return f"cannot listen on {host}:{port}: {error.strerror}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "news.example.com")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ensure_guarded(database: Database, host: str) -> None:
    """Refuse to be reached from elsewhere while nobody could be told from anybody.

    Raises:
        ConfigError: `host` is not loopback and there is no token; with the remedy.
        DatabaseError: the database cannot be used.
    """
    if is_loopback(host):
        return
    with database.read() as session:
        if tokens.any_counts(session, now=now(session)):
            return
    raise ConfigError(
        f"{host} can be reached by others, and there is no token yet. Make one: crawler token create NAME",
        setting="host",
    )


def address_of(opened: socket.socket) -> str:
    """The address to type into a browser."""
    host, port = opened.getsockname()[:2]
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def serve(app: Starlette, config: Config, opened: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C; open answers end first, within some seconds. A second signal ends it at once."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask)
    with Background(app, config, opened) as server:
        while server.is_alive and not asked.wait(LOOK_EVERY):
            pass


class Background:
    """Serves in a thread of its own, between `with` and its end."""

    def __init__(self, app: Starlette, config: Config, opened: socket.socket) -> None:
        self._server = server = uvicorn.Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                log_config=None,
                log_level=logging.WARNING,
                access_log=False,
                server_header=False,
                proxy_headers=bool(config.trusted_proxies),
                forwarded_allow_ips=list(config.trusted_proxies),
                limit_concurrency=CONNECTIONS,
                h11_max_incomplete_event_size=HEAD_BYTES,
                timeout_graceful_shutdown=STOP_WITHIN,
            )
        )
        # Answers that never end by themselves ask for it.
        app.state.is_stopping = lambda: server.should_exit
        # A daemon: a request that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=server.run, args=([opened],), name="web", daemon=True)

    def __enter__(self) -> Background:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_WITHIN + 1)

    @property
    def is_alive(self) -> bool:
        """False: it has ended, or failed and said so in the log."""
        return self._thread.is_alive()
