"""Pages that say why another one cannot be shown, and the one that asks for a token. They ask no database."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from crawler.web.rendering import render

# What to do, by status, where the answer itself does not say it.
REMEDIES = {
    403: "Sign in with a token that may do this. "
    "Whoever runs the crawler makes one: crawler token create NAME --may-act",
    404: "It may have been pruned, or the address has a mistake. The sections above lead to everything there is.",
    400: "Correct what was typed and send it again.",
    405: "Go back and use the form of the page.",
    422: "Correct what was typed and send it again.",
    429: "Wait a minute, then load the page again.",
    500: "The details stand in the log of the server: the terminal, or journalctl -u crawler.",
    503: "Look at the database, then load the page again: crawler db check",
}


def error_page(request: Request, *, status: int, title: str, detail: str) -> HTMLResponse:
    """An answer that says why a page cannot be shown. Asks no database: it may be what is broken."""
    remedy = REMEDIES.get(status, "")
    return render(
        request, "failure.html", status=status, code=status, title=title, detail=detail, remedy=remedy, is_failure=True
    )


def sign_in_page(request: Request, *, status: int, message: str = "", next_path: str = "/") -> HTMLResponse:
    """The form in which a person shows a token: POST /sign-in with `token` and `next`. Asks no database.

    Args:
        status: 200 when it was asked for, 401 in the place of a page that needs a token.
        message: what was wrong with the last try; empty at first.
        next_path: where to go afterwards.
    """
    return render(request, "sign_in.html", status=status, message=message, next_path=next_path, is_failure=True)
