"""Fields from JSON-LD: the page's own statement about its article. Trusts nothing but the shape of schema.org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawler.articles.article import Image, Origin
from crawler.articles.urls import join_url
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# Longest list of authors, tags or images that is read; a real article has a dozen.
_MOST_VALUES = 50

_Object = Mapping[str, Any]

# A description without any of these only points at an article.
_TELLING = ("headline", "datePublished", "articleBody", "author", "description", "isAccessibleForFree")
_ORGANISATIONS = ("Organization", "Corporation", "WebSite", "LocalBusiness")


def read_json_ld(page: Page) -> Found:
    """What the page's JSON-LD says about its article.

    >>> html = b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A"}</script>'
    >>> read_json_ld(Page.read(html, "https://example.com/a")).headline
    'A'
    """
    found = Found(origin=Origin.JSON_LD)
    objects = page.json_ld
    if not objects:
        return found
    by_id = {value["@id"]: value for value in objects if isinstance(value.get("@id"), str)}
    found.publishers = tuple(_publishers(objects, by_id))
    article = _article_of(page, objects)
    if article is None:
        web_page = next((value for value in objects if "WebPage" in _types(value)), None)
        if web_page is not None:
            found.published = _text(web_page.get("datePublished"))
            found.modified = _text(web_page.get("dateModified"))
            found.language = _language(web_page.get("inLanguage"))
        return found
    _fill(found, article, by_id, page.url)
    return found


def _fill(found: Found, article: _Object, by_id: Mapping[str, _Object], url: str) -> None:
    found.is_news = "News" in _types(article)
    found.headline = _text(article.get("headline")) or _text(article.get("name"))
    found.lead = _text(article.get("description"))
    authors = article.get("author") or article.get("creator")
    found.authors = tuple(_names(authors, by_id, people=True))
    found.organisations = tuple(_names(authors, by_id, people=False))
    found.published = _text(article.get("datePublished")) or _text(article.get("dateCreated"))
    found.modified = _text(article.get("dateModified"))
    found.section = _text(article.get("articleSection"))
    found.tags = tuple(_keywords(article.get("keywords")))
    found.language = _language(article.get("inLanguage"))
    found.images = tuple(_images(article.get("image"), by_id, url)) or tuple(
        _images(article.get("thumbnailUrl"), by_id, url)
    )
    found.is_accessible_for_free = _boolean(article.get("isAccessibleForFree"))
    body = _text(article.get("articleBody"))
    found.body = tuple(line for line in body.split("\n") if line.strip()) if body else ()


def _types(value: _Object) -> str:
    kinds = value.get("@type")
    return " ".join(map(str, kinds)) if isinstance(kinds, list) else str(kinds or "")


def _article_of(page: Page, objects: tuple[dict[str, Any], ...]) -> _Object | None:
    """The object that describes the page's article; related stories may be described, too."""
    articles = [candidate for value in objects for candidate in (value, *_nested(value)) if _is_article(candidate)]
    if len(articles) > 1:
        address = page.url.partition("?")[0].rstrip("/")
        for article in articles:
            if address and address in (a.rstrip("/") for a in _addresses(article)):
                return article
        # A description that only points at another, or a list of teasers, says less than the article's own.
        return max(articles, key=lambda a: sum(bool(a.get(k)) for k in ("headline", "datePublished", "author")))
    return articles[0] if articles else None


def _nested(value: _Object) -> Iterator[_Object]:
    for key in ("mainEntity", "mainEntityOfPage", "subjectOf"):
        nested = value.get(key)
        if isinstance(nested, dict) and len(nested) > 2:
            yield nested


def _is_article(value: _Object) -> bool:
    kinds = _types(value).lower()
    return (
        ("article" in kinds or "posting" in kinds or "report" in kinds or "review" in kinds.split())
        and "jobposting" not in kinds
        and any(key in value for key in _TELLING)
    )


def _addresses(article: _Object) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = article.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value.partition("#")[0].partition("?")[0]


def _text(value: Any) -> str | None:
    """The first plain text of a value, whatever list or object it is wrapped in."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("text")
        else:
            break
    if isinstance(value, str):
        return value.strip() or None
    return None


def _values(value: Any) -> list[Any]:
    return value[:_MOST_VALUES] if isinstance(value, list) else [] if value is None else [value]


def _names(value: Any, by_id: Mapping[str, _Object], *, people: bool) -> Iterator[str]:
    """Names of the people, or of the organisations, among authors; what has no type is a person."""
    for one in _values(value):
        if isinstance(one, list):
            yield from _names([inner for inner in one if not isinstance(inner, list)], by_id, people=people)
            continue
        is_person = True
        name: Any = one
        if isinstance(one, dict):
            if "name" not in one and isinstance(one.get("@id"), str):
                one = by_id.get(one["@id"], one)
            kinds = _types(one)
            is_person = "Person" in kinds or not any(kind in kinds for kind in _ORGANISATIONS)
            given, family = _text(one.get("givenName")), _text(one.get("familyName"))
            name = one.get("name") or (f"{given} {family}" if given and family else None)
        if is_person == people:
            for text in map(_text, _values(name)):
                if text:
                    yield text


def _publishers(objects: tuple[dict[str, Any], ...], by_id: Mapping[str, _Object]) -> Iterator[str]:
    for value in objects:
        kinds = _types(value)
        if "Person" in kinds:
            continue  # a blog whose owner is its publisher
        named = [value] if any(kind in kinds for kind in _ORGANISATIONS) else _values(value.get("publisher"))
        for one in named:
            if isinstance(one, dict) and "name" not in one and isinstance(one.get("@id"), str):
                one = by_id.get(one["@id"], one)
            name = _text(one)
            if name:
                yield name
            if isinstance(one, dict) and one.get("alternateName"):
                yield from (text for text in map(_text, _values(one["alternateName"])) if text)


def _keywords(value: Any) -> Iterator[str]:
    for one in _values(value):
        text = _text(one)
        if text is None:
            continue
        # Some list "Tag: Politics" or "author:Name": the machine's words, not the reader's.
        for part in text.split(","):
            if part.strip():
                yield part.strip()


def _language(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return _text(value)


def _images(value: Any, by_id: Mapping[str, _Object], url: str) -> Iterator[Image]:
    for one in _values(value):
        if isinstance(one, dict):
            if "url" not in one and "contentUrl" not in one and isinstance(one.get("@id"), str):
                one = by_id.get(one["@id"], {"url": one["@id"]})
            address = _text(one.get("url")) or _text(one.get("contentUrl"))
            caption, credit = _text(one.get("caption")), _text(one.get("creditText"))
        else:
            address, caption, credit = _text(one), None, None
        absolute = join_url(url, address) if address else None
        if absolute:
            yield Image(absolute, caption, credit)


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower().rpartition("/")[2]
        return {"true": True, "false": False}.get(word)
    return None
