"""The pages for people. Asks storage and monitoring; decides nothing.

What the application takes from here: `routes`, `error_page` and `sign_in_page`.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from crawler.web.pages import article, articles, errors, explain, home, preferences, run, runs, source, sources
from crawler.web.pages.failures import error_page, sign_in_page

__all__ = ["error_page", "routes", "sign_in_page"]


def routes() -> list[BaseRoute]:
    """The pages, all but /sign-in, which answers itself with `sign_in_page`."""
    post = ["POST"]
    return [
        Route("/", home.home),
        Route("/running", home.running),
        Route("/sources", sources.sources),
        Route("/sources/{source_id}", source.source),
        Route("/sources/{source_id}/run", source.run_now, methods=post),
        Route("/sources/{source_id}/pause", source.pause, methods=post),
        Route("/sources/{source_id}/resume", source.resume, methods=post),
        Route("/runs", runs.runs),
        Route("/runs/{run_id}", run.run),
        Route("/runs/{run_id}/live", run.live),
        Route("/runs/{run_id}/log", run.log),
        Route("/runs/{run_id}/cancel", run.cancel, methods=post),
        Route("/runs/{run_id}/again", run.again, methods=post),
        Route("/errors", errors.errors),
        Route("/errors/{error_id}", errors.error),
        Route("/articles", articles.articles),
        Route("/articles/{article_id}", article.article),
        Route("/articles/{article_id}/changes", article.changes),
        Route("/explain", explain.explain),
        Route("/preferences", preferences.preferences),
    ]
