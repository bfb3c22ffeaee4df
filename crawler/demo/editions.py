"""Which address of which edition answers what on one day of the demo, faults included. Serves nothing itself."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.demo import rendering
from crawler.demo.rendering import Place
from crawler.demo.stories import LANGUAGES, Story, Voice, load_newsroom

# Seconds between two requests that robots.txt asks for: enough to be seen at work, little enough for a short demo.
CRAWL_DELAY = 0.2
# Seconds that the slow page takes: longer than any other, far below a crawler's time limit.
SLOW_PAGE = 1.5
LISTING_PAGE = 5  # stories on one page of the list, so that eight stories fill two

# What goes wrong, by address. All fit the article pattern: a crawler must ask to find out.
WIRE_COPY = "/wire/avtobusy-perehodyat-na-zimnee-raspisanie-4131/"
GONE = "/town/snyatoe-soobshchenie-4132/"
MOVED = "/culture/petroglify-4133/"
CRASHED = "/economy/kurs-valyut-4134/"
TOO_OLD = "/town/novosti-proshloj-nedeli-4135/"
CUT_OFF = "/town/tolyk-emes-bet-5131/"
DISALLOWED = "/closed/redakciyaga-arnalgan-5132/"
MISSING = "/town/withdrawn-6131/"

FEED, SPORT_FEED, SITEMAP, NEWS_SITEMAP, LATEST = (
    "/rss/news.xml",
    "/rss/sport.xml",
    "/sitemap.xml",
    "/sitemap/news.xml.gz",
    "/latest/",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site sends for one address."""

    body: bytes = b""
    content_type: str = "text/html"
    status: int = 200
    location: str | None = None
    delay: float = 0.0
    """Seconds before the answer is sent."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the site needs to know to render itself."""

    hosts: Mapping[str, str]
    """Language -> `127.0.0.1:PORT`."""
    started_at: datetime
    advanced_at: datetime | None
    """When the second day began. None on the first."""
    now: datetime

    def stories(self, language: str) -> tuple[Story, ...]:
        """What an edition publishes on this day, newest first."""
        newsroom = load_newsroom(language, started_at=self.started_at, advanced_at=self.advanced_at)
        return newsroom.second_day if self.advanced_at else newsroom.first_day

    def place(self, language: str) -> Place:
        """Where an edition stands, and where its stories stand in the other languages."""
        translations: dict[str, dict[str, str]] = {}
        for other in LANGUAGES:
            for story in self.stories(other):
                translations.setdefault(story.key, {})[other] = f"http://{self.hosts[other]}{story.path}"
        return Place(
            base=f"http://{self.hosts[language]}",
            translations={key: found for key, found in translations.items() if len(found) > 1},
        )


def answers_of(language: str, day: Day) -> dict[str, Answer]:
    """Every address that an edition knows on a day, with what it answers there."""
    voice = load_newsroom(language, started_at=day.started_at).voice
    stories, place = day.stories(language), day.place(language)
    answers = {
        "/": Answer(rendering.listing_page(voice.name, stories[:LISTING_PAGE], voice)),
        "/robots.txt": Answer(_robots(place), "text/plain"),
        SITEMAP: Answer(_sitemap(stories, place), "application/xml"),
        "/sitemap/pages.xml": Answer(rendering.plain_sitemap(["/", LATEST], place), "application/xml"),
        NEWS_SITEMAP: Answer(_news_sitemap(stories, voice, place), "application/gzip"),
    }
    for story in stories:
        answers |= _story_answers(story, stories, voice, place, day.now)
    answers |= _listing_answers(stories, voice)
    return answers | _PECULIARITIES[language](answers, stories, voice, place)


def _story_answers(
    story: Story, stories: Sequence[Story], voice: Voice, place: Place, now: datetime
) -> dict[str, Answer]:
    read_on = next(other for other in reversed(stories) if other.key != story.key)
    page = rendering.article_page(story, voice, place, now=now, read_on=read_on)
    answers = {story.path: Answer(page), f"/amp{story.path}": Answer(rendering.amp_page(story, voice, place))}
    for number, _ in enumerate(story.photos, 1):
        for width in rendering.PICTURE_WIDTHS:
            path = rendering.picture_path(story, number, width)
            answers[path] = Answer(rendering.picture(story.id + number), "image/png")
    return answers


