"""Other extractors as the scorer calls them: bytes and an address in, a plain dict out. Each as its own manual says.

None of them is a dependency of the project: those that are not installed are left out. README.md has the command that
installs them for one run. Comments are off, nothing is fetched.
"""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any

Found = dict[str, Any]
Extractor = Callable[[bytes, str], Found]


def _trafilatura(**options: bool) -> Extractor:
    import trafilatura

    def extract(html: bytes, url: str) -> Found:
        found = trafilatura.bare_extraction(
            html, url=url or None, include_comments=False, with_metadata=True, **options
        )
        if found is None:
            return {}
        return {
            "title": found.title,
            "authors": (found.author or "").split("; "),
            "published_at": found.date,
            "body": found.text,
            "lang": found.language,
        }

    return extract


def _readability() -> Extractor:
    import lxml.html
    from readability import Document

    def extract(html: bytes, url: str) -> Found:
        page = Document(html.decode("utf-8", "replace"), url=url or None)
        summary = lxml.html.fromstring(page.summary() or "<p></p>")
        return {"title": page.short_title(), "body": "\n".join(summary.itertext())}

    return extract


def _newspaper4k() -> Extractor:
    import newspaper

    def extract(html: bytes, url: str) -> Found:
        page = newspaper.Article(url or "https://example.org/", fetch_images=False)
        page.download(input_html=html.decode("utf-8", "replace"))
        page.parse()
        return {
            "title": page.title,
            "authors": page.authors,
            "published_at": page.publish_date,
            "body": page.text,
            "lang": page.meta_lang,
        }

    return extract


def _news_please() -> Extractor:
    from newsplease import NewsPlease

    def extract(html: bytes, url: str) -> Found:
        page = NewsPlease.from_html(html.decode("utf-8", "replace"), url=url or None, fetch_images=False)
        return {
            "title": page.title,
            "authors": page.authors,
            "published_at": page.date_publish,
            "body": page.maintext,
            "lang": page.language,
        }

    return extract


def _goose3() -> Extractor:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def extract(html: bytes, url: str) -> Found:
        page = goose.extract(raw_html=html.decode("utf-8", "replace"))
        published = page.publish_datetime_utc if isinstance(page.publish_datetime_utc, datetime) else page.publish_date
        return {
            "title": page.title,
            "authors": page.authors,
            "published_at": published,
            "body": page.cleaned_text,
            "lang": page.meta_lang,
        }

    return extract


def _resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(html: bytes, url: str) -> Found:
        tree = HTMLTree.parse(bytes_to_str(html, detect_encoding(html)))
        return {"title": tree.title, "body": extract_plain_text(tree, main_content=True, alt_texts=False, links=False)}

    return extract


_PEERS: dict[str, tuple[str, Callable[[], Extractor]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "trafilatura (fast)": ("trafilatura", lambda: _trafilatura(fast=True)),
    "trafilatura (precision)": ("trafilatura", lambda: _trafilatura(favor_precision=True)),
    "readability-lxml": ("readability-lxml", _readability),
    "newspaper4k": ("newspaper4k", _newspaper4k),
    "news-please": ("news-please", _news_please),
    "goose3": ("goose3", _goose3),
    "resiliparse": ("resiliparse", _resiliparse),
}


def installed() -> dict[str, Extractor]:
    """The peers that can be imported here; says on stderr which in which version, and which are missing."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    found: dict[str, Extractor] = {}
    for name, (package, load) in _PEERS.items():
        try:
            found[name] = load()
            sys.stderr.write(f"{name}: {package} {importlib.metadata.version(package)}\n")
        except ImportError as error:
            sys.stderr.write(f"{name}: left out, {error}\n")
    return found
