"""The cascade: one page -> one Article. Best evidence first; a later reader only fills what earlier ones left empty.

    site rules > JSON-LD > meta > microdata > the visible page, and for each value who supplied it.

Here fields are chosen; what each reader sees is in the module that has its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.articles.article import Article, Image, Origin
from crawler.articles.language import detect_language
from crawler.articles.normalise import normalise_article
from crawler.articles.text import normalise_paragraphs, normalise_text
from crawler.errors import ExtractionError
from crawler.extraction.authorship import Authors, choose_authors
from crawler.extraction.canonical import identify, related_links, translations_of
from crawler.extraction.confidence import confidence_of
from crawler.extraction.found import Found, Reading
from crawler.extraction.meta import weak_published
from crawler.extraction.moments import Moment, choose_published, may_be_one
from crawler.extraction.page import Page
from crawler.extraction.pictures import is_photo, merge_images
from crawler.extraction.printed_date import date_in_address
from crawler.extraction.readers import Readers
from crawler.extraction.script_state import paragraphs_of
from crawler.sources.source import Source

EXTRACTOR_VERSION = "4"
"""Stored with every article: a new version is a new baseline, never an edit of the story."""

# Letters below which the visible page holds too little, and other places of the page are asked for the text.
_LITTLE = 350
# How many times more another place must hold to be preferred.
_MUCH_MORE = 1.5
# The least that is called a text, in letters.
_LEAST = 40
# Letters of the body that tell its language.
_LANGUAGE_SAMPLE = 1_000
_LANGUAGE_ALONE = 200


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
    return _Cascade(Readers(page, source, fetched_at)).article()


def readings(page: Page, *, fetched_at: datetime | None = None, source: Source | None = None) -> list[Reading]:
    """What every reader says about the page, best evidence first: for people who write or mend a source.

    >>> page = Page.read(b"<meta name=og:title content=A><h1>B</h1>", "https://example.com/b")
    >>> [(reading.origin.value, reading.value) for reading in readings(page) if reading.field == "headline"]
    [('meta', 'A'), ('generic', 'B')]
    """
    return [reading for found in Readers(page, source, fetched_at).everything() for reading in found.readings()]


class _Cascade:
    """Chooses the fields of one article, and notes who supplied each."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._url = readers.page.url
        self._origins: dict[str, Origin] = {}

    def article(self) -> Article:
        readers = self._readers
        headline = readers.headline
        lead, paragraphs, body_confidence = self._text()
        if not headline.text and _letters(paragraphs) + len(lead or "") < _LEAST:
            raise ExtractionError(self._url, "neither a headline nor a text", missing=("headline", "body"))
        if self._origins.get("body") == Origin.SCRIPT:
            headline = readers.without_site(headline)
        self._origins["headline"] = headline.origin
        authors = self._authors()
        published, modified = self._published(), self._modified()
        identity = identify(self._url, readers.meta.canonical, readers.source, readers.address)
        self._origins["canonical_url"] = identity.origin
        if published is not None:  # the line with the date is no sentence of the text
            paragraphs = tuple(paragraph for paragraph in paragraphs if paragraph != published.raw)
        body = "\n\n".join(paragraphs)
        # A lead from meta data may be in another language than the page: it counts only beside a short body.
        sample = body[:_LANGUAGE_SAMPLE] if len(body) >= _LANGUAGE_ALONE else f"{lead or ''} {body}"
        language = self._language(headline.text, sample)
        article = Article(
            url=self._url,
            canonical_url=identity.canonical_url,
            declared_canonical_url=readers.meta.canonical,
            site_article_id=identity.site_article_id,
            headline=headline.text,
            lead=lead,
            lead_on_page=self._origins.get("lead") not in (Origin.JSON_LD, Origin.META, Origin.MICRODATA),
            body=body,
            language=language,
            section=self._section(),
            authors=authors.people,
            byline=authors.signature,
            tags=self._tags(),
            images=self._images(),
            published_at=published.at if published else None,
            published_raw=published.raw if published else None,
            published_precision=published.date.precision if published else None,
            modified_at=modified.at if modified else None,
            is_accessible_for_free=self._is_accessible_for_free(),
            translations=translations_of(readers.meta, self._url, language),
            related_links=related_links(
                readers.page, readers.source, readers.address, readers.rules.boxes if readers.rules else ()
            ),
            layout=readers.rules.layout.name if readers.rules else None,
            origins=self._origins,
            confidence=self._confidence(published, f"{lead or ''} {body}", body_confidence),
            fetched_at=readers.fetched_at,
            extractor_version=EXTRACTOR_VERSION,
        )
        return normalise_article(article)

    # Text

    def _text(self) -> tuple[str | None, tuple[str, ...], float | None]:
        """Lead, paragraphs, and how sure the body's reader is (None for site rules)."""
        readers = self._readers
        found = readers.rules.found if readers.rules is not None else None
        if found is not None and (found.body or found.lead):
            self._origins["body"] = Origin.SITE_RULE
            return self._lead(found.lead, Origin.SITE_RULE), found.body, None
        body = readers.body
        paragraphs, origin, lead = body.paragraphs, Origin.GENERIC, body.lead
        length = _letters(paragraphs) + len(lead or "")
        if length < _LITTLE:
            other = self._body_elsewhere(length)
            if other is not None:
                paragraphs, origin, lead = other.body, other.origin, None
        if paragraphs:
            self._origins["body"] = origin
        return self._lead(lead, Origin.GENERIC), paragraphs, body.confidence

    def _body_elsewhere(self, length: int) -> Found | None:
        """The reader of JSON that holds much more text than the visible page's `length` letters."""
        readers = self._readers
        declared = normalise_paragraphs(paragraphs_of("\n".join(readers.json_ld.body)))
        for found in (Found(origin=Origin.JSON_LD, body=declared), readers.script_state):
            if _letters(found.body) > max(_MUCH_MORE * length, _LEAST):
                return found
        return None

    def _lead(self, lead: str | None, origin: Origin) -> str | None:
        if lead:
            self._origins["lead"] = origin
            return lead
        readers = self._readers
        for found in (readers.json_ld, readers.meta, readers.microdata):
            if found.lead and self._may_be_lead(found.lead):
                self._origins["lead"] = found.origin
                return found.lead
        return None

    def _may_be_lead(self, description: str) -> bool:
        """A description that was cut, or only repeats the headline, is no standfirst."""
        folded = normalise_text(description).casefold()
        headline = (self._readers.headline.text or "").casefold()
        return not folded.endswith(("...", "…")) and folded.rstrip(".") != headline.rstrip(".")

    def _language(self, headline: str | None, text: str) -> str | None:
        readers = self._readers
        edition = readers.address.edition if readers.address else None
        declared = readers.page.lang or (edition.language if edition else None)
        language = detect_language(text, declared=declared, headline=headline)
        if language is not None:
            self._origins["language"] = Origin.META if readers.page.lang else Origin.GENERIC
        elif edition is not None:
            language = edition.language
            self._origins["language"] = Origin.EDITION
        return language

    # People and moments

    def _authors(self) -> Authors:
        readers = self._readers
        printed = None if readers.rules is not None else lambda: readers.byline
        authors = choose_authors(readers.best_first(), printed, readers.publishers)
        if authors.people:
            self._origins["authors"] = authors.origin
        elif authors.signature:
            self._origins["byline"] = authors.origin
        return authors

    def _published(self) -> Moment | None:
        moment = self._published_by_rule() or self._published_as_stated()
        if moment is not None:
            self._origins["published_at"] = moment.origin
        return moment

    def _published_by_rule(self) -> Moment | None:
        rules, clockwork = self._readers.rules, self._readers.clockwork
        return next(clockwork.read_all((Origin.SITE_RULE, raw) for raw in rules.published), None) if rules else None

    def _published_as_stated(self) -> Moment | None:
        readers, read = self._readers, self._readers.clockwork.read
        named = [(found.origin, found.published) for found in (readers.json_ld, readers.meta, readers.microdata)]
        stated = list(readers.clockwork.read_all((*named, (Origin.META, weak_published(readers.page)))))
        if stated:
            times = [node.attrs.get("datetime") for node in readers.page.landmarks.times[:1]]
            stated += readers.clockwork.read_all((Origin.GENERIC, time) for time in times)
        moment = choose_published(
            stated,
            lambda: () if readers.rules else readers.printed_dates,
            readers.clockwork,
            is_news=readers.json_ld.is_news,
            modified=read(Origin.JSON_LD, readers.json_ld.modified),
        )
        moment = moment or read(Origin.URL, date_in_address(self._url))
        if moment is None and (self._origins.get("body") == Origin.SCRIPT or readers.state_is_of_story):
            moment = read(Origin.SCRIPT, readers.script_state.published)
            return None if moment is not None and self._is_change(moment) else moment
        return moment

    def _is_change(self, moment: Moment) -> bool:
        """Whether what the script state calls the publication is the last change, as any other reader knows it."""
        readers = self._readers
        others = (found for found in readers.everything() if found.origin != Origin.SCRIPT)
        changes = readers.clockwork.read_all((found.origin, found.modified) for found in others)
        return any(may_be_one(change, moment, readers.clockwork.zone) for change in changes)

    def _modified(self) -> Moment | None:
        readers = self._readers
        stated: list[tuple[Origin, str | None]] = []
        if readers.rules is not None:
            stated += [(Origin.SITE_RULE, raw) for raw in readers.rules.modified]
        stated += [(found.origin, found.modified) for found in (readers.json_ld, readers.meta, readers.microdata)]
        moment = next(readers.clockwork.read_all(stated), None)
        published = self._origins.get("published_at")
        if moment is None and readers.rules is None and published in (None, Origin.GENERIC):
            dates = (date for date in readers.printed_dates if date.is_modified and (published or date.is_near))
            moment = next(readers.clockwork.read_all((Origin.GENERIC, date.text) for date in dates), None)
        if moment is not None:
            self._origins["modified_at"] = moment.origin
        return moment

    # What the page says of itself

    def _section(self) -> str | None:
        for found in (*self._readers.best_first(), self._readers.topics):
            if found.section:
                self._origins["section"] = found.origin
                return found.section
        address = self._readers.address
        match = address.edition.article_match(urlsplit(self._url).path) if address else None
        section = match.groupdict().get("section") if match else None
        if section:
            self._origins["section"] = Origin.URL
        return section

    def _tags(self) -> tuple[str, ...]:
        for found in (*self._readers.best_first(), self._readers.topics):
            if found.tags:
                self._origins["tags"] = found.origin
                return found.tags
        return ()

    def _is_accessible_for_free(self) -> bool | None:
        for found in self._readers.best_first():
            if found.is_accessible_for_free is not None:
                self._origins["is_accessible_for_free"] = found.origin
                return found.is_accessible_for_free
        return None

    def _images(self) -> tuple[Image, ...]:
        """The visible photos; meta data add larger addresses of them.

        A photo that only meta data know comes first on an unknown site, and counts on a known one only when no photo
        is visible: it may be a card for social networks.
        """
        readers = self._readers
        declared = [image for found in (readers.json_ld, readers.meta) for image in found.images if is_photo(image.url)]
        if readers.rules is not None:
            visible = list(readers.rules.found.images)
            chosen = visible or declared[:1]
            origin = Origin.SITE_RULE
        else:
            visible = readers.body_images()
            if not (declared or visible) and (first := readers.first_image()) is not None:
                visible = [first]
            chosen = [*declared[:1], *visible]
            origin = Origin.GENERIC
        if not chosen:
            return ()
        self._origins["images"] = origin if visible else Origin.META
        return merge_images(map(self._on_production_host, chosen), map(self._on_production_host, declared))

    def _on_production_host(self, image: Image) -> Image:
        """A photo of a page that was read from a mirror, at the address that readers know."""
        address = self._readers.address
        if address is None or not address.edition.mirrors:
            return image
        host = urlsplit(image.url).netloc
        production = image.url.replace(host, address.edition.host, 1)
        return replace(image, url=production) if host in address.edition.mirrors else image

    def _confidence(self, published: Moment | None, text: str, body_confidence: float | None) -> float:
        readers = self._readers
        titles = [found.headline for found in readers.best_first()]
        titles += [heading.text for heading in readers.headings[:1]]
        stated = [(found.origin, found.published) for found in readers.best_first()]
        zone = readers.clockwork.zone
        days = [moment.at.astimezone(zone).date().isoformat() for moment in readers.clockwork.read_all(stated)]
        return confidence_of(
            readers.headline.text,
            [title for title in titles if title],
            published.at.astimezone(zone).date().isoformat() if published else None,
            days,
            text,
            body_confidence,
        )


def _letters(paragraphs: Iterable[str]) -> int:
    return sum(map(len, paragraphs))
