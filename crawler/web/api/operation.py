"""One operation of the API as declared, and how a request becomes its call and its answer. Asks no table.

What a declaration says is what is checked (pydantic) and what openapi.py writes down: there is no second place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_origin

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.web.api.values import Answer, Body, Question
from crawler.web.refusals import refuse

ROOT = "/api/v1"
# Fields of wrong values that are named in one answer.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked for."""

    method: Literal["GET", "POST"]
    path: str
    """Below ROOT, with `{names}` that are fields of `question`."""
    section: str
    summary: str
    """One sentence; the docstring of `endpoint` says more."""
    endpoint: Callable[..., Any]
    """GET: (session, question, request) -> answer. POST: (question, body, request) -> answer. Blocks."""
    question: type[Question]
    answer: type[Answer]
    body: type[Body] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    """Statuses that it may answer with beside those of all."""
    follows: bool = False
    """Its endpoint is `async (question, request) -> Response`, a stream of server-sent events."""

    @property
    def name(self) -> str:
        """Unique: the operationId."""
        return self.endpoint.__name__

    def route(self) -> Route:
        """It as Starlette knows it."""
        return Route(ROOT + self.path, self.respond, methods=[self.method], name=f"api_{self.name}")

    async def respond(self, request: Request) -> Response:
        """Check what was sent, call the endpoint in a thread, write its answer."""
        try:
            question = self.question.model_validate(_asked(request, self.question))
            body = await _body(request, self.body) if self.body else None
        except ValidationError as error:
            return _unfit(request, error)
        if self.follows:
            response: Response = await self.endpoint(question, request)
            return response
        return await run_in_threadpool(self._call, question, body, request)

    def _call(self, question: Question, body: Body | None, request: Request) -> Response:
        if self.method == "POST":
            answer = self.endpoint(question, body, request)
        else:
            with request.app.state.database.read() as session:
                answer = self.endpoint(session, question, request)
        return Response(answer.model_dump_json(), self.status, _links(request, answer), "application/json")


def _asked(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """The values of path and query by name; lists only where a list may stand."""
    found: dict[str, Any] = dict(request.path_params)
    for name, value in request.query_params.multi_items():
        field = model.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is tuple:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise _wrong(name, "given more than once")
        else:
            found[name] = value
    return found


async def _body(request: Request, model: type[Body]) -> Body:
    raw = await request.body()
    if not raw:
        return model.model_validate({})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send JSON: Content-Type: application/json")
    try:
        sent = json.loads(raw)
        # JSON may name half of a pair of UTF-16 ("\\ud800"), which no text of a database can hold.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is no JSON.") from None
    return model.model_validate(sent)


def _wrong(name: str, message: str) -> ValidationError:
    return ValidationError.from_exception_data(
        "question", [{"type": "value_error", "loc": (name,), "input": None, "ctx": {"error": ValueError(message)}}]
    )


def _unfit(request: Request, error: ValidationError) -> Response:
    """422: what was sent does not fit the declaration."""
    errors = [
        {
            "field": ".".join(map(str, one["loc"])) or "body",
            "message": one["msg"].removeprefix("Value error, "),
        }
        for one in error.errors(include_url=False, include_context=False, include_input=False)[:NAMED]
    ]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
    return refuse(request, 422, detail[:1_000], errors=errors)


def _links(request: Request, answer: Answer) -> dict[str, str]:
    """The next page as a header, for clients that follow those (RFC 8288)."""
    following = getattr(answer, "next", None)
    if following is None:
        return {}
    url = request.url.include_query_params(after=following)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
