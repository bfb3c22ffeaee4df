"""The page /api: the operations in words, for whoever writes a program against them. Made from the OpenAPI document."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from crawler.web.api.operation import ROOT
from crawler.web.rendering import render


def reference(request: Request, document: dict[str, Any]) -> Response:
    """Show every operation with its values and the names of its answer's fields."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            sections.setdefault(operation["tags"][0], []).append(_shown(path, method, operation, document))
    return render(request, "api.html", root=ROOT, sections_of_api=list(sections.items()))


def _shown(path: str, method: str, operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    given = [
        _value(one["name"], one["in"], one["schema"], one["description"]) for one in operation.get("parameters", ())
    ]
    if "requestBody" in operation:
        body = _resolved(operation["requestBody"]["content"]["application/json"]["schema"], document)
        given += [
            _value(name, "body", one, one.get("description", "")) for name, one in body.get("properties", {}).items()
        ]
    good = next(value for status, value in operation["responses"].items() if status < "300")
    ((kind, content),) = good["content"].items()
    fields = ", ".join(_resolved(content["schema"], document).get("properties", {}))
    return {
        "method": method.upper(),
        "path": path.removeprefix(ROOT),
        "name": operation["operationId"],
        "summary": operation["summary"],
        "description": operation["description"],
        "given": given,
        "answer": fields or kind,
    }


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    return found


def _value(name: str, where: str, schema: dict[str, Any], meaning: str) -> dict[str, str]:
    return {"name": name, "where": where, "kind": _kind(schema), "meaning": meaning}


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer 1..200 = 50`, `date-time`, `newest | best`."""
    if "anyOf" in schema:
        return _kind(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("format", schema.get("type", "")))
    if "minimum" in schema and schema.get("maximum", 2**62) < 2**62:
        kind += f" {schema['minimum']}..{schema['maximum']}"
    if kind == "array":
        kind = "repeatable"
    default = schema.get("default")
    return kind if default in (None, [], "") else f"{kind} = {str(default).lower() if default is False else default}"
