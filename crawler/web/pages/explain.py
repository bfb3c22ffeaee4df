"""What became of one address, and why: a form and its answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crawler.errors import UrlError
from crawler.monitoring.explain import explain as ask
from crawler.web.pages.asking import asked, asking, registry_of
from crawler.web.rendering import render


def explain(request: Request) -> Response:
    """Answer what became of an address."""
    url = asked(request, "url")
    answer, wrong = None, None
    if url:
        with asking(request) as (session, _now):
            try:
                answer = ask(session, url, registry_of(request))
            except UrlError as error:
                wrong = str(error)
    return render(request, "explain.html", url=url, answer=answer, wrong=wrong, status=400 if wrong else 200)
