"""The extractor as scorers call it: bytes and an address in, a plain dict out. Chooses the source by the address."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from benchmarks.near_duplicates import NearDuplicates
from crawler.articles.article import Article, Precision
from crawler.errors import ExtractionError
from crawler.extraction.canonical import site_of
from crawler.extraction.extract import extract_page
from crawler.extraction.page import Page
from crawler.extraction.zones import guess_zone
from crawler.sources.registry import Registry
from crawler.sources.source import Edition, Source

__all__ = ["NearDuplicates", "extract"]


def extract(html: bytes, url: str, fetched_at: datetime | None = None) -> dict[str, Any]:
    """What the extractor finds on a page, in the words of scorers; an empty dict where it refuses the page.

    `body` is without the lead; `text` is the visible article in page order, the lead where it is printed. `lang` is
    `language`. `published_at` carries the offset that the page means. `authors` are people; on a page of
    no known source whose story is signed by nobody else, the desk or agency that signs it.
    """
    source, edition = _declared(url)
    try:
        page = Page.read(html, url)
        article = extract_page(page, fetched_at=fetched_at, source=source)
    except ExtractionError:
        return {}
    zone = edition.zone if edition is not None else guess_zone(url, page.lang)
    signed = [article.byline] if article.byline and source is None else []
    return {
        "headline": article.headline,
        "title": article.headline,
        "lead": article.lead,
        "body": article.body,
        "text": article.text,
        "authors": list(article.authors) or signed,
        "published_at": _printed(article.published_at, article, zone),
        "modified_at": article.modified_at,
        "language": article.language,
        "lang": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "images": [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in article.images],
        "image": article.images[0].url if article.images else None,
        "canonical_url": article.canonical_url,
    }


def _declared(url: str) -> tuple[Source | None, Edition | None]:
    """The source and edition that an address belongs to; None for all the sites that no file declares."""
    registry = _registry()
    return (registry.by_url(url) if site_of(url) in _sites() else None) or (None, None)


@lru_cache(maxsize=1)
def _registry() -> Registry:
    return Registry.load()


@lru_cache(maxsize=1)
def _sites() -> frozenset[str]:
    sources = _registry().sources.values()
    hosts = (host for source in sources for edition in source.editions for host in (edition.host, *edition.mirrors))
    return frozenset(site_of(f"https://{host}/") for host in hosts)


def _printed(at: datetime | None, article: Article, zone: tzinfo) -> datetime | str | None:
    """The moment in the offset that the page prints or means; a mere day as `YYYY-MM-DD` where the zone is a guess."""
    if at is None:
        return None
    if article.published_precision == Precision.DAY:
        return at.astimezone(zone) if article.layout else at.astimezone(zone).date().isoformat()
    try:
        stated = datetime.fromisoformat(article.published_raw or "")
    except ValueError:
        stated = None
    return at.astimezone(stated.tzinfo if stated is not None and stated.tzinfo else zone)
