"""The web interface as one application: which paths there are, and what all requests have in common. Answers none."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from crawler.config import Config
from crawler.storage.database import Database
from crawler.web import pages
from crawler.web.security import SecurityHeaders
from crawler.web.sources import KnownSources
from crawler.web.static_files import STATIC, Static


def create_app(config: Config, database: Database, *, loopback: bool = True) -> Starlette:
    """Build the application; opens nothing yet.

    Puts on `app.state`: `config`, `database`, `declarations()` and `registry()` (read again when source files change),
    `loopback`.

    Args:
        loopback: only this machine can reach it.
    """
    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Mount("/static", Static(directory=STATIC), name="static"),
        *pages.routes(),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    known = KnownSources(config)
    app.state.config = config
    app.state.database = database
    app.state.loopback = loopback
    app.state.declarations = known.declarations
    app.state.registry = lambda: known.declarations().registry
    return app


def healthz(request: Request) -> Response:
    """Say that this process answers, and nothing else: for health checks, which have no token."""
    return PlainTextResponse("ok\n")
