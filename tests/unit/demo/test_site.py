"""The demo's site: does it serve what the tour promises? Asked with the standard library, on loopback."""

from __future__ import annotations

import gzip
import json
import re
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse

import pytest

from crawler.demo import editions
from crawler.demo.site import Courier, serve_courier
from crawler.demo.stories import LANGUAGES, load_newsroom
from crawler.sources.source import Source


@pytest.fixture
def courier() -> Iterator[Courier]:
    with serve_courier() as running:
        yield running


def ask(courier: Courier, language: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(courier.hosts[language], timeout=10)
    try:
        connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_story_stands_at_its_address(courier: Courier, language: str) -> None:
    assert len(courier.stories(language)) == 8
    for story in courier.stories(language):
        response, body = ask(courier, language, story.path)
        text = body.decode(story.charset)
        assert response.status == 200
        assert story.headline in text
        assert all(paragraph in text.replace("&#x27;", "'") for paragraph in story.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_day_adds_one_story_and_keeps_the_others(courier: Courier, language: str) -> None:
    before = {story.id: story for story in courier.stories(language)}
    courier.advance()
    after = {story.id: story for story in courier.stories(language)}
    assert len(after.keys() - before.keys()) == 1
    assert before.keys() < after.keys()
    changed = [story for story in before if before[story] != after[story]]
    assert len(changed) == (1 if language == "ru" else 0)


def test_the_edit_changes_headline_and_text_at_the_same_address(courier: Courier) -> None:
    before = next(story for story in courier.stories("ru") if story.key == "sensors")
    courier.advance()
    after = next(story for story in courier.stories("ru") if story.key == "sensors")
    assert (before.path, before.published_at) == (after.path, after.published_at)
    assert before.headline != after.headline
    assert [old == new for old, new in zip(before.body, after.body, strict=True)] == [False, True, True, False]
    assert after.modified_at > before.modified_at


def test_all_stories_lie_within_the_horizon_of_two_days() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for language in LANGUAGES:
        newsroom = load_newsroom(language, started_at=now)
        ages = [now - story.published_at for story in newsroom.second_day]
        assert all(timedelta(0) <= age < timedelta(hours=44) for age in ages)


@pytest.mark.parametrize(
    ("language", "path", "status"),
    [
        pytest.param("ru", editions.GONE, 410, id="taken down"),
        pytest.param("ru", editions.MOVED, 301, id="moved"),
        pytest.param("ru", editions.CRASHED, 500, id="crashed"),
        pytest.param("en", editions.MISSING, 404, id="missing"),
        pytest.param("en", editions.FEED, 500, id="dead feed"),
        pytest.param("en", editions.SITEMAP, 404, id="dead sitemap"),
        pytest.param("kk", editions.CUT_OFF, 200, id="cut off"),
        pytest.param("ru", editions.TOO_OLD, 404, id="only listed"),
    ],
)
def test_what_goes_wrong(courier: Courier, language: str, path: str, status: int) -> None:
    response, _ = ask(courier, language, path)
    assert response.status == status
    assert courier.count(language, path, status=status) == 1


def test_a_redirect_leads_to_a_story_that_no_feed_lists(courier: Courier) -> None:
    response, _ = ask(courier, "ru", editions.MOVED)
    target = response.headers["Location"]
    assert ask(courier, "ru", target)[0].status == 200
    assert target not in ask(courier, "ru", editions.FEED)[1].decode()


def test_an_unchanged_feed_answers_304_and_a_changed_one_does_not(courier: Courier) -> None:
    tags = {path: ask(courier, "ru", path)[0].headers["ETag"] for path in (editions.FEED, editions.SPORT_FEED)}
    assert ask(courier, "ru", editions.FEED, If_None_Match=tags[editions.FEED])[0].status == 304
    courier.advance()
    assert ask(courier, "ru", editions.FEED, If_None_Match=tags[editions.FEED])[0].status == 200
    assert ask(courier, "ru", editions.SPORT_FEED, If_None_Match=tags[editions.SPORT_FEED])[0].status == 304
    assert courier.count("ru", editions.FEED) == 3
    assert courier.count("ru", editions.FEED, status=304) == 1


def test_feed_dates_are_those_of_the_stories(courier: Courier) -> None:
    feed = ask(courier, "ru", editions.FEED)[1].decode()
    dates = dict(re.findall(r"<link>[^<]*?-(\d{4})/[^<]*</link>.*?<pubDate>([^<]+)</pubDate>", feed))
    story = next(story for story in courier.stories("ru") if story.key == "bridge")
    assert parsedate_to_datetime(dates[str(story.id)]) == story.published_at


def test_the_kazakh_feed_is_a_page_and_its_sitemap_names_all_stories(courier: Courier) -> None:
    assert b"<html" in ask(courier, "kk", editions.FEED)[1]
    assert editions.NEWS_SITEMAP in ask(courier, "kk", editions.SITEMAP)[1].decode()
    news = gzip.decompress(ask(courier, "kk", editions.NEWS_SITEMAP)[1]).decode()
    assert all(courier.url("kk", story.path) in news for story in courier.stories("kk"))
    assert editions.DISALLOWED in news
    assert "Disallow: /closed/" in ask(courier, "kk", "/robots.txt")[1].decode()


def test_the_english_list_has_two_pages_and_shows_one_story_as_amp_only(courier: Courier) -> None:
    first, second = (ask(courier, "en", path)[1].decode() for path in ("/latest/", "/latest/page/2/"))
    assert 'rel="next" href="/latest/page/2/"' in first
    assert 'rel="next"' not in second
    wind = next(story for story in courier.stories("en") if story.key == "wind")
    assert f'"/amp{wind.path}"' in first
    assert f'"{wind.path}"' not in first + second
    assert (
        f'<link rel="canonical" href="{courier.url("en", wind.path)}">'
        in ask(courier, "en", f"/amp{wind.path}")[1].decode()
    )


def test_the_wire_copy_is_the_same_text_at_another_address(courier: Courier) -> None:
    original = next(story for story in courier.stories("ru") if story.key == "timetable")
    assert original.charset == "windows-1251"
    theirs, ours = (
        ask(courier, "ru", editions.WIRE_COPY)[1].decode("utf-8"),
        ask(courier, "ru", original.path)[1].decode("windows-1251"),
    )
    text = re.compile(r'<div class="story__text">.*?</div>', re.DOTALL)
    assert text.findall(theirs) == text.findall(ours)
    assert f'rel="canonical" href="{courier.url("ru", editions.WIRE_COPY)}"' in theirs


def test_translations_point_at_each_other(courier: Courier) -> None:
    page = ask(courier, "en", next(s.path for s in courier.stories("en") if s.key == "apples"))[1].decode()
    for language in LANGUAGES:
        story = next(s for s in courier.stories(language) if s.key == "apples")
        assert f'hreflang="{language}" href="{courier.url(language, story.path)}"' in page


def test_json_ld_can_be_read(courier: Courier) -> None:
    story = next(story for story in courier.stories("kk") if story.dress == "json-ld")
    page = ask(courier, "kk", story.path)[1].decode()
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert data["headline"] == story.headline
    assert datetime.fromisoformat(data["datePublished"]) == story.published_at


def test_pictures_are_png(courier: Courier) -> None:
    story = courier.stories("ru")[0]
    response, body = ask(courier, "ru", f"/media/{story.id}-1-1200.png")
    assert response.headers["Content-Type"] == "image/png"
    assert body.startswith(b"\x89PNG")


def test_the_end_does_not_wait_for_the_slow_page() -> None:
    with serve_courier() as courier:
        slow = next(story for story in courier.stories("en") if story.key == "dictionary")
        connection = HTTPConnection(courier.hosts["en"], timeout=10)
        connection.request("GET", slow.path)
        deadline = time.monotonic() + 5
        while not courier.count("en", slow.path):
            assert time.monotonic() < deadline
        leaving = time.monotonic()
    assert time.monotonic() - leaving < editions.SLOW_PAGE / 2
    connection.close()


def test_its_source_file_is_in_order_and_knows_every_address(courier: Courier) -> None:
    source = Source.model_validate(tomllib.loads(courier.source_file()))
    for language in LANGUAGES:
        edition = source.edition_of(courier.hosts[language])
        assert edition is not None
        assert edition.id == language
        matches = [edition.article_match(story.path) for story in courier.stories(language)]
        assert [match and match["id"] for match in matches] == [str(story.id) for story in courier.stories(language)]
