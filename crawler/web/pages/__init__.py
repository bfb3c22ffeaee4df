"""The pages for people. Asks storage and monitoring; decides nothing.

What the application takes from here: `routes`, `error_page` and `sign_in_page`.
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route


def routes() -> list[BaseRoute]:
    """The pages, all but /sign-in, which answers itself with `sign_in_page`."""
    return [Route("/", home)]


def home(request: Request) -> Response:
    """What needs attention, what is new, what runs."""
    return HTMLResponse("<!doctype html><html lang=en><title>Crawler</title><h1>Crawler</h1>")


def error_page(request: Request, *, status: int, title: str, detail: str) -> Response:
    """An answer that says why a page cannot be shown. Asks no database: it may be what is broken."""
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(detail)}</p>",
        status_code=status,
    )


def sign_in_page(request: Request, *, status: int, message: str = "", next_path: str = "/") -> Response:
    """The form in which a person shows a token: POST /sign-in with `token` and `next`. Asks no database.

    Args:
        status: 200 when it was asked for, 401 in the place of a page that needs a token.
        message: what was wrong with the last try; empty at first.
        next_path: where to go afterwards.
    """
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Sign in</title><h1>Sign in</h1>"
        f"<p>{escape(message)}</p><form method=post action=/sign-in>"
        f'<input type=hidden name=next value="{escape(next_path)}">'
        "<label>Token <input type=password name=token autocomplete=current-password required></label>"
        "<button>Sign in</button></form>",
        status_code=status,
    )
