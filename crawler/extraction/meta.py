"""Fields from the page's head: `<meta>`, `<link>`, `<title>`. Reads what is not printed on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.articles.article import Image, Origin, Translation
from crawler.articles.urls import join_url
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# Names in the order of their reliability; lower case.
_HEADLINE = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "cxenseparse:title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "headline",
)
_LEAD = ("og:description", "description", "twitter:description", "cxenseparse:description")
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "og:published_time",
    "content:publishdate",
)
# Names that may as well mean the day of an import or of the page; asked after the visible page's own mark-up.
_PERHAPS_PUBLISHED = (
    "dc.date.created",
    "dcterms.created",
    "og:publish_date",
    "og:pubdate",
    "publish_date",
    "publish-date",
    "publication_date",
    "published_date",
    "published-date",
    "publisheddate",
    "w-published-date",
    "publish_time",
    "article_date_original",
    "originalpublicationdate",
    "date-pub",
    "pubdate",
    "pub_date",
    "published",
    "published_at",
    "rnews:datepublished",
    "dcsext.articlefirstpublished",
    "date.created",
    "datecreated",
    "dc.date",
    "dcterms.date",
    "dc.date.publication",
    "date",
    "created",
)
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "date.modified",
    "date.updated",
    "last-modified",
    "lastmod",
    "revised",
    "modified",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.personalname",
    "citation_author",
    "dcsext.author",
    "og:author",
    "byl",
    "creator",
    "article:author_name",
    "authors",
    "author-name",
)
_WRITTEN_BY = frozenset(
    (
        "written by", "author", "автор", "написано автором", "verfasst von", "écrit par", "escrito por", "scritto da",
        "geschreven door", "skrevet av", "skriven av", "skrevet af", "napisane przez", "yazan", "kirjoittanut",
    )
)  # fmt: skip
_SECTION = (
    "article:section",
    "og:article:section",
    "og:section",
    "parsely-section",
    "section",
    "articlesection",
    "primary_section",
    "category",
)
_TAGS = ("article:tag", "og:article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "keywords", "mrf:tags")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "thumbnailurl")
_FREE = ("isaccessibleforfree", "cxenseparse:articleaccess", "article:content_tier", "og:article:content_tier")
_IS_FREE = {"true": True, "free": True, "false": False, "locked": False, "metered": False, "paid": False}
_HREFLANG = re.compile(r"^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)


def read_meta(page: Page) -> Found:
    """What the page's head says about its article.

    >>> page = Page.read(b'<meta name="og:title" content="A">', "https://example.com/a")
    >>> read_meta(page).headline
    'A'
    """
    meta = page.meta
    found = Found(origin=Origin.META)
    found.headline = meta.first(*_HEADLINE)
    found.document_title = _document_title(page)
    found.lead = meta.first(*_LEAD)
    found.published = meta.first(*_PUBLISHED)
    found.modified = meta.first(*_MODIFIED)
    found.authors = tuple(_authors(page))
    found.section = meta.first(*_SECTION)
    found.tags = tuple(_tags(page))
    found.language = meta.first("content-language", "og:locale", "dc.language", "inlanguage", "language", "lang")
    found.is_accessible_for_free = _IS_FREE.get((meta.first(*_FREE) or "").lower())
    found.publishers = tuple(meta.all("og:site_name", "publisher", "application-name", "dc.publisher"))
    _read_links(page, found)
    return found


def weak_published(page: Page) -> str | None:
    """The date under a name that only perhaps means the publication."""
    return page.meta.first(*_PERHAPS_PUBLISHED)


def _document_title(page: Page) -> str | None:
    for node in page.landmarks.titles:
        # <title> also names drawings.
        if node.parent is not None and node.parent.tag in ("head", "html", "body"):
            return node.text(deep=True).strip() or None
    return None


def _authors(page: Page) -> Iterator[str]:
    """The values of the first name that has any person; article:author may be an address, citation_author inverted."""
    for name in _AUTHORS:
        values = [value for value in page.meta.all(name) if not value.startswith(("http", "/", "@"))]
        if values:
            if name == "citation_author":
                values = [_uninverted(value) for value in values]
            yield from values
            return
    # What cards show beside the title: label and value.
    for number in ("1", "2"):
        label, value = page.meta.first(f"twitter:label{number}"), page.meta.first(f"twitter:data{number}")
        if label and value and label.lower() in _WRITTEN_BY:
            yield value


def _uninverted(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name


def _tags(page: Page) -> Iterator[str]:
    for name in _TAGS:
        values = page.meta.all(name)
        if values:
            for value in values:
                yield from (part.strip() for part in re.split("[,;]", value) if part.strip())
            return


def _read_links(page: Page, found: Found) -> None:
    translations = []
    image_src = None
    for attributes in page.landmarks.links:
        rel, href = (attributes.get("rel") or "").lower(), attributes.get("href")
        if not href:
            continue
        if rel == "canonical" and found.canonical is None:
            found.canonical = join_url(page.url, href)
        elif rel == "image_src":
            image_src = href
        elif rel == "alternate":
            language = attributes.get("hreflang")
            address = join_url(page.url, href) if language and _HREFLANG.match(language) else None
            if language and address:
                translations.append(Translation(language, address))
    found.translations = tuple(translations)
    images = [join_url(page.url, href) for href in (*page.meta.all(*_IMAGES), *filter(None, (image_src,)))]
    found.images = tuple(Image(address) for address in dict.fromkeys(images) if address)
