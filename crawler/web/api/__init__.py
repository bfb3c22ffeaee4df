"""The HTTP API under /api/v1: one table of operations, from which routes, checks and the OpenAPI document are made."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crawler.web.api import acts, articles, errors, follow, logs, runs, sources
from crawler.web.api.openapi import document
from crawler.web.api.operation import ROOT, Operation
from crawler.web.api.reference import reference

OPERATIONS = (
    # --- Articles
    Operation(
        "GET", "/articles", "articles", "Search and list articles", articles.list_articles,
        articles.ArticlesQuestion, articles.ArticlePage,
    ),
    Operation(
        "GET", "/articles/{article_id}", "articles", "One article", articles.get_article,
        articles.ArticleNumber, articles.FullArticle, refusals=(404,),
    ),
    Operation(
        "GET", "/articles/{article_id}/history", "articles", "The texts an article has had", articles.get_history,
        articles.ArticleNumber, articles.History, refusals=(404,),
    ),
    Operation(
        "GET", "/articles/{article_id}/cluster", "articles", "The same story elsewhere", articles.get_cluster,
        articles.ArticleNumber, articles.Story, refusals=(404,),
    ),
    Operation(
        "GET", "/article", "articles", "The article at an address", articles.find_article,
        articles.ArticleAddress, articles.FullArticle, refusals=(404,),
    ),
    Operation(
        "GET", "/facets", "articles", "How articles are spread", articles.count_facets,
        articles.ArticlesWanted, articles.Facets,
    ),
    Operation(
        "GET", "/explain", "articles", "What became of an address", sources.explain_address,
        sources.ExplainQuestion, sources.Explanation,
    ),
    # --- Sources and schedules
    Operation(
        "GET", "/sources", "sources", "Sources and how they fare", sources.list_sources,
        sources.Nothing, sources.SourceList,
    ),
    Operation(
        "GET", "/sources/{source_id}", "sources", "One source", sources.get_source,
        sources.SourceName, sources.FullSource, refusals=(404,),
    ),
    Operation(
        "GET", "/problems", "sources", "What needs attention", sources.list_problems,
        sources.Nothing, sources.ProblemList,
    ),
    Operation(
        "GET", "/schedules", "schedules", "When sources are crawled", sources.list_schedules,
        sources.Nothing, sources.ScheduleList,
    ),
    Operation(
        "GET", "/fires", "schedules", "The next fires", sources.list_fires,
        sources.FiresQuestion, sources.FireList, refusals=(404,),
    ),
    Operation(
        "POST", "/sources/{source_id}/run", "schedules", "Run now", acts.run_source,
        sources.SourceName, acts.WaitingRun, body=acts.RunWanted, status=202, refusals=(404, 415),
    ),
    Operation(
        "POST", "/sources/{source_id}/pause", "schedules", "Pause", acts.pause_source,
        sources.SourceName, acts.PauseState, body=acts.PauseWanted, refusals=(404, 409, 415),
    ),
    Operation(
        "POST", "/sources/{source_id}/resume", "schedules", "Resume", acts.resume_source,
        sources.SourceName, acts.PauseState, body=acts.Nothing, refusals=(404, 409, 415),
    ),
    # --- Runs, logs, errors
    Operation("GET", "/runs", "runs", "Runs", runs.list_runs, runs.RunsQuestion, runs.RunPage),
    Operation(
        "GET", "/runs/{run_id}", "runs", "One run", runs.get_run, runs.RunNumber, runs.FullRun, refusals=(404,),
    ),
    Operation(
        "GET", "/runs/{run_id}/logs", "runs", "The log of a run", logs.list_run_logs,
        logs.RunLogQuestion, logs.LogPage, refusals=(404,),
    ),
    Operation(
        "GET", "/runs/{run_id}/logs/follow", "runs", "The log of a run as it grows", follow.follow_run_logs,
        logs.FollowQuestion, logs.LogRecord, refusals=(404,), follows=True,
    ),
    Operation(
        "GET", "/logs", "runs", "The log of a source's latest runs", logs.list_source_logs,
        logs.SourceLogQuestion, logs.LogPage,
    ),
    Operation(
        "GET", "/runs/{run_id}/fetches", "runs", "What a run asked for", runs.list_fetches,
        runs.FetchesQuestion, runs.FetchPage, refusals=(404,),
    ),
    Operation(
        "POST", "/runs/{run_id}/cancel", "runs", "Cancel a run", acts.cancel_run,
        runs.RunNumber, acts.CancelledRun, body=acts.Nothing, refusals=(404, 415),
    ),
    Operation(
        "POST", "/runs/{run_id}/retry", "runs", "Run it again", acts.retry_run,
        runs.RunNumber, acts.WaitingRun, body=acts.Nothing, status=202, refusals=(404, 415),
    ),
    Operation(
        "GET", "/errors", "errors", "Errors of all runs", errors.list_errors, errors.ErrorsQuestion, errors.ErrorPage,
    ),
    Operation(
        "GET", "/errors/{error_id}", "errors", "One kind of error", errors.get_error,
        errors.ErrorNumber, errors.FullError, refusals=(404,),
    ),
    Operation("GET", "/stats", "stats", "The crawler in figures", sources.get_stats, sources.Nothing, sources.Stats),
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """All operations, and the document that describes them."""
    words: list[BaseRoute] = [Route(f"{ROOT}/openapi.json", openapi), Route("/api", page)]
    return [*words, *(operation.route() for operation in OPERATIONS)]


def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    return Response(json.dumps(described(), ensure_ascii=False), media_type="application/json")


def page(request: Request) -> Response:
    """The same for people."""
    return reference(request, described())


@cache
def described() -> dict[str, Any]:
    """The document as a JSON value; made at the first question, which takes a tenth of a second."""
    return document(OPERATIONS)
