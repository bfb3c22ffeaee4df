"""The web interface as one application: which paths there are, and what all requests have in common. Answers none."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from crawler.config import Config
from crawler.errors import CrawlerError
from crawler.storage.database import Database
from crawler.web import api, pages, sign_in
from crawler.web.access import Access
from crawler.web.failures import Failures
from crawler.web.limits import Buckets, LimitRequests, Limits
from crawler.web.patience import bound
from crawler.web.refusals import of_exception
from crawler.web.security import SecurityHeaders
from crawler.web.sources import KnownSources
from crawler.web.static_files import STATIC, Static

# Requests answered at once; the database's pool has 15 connections, and two cores are busy long before.
THREADS = 12
_ANYWHERE = ("127.0.0.1", "0.0.0.0")  # noqa: S104


def create_app(
    config: Config, database: Database, *, loopback: bool = True, host: str = "", limits: Limits | None = None
) -> Starlette:
    """Build the application; opens nothing yet. `database` is its own from now on: its questions get a time limit.

    Puts on `app.state`: `config`, `database`, `declarations()` and `registry()` (read again when source files change),
    `is_stopping()`. Each request then has `request.state.may_act`, `visitor_name`, `signed_in`.

    Args:
        loopback: only this machine can reach it; without tokens it is open then.
        host: the address it is bound to; its name is one by which it may be asked.
        limits: of requests; for tests.
    """
    limits = limits or Limits()
    bound(database, limits.database_seconds)
    failures = Buckets(limits.failures, limits.failures_per_second, limits.visitors)
    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Mount("/static", Static(directory=STATIC), name="static"),
        *sign_in.routes(),
        *api.routes(),
        *pages.routes(),
    ]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Failures),
            Middleware(LimitRequests, limits),
            Middleware(Access, config, database, host=host or _ANYWHERE[not loopback], failures=failures),
        ],
        exception_handlers={HTTPException: of_exception, CrawlerError: of_exception},
        lifespan=_lifespan,
    )
    known = KnownSources(config)
    app.state.config = config
    app.state.database = database
    app.state.failures = failures
    app.state.declarations = known.declarations
    app.state.registry = lambda: known.declarations().registry
    app.state.followers = 0
    app.state.is_stopping = lambda: False
    return app


def healthz(request: Request) -> Response:
    """Say that this process answers, and nothing else: for health checks, which have no token."""
    return PlainTextResponse("ok\n")


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    # What is loaded stays: looking through it for garbage would cost every tenth answer 60 ms.
    gc.freeze()
    yield
