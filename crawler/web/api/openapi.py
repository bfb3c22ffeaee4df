"""The OpenAPI 3.1 document, written from the same declarations by which requests are checked. Checks none."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from crawler import __version__
from crawler.web.api.operation import ROOT, Operation

DESCRIPTION = """\
Articles, runs, logs and schedules of this crawler. Times are ISO 8601 in UTC. Lists come in pages: `next` of an answer
is `after` of the next question, null on the last page. Refusals are problem+json (RFC 9457).
"""
REFUSAL = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
# Status -> what it means, of every operation; then those that some have.
COMMON = {
    400: "It fits its declaration, but means nothing: words of a search, another list's cursor, a moment that is over.",
    401: "No token, or a wrong one.",
    403: "The token may only read, or a browser was sent here by another site.",
    413: "The body is too large.",
    414: "The address is too long.",
    421: "No name of this server.",
    422: "A value does not fit its declaration; `errors` says which.",
    429: "Too many requests; `Retry-After` says when to come again.",
    500: "The server failed.",
    503: "The database cannot be used now, or the answer would take too long.",
}
SPECIAL = {
    404: "There is none of this number or id.",
    409: "The source has no schedule.",
    415: "The body is not JSON.",
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole document as a JSON value."""
    answers = {(one.answer, "serialization") for one in operations}
    bodies = {(one.body, "validation") for one in operations if one.body is not None}
    models = sorted(answers | bodies, key=lambda pair: pair[0].__name__)
    _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths: dict[str, Any] = {}
    for one in operations:
        paths.setdefault(ROOT + one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "News crawler", "version": __version__, "description": DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Refusal": REFUSAL},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "crawler token create NAME"},
            },
        },
        "security": [{"bearer": []}],
    }


def _operation(one: Operation) -> dict[str, Any]:
    said = inspect.getdoc(one.endpoint) or ""
    written: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.section],
        "summary": one.summary,
        "description": said,
        "parameters": _parameters(one),
        "responses": _responses(one),
    }
    if one.body is not None:
        content = {"application/json": {"schema": _reference(one.body)}}
        required = any(field.is_required() for field in one.body.model_fields.values())
        written["requestBody"] = {"required": required, "content": content}
    return {key: value for key, value in written.items() if value}


def _parameters(one: Operation) -> list[dict[str, Any]]:
    schema = one.question.model_json_schema(mode="validation")
    found = []
    for name, declared in schema.get("properties", {}).items():
        in_path = f"{{{name}}}" in one.path
        of_value = _without_null(_inlined(declared, schema))
        of_value.pop("title", None)
        found.append(
            {
                "name": name,
                "in": "path" if in_path else "query",
                "required": in_path or name in schema.get("required", ()),
                "description": of_value.pop("description", ""),
                "schema": of_value,
            }
        )
    return found


def _inlined(value: Any, schema: dict[str, Any]) -> Any:
    """A schema with what it refers to in its place."""
    if isinstance(value, dict):
        if "$ref" in value:
            rest = {key: one for key, one in value.items() if key != "$ref"}
            return _inlined(schema["$defs"][value["$ref"].rpartition("/")[2]] | rest, schema)
        return {key: _inlined(one, schema) for key, one in value.items()}
    return [_inlined(one, schema) for one in value] if isinstance(value, list) else value


def _without_null(value: dict[str, Any]) -> dict[str, Any]:
    """A value of an address is there or is not; it is never null."""
    if "anyOf" not in value:
        return dict(value)
    (other,) = [one for one in value["anyOf"] if one.get("type") != "null"]
    rest = {key: one for key, one in value.items() if key not in ("anyOf", "default")}
    return {**other, **rest}


def _responses(one: Operation) -> dict[str, Any]:
    kind = "text/event-stream" if one.follows else "application/json"
    schema = {"type": "string"} if one.follows else _reference(one.answer)
    refusals = COMMON | {status: SPECIAL[status] for status in one.refusals}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    good: dict[str, Any] = {"description": "What was asked for.", "content": {kind: {"schema": schema}}}
    return {str(one.status): good} | {
        str(status): {"description": meaning, "content": problem} for status, meaning in sorted(refusals.items())
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
