"""Who may ask, and who may act: host, token, origin of every request. Answers none itself, but refuses.

Open without a token is only what no other machine reaches: a server bound to loopback, under a name of loopback, with
neither proxies nor other names configured, while no token exists. In all other cases a request shows a token: a program
in `Authorization: Bearer nc_...`, a browser in the cookie that /sign-in sets.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from crawler.config import Config
from crawler.errors import DatabaseError
from crawler.storage import tokens
from crawler.storage.database import Database, now
from crawler.storage.tables import Rights
from crawler.web import pages
from crawler.web.limits import WRONG_TOKENS, Buckets
from crawler.web.refusals import API, refuse

logger = logging.getLogger(__name__)

COOKIE = "crawler_token"
# Paths that tell nothing: a health check, style sheets, the form for the token itself.
PUBLIC = ("/healthz", "/sign-in", "/sign-out")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="crawler"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as it is known."""

    name: str
    """Of the token; `web` where none was needed."""
    may_act: bool
    has_cookie: bool = False
    """It is a browser: what it sends may be another site's wish."""
    has_header: bool = False
    """It is a program: no page of another site can make a browser send this header."""


class Access:
    """Lets through who may; puts `visitor_name`, `may_act`, `signed_in` on `request.state`."""

    def __init__(self, app: ASGIApp, config: Config, database: Database, *, host: str, failures: Buckets) -> None:
        self._app = app
        self._database = database
        self._names = _names(config, host)
        self._is_loopback = host in LOOPBACK_NAMES or _is_loopback_address(host)
        # Behind a proxy everybody comes from loopback.
        self._may_be_open = self._is_loopback and not config.allowed_hosts and not config.trusted_proxies
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = await self._refused(request)
        await (self._app if refused is None else refused)(scope, receive, send)

    async def _refused(self, request: Request) -> Response | None:
        """The answer to a request that must not be let through; None for the others."""
        if not self._is_known(_name_in(request.headers.get("host", ""))):
            return refuse(request, 421, "No name of this server. Names are allowed by CRAWLER_ALLOWED_HOSTS.")
        changes = request.method not in READING
        if request.scope["path"] in PUBLIC or request.scope["path"].startswith("/static/"):
            foreign = changes and not _is_same_origin(request)
            return refuse(request, 403, "This form was sent from another site.") if foreign else None
        caller = await run_in_threadpool(self._visitor, request)
        if caller is None:
            return self._stranger(request)
        request.state.visitor_name, request.state.may_act = caller.name, caller.may_act
        request.state.signed_in = caller.has_cookie
        if changes and not caller.has_header and not _is_same_origin(request, is_browser=caller.has_cookie):
            return refuse(request, 403, "A change must come from a page of this server, or show a token in a header.")
        if changes and not caller.may_act:
            return refuse(
                request, 403, "This token may read, not act. Make one that may: crawler token create NAME --may-act"
            )
        return None

    def _is_known(self, name: str | None) -> bool:
        """Whether a request means this server: a page of another site, whose name points here, does not."""
        if not name:
            return False
        if name.lower() in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # Nobody can point an address elsewhere; names are what rebinding needs.
        return address.is_loopback or not self._is_loopback

    def _visitor(self, request: Request) -> Caller | None:
        bearer, cookie = _bearer(request), request.cookies.get(COOKIE)
        with self._database.read() as session:
            moment = now(session)
            for token, has_cookie in ((bearer, False), (cookie, True)):
                if token and (row := tokens.find(session, token, now=moment)):
                    break
                if token and not has_cookie:
                    return None  # a wrong token is no visitor, also where none is needed
            else:
                is_open = (
                    self._may_be_open and not _is_forwarded(request) and not tokens.any_counts(session, now=moment)
                )
                return Caller("web", may_act=True) if is_open else None
        if tokens.is_use_to_be_noted(row, moment):
            self._note_use(row.id, moment)
        return Caller(row.name, row.rights is Rights.ACT, has_cookie=has_cookie, has_header=not has_cookie)

    def _note_use(self, token_id: int, moment: datetime) -> None:
        try:
            with self._database.write() as session:
                tokens.note_use(session, token_id, now=moment)
        except DatabaseError as error:
            # A server may look at a database that it must not write.
            logger.info("The use of a token could not be noted: %s", error)

    def _stranger(self, request: Request) -> Response:
        has_tried = _shows_bearer(request) or COOKIE in request.cookies
        if has_tried:
            self._failures.charge(request.scope, WRONG_TOKENS)
        detail = "This token is not known, was revoked, or is over." if has_tried else "A token is needed."
        if request.scope["path"].startswith(API):
            return refuse(request, 401, f"{detail} Make one: crawler token create NAME", CHALLENGE)
        path = quote(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else "")
        answer: Response = pages.sign_in_page(
            request, status=401, message=detail if has_tried else "", next_path=path if request.method == "GET" else "/"
        )
        answer.headers.update(CHALLENGE)
        return answer


def _names(config: Config, host: str) -> frozenset[str]:
    """The names under which this server may be asked."""
    own = {socket.gethostname().lower(), socket.getfqdn().lower()} if _is_any(host) else {host.lower()}
    return LOOPBACK_NAMES | own | set(config.allowed_hosts)


def _name_in(host: str) -> str | None:
    """The name of a Host header, without its port; None when that is none."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]") if found else None


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(?::\d+)?")


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::")  # noqa: S104


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _shows_bearer(request: Request) -> bool:
    return _bearer(request) is not None


def _is_forwarded(request: Request) -> bool:
    return any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-forwarded-host", "via"))


def _is_same_origin(request: Request, *, is_browser: bool = False) -> bool:
    """Whether a change was asked for by a page of ours, or by no page at all.

    Browsers say so in Sec-Fetch-Site, old ones in Origin; programs send neither. Whoever shows a cookie must say.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get("origin"):
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    return not is_browser
