"""`crawler source test`: what each reader sees on one page, and which value wins: to write or mend a source by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.articles.article import Article, Image, Translation
from crawler.cli.output import Json, console, print_json
from crawler.config import load_config
from crawler.errors import ConfigError
from crawler.sources.registry import Registry
from crawler.sources.source import Source

if TYPE_CHECKING:  # extraction loads a model, .2 s that other commands need not wait
    from crawler.extraction import Page
    from crawler.extraction.found import Reading

Fetch = Callable[[str], tuple[bytes, str | None]]
"""Address -> the page's bytes and its Content-Type, if the server named one."""

# The article's fields in the order in which people ask for them, and what readers call them where that differs.
_FIELDS: dict[str, tuple[str, ...]] = {
    "headline": ("headline", "document_title"),
    "lead": ("lead",),
    "body": ("body",),
    "published_at": ("published",),
    "modified_at": ("modified",),
    "authors": ("authors",),
    "byline": ("organisations",),
    "section": ("section",),
    "tags": ("tags",),
    "language": ("language",),
    "images": ("images",),
    "canonical_url": ("canonical",),
    "site_article_id": (),
    "is_accessible_for_free": ("is_accessible_for_free",),
    "translations": ("translations",),
    "related_links": (),
}
# Longest value that is printed whole, in characters; JSON has all of it.
_LONGEST = 160


def test(
    target: Annotated[str, typer.Argument(metavar="URL|FILE", help="A saved page, or an address to fetch.")],
    source: Annotated[str | None, typer.Option(help="Id of the source; else the one that has the address.")] = None,
    url: Annotated[str | None, typer.Option(help="The address that a saved page comes from.")] = None,
    as_json: Json = False,
) -> None:
    """Show every field of a page and where it came from. And what the other readers would have said."""

    def fetch(address: str) -> tuple[bytes, str | None]:
        from crawler.spiders.one_page import fetch_page  # Scrapy, only where something is fetched

        registry = Registry.load(load_config().source_folders)
        known = registry.by_url(address)
        return fetch_page(address, registry.get(source) if source else known[0] if known else None)

    show_page(target, source_id=source, url=url, as_json=as_json, fetch=fetch)


def show_page(
    target: str,
    *,
    source_id: str | None = None,
    url: str | None = None,
    as_json: bool = False,
    fetch: Fetch | None = None,
) -> None:
    """Print the report on one page.

    `target` is a file, or an address that `fetch` brings. Relative dates count from now.

    Raises:
        ConfigError: there is no such file, and no `fetch` for an address.
        ExtractionError: it is no page, or has neither headline nor text.
        SourceError: no source has the id.
    """
    from crawler.extraction import Page

    html, content_type = _read(target, fetch)
    registry = Registry.load(load_config().source_folders)
    is_address = "://" in target
    page = Page.read(html, url or (target if is_address else ""), content_type=content_type)
    if not page.url:
        page.url = _own_address(page)
    known = registry.by_url(page.url) if "://" in page.url else None
    source = registry.get(source_id) if source_id else known[0] if known else None
    report = report_on(page, source, datetime.now(UTC))
    if as_json:
        print_json(report)
        return
    out = console()
    for line in _lines(report, source):
        out.print(line, markup=False, soft_wrap=True)


def report_on(page: Page, source: Source | None, fetched_at: datetime) -> dict[str, Any]:
    """Every field: its value, who supplied it, and what the other readers say; as JSON has it."""
    from crawler.extraction import extract_page, readings

    article = extract_page(page, fetched_at=fetched_at, source=source)
    said = readings(page, fetched_at=fetched_at, source=source)
    return {
        "url": page.url,
        "source": source.id if source else None,
        "layout": article.layout,
        "confidence": article.confidence,
        "fields": {name: _field(article, name, said) for name in _FIELDS},
    }


def _field(article: Article, name: str, said: list[Reading]) -> dict[str, Any]:
    origin = article.origins.get(name)
    value = list(article.paragraphs) if name == "body" else getattr(article, name)
    field: dict[str, Any] = {"value": _plain(value), "origin": origin}
    if name == "published_at" and article.published_raw:
        field |= {"printed": article.published_raw, "precision": article.published_precision}
    field["others"] = [
        {"origin": reading.origin, "value": _plain(reading.value)}
        for reading in said
        if reading.field in _FIELDS[name] and reading.origin != origin
    ]
    return field


def _plain(value: Any) -> Any:
    if isinstance(value, Image):
        return {"url": value.url, "caption": value.caption, "credit": value.credit}
    if isinstance(value, Translation):
        return {"language": value.language, "url": value.url}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _read(target: str, fetch: Fetch | None) -> tuple[bytes, str | None]:
    if "://" in target:
        if fetch is None:
            raise ConfigError(f"{target} cannot be fetched here: save the page, and say where from with --url")
        return fetch(target)
    path = Path(target)
    if not path.is_file():
        raise ConfigError(f"{target} is neither a file nor an address that begins with https://")
    return path.read_bytes(), None


def _own_address(page: Page) -> str:
    """The address that a saved page names as its own, if it is absolute; else nothing."""
    canonical = [link.get("href") for link in page.landmarks.links if (link.get("rel") or "").lower() == "canonical"]
    return next((address for address in (*canonical, page.meta.first("og:url")) if address and "://" in address), "")


def _lines(report: dict[str, Any], source: Source | None) -> list[str]:
    layout = report["layout"] or ("none of its layouts fits" if source and source.layouts else "no layouts")
    lines = [
        f"address     {report['url'] or 'unknown: give it with --url'}",
        f"source      {report['source'] or 'none: generic readers only'}",
        f"layout      {layout}" if source else "layout      -",
        f"confidence  {report['confidence']}",
        "",
    ]
    for name, field in report["fields"].items():
        origin = f"  [{field['origin']}]" if field["origin"] else ""
        lines.append(f"{name}{origin}")
        if "printed" in field:
            lines.append(f"    {field['value']}  printed as {field['printed']!r}, exact to the {field['precision']}")
        else:
            lines += [f"    {line}" for line in _shown(field["value"])]
        lines += [f"      {one['origin']}: {' | '.join(_shown(one['value']))[:_LONGEST]}" for one in field["others"]]
    return lines


def _shown(value: Any) -> list[str]:
    """A value as lines for people; `-` for none."""
    if value in (None, "", []):
        return ["-"]
    if isinstance(value, list):
        return [line for one in value for line in _shown(one)]
    if isinstance(value, dict):
        return ["  ".join(f"{key}={one}" for key, one in value.items() if one)]
    text = str(value)
    return [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"]
