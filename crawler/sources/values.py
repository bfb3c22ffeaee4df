"""What a single value in a source file may look like. Each refusal is a sentence that says what to write instead."""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator
from selectolax.lexbor import LexborHTMLParser

from crawler.articles.urls import canonicalise_url
from crawler.errors import UrlError
from crawler.sources.cron import parse_cron

_DURATION = re.compile(r"\s*(\d{1,8}(?:\.\d{1,8})?)\s*(ms|s|m|h|d)\s*")
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_ATTRIBUTE = re.compile(r"@[\w:-]+$")
_SELECTOR_PROBE = LexborHTMLParser("<p></p>")


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        if not match:
            raise ValueError("write a number and a unit in quotes: 500ms, 30s, 15m, 48h or 7d")
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError("write the unit, too, in quotes: 500ms, 30s, 15m, 48h or 7d")
    return value


def _http_url(value: str) -> str:
    if not _is_address(value):
        raise ValueError("write an absolute address that begins with https:// or http:// and holds no blanks")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]+(:\d+)?", value) or not _is_address(f"https://{value}/"):
        raise ValueError("write the host alone, in lower case, without https:// and without a path: www.example.com")
    return value


def _is_address(value: str) -> bool:
    try:
        canonicalise_url(value)
    except UrlError:
        return False
    # Stricter than what is taken from pages: no blanks, no password, the scheme in small letters.
    return re.fullmatch(r"https?://[^/?#@\s]+([/?#]\S*)?", value) is not None


def _pattern(value: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a bare [ inside [...]: its meaning is about to change
            re.compile(value)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"not a regular expression ({error}); in 'single quotes' a \\ stands for itself") from None
    return value


def _selector(value: str) -> str:
    css = _ATTRIBUTE.sub("", value)
    try:
        _SELECTOR_PROBE.css(css)
    except Exception:  # lexbor's binding raises several kinds, none of which says more than that it failed
        raise ValueError("not a CSS selector (to take an attribute, write CSS@attribute: time@datetime)") from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        nearest = difflib.get_close_matches(value, available_timezones(), n=1)
        example = f"did you mean {nearest[0]}?" if nearest else "write a name such as Asia/Almaty or Europe/London"
        raise ValueError(f"not a time zone; {example}") from None
    return value


def _cron(value: str) -> str:
    return parse_cron(value).text


def _shape(pattern: str, remedy: str) -> Callable[[str], str]:
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(remedy)
        return value

    return check


def one_or_many(value: Any) -> Any:
    """A single text or table stands for a list of one."""
    return (value,) if isinstance(value, (str, dict)) else value


def as_declared(value: Any) -> Any:
    """A plain address stands for a declaration with nothing but an address."""
    value = one_or_many(value)
    return tuple({"url": v} if isinstance(v, str) else v for v in value) if isinstance(value, (list, tuple)) else value


Text = Annotated[str, AfterValidator(_shape(r"(?s).*\S.*", "write some words"))]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


def duration_in_words(span: timedelta) -> str:
    """A duration as a source file has it, in the largest unit that it is a whole number of.

    >>> [duration_in_words(timedelta(seconds=s)) for s in (0.2, 90, 600, 172_800)]
    ['200ms', '90s', '10m', '2d']
    """
    for unit, name in reversed(_UNITS.items()):
        if not span % timedelta(**{name: 1}):
            return f"{span // timedelta(**{name: 1})}{unit}"
    return f"{span.total_seconds()}s"


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Zone = Annotated[str, AfterValidator(_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(one_or_many)]
"""One regular expression or a list of them."""
Selector = Annotated[str, AfterValidator(_selector)]
"""CSS that lexbor understands; `CSS@attribute` takes an attribute instead of the text."""
SelectorList = Annotated[tuple[Selector, ...], BeforeValidator(one_or_many)]
"""One selector or a list of them: the first that finds something wins."""
SourceId = Annotated[
    str,
    AfterValidator(
        _shape(r"[a-z][a-z0-9_]{0,63}", "write up to 64 of a-z, 0-9 and _, a letter first; it is the file's name, too")
    ),
]
EditionId = Annotated[str, AfterValidator(_shape(r"[a-z0-9_-]+", "write only a-z, 0-9, _ and -, such as ru"))]
LayoutName = Annotated[str, AfterValidator(_shape(r"[a-z0-9._-]+", "write only a-z, 0-9, '.', _ and -, such as 2024"))]
Host = Annotated[str, AfterValidator(_host)]
Language = Annotated[str, AfterValidator(_shape(r"[a-z]{2,3}", "write the language's ISO 639 code: ru, kk, en"))]
Country = Annotated[str, AfterValidator(_shape(r"[A-Z]{2}", "write the country's two capital letters: KZ, GB"))]
SpiderPath = Annotated[str, AfterValidator(_shape(r"\w+(\.\w+)*:\w+", "write package.module:ClassName"))]
PagedUrl = Annotated[
    HttpUrl, AfterValidator(_shape(r".*\{page\}.*", "write {page} where the page's number stands in the address"))
]
