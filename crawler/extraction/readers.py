"""All readers of one page, each asked at most once and only when it is needed. Chooses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property, partial
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.articles.article import Image, Origin
from crawler.articles.text import name_key
from crawler.articles.urls import join_url
from crawler.extraction.body import Body, read_body
from crawler.extraction.byline import Byline, read_byline
from crawler.extraction.canonical import locate_page
from crawler.extraction.found import Found
from crawler.extraction.headline import Heading, Headline, Titles, heading_with, headings_of, lesser_headings
from crawler.extraction.json_ld import read_json_ld
from crawler.extraction.meta import read_meta
from crawler.extraction.microdata import read_microdata
from crawler.extraction.moments import Clockwork
from crawler.extraction.page import Page
from crawler.extraction.pictures import address_of, is_photo
from crawler.extraction.printed_date import PrintedDate, date_in_address, month_in_address, read_printed_dates
from crawler.extraction.script_state import read_script_state
from crawler.extraction.signature import read_signature
from crawler.extraction.site_rules import SiteReading, read_site_rules
from crawler.extraction.surroundings import Surroundings
from crawler.extraction.topics import read_topics
from crawler.extraction.zones import days_come_first, guess_zone
from crawler.sources.address import Address
from crawler.sources.source import Source

# Letters of a text behind the headline with which the story begins.
_PARAGRAPH = 200
# Words of addresses of what stands there, too: buttons, portraits, and the site's own sign.
_ICON = re.compile(r"icon|avatar|author|person|portrait|profile|android-chrome|sprite|button|share|flag", re.IGNORECASE)
# Width or height below which a picture is no photo of the story, in pixels.
_SMALL = 200


class Readers:
    """What can be read on one page, by every way there is."""

    def __init__(self, page: Page, source: Source | None, fetched_at: datetime | None) -> None:
        self.page = page
        self.source = source
        self.fetched_at = fetched_at

    @cached_property
    def address(self) -> Address | None:
        """Where in the source the page stands; None without a source."""
        return locate_page(self.page.url, self.source)

    @cached_property
    def rules(self) -> SiteReading | None:
        """What the source's layout that fits finds; None without one."""
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

    def best_first(self) -> Iterator[Found]:
        """The readers of mark-up that names its fields. The visible page and script state are asked separately."""
        if self.rules is not None:
            yield self.rules.found
        yield self.json_ld
        yield self.meta
        yield self.microdata

    # The visible page

    @cached_property
    def headings(self) -> list[Heading]:
        return headings_of(self.page)

    @cached_property
    def titles(self) -> Titles:
        found = (self.json_ld, self.meta, self.microdata)
        lesser = partial(lesser_headings, self.page)
        return Titles(self.headings, *found, self.publishers, self.page.url, lesser=lesser)

    @cached_property
    def headline(self) -> Headline:
        rules = self.rules.found.headline if self.rules else None
        return Headline(rules, Origin.SITE_RULE) if rules else self.titles.headline()

    @cached_property
    def heading(self) -> LexborNode | None:
        """The element that prints the headline: an `<h1>`, or a lesser heading with its words."""
        text, origin = self.headline
        if not text:
            return None
        printed = self.titles.heading if origin != Origin.SITE_RULE else None
        return printed.node if printed else heading_with(self.page, text)

    @cached_property
    def around(self) -> Surroundings | None:
        """What stands around that element."""
        return Surroundings(self.heading) if self.heading is not None else None

    @cached_property
    def byline(self) -> Byline:
        """What is printed near the headline, else at the end of the story."""
        near = read_byline(self.page, self.around, self.publishers)
        return near if near.people else read_signature(self.page, self.body.paragraphs, self.publishers) or near

    @cached_property
    def printed_dates(self) -> list[PrintedDate]:
        """Only those of the month that the address names, where there are such."""
        dates = read_printed_dates(self.page, self.around)
        month = month_in_address(self.page.url)
        if month is None:
            return dates
        moments = [self.clockwork.read(Origin.GENERIC, date.text) for date in dates]
        zone = self.clockwork.zone
        fit = [
            date
            for date, moment in zip(dates, moments, strict=True)
            if date.is_modified or (moment and f"{moment.at.astimezone(zone):%Y-%m}" == month)
        ]
        return fit if any(not date.is_modified for date in fit) else dates

    @cached_property
    def topics(self) -> Found:
        """Section and tags of an unknown site as they are printed, where no mark-up names them."""
        if self.rules is not None:
            return Found(origin=Origin.GENERIC)
        named = tuple(self.best_first())
        section, tags = not any(found.section for found in named), not any(found.tags for found in named)
        return read_topics(self.page, self.headline.text, section=section, tags=tags)

    @cached_property
    def body(self) -> Body:
        """The generic reader's body."""
        return read_body(self.page, headline=self.headline.text, lead=self.json_ld.lead or self.meta.lead)

    def body_images(self) -> list[Image]:
        """Photos among the blocks of the generic body."""
        found = ((join_url(self.page.url, image.src), image.caption) for image in self.body.images)
        return [Image(address, caption) for address, caption in found if address and is_photo(address)]

    @property
    def state_is_of_story(self) -> bool:
        """Whether the script state has the page's headline: then its other values are the story's, too."""
        title = self.script_state.headline
        return bool(title) and name_key(title or "") == name_key(self.headline.text or "")

    def without_site(self, headline: Headline) -> Headline:
        """A headline as the script state has it, where the page adds more behind it: the name of its site."""
        title = self.script_state.headline
        is_beginning = title and headline.text and headline.text.startswith(title)
        return Headline(title, Origin.SCRIPT) if is_beginning and title != headline.text else headline

    def first_image(self) -> Image | None:
        """The photo between the headline and the text: many small sites name it nowhere else."""
        for node, tag, text in self.around.behind() if self.around is not None else ():
            if len(text) > _PARAGRAPH:
                break
            if tag in ("img", "amp-img") and not _is_small(node):
                address = address_of(node, self.page.url)
                if address and not _ICON.search(address):
                    return Image(address)
        return None

    # What the readers need to know of each other

    @cached_property
    def publishers(self) -> tuple[str, ...]:
        """Names of the publisher, the page's host among them: no authors, and no part of a headline."""
        names = [*self.json_ld.publishers, *self.meta.publishers, urlsplit(self.page.url).hostname or ""]
        if self.source is not None:
            names += [self.source.name, *(edition.host for edition in self.source.editions)]
        return tuple(dict.fromkeys(filter(None, names)))

    @cached_property
    def clockwork(self) -> Clockwork:
        edition = self.address.edition if self.address else None
        language = edition.language if edition else self.page.lang
        return Clockwork(
            zone=edition.zone if edition else guess_zone(self.page.url, language),
            now=self.fetched_at,
            language=language[:2].lower() if language else None,
            day_first=edition is not None or self._days_come_first(language),
        )

    def _days_come_first(self, language: str | None) -> bool:
        """Whether 03/10/2024 is in October: the day in the page's address tells, where the page prints it; else its
        language."""
        day = date_in_address(self.page.url)
        if day is not None:
            year, month, number = day.split("-")
            first, last = (
                f"{one}/{two}/{year}".encode() in self.page.utf8 for one, two in ((number, month), (month, number))
            )
            if first != last:
                return first
        return days_come_first(self.page.url, language)

    def everything(self) -> Iterator[Found]:
        """What every reader finds, best evidence first, whether it is needed or not."""
        yield from self.best_first()
        yield self.script_state
        published = [date.text for date in self.printed_dates if not date.is_modified]
        modified = [date.text for date in self.printed_dates if date.is_modified]
        topics = read_topics(self.page, self.headline.text, section=True, tags=True)
        yield Found(
            origin=Origin.GENERIC,
            section=topics.section,
            tags=topics.tags,
            headline=self.headings[0].text if self.headings else None,
            lead=self.body.lead,
            body=self.body.paragraphs,
            authors=self.byline.people,
            organisations=(self.byline.signature,) if self.byline.signature else (),
            published=published[0] if published else None,
            modified=modified[0] if modified else None,
            images=tuple(self.body_images()),
        )
        yield Found(origin=Origin.URL, published=date_in_address(self.page.url))


def _is_small(image: LexborNode) -> bool:
    """Whether a picture says that it is an icon or a portrait."""
    sizes = (image.attributes.get("width"), image.attributes.get("height"))
    return any(size.isdecimal() and int(size[:6]) < _SMALL for size in sizes if size)
