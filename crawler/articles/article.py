"""One story as read at one moment. Holds values; reads and stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """Which reader supplied a value."""

    SITE_RULE = "site_rule"
    JSON_LD = "json_ld"
    META = "meta"
    MICRODATA = "microdata"
    SCRIPT = "script"
    """JSON state that the page's scripts carry (`__NEXT_DATA__`, Nuxt)."""
    GENERIC = "generic"
    """Read from the visible page without any mark-up that names the field."""
    URL = "url"
    EDITION = "edition"
    """Declared for the whole edition in the source file."""
    FEED = "feed"


class Precision(StrEnum):
    """How exactly a page states a moment."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Image:
    """One photo; its variants (sizes, formats) are the same image."""

    url: str
    """Absolute; the largest known address."""
    caption: str | None = None
    credit: str | None = None
    """Who made it, without a leading `Фото:`."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The same story in another language, as the page declares by hreflang."""

    language: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One story as read at one moment, normalised: normalising twice changes nothing."""

    url: str
    """The address it was read from, as fetched."""
    canonical_url: str
    """The form under which it is stored: `urls.canonicalise_url`, of the rel=canonical where that is believed."""
    declared_canonical_url: str | None = None
    """The page's rel=canonical, absolute, as printed. None when it has none."""
    site_article_id: str | None = None
    """The number or slug by which the site knows it, from the edition's `article` pattern."""
    headline: str | None = None
    lead: str | None = None
    """The standfirst, apart from the body. None when the page has none."""
    lead_on_page: bool = True
    """False when the lead comes from meta data only and is not printed in the visible article."""
    body: str = ""
    """Paragraphs joined by a blank line, without the lead."""
    language: str | None = None
    """ISO 639-1 code, such as `ru`, `kk`, `en`."""
    section: str | None = None
    authors: tuple[str, ...] = ()
    """People, in the order of the page; never the publisher."""
    byline: str | None = None
    """What the story is signed with where it names no people: a desk, an agency, the publisher. None otherwise."""
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    published_at: datetime | None = None
    """Aware, UTC. None when the page states no date: never the fetch time, never the modification."""
    published_raw: str | None = None
    """The date as the page prints it."""
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    """Aware, UTC, as the page says. None when it does not."""
    is_accessible_for_free: bool | None = None
    """False behind a paywall; None when the page does not say."""
    translations: tuple[Translation, ...] = ()
    related_links: tuple[str, ...] = ()
    """Addresses of other stories that the article names as related; absolute."""
    layout: str | None = None
    """Name of the source's layout that matched. None without one."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Field name -> the reader that supplied its value; empty fields have no entry."""
    confidence: float | None = None
    """0..1: how far the readers agree on the page. None when not judged."""
    fetched_at: datetime | None = None
    """Aware, UTC; when the bytes came."""
    extractor_version: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, without the lead."""
        return tuple(self.body.split("\n\n")) if self.body else ()

    @property
    def text(self) -> str:
        """The visible article in page order: the lead where it is printed, then the body."""
        return visible_text(self.lead if self.lead_on_page else None, self.body)


def visible_text(lead: str | None, body: str) -> str:
    """Lead and body as one text, a blank line between."""
    return "\n\n".join(part for part in (lead, body) if part)
