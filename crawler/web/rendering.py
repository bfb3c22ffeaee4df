"""Templates -> pages: the environment, and what every template can say. Asks no database.

Everything is escaped unless it was made here or in charts.py. What was crawled is text, in every place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from crawler import __version__
from crawler.web import charts
from crawler.web.languages import languages
from crawler.web.static_files import static_url
from crawler.web.visitor import Visitor
from crawler.web.words import tone_of, words_of

TEMPLATES = Path(__file__).parent / "templates"
# Path, name: in the order of the bar at the top.
SECTIONS = (
    ("/", "Home"),
    ("/articles", "Articles"),
    ("/sources", "Sources"),
    ("/runs", "Runs"),
    ("/errors", "Errors"),
    ("/explain", "Explain"),
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Options of a selection: (value, what is shown).
    environment.filters["own_pairs"] = lambda values: [(value, value) for value in values]
    environment.filters["word_pairs"] = lambda values, word: [(value, word(value)) for value in values]
    environment.globals |= {
        "static_url": static_url,
        "charts": charts,
        "tone_of": tone_of,
        "outside": outside,
        "version": __version__,
        "sections": SECTIONS,
        "languages": languages,
    }
    return environment


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or a part of one, for whoever sent the request."""
    visitor = Visitor.of(request)
    page = _environment().get_template(template).render(_says(request, visitor) | values)
    response = HTMLResponse(page, status_code=status)
    response.headers["Content-Language"] = visitor.language.code
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response


def _says(request: Request, visitor: Visitor) -> dict[str, Any]:
    """What a template says differently to each visitor."""
    printing, language = visitor.printing, visitor.language
    return {
        "visitor": visitor,
        "is_failure": False,
        "language": language,
        "_": language.text,
        "n_": lambda one, more, number, **values: language.plural(
            one, more, number, **{"n": printing.number(number), **values}
        ),
        "say": language.say,
        "word": lambda word: language.text(words_of(word)),
        "number": printing.number,
        "percent": printing.percent,
        "size": printing.size,
        "span": printing.span,
        "moment": lambda moment, **options: _time(visitor, moment, printing.moment(moment, **options)),
        "ago": lambda moment: _time(visitor, moment, printing.ago(moment)),
        "day": printing.day,
        "weekday": printing.weekday,
        "here": lambda **changes: address(request.url.path, {**request.query_params, **changes}),
        "back": address(request.url.path, dict(request.query_params)),
        "section": "/" + request.url.path.removeprefix("/").partition("/")[0],
    }


def _time(visitor: Visitor, moment: datetime | None, shown: str) -> Markup:
    if moment is None:
        return Markup('<span class="soft">{}</span>').format(shown)
    machine = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, visitor.printing.exact(moment), shown)


def address(path: str, values: Mapping[str, object]) -> str:
    """A path with a query; values that are None or empty are left out.

    >>> address("/runs", {"source": "herald", "outcome": None})
    '/runs?source=herald'
    """
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def outside(url: str | None, text: str | None = None) -> Markup:
    """A link that leads out of the dashboard, where the address is http(s); any other is text.

    >>> outside("javascript:alert(1)")
    Markup('<span class="anywhere">javascript:alert(1)</span>')
    """
    shown = escape(text or url or "")
    if url is None or not is_web_address(url):
        return Markup('<span class="anywhere">{}</span>').format(shown)
    return Markup('<a class="anywhere" href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, shown)


def is_web_address(url: str) -> bool:
    """Whether an address may stand in a link: absolute, http or https.

    >>> [is_web_address(url) for url in ("https://a.kz/1", "//a.kz/1", "data:text/html,x", "https://[")]
    [True, False, False, False]
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
