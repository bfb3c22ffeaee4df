"""Fields from schema.org microdata: `itemprop` in the visible page. Heeds which thing a property belongs to."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from crawler.articles.article import Image, Origin
from crawler.articles.urls import join_url
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# What a property may belong to for it to speak of the page's article. Comments and persons are others.
_ARTICLE_TYPES = ("article", "posting", "creativework", "webpage", "report", "review", "blog", "mediaobject")
_PLAIN = {
    "headline": "headline",
    "datePublished": "published",
    "dateModified": "modified",
    "articleSection": "section",
    "genre": "section",
    "description": "lead",
    "inLanguage": "language",
}
_LISTS = ("author", "creator", "keywords", "image")
# Elements that are looked at; a page of comments may hold thousands.
_MOST_ELEMENTS = 400


def read_microdata(page: Page) -> Found:
    """What the page's microdata says about its article.

    >>> html = b'<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">A</h1></div>'
    >>> read_microdata(Page.read(html, "https://example.com/a")).headline
    'A'
    """
    found = Found(origin=Origin.MICRODATA)
    values: dict[str, list[str]] = {}
    images: list[Image] = []
    for names, node in page.landmarks.microdata[:_MOST_ELEMENTS]:
        for name in names.split():
            if name not in _PLAIN and name not in _LISTS:
                continue
            scope, kind = _scope_of(node)
            if kind and not any(known in kind for known in _ARTICLE_TYPES):
                continue
            if name in ("author", "creator"):
                # Authors of the first scope that has any: later ones are those of comments and related stories.
                if values.setdefault("author of", [str(scope)]) == [str(scope)]:
                    values.setdefault("author", []).extend(_author(node))
            elif name == "image":
                address = join_url(page.url, _value(node) or "")
                if address:
                    images.append(Image(address))
            else:
                value = _value(node)
                if value:
                    values.setdefault(name, []).append(value)
    for name, field in _PLAIN.items():
        if name in values and not getattr(found, field):
            setattr(found, field, values[name][0])
    found.authors = tuple(values.get("author", ()))
    keywords = values.get("keywords", ())
    found.tags = tuple(part.strip() for value in keywords for part in value.split(",") if part.strip())
    found.images = tuple(images)
    return found


def _scope_of(node: LexborNode) -> tuple[int, str]:
    """The thing that a property belongs to: its number in memory and its type in lower case; 0 outside of any."""
    parent = node.parent
    while parent is not None and parent.is_element_node:
        attributes = parent.attrs
        if "itemscope" in attributes:
            return parent.mem_id, (attributes.get("itemtype") or "").lower()
        parent = parent.parent
    return 0, ""


def _author(node: LexborNode) -> list[str]:
    attributes = node.attrs
    if "itemscope" in attributes or "itemtype" in attributes:
        if "organization" in (attributes.get("itemtype") or "").lower():
            return []
        names = [value for inner in node.css('[itemprop~="name"]') if (value := _value(inner))]
        if names:
            return names[:1]
    value = _value(node)
    return [value] if value else []


def _value(node: LexborNode) -> str | None:
    attributes = node.attributes
    tag = node.tag
    if attributes.get("content"):
        value = attributes["content"]
    elif tag == "time" and attributes.get("datetime"):
        value = attributes["datetime"]
    elif tag == "abbr" and attributes.get("title"):  # what is printed is short for it
        value = attributes["title"]
    elif tag in ("img", "source", "embed", "iframe"):
        value = attributes.get("src")
    elif tag == "link":
        value = attributes.get("href")
    else:
        value = node.text(deep=True, separator=" ")
    return value.strip() or None if value else None
