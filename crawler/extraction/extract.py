"""The cascade: one page -> one Article. Best evidence first; a later reader only fills what earlier ones left empty.

    site rules > JSON-LD > meta > microdata > the visible page, and for each value who supplied it.

Here fields are chosen; what each reader sees is in the module that has its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from crawler.articles.article import Article, Image, Origin, Translation
from crawler.articles.language import detect_language
from crawler.articles.normalise import normalise_article
from crawler.articles.text import normalise_paragraphs, normalise_text
from crawler.articles.urls import join_url
from crawler.errors import ExtractionError
from crawler.extraction.authorship import Authors, choose_authors
from crawler.extraction.body import Body, read_body
from crawler.extraction.byline import Byline, read_byline
from crawler.extraction.canonical import identify, locate_page, related_links, translations_of
from crawler.extraction.confidence import confidence_of
from crawler.extraction.found import Found, Reading
from crawler.extraction.headline import Heading, Headline, choose_headline, headings_of
from crawler.extraction.json_ld import read_json_ld
from crawler.extraction.meta import read_meta, weak_published
from crawler.extraction.microdata import read_microdata
from crawler.extraction.moments import Clockwork, Moment, choose_published
from crawler.extraction.page import Page
from crawler.extraction.pictures import is_photo, merge_images, same_photo
from crawler.extraction.printed_date import PrintedDate, date_in_address, read_printed_dates
from crawler.extraction.script_state import paragraphs_of, read_script_state
from crawler.extraction.site_rules import SiteReading, read_site_rules
from crawler.extraction.zones import days_come_first, guess_zone
from crawler.sources.address import Address
from crawler.sources.source import Source

EXTRACTOR_VERSION = "1"
"""Stored with every article: a new version is a new baseline, never an edit of the story."""

# Letters below which the visible page holds too little, and other places of the page are asked for the text.
_LITTLE = 350
# How many times more another place must hold to be preferred.
_MUCH_MORE = 1.5


def extract(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    source: Source | None = None,
    content_type: str | None = None,
) -> Article:
    """Read one page as an article: every field with its origin, normalised.

    `url` is the address it was fetched from; `fetched_at` (aware) is what relative dates count from; `source` brings
    the site's own rules and zone; `content_type` is the HTTP header. Fields that the page does not state stay empty.

    >>> page = b"<html lang=en><h1>Rain</h1><article><p>" + b"It rained in the hills all day. " * 20 + b"</p></article>"
    >>> article = extract(page, "https://example.com/rain")
    >>> article.headline, article.language
    ('Rain', 'en')

    Raises:
        ExtractionError: no page (empty, binary, too large, too deep), or one with neither headline nor body.
    """
    page = Page.read(html, url, content_type=content_type)
    return extract_page(page, fetched_at=fetched_at, source=source)


def extract_page(page: Page, *, fetched_at: datetime | None = None, source: Source | None = None) -> Article:
    """The same for a page that is parsed already.

    Raises:
        ExtractionError: the page has neither headline nor body.
    """
    return _Cascade(page, source, fetched_at).article()


def readings(page: Page, *, fetched_at: datetime | None = None, source: Source | None = None) -> list[Reading]:
    """What every reader says about the page, the chosen values aside: for people who write or mend a source.

    >>> page = Page.read(b"<title>A</title><h1>B</h1>", "https://example.com/b")
    >>> [(reading.field, reading.value) for reading in readings(page)]
    [('document_title', 'A'), ('headline', 'B')]
    """
    cascade = _Cascade(page, source, fetched_at)
    found = [reading for reader in cascade.all_readers() for reading in reader.readings()]
    return sorted(found, key=lambda reading: _ORDER.index(reading.origin))


_ORDER = tuple(Origin)


@dataclass
class _Cascade:
    """The readers of one page, each asked at most once and only when it is needed."""

    page: Page
    source: Source | None
    fetched_at: datetime | None
    origins: dict[str, Origin] = field(default_factory=dict)

    # Readers

    @cached_property
    def address(self) -> Address | None:
        return locate_page(self.page.url, self.source)

    @cached_property
    def rules(self) -> SiteReading | None:
        if self.source is None or self.address is None:
            return None
        return read_site_rules(self.page, self.source.layouts_of(self.address.edition))

    @cached_property
    def json_ld(self) -> Found:
        return read_json_ld(self.page)

    @cached_property
    def meta(self) -> Found:
        return read_meta(self.page)

    @cached_property
    def microdata(self) -> Found:
        return read_microdata(self.page)

    @cached_property
    def script_state(self) -> Found:
        return read_script_state(self.page)

    @cached_property
    def headings(self) -> list[Heading]:
        return headings_of(self.page)

    @cached_property
    def byline(self) -> Byline:
        return read_byline(self.page, self.headline.node, self.publishers)

    @cached_property
    def printed_dates(self) -> list[PrintedDate]:
        return read_printed_dates(self.page, self.headline.node)

    @cached_property
    def generic_body(self) -> Body:
        return read_body(self.page, headline=self.headline.text, lead=self.json_ld.lead or self.meta.lead)

    def readers(self) -> Iterator[Found]:
        """Best evidence first; the visible page is asked separately."""
        if self.rules is not None:
            yield self.rules.found
        yield self.json_ld
        yield self.meta
        yield self.microdata

    def all_readers(self) -> Iterator[Found]:
        yield from self.readers()
        yield self.script_state
        body = self.generic_body
        published = [date.text for date in self.printed_dates if not date.is_modified]
        modified = [date.text for date in self.printed_dates if date.is_modified]
        yield Found(
            origin=Origin.GENERIC,
            headline=self.headings[0].text if self.headings else None,
            lead=body.lead,
            body=body.paragraphs,
            authors=self.byline.people,
            organisations=(self.byline.signature,) if self.byline.signature else (),
            published=published[0] if published else None,
            modified=modified[0] if modified else None,
            images=tuple(self._body_images(body)),
        )
        yield Found(origin=Origin.URL, published=date_in_address(self.page.url))

    # Choices

    def article(self) -> Article:
        headline = self.headline
        lead, paragraphs, body_confidence = self._text()
        if not headline.text and not paragraphs:
            raise ExtractionError(self.page.url, "neither a headline nor a text", missing=("headline", "body"))
        self._note("headline", headline.origin)
        authors = self._authors()
        published, modified = self._published(), self._modified()
        identity = identify(self.page.url, self.meta.canonical, self.source, self.address)
        self._note("canonical_url", identity.origin)
        body = "\n\n".join(paragraphs)
        language = self._language(headline.text, lead, body)
        article = Article(
            url=self.page.url,
            canonical_url=identity.canonical_url,
            declared_canonical_url=self.meta.canonical,
            site_article_id=identity.site_article_id,
            headline=headline.text,
            lead=lead,
            lead_on_page=self.origins.get("lead") not in (Origin.JSON_LD, Origin.META, Origin.MICRODATA),
            body=body,
            language=language,
            section=self._section(),
            authors=authors.people,
            byline=authors.signature,
            tags=self._first("tags", "tags") or (),
            images=self._images(),
            published_at=published.at if published else None,
            published_raw=published.raw if published else None,
            published_precision=published.date.precision if published else None,
            modified_at=modified.at if modified else None,
            is_accessible_for_free=self._first("is_accessible_for_free", "is_accessible_for_free"),
            translations=self._translations(language),
            related_links=related_links(self.page, self.source, self.address),
            layout=self.rules.layout.name if self.rules else None,
            origins=self.origins,
            confidence=self._confidence(headline, lead, body, body_confidence),
            fetched_at=self.fetched_at,
            extractor_version=EXTRACTOR_VERSION,
        )
        return normalise_article(article)

    def _note(self, name: str, origin: Origin) -> None:
        self.origins[name] = origin

    def _first(self, name: str, attribute: str) -> Any:
        """The value of the first reader that has one; False is a value."""
        for found in self.readers():
            value = getattr(found, attribute)
            if value not in (None, "", ()):
                self._note(name, found.origin)
                return value
        return None

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        names = {*self.json_ld.publishers, *self.meta.publishers, urlsplit(self.page.url).hostname or ""}
        if self.source is not None:
            names |= {self.source.name, *(edition.host for edition in self.source.editions)}
        return tuple(filter(None, names))

    @cached_property
    def headline(self) -> Headline:
        rules = self.rules.found.headline if self.rules else None
        if rules:
            return Headline(rules, Origin.SITE_RULE, None)
        return choose_headline(self.headings, self.json_ld, self.meta, self.microdata, self.publishers)

    def _text(self) -> tuple[str | None, tuple[str, ...], float | None]:
        """Lead, paragraphs, and how sure the body's reader is (None for site rules)."""
        if self.rules is not None and self.rules.found.body:
            found = self.rules.found
            self._note("body", Origin.SITE_RULE)
            return self._lead(found.lead, Origin.SITE_RULE), found.body, None
        body = self.generic_body
        paragraphs, origin, confidence = body.paragraphs, Origin.GENERIC, body.confidence
        lead, lead_origin = body.lead, Origin.GENERIC
        length = _letters(paragraphs) + len(lead or "")
        if length < _LITTLE:
            other = self._body_elsewhere(length)
            if other is not None:
                paragraphs, origin, lead = other.body, other.origin, None
        if paragraphs:
            self._note("body", origin)
        return self._lead(lead, lead_origin), paragraphs, confidence

    def _body_elsewhere(self, length: int) -> Found | None:
        """The reader of JSON that holds much more text than the visible page's `length` letters."""
        declared = [paragraph for text in self.json_ld.body for paragraph in paragraphs_of(text)]
        candidates = [Found(origin=Origin.JSON_LD, body=normalise_paragraphs(declared)), self.script_state]
        for found in candidates:
            if _letters(found.body) > max(_MUCH_MORE * length, 40):
                return found
        return None

    def _lead(self, lead: str | None, origin: Origin) -> str | None:
        if lead:
            self._note("lead", origin)
            return lead
        for found in (self.json_ld, self.meta, self.microdata):
            if found.lead and not self._is_slogan(found.lead):
                self._note("lead", found.origin)
                return found.lead
        return None

    def _is_slogan(self, text: str) -> bool:
        """A description that only repeats the headline, or was cut, is no standfirst."""
        folded = normalise_text(text).casefold().rstrip(". …")
        return folded == (self.headline.text or "").casefold().rstrip(".") or text.rstrip().endswith(("...", "…"))

    def _authors(self) -> Authors:
        printed = None if self.rules is not None else lambda: self.byline
        authors = choose_authors(self.readers(), printed, self.publishers)
        if authors.people:
            self._note("authors", authors.origin)
        elif authors.signature:
            self._note("byline", authors.origin)
        return authors

    @cached_property
    def clockwork(self) -> Clockwork:
        edition = self.address.edition if self.address else None
        language = edition.language if edition else self.page.lang
        return Clockwork(
            zone=edition.zone if edition else guess_zone(self.page.url),
            now=self.fetched_at,
            language=language[:2].lower() if language else None,
            day_first=edition is not None or days_come_first(self.page.url, language),
        )

    def _published(self) -> Moment | None:
        read = self.clockwork.read
        if self.rules is not None:
            for raw in self.rules.published:
                moment = read(Origin.SITE_RULE, raw)
                if moment is not None:
                    self._note("published_at", Origin.SITE_RULE)
                    return moment
        stated = [
            moment
            for origin, raw in (
                (Origin.JSON_LD, self.json_ld.published),
                (Origin.META, self.meta.published),
                (Origin.MICRODATA, self.microdata.published),
                (Origin.META, weak_published(self.page)),
            )
            if (moment := read(origin, raw))
        ]
        printed = () if self.rules is not None else self.printed_dates
        moment = choose_published(stated, printed, self.clockwork, is_news=self.json_ld.is_news)
        moment = moment or read(Origin.URL, date_in_address(self.page.url))
        if moment is None and self.origins.get("body") == Origin.SCRIPT:
            moment = read(Origin.SCRIPT, self.script_state.published)
        if moment is not None:
            self._note("published_at", moment.origin)
        return moment

    def _modified(self) -> Moment | None:
        stated = [(Origin.SITE_RULE, raw) for raw in (self.rules.modified if self.rules else ())]
        stated += [(found.origin, found.modified) for found in (self.json_ld, self.meta, self.microdata)]
        moment = next(self.clockwork.read_all(stated), None)
        if moment is None and self.rules is None and "printed_dates" in self.__dict__:
            printed = ((Origin.GENERIC, date.text) for date in self.printed_dates if date.is_modified)
            moment = next(self.clockwork.read_all(printed), None)
        if moment is not None:
            self._note("modified_at", moment.origin)
        return moment

    def _section(self) -> str | None:
        section = self._first("section", "section")
        if section is None and self.address is not None:
            match = self.address.edition.article_match(urlsplit(self.page.url).path)
            section = match.groupdict().get("section") if match else None
            if section:
                self._note("section", Origin.URL)
        return section

    def _language(self, headline: str | None, lead: str | None, body: str) -> str | None:
        declared = self.page.lang or (self.address.edition.language if self.address else None)
        language = detect_language(f"{lead or ''} {body}", declared=declared, headline=headline)
        if language is not None:
            self._note("language", Origin.META if self.page.lang else Origin.GENERIC)
        elif self.address is not None:
            language = self.address.edition.language
            self._note("language", Origin.EDITION)
        return language

    def _translations(self, language: str | None) -> tuple[Translation, ...]:
        return translations_of(self.meta, self.page.url, language)

    def _images(self) -> tuple[Image, ...]:
        """The visible photos; meta data add larger addresses of them, and a photo only where none is visible."""
        declared = [image for found in (self.json_ld, self.meta) for image in found.images if is_photo(image.url)]
        if self.rules is not None:
            visible, origin = list(self.rules.found.images), Origin.SITE_RULE
        else:
            visible, origin = list(self._body_images(self.generic_body)), Origin.GENERIC
            visible = [*declared[:1], *visible]
        if not visible:
            visible = declared[:1]
        if not visible:
            return ()
        self._note("images", origin if len(visible) > len(declared[:1]) or not declared else Origin.META)
        more = [image for image in declared if any(same_photo(image.url, shown.url) for shown in visible)]
        return merge_images([*visible, *more])

    def _body_images(self, body: Body) -> Iterator[Image]:
        for image in body.images:
            address = join_url(self.page.url, image.src)
            if address and is_photo(address):
                yield Image(address, image.caption)

    def _confidence(self, headline: Headline, lead: str | None, body: str, body_confidence: float | None) -> float:
        titles = [headline.text, self.json_ld.headline, self.meta.headline]
        titles += [heading.text for heading in self.headings[:1]]
        dates = self.clockwork.read_all(
            (found.origin, found.published) for found in self.readers() if found.published is not None
        )
        days = [moment.at.astimezone(self.clockwork.zone).date().isoformat() for moment in dates]
        return confidence_of([title for title in titles if title], days, body, body_confidence, lead)


def _letters(paragraphs: tuple[str, ...]) -> int:
    return sum(map(len, paragraphs))
