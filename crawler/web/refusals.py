"""Answers that say why there is no other one: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crawler.errors import ConfigError, DatabaseError, QueryError, SourceError, UrlError
from crawler.web import pages
from crawler.web.patience import is_broken_off

API = "/api/"
PROBLEM_JSON = "application/problem+json"

logger = logging.getLogger(__name__)


def refuse(
    request: Request,
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """The answer to a request that gets no other.

    Args:
        errors: what is wrong with single values, for programs.
    """
    title = http.HTTPStatus(status).phrase
    if not request.scope["path"].startswith(API):
        answer: Response = pages.error_page(request, status=status, title=title, detail=detail)
        answer.headers.update(headers or {})
        return answer
    problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        problem["errors"] = list(errors)
    return JSONResponse(problem, status_code=status, headers=dict(headers or {}), media_type=PROBLEM_JSON)


def of_exception(request: Request, error: Exception) -> Response:
    """The answer where an endpoint raised: what it means for whoever asked, nothing of how the server is made."""
    if isinstance(error, HTTPException):
        return refuse(request, error.status_code, str(error.detail), error.headers)
    if isinstance(error, DatabaseError):
        logger.warning("%s %s: %s", request.method, request.scope["path"], error)
        return refuse(request, 503, "The database cannot be used now; the server's log says why.")
    if isinstance(error, (ConfigError, QueryError, UrlError, SourceError)):
        field = error.setting if isinstance(error, ConfigError) else None
        return refuse(request, 400, str(error), errors=[{"field": field, "message": str(error)}] if field else ())
    if is_broken_off(error):
        logger.warning("%s %s: the database took too long", request.method, request.scope["path"])
        return refuse(request, 503, "The database took too long. Ask for less: a shorter time, one source.")
    logger.exception("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return refuse(request, 500, "The server failed; its log says how.")
