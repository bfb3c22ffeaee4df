"""Listings: links, their dates, the next page; HTML, JSON, HTML within JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.articles.article import Precision
from crawler.discovery.listings import MOST_LINKS, ListingContents, read_listing
from crawler.errors import DiscoveryError
from crawler.sources.registry import Registry
from crawler.sources.source import Listing

URL = "https://www.herald.example/news/"
ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
TODAY = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def read(
    body: str | bytes, *, url: str = URL, page: int = 1, zone: ZoneInfo = ALMATY, **fields: Any
) -> ListingContents:
    raw = body.encode() if isinstance(body, str) else body
    return read_listing(raw, url, Listing.model_validate({"url": url} | fields), zone=zone, now=NOW, page=page)


def rows(contents: ListingContents) -> list[tuple[str, str | None, datetime | None]]:
    return [(entry.url, entry.title, entry.published_at) for entry in contents.entries]


def test_without_an_item_links_stand_alone() -> None:
    contents = read('<a href="/7/">Rain</a><a>no link</a><a href="https://b.example/8">Sun</a>')
    assert rows(contents) == [("https://www.herald.example/7/", "Rain", None), ("https://b.example/8", "Sun", None)]


CARDS = """<!doctype html><title>News</title>
<div class="card"><a href="/7/"><img src="7.jpg" alt="Street"></a><h3><a href="/7/"> Rain
  falls </a></h3><time datetime="2026-11-22T09:30:00+05:00">today</time></div>
