"""What pydantic finds wrong with a file, in plain words: which field, what stands there, what to write instead."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from crawler.errors import SourceProblem
from crawler.sources.source import (
    Contradictions,
    Declaration,
    Edition,
    Feed,
    Layout,
    Listing,
    Policy,
    Politeness,
    Sitemap,
    Source,
)

# Longest value that is printed back, in characters: enough to recognise it, short enough for one line of a terminal.
SHOWN = 60

# Name of the table that holds a declaration -> the declaration. The file itself, "", is the source.
PARTS: Final[Mapping[str, type[Declaration]]] = {
    "": Source,
    "policy": Policy,
    "politeness": Politeness,
    "editions": Edition,
    "layouts": Layout,
    "feeds": Feed,
    "sitemaps": Sitemap,
    "listings": Listing,
}
_TABLE = {
    "": "at the top of the file, above the first [table]",
    "policy": "under [policy]",
    "politeness": "under [politeness]",
}

_Context = Mapping[str, Any]
_DAY = "write a day without quotes: 2024-03-01"
_WHOLE_NUMBER = "write a whole number without quotes"
_TRUTH = "write true or false, without quotes"
_A_TABLE = "a table of fields belongs here, not a single value"

# Pydantic's kind of error -> what to do. Every kind that the declarations can raise is here (tests/unit/sources).
REMEDIES: Final[Mapping[str, Callable[[_Context], str]]] = {
    "bool_parsing": lambda _: _TRUTH,
    "bool_type": lambda _: _TRUTH,
    "date_from_datetime_inexact": lambda _: _DAY,
    "date_from_datetime_parsing": lambda _: _DAY,
    "date_parsing": lambda _: _DAY,
    "date_type": lambda _: _DAY,
    "finite_number": lambda _: _WHOLE_NUMBER,
    "greater_than_equal": lambda context: f"write {context['ge']} or more",
    "int_from_float": lambda _: _WHOLE_NUMBER,
    "int_parsing": lambda _: _WHOLE_NUMBER,
    "int_parsing_size": lambda _: _WHOLE_NUMBER,
    "int_type": lambda _: _WHOLE_NUMBER,
    "less_than_equal": lambda context: f"write {context['le']} or less",
    "literal_error": lambda context: f"write one of these: {context['expected']}",
    "missing": lambda _: "the field is missing; add it",
    "model_attributes_type": lambda _: _A_TABLE,
    "model_type": lambda _: _A_TABLE,
    "string_type": lambda _: "write a text in quotes",
    "time_delta_type": lambda _: "write a number and a unit in quotes: 500ms, 30s, 15m, 48h or 7d",
    "too_short": lambda _: "write at least one",
    "tuple_type": lambda _: "write one or, in [brackets], several of them",
    "value_error": lambda context: str(context["error"]),
}


def problems_of(error: ValidationError, document: Mapping[str, Any], file: str) -> Iterator[SourceProblem]:
    """Turn each error of a validation into a problem of the file that `document` was read from."""
    for found in error.errors(include_url=False):
        context = found.get("ctx", {})
        contradictions = context.get("error")
        if isinstance(contradictions, Contradictions):
            for each in contradictions.found:
                yield _problem(file, document, each.path, each.remedy)
        elif found["type"] == "too_short" and found["input"]:
            continue  # there are some, only none without a problem of its own
        elif found["type"] == "extra_forbidden":
            yield _problem(file, document, found["loc"], _unknown(found["loc"]))
        else:
            remedy = REMEDIES.get(found["type"], lambda _, message=found["msg"]: message)
            yield _problem(file, document, found["loc"], remedy(context))


def _problem(file: str, document: Mapping[str, Any], location: Sequence[str | int], remedy: str) -> SourceProblem:
    path, value = _in_file(location, document)
    return SourceProblem(file, path, _shown(value), remedy)


def _in_file(location: Sequence[str | int], document: Any) -> tuple[str, Any]:
    """The dotted path and the value as they stand in the file.

    Pydantic's path goes further than the file where one value stands for a list of one; there the file's path ends.
    """
    path, value = "", document
    for step in location:
        if isinstance(step, int):
            if not isinstance(value, list):
                break
            path, value = f"{path}[{step}]", value[step]
        else:
            if not isinstance(value, dict):
                break
            path, value = f"{path}.{step}" if path else step, value.get(step)
    return path, value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _unknown(location: Sequence[str | int]) -> str:
    """For a field that the declaration does not have: the one that was probably meant, or where the field belongs."""
    name = str(location[-1])
    part = next((step for step in reversed(location[:-1]) if step in PARTS), "")
    fields = PARTS[str(part)].model_fields
    homes = [table for table, declaration in PARTS.items() if name in declaration.model_fields]
    if homes:
        return f"this field belongs {' or '.join(_TABLE.get(table, f'in a table of `{table}`') for table in homes)}"
    nearest = difflib.get_close_matches(name, fields, n=1, cutoff=0.5)
    if nearest:
        return f"there is no such field; did you mean `{nearest[0]}`?"
    return f"there is no such field here; there are: {', '.join(fields)}"