def _listing_answers(stories: Sequence[Story], voice: Voice, more: Sequence[str] = ()) -> dict[str, Answer]:
    """The list, page by page; the first page links to `more`, too."""
    pages = [stories[start : start + LISTING_PAGE] for start in range(0, len(stories), LISTING_PAGE)]
    answers = {}
    for number, page in enumerate(pages, 1):
        body = rendering.listing_page(
            voice.older if number > 1 else voice.name,
            page,
            voice,
            next_page=_listing_path(number + 1) if number < len(pages) else None,
            more=more if number == 1 else (),
        )
        answers[_listing_path(number)] = Answer(body)
    return answers


def _listing_path(number: int) -> str:
    return LATEST if number == 1 else f"{LATEST}page/{number}/"


def _russian(answers: Mapping[str, Answer], stories: Sequence[Story], voice: Voice, place: Place) -> dict[str, Answer]:
    """Found by its feeds. They carry a wire copy and four addresses that lead to no article of their own."""
    by_key = {story.key: story for story in stories}
    petroglyphs, original = by_key["petroglyphs"], by_key["timetable"]
    copied_at = original.published_at + timedelta(minutes=40)
    copy = replace(original, published_at=copied_at, modified_at=copied_at, charset="utf-8")
    copied = rendering.article_page(copy, voice, place, now=copied_at, read_on=petroglyphs, path=WIRE_COPY)
    oldest = stories[-1].published_at
    more = [
        (WIRE_COPY, copied_at),
        (GONE, oldest),
        (MOVED, oldest),
        (CRASHED, oldest),
        (TOO_OLD, oldest - timedelta(days=5)),
    ]
    listed = [story for story in stories if story.key != "petroglyphs"]  # it is reached by its old address
    sport = [story for story in stories if story.section == "sport"]
    return {
        FEED: Answer(rendering.rss(listed, voice, place, more=more), "application/rss+xml"),
        SPORT_FEED: Answer(rendering.rss(sport, voice, place), "application/rss+xml"),
        WIRE_COPY: Answer(copied),
        GONE: Answer(_notice(410), status=410),
        MOVED: Answer(status=301, location=petroglyphs.path),
        CRASHED: Answer(_notice(500), status=500),
    }


def _kazakh(answers: Mapping[str, Answer], stories: Sequence[Story], voice: Voice, place: Place) -> dict[str, Answer]:
    """Found by its sitemap: where the feed used to be stands an ordinary page."""
    oldest = stories[-1].published_at
    by_key = {story.key: story for story in stories}
    whole = rendering.article_page(by_key["marathon"], voice, place, now=oldest, read_on=by_key["bridge"], path=CUT_OFF)
    return {
        FEED: answers["/"],
        NEWS_SITEMAP: Answer(
            _news_sitemap(stories, voice, place, more=[(CUT_OFF, oldest), (DISALLOWED, oldest)]), "application/gzip"
        ),
        CUT_OFF: Answer(whole[: whole.index(b"<article")]),
        DISALLOWED: Answer(_notice(200)),
    }


def _english(answers: Mapping[str, Answer], stories: Sequence[Story], voice: Voice, place: Place) -> dict[str, Answer]:
    """Found by its list, as feed and sitemap are broken. One page is slow, one is listed as AMP, one is missing."""
    by_key = {story.key: story for story in stories}
    slow, amp = by_key["dictionary"], by_key["wind"]
    listed = [story for story in stories if story is not amp]
    return {
        FEED: Answer(_notice(500), status=500),
        SITEMAP: Answer(_notice(404), status=404),
        slow.path: replace(answers[slow.path], delay=SLOW_PAGE),
        **_listing_answers(listed, voice, more=[f"/amp{amp.path}", MISSING]),
    }


_PECULIARITIES = {"ru": _russian, "kk": _kazakh, "en": _english}


def _robots(place: Place) -> bytes:
    lines = (
        "User-agent: *",
        "Disallow: /closed/",
        f"Crawl-delay: {CRAWL_DELAY}",
        f"Sitemap: {place.base}{SITEMAP}",
        "",
    )
    return "\n".join(lines).encode()


def _sitemap(stories: Sequence[Story], place: Place) -> bytes:
    changed_at = max(story.modified_at for story in stories)
    first_page_at = stories[-1].published_at
    return rendering.sitemap_index([(NEWS_SITEMAP, changed_at), ("/sitemap/pages.xml", first_page_at)], place)


def _news_sitemap(
    stories: Sequence[Story], voice: Voice, place: Place, more: Sequence[tuple[str, datetime]] = ()
) -> bytes:
    return gzip.compress(rendering.news_sitemap(stories, voice, place, more=more), mtime=0)


def _notice(status: int) -> bytes:
    return f"<!doctype html><title>{status}</title><h1>{status}</h1>".encode()