<div class="card"><a href="/8/"><img src="8.jpg" alt="Clouds"></a><span class="when">Вчера, 22:29</span></div>
<div class="card"><h3><a href="/9/" title="Sun"><i></i></a></h3><span class="when">once</span></div>
<div class="card">An advertisement</div>
<a href="/about/">About</a>"""


def test_items_have_links_titles_and_dates() -> None:
    contents = read(CARDS, item=".card", links=["h3 a", "a[href]"], date=["time@datetime", ".when"])
    assert rows(contents) == [
        ("https://www.herald.example/7/", "Rain falls", AT),
        ("https://www.herald.example/8/", "Clouds", datetime(2026, 11, 21, 17, 29, tzinfo=UTC)),
        ("https://www.herald.example/9/", "Sun", None),
    ]


def test_all_links_of_an_item_are_taken() -> None:
    contents = read(CARDS, item=".card", date="time@datetime")
    assert rows(contents)[:2] == [
        ("https://www.herald.example/7/", "Street", AT),
        ("https://www.herald.example/7/", "Rain falls", AT),
    ]


def test_an_item_may_be_the_link() -> None:
    body = '<a class="card" href="/7/"><b>Rain</b><time>09:30, сегодня</time></a>'
    assert rows(read(body, item="a.card", date="time")) == [
        ("https://www.herald.example/7/", "Rain 09:30, сегодня", AT)
    ]


def test_the_attribute_of_a_time_is_read_where_its_text_says_nothing() -> None:
    body = '<div class="card"><a href="/7/">Rain</a><time datetime="2026-11-22T04:30Z">just now, or so</time></div>'
    assert rows(read(body, item=".card", date="time"))[0][2] == AT


def test_links_may_stand_in_another_attribute() -> None:
    body = '<div class="card" data-href="/7/">Rain</div>'
    assert rows(read(body, links=".card@data-href")) == [("https://www.herald.example/7/", "Rain", None)]


def test_a_new_design_without_items_still_gives_links() -> None:
    assert rows(read('<a href="/7/">Rain</a>', item=".card")) == [("https://www.herald.example/7/", "Rain", None)]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        pytest.param("", "https://www.herald.example/news/7/", id="none"),
        pytest.param('<base href="/archive/">', "https://www.herald.example/archive/7/", id="relative"),
        pytest.param('<base href="https://b.example/">', "https://b.example/7/", id="absolute"),
        pytest.param("<base target=_blank>", "https://www.herald.example/news/7/", id="without an address"),
        pytest.param('<base href="javascript:0">', "https://www.herald.example/news/7/", id="nonsense"),
    ],
)
def test_relative_links_have_the_base_of_the_page(base: str, url: str) -> None:
    assert rows(read(f'<head>{base}</head><a href="7/">Rain</a>'))[0][0] == url


def test_a_day_without_a_time_is_exact_to_the_day() -> None:
    body = '<p><a href="/7/">Rain</a><i>Сегодня</i></p>'
    (entry,) = read(body, item="p", date="i").entries
    assert (entry.published_at, entry.precision) == (TODAY, Precision.DAY)


@pytest.mark.parametrize(
    ("fields", "page", "following"),
    [
        pytest.param({"next_page": URL + "page/{page}/"}, 1, URL + "page/2/", id="numbered"),
        pytest.param({"next_page": URL + "page/{page}/"}, 2, URL + "page/3/", id="numbered, further on"),
        pytest.param({"next_page": URL + "page/{page}/"}, 3, None, id="as many as the source wants"),
        pytest.param({"next": "a.next"}, 1, URL + "?p=2", id="by its link"),
        pytest.param({"next": "link[rel=next]"}, 1, "https://www.herald.example/2", id="by the head"),
        pytest.param({"next": "a.gone"}, 1, None, id="no such link"),
        pytest.param({"next": "a.self"}, 1, None, id="a link that leads nowhere else"),
        pytest.param({}, 1, None, id="only one page"),
        pytest.param({"next": "a.next", "pages": 1}, 1, None, id="only one page wanted"),
    ],
)
def test_the_next_page(fields: dict[str, Any], page: int, following: str | None) -> None:
    body = (
        '<link rel=next href="/2"><a href="/7/">Rain</a><a class=next href="?p=2">Older</a><a class=self href="">x</a>'
    )
    assert read(body, page=page, **fields).next_url == following


def test_a_page_after_the_last_is_the_end() -> None:
    contents = read("<p>Nothing more</p>", page=2, next_page=URL + "{page}/")
    assert contents == ListingContents((), None)


def test_html_within_json() -> None:
    body = json.dumps({"html": CARDS, "more": True, "total": 7})
    contents = read(body, item=".card", links=["h3 a", "a[href]"], date=["time@datetime", ".when"])
    assert [url for url, _, _ in rows(contents)] == [f"https://www.herald.example/{n}/" for n in (7, 8, 9)]


def test_rows_of_json() -> None:
    body = json.dumps(
        {
            "data": [
                {"url": "/7/", "title": "Rain", "published_at": "2026-11-22T04:30:00Z", "image": {"url": 5}},
                {"link": "/8/"},
                [3],
            ]
        }
    )
    assert rows(read(body)) == [
        ("https://www.herald.example/7/", "Rain", AT),
        ("https://www.herald.example/8/", None, None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('<meta charset="windows-1251"><a href="/7/">Дождь</a>'.encode("cp1251"), id="declared"),
        pytest.param('<a href="/7/">Дождь</a>'.encode("cp1251"), id="not declared"),
        pytest.param('<meta charset="windows-1251"><a href="/7/">Дождь</a>'.encode(), id="declared wrongly"),
    ],
)
def test_the_encoding_is_found(body: bytes) -> None:
    assert rows(read(body))[0][1] == "Дождь"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("", "the answer is empty", id="nothing"),
        pytest.param(
            "<title>Just a moment...</title>",
            'nothing of the page "Just a moment..." fits `links`: another design, or no listing at all',
            id="a challenge to bots",
        ),
        pytest.param("plain text", "nothing fits `links`", id="no page"),
        pytest.param('{"html": ', "invalid JSON", id="JSON cut off"),
        pytest.param('{"html": ""}', "nothing fits `links`", id="JSON without anything"),
        pytest.param("<div>" * 5_000, "elements stand in each other more than 4000 deep", id="too deep"),
        pytest.param(json.dumps({"html": "<a>" + "<div>" * 5_000}), "elements stand", id="too deep within JSON"),
        pytest.param(b" " * 10_485_761, "larger than the 10 MB that are read", id="too large"),
    ],
)
def test_what_is_no_listing_says_what_it_is(body: str | bytes, reason: str) -> None:
    with pytest.raises(DiscoveryError) as error:
        read(body)
    assert error.value.reason.startswith(reason)
    assert (error.value.url, error.value.kind) == (URL, "listing")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<ul>" + "<li><a href='/7/'>x</a>" * 9_000 + "</ul>", id="ends that HTML lets out"),
        pytest.param(
            "<script>a = '" + r"<div><\/div>" * 9_000 + "'</script><a href='/7/'>x</a>", id="mark-up in scripts"
        ),
        pytest.param("<br><img src=x>" * 9_000 + "<a href='/7/'>x</a>", id="elements without an end"),
    ],
)
def test_long_pages_are_not_deep(body: str) -> None:
    assert 1 <= len(read(body).entries) <= MOST_LINKS


TENGRINEWS_2024 = """<div class="content rubric"><div class="content_main">
<div class="content_main_item"><a href="/kazakhstan_news/dojd-v-almatyi-587001/"><picture>
  <img class="content_main_item_img" src="/userdata/news/2026/news_587001/thumb_m/photo_1.jpeg"></picture></a>
  <span class="content_main_item_title"><a href="/kazakhstan_news/dojd-v-almatyi-587001/">Дождь пошел</a></span>
  <span class="content_main_item_announce">Синоптики ждали его утром</span>
  <div class="content_main_item_meta"><span>Сегодня</span>
    <span><span class="content_item_meta_viewings">7</span></span></div></div>
