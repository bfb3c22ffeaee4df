"""Language and theme, kept in cookies of the visitor. Nothing of it is stored here."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crawler.web.languages import languages
from crawler.web.visitor import LANGUAGE_COOKIE, THEME_COOKIE, THEMES

# Browsers keep no cookie for longer.
KEPT = timedelta(days=400)


def preferences(request: Request) -> Response:
    """Remember a choice and go back to where it was made. A link, not a form: it changes nothing for anyone else."""
    response = RedirectResponse(own_path(request.query_params.get("back", "/")), status_code=303)
    for name, known in ((LANGUAGE_COOKIE, languages()), (THEME_COOKIE, THEMES)):
        chosen = request.query_params.get(name)
        if chosen is not None and chosen in known:
            response.set_cookie(
                name,
                chosen,
                max_age=int(KEPT.total_seconds()),
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
    return response


def own_path(path: str) -> str:
    """A path of this server; the home page in place of anything that could lead elsewhere.

    >>> own_path("/runs?source=a"), own_path("//evil.example"), own_path("/\\\\evil.example")
    ('/runs?source=a', '/', '/')
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"
