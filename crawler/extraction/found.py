"""What one reader found on a page: values as printed, before they are compared and cleaned. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from crawler.articles.article import Image, Origin, Translation


class Reading(NamedTuple):
    """One value and the reader it comes from."""

    origin: Origin
    field: str
    value: Any


@dataclass(slots=True, kw_only=True)
class Found:
    """The values of one reader. None or an empty tuple: it says nothing about this field."""

    origin: Origin
    headline: str | None = None
    document_title: str | None = None
    """`<title>`, which often carries the site's name as well."""
    is_news: bool = False
    """The reader calls the page a news article, not just any article or page."""
    lead: str | None = None
    body: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    """Authors that the reader itself calls organisations."""
    published: str | None = None
    """The date as printed; not parsed yet."""
    modified: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[Image, ...] = ()
    """With absolute addresses."""
    canonical: str | None = None
    """Absolute."""
    is_accessible_for_free: bool | None = None
    translations: tuple[Translation, ...] = ()
    publishers: tuple[str, ...] = ()
    """Names of the publisher: what stands there is no author, and no part of a headline."""

    def readings(self) -> Iterator[Reading]:
        """Every value that is there, in the order of the fields."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in ("origin", "is_news") and value not in (None, "", ()):
                yield Reading(self.origin, field.name, value)