<div class="content_main_item"><a href="https://tengrisport.kz/football/gol-12345/">x</a>
  <span class="content_main_item_title"><a href="https://tengrisport.kz/football/gol-12345/">Гол забили</a></span>
  <div class="content_main_item_meta"><span>20 ноября 2026</span></div></div>
</div></div>
<ul class="pagination"><li class="page-item active"><a class="page-link" href="/news/">1</a></li></ul>"""
TENGRINEWS_2023 = """<div class="tn-article-grid">
<div class="tn-article-item"><a class="tn-link" href="/news/dojd-587001/"></a>
<span class="tn-article-title">Дождь</span>
<ul class="tn-data-list"><li><time>Сегодня, 09:30</time></li></ul></div></div>
<div class="tn-tape-item"><a class="tn-tape-title" href="/news/solntse-587002/">Солнце</a>
<time>Вчера, 22:29</time></div>"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            TENGRINEWS_2024,
            [
                ("https://tengrinews.kz/kazakhstan_news/dojd-v-almatyi-587001/", "Дождь пошел", TODAY),
                ("https://tengrisport.kz/football/gol-12345/", "Гол забили", datetime(2026, 11, 19, 19, 0, tzinfo=UTC)),
            ],
            id="2024",
        ),
        pytest.param(
            TENGRINEWS_2023,
            [
                ("https://tengrinews.kz/news/dojd-587001/", None, AT),
                ("https://tengrinews.kz/news/solntse-587002/", "Солнце", datetime(2026, 11, 21, 17, 29, tzinfo=UTC)),
            ],
            id="2023",
        ),
    ],
)
def test_the_listings_of_tengrinews(body: str, expected: list[tuple[str, str | None, datetime]]) -> None:
    edition = Registry.load().get("tengrinews").editions[0]
    (listing,) = edition.listings
    contents = read_listing(body.encode(), listing.url, listing, zone=edition.zone, now=NOW)
    assert rows(contents) == expected
    assert contents.next_url == "https://tengrinews.kz/news/page/2/"


def test_the_listing_of_zakon_is_html_within_json() -> None:
    edition = Registry.load().get("zakon").editions[0]
    (listing,) = edition.listings
    card = """<div class="newscard"><a class="newscard_link" href="/obshestvo/6450001-dozhd.html">
        <span class="newscard__title">Дождь</span></a><span class="newscard__date">09:30, сегодня</span></div>"""
    contents = read_listing(json.dumps({"html": card}).encode(), listing.url, listing, zone=edition.zone, now=NOW)
    assert ("https://www.zakon.kz/obshestvo/6450001-dozhd.html", "Дождь", AT) in rows(contents)
    assert contents.next_url == "https://www.zakon.kz/news/?handler=LoadMoreNews&p=2&type=list"
