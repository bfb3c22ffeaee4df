"""JSON as sites print it in their scripts -> values. Mends what is broken; knows nothing about articles."""

from __future__ import annotations

import contextlib
import html as entities
import json
import re
from collections import deque
from collections.abc import Iterable
from typing import Any

# Largest script that is read, in characters, and most objects of a page: real pages stay below 400 KB and 300.
_MAX_SCRIPT = 2_000_000
_MAX_OBJECTS = 2_000

# What sites put around JSON to hide it from old browsers, besides blanks.
_BEFORE = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[")
_BEHIND = ("-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", ";")
_MOST_WRAPPINGS = 3
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRONG_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_DECODER = json.JSONDecoder(strict=False)
# When a script cannot be mended (bare quotes inside a text), its plain values are still worth having.
_PLAIN_VALUE = re.compile(
    r'"(@type|headline|datePublished|dateModified|dateCreated|articleSection|inLanguage|isAccessibleForFree)"'
    r'\s*:\s*("(?:[^"\\]|\\.)*"|true|false)(?=\s*[,}\n])'
)
_AUTHOR = re.compile(r'"author"\s*:\s*[\[{][^{}\]]*?"name"\s*:\s*("(?:[^"\\]|\\.)*")')


def read_objects(scripts: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """All objects of the scripts in order, `@graph` and lists flattened.

    Never fails: a script that cannot be mended gives what its plain values say, or nothing.

    >>> read_objects(['{"@graph": [{"@type": "NewsArticle", "headline": "A",},]}'])
    ({'@type': 'NewsArticle', 'headline': 'A'},)
    """
    found: list[dict[str, Any]] = []
    for script in scripts:
        if len(script) <= _MAX_SCRIPT:
            _flatten(_parse(script), found)
    return tuple(found)


def _flatten(value: Any, found: list[dict[str, Any]]) -> None:
    waiting = deque([value])
    while waiting and len(found) < _MAX_OBJECTS:
        value = waiting.popleft()
        if isinstance(value, list):
            waiting.extendleft(reversed(value))
        elif isinstance(value, dict):
            graph = value.get("@graph")
            if isinstance(graph, (list, dict)):
                waiting.appendleft(graph)
            if "@type" in value or graph is None:
                found.append(value)


def _parse(script: str) -> Any:
    text = script.strip()
    if not text:
        return None
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass
    text = _unwrapped(text)
    for mend in (_as_it_is, _mended, _unescaped):
        try:
            return _decode_all(mend(text))
        except (ValueError, RecursionError):
            continue
    return _plain_values(text)


def _unwrapped(text: str) -> str:
    for _ in range(_MOST_WRAPPINGS):
        for before in _BEFORE:
            text = text.removeprefix(before).lstrip()
        for behind in _BEHIND:
            text = text.removesuffix(behind).rstrip()
    return text


def _as_it_is(text: str) -> str:
    return text


def _mended(text: str) -> str:
    return _WRONG_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", text))


def _unescaped(text: str) -> str:
    return _mended(entities.unescape(text))


def _decode_all(text: str) -> list[Any]:
    """One JSON value after the other: some sites print several without a list around them."""
    values = []
    position = 0
    while position < len(text):
        value, position = _DECODER.raw_decode(text, position)
        values.append(value)
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return values


def _plain_values(text: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for match in _PLAIN_VALUE.finditer(text):
        try:
            found.setdefault(match[1], _DECODER.decode(match[2]))
        except ValueError:
            continue
    author = _AUTHOR.search(text)
    if author and found:
        with contextlib.suppress(ValueError):
            found["author"] = {"name": _DECODER.decode(author[1])}
    return found or None
