"""/sign-in and /sign-out: a browser keeps a token in a cookie that no script and no other site can use."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crawler.storage import tokens
from crawler.storage.database import Database, now
from crawler.web import pages
from crawler.web.access import COOKIE
from crawler.web.limits import WRONG_TOKENS
from crawler.web.pages.preferences import own_path

# How long a browser keeps it; a token that is revoked or over ends earlier. Seconds: 30 days.
KEPT = 30 * 24 * 3600


def routes() -> list[BaseRoute]:
    """The form, its answer, and the way out."""
    return [
        Route("/sign-in", show, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


def show(request: Request) -> Response:
    """Show the form."""
    return pages.sign_in_page(request, status=200, next_path=own_path(request.query_params.get("next", "/")))


async def sign_in(request: Request) -> Response:
    """Take the token of the form, if it is one of ours."""
    fields = await _fields(request)
    token, next_path = fields.get("token", "").strip(), own_path(fields.get("next", "/"))
    if not await run_in_threadpool(_is_ours, request.app.state.database, token):
        request.app.state.failures.charge(request.scope, WRONG_TOKENS)
        message = "This token is not known, was revoked, or is over."
        return pages.sign_in_page(request, status=401, message=message, next_path=next_path)
    answer = RedirectResponse(next_path, status_code=303)
    answer.set_cookie(
        COOKIE, token, max_age=KEPT, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


async def sign_out(request: Request) -> Response:
    """Forget the token."""
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


def _is_ours(database: Database, token: str) -> bool:
    with database.read() as session:
        return tokens.find(session, token, now=now(session)) is not None


async def _fields(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This is no form.")
    try:
        return dict(parse_qsl((await request.body()).decode("ascii"), max_num_fields=10, errors="strict"))
    except ValueError:
        raise HTTPException(400, "This form cannot be read.") from None
