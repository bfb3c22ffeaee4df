"""Sitemaps of every kind, what is wrong with them, and which children of an index come first."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest

from crawler.articles.article import Precision
from crawler.discovery.sitemaps import Child, SitemapContents, choose_children, read_sitemap
from crawler.errors import DiscoveryError
from crawler.sources.source import Sitemap

URL = "https://www.herald.example/sitemap.xml"
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body: str | bytes, **options: Any) -> SitemapContents:
    return read_sitemap(body.encode() if isinstance(body, str) else body, URL, **{"now": NOW, **options})


def urlset(*inside: str) -> str:
    urls = "".join(f"<url>{each}</url>" for each in inside)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{urls}</urlset>'


PLAIN = urlset(
    """<loc> https://www.herald.example/news/7-rain/ </loc><lastmod>2026-11-22T09:30:00+05:00</lastmod>
    <xhtml:link rel="alternate" hreflang="kk" href="https://kaz.herald.example/" xmlns:xhtml="http://www.w3.org/1999/xhtml"/>
    <image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>/photo.jpg</image:loc>
    <image:title>Street</image:title></image:image><changefreq>daily</changefreq><priority>0.5</priority>""",
    "<loc>/news/8-sun/</loc>",
)
NEWS = f"""<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
  <loc>https://www.herald.example/news/7-rain/</loc><lastmod>2026-11-22T04:59:00Z</lastmod>
  <news:news><news:publication><news:name>Herald</news:name><news:language>en</news:language></news:publication>
    <news:publication_date>2026-11-22T04:30:00Z</news:publication_date>
    <news:title>Rain &amp; wind</news:title></news:news></url></urlset>"""
INDEX = f"""<sitemapindex {NS}>
  <sitemap><loc>https://www.herald.example/sitemap-news-1.xml</loc><lastmod>2026-11-22</lastmod></sitemap>
  <sitemap><loc>/sitemap-news-2.xml</loc></sitemap></sitemapindex>"""


def test_a_plain_sitemap() -> None:
    contents = read(PLAIN)
    assert [(e.url, e.published_at, e.title) for e in contents.entries] == [
        ("https://www.herald.example/news/7-rain/", AT, None),
        ("https://www.herald.example/news/8-sun/", None, None),
    ]
    assert (contents.children, contents.fault) == ((), None)


def test_a_news_sitemap_dates_by_publication() -> None:
    (entry,) = read(NEWS).entries
    assert (entry.published_at, entry.title, entry.precision) == (AT, "Rain & wind", Precision.SECOND)
    assert read(NEWS.replace("2026-11-22T04:30:00Z", "soon")).entries[0].published_at == datetime(
        2026, 11, 22, 4, 59, tzinfo=UTC
    )


def test_an_index() -> None:
    contents = read(INDEX, zone=ZoneInfo("Asia/Almaty"))
    assert contents.entries == ()
    assert contents.children == (
        Child("https://www.herald.example/sitemap-news-1.xml", datetime(2026, 11, 21, 19, 0, tzinfo=UTC)),
        Child("https://www.herald.example/sitemap-news-2.xml"),
    )


def test_plain_text() -> None:
    contents = read("\ufeffhttps://www.herald.example/news/7-rain/\r\n\r\nno address\nhttps://a.kzhttps://b.kz/8\n")
    assert [entry.url for entry in contents.entries] == ["https://www.herald.example/news/7-rain/", "https://b.kz/8"]


def test_a_feed_as_sitemap() -> None:
    (entry,) = read("<rss><channel><item><link>/news/7-rain/</link></item></channel></rss>").entries
    assert entry.url == "https://www.herald.example/news/7-rain/"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(PLAIN.encode()), id="gzip"),
        pytest.param(gzip.compress(gzip.compress(PLAIN.encode())), id="gzip twice"),
        pytest.param(gzip.compress(PLAIN[:60].encode()) + gzip.compress(PLAIN[60:].encode()), id="gzip in two members"),
        pytest.param(gzip.compress(PLAIN.encode() + b" " * 100_000)[:-20], id="gzip without its end"),
        pytest.param(gzip.compress(PLAIN.encode()) + b"\0" * 512, id="gzip with padding"),
        pytest.param(b"\xef\xbb\xbf\n" + PLAIN.encode(), id="with a mark"),
        pytest.param(PLAIN.replace(NS, "").encode(), id="without its namespace"),
        pytest.param(PLAIN.replace(NS, 'xmlns="http://www.google.com/schemas/sitemap/0.84"').encode(), id="an old one"),
        pytest.param(PLAIN.replace("<xhtml:link", "<link").replace("</urlset>", "").encode(), id="cut off"),
        pytest.param(PLAIN.replace("<loc>/", "<loc>\x0b/").encode(), id="with control characters"),
        pytest.param(PLAIN.encode("utf-16"), id="UTF-16"),
    ],
)
def test_packing_and_defects_hide_no_address(body: bytes) -> None:
    assert [entry.url for entry in read(body).entries] == [
        "https://www.herald.example/news/7-rain/",
        "https://www.herald.example/news/8-sun/",
    ]


@pytest.mark.parametrize(
    ("loc", "url"),
    [
        pytest.param("https://tengri.examplehttps://sport.example/7/", "https://sport.example/7/", id="glued hosts"),
        pytest.param("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2", id="escaped"),
        pytest.param("https://a.example/?a=1&b=2", "https://a.example/?a=1&b=2", id="not escaped"),
        pytest.param("<![CDATA[https://a.example/?a=1&b=2]]>", "https://a.example/?a=1&b=2", id="CDATA"),
        pytest.param("mailto:a@a.example", "mailto:a@a.example", id="no address stays, to be counted"),
        pytest.param("", "", id="none"),
    ],
)
def test_addresses_are_repaired(loc: str, url: str) -> None:
    assert [entry.url for entry in read(urlset(f"<loc>{loc}</loc>")).entries] == [url]
    (child,) = read(f"<sitemapindex {NS}><sitemap><loc>{loc}</loc></sitemap></sitemapindex>").children
    assert child.url == url


@pytest.mark.parametrize(
    ("lastmod", "at", "precision"),
    [
        pytest.param("2026-11-22T09:30:00+05:00", AT, Precision.SECOND, id="with zone"),
        pytest.param("2026-11-22T04:30:00.123456Z", AT, Precision.SECOND, id="with fractions"),
        pytest.param("2026-11-22 09:30", AT, Precision.MINUTE, id="without zone: the edition's"),
        pytest.param("2026-11-22", datetime(2026, 11, 21, 19, 0, tzinfo=UTC), Precision.DAY, id="a day"),
        pytest.param("-0001-11-30T00:00:00+00:00", None, None, id="the day before the first"),
        pytest.param("0000-00-00 00:00:00", None, None, id="zeroes"),
        pytest.param("1970-01-01T00:00:00Z", None, None, id="the epoch"),
        pytest.param("2106-02-07T06:28:15Z", None, None, id="the end of 32 bits"),
        pytest.param("20226-11-22", None, None, id="a year of five digits"),
        pytest.param("2026-13-45", None, None, id="no day"),
        pytest.param("soon", None, None, id="words"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_a_last_change_is_believed_or_not(lastmod: str, at: datetime | None, precision: Precision | None) -> None:
    (entry,) = read(urlset(f"<loc>/7</loc><lastmod>{lastmod}</lastmod>"), zone=ZoneInfo("Asia/Almaty")).entries
    assert (entry.published_at, entry.precision) == (at, precision)


@pytest.mark.parametrize(("pages", "believed"), [(49, True), (50, False)])
def test_a_moment_that_fifty_pages_share_is_that_of_the_map(pages: int, believed: bool) -> None:
    same = [f"<loc>/{n}</loc><lastmod>2026-11-22T04:30:00Z</lastmod>" for n in range(pages)]
    own = "<loc>/own</loc><lastmod>2026-11-22T04:31:00Z</lastmod>"
    entries = read(urlset(*same, own)).entries
    assert {entry.published_at for entry in entries[:-1]} == {AT if believed else None}
    assert entries[-1].published_at is not None


def test_articles_of_one_day_keep_it() -> None:
    same = [f"<loc>/{n}</loc><lastmod>2026-11-22</lastmod>" for n in range(60)]
    assert {entry.precision for entry in read(urlset(*same)).entries} == {Precision.DAY}


@pytest.mark.parametrize("body", [f"<urlset {NS}/>", f"<sitemapindex {NS}></sitemapindex>"])
def test_an_empty_sitemap_is_valid(body: str) -> None:
    contents = read(body)
    assert (contents.entries, contents.children, contents.fault) == ((), (), None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "the answer is empty", id="nothing"),
        pytest.param(gzip.compress(b""), "the answer is empty", id="nothing, packed"),
        pytest.param(b"\x1f\x8b nonsense", "damaged gzip file", id="no gzip after all"),
        pytest.param(
            gzip.compress(b" " * 60_000_000), "unpacks to more than the 50 MB that are read", id="a gzip that explodes"
        ),
        pytest.param(b" " * 52_428_801, "larger than the 50 MB that are read", id="too large"),
        pytest.param(b"<!doctype html><title>404</title>", 'HTML page instead of a sitemap: "404"', id="a page"),
        pytest.param(b"<note/>", "XML, but no sitemap: its root is <note>", id="other XML"),
        pytest.param(b"User-agent: *\nDisallow: /", "neither XML nor a list of addresses", id="robots.txt"),
        pytest.param(b"<urlset><", "invalid XML, nothing could be read: ", id="broken at once"),
        pytest.param(b"<", "no XML (", id="hardly anything"),
        pytest.param(b"https://a.example/\n" * 200_001, "more than 200000 addresses", id="too many lines"),
        pytest.param(b"<urlset>" + b"<url/>" * 200_001, "more than 200000 addresses", id="too many addresses"),
    ],
)
def test_what_is_no_sitemap_says_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(DiscoveryError) as error:
        read(body)
    assert error.value.reason.startswith(reason)
    assert (error.value.url, error.value.kind) == (URL, "sitemap")


def children(*names: str | int, dates: dict[str | int, int] | None = None) -> list[Child]:
    days = dates or {}
    return [
        Child(f"https://a.example/{name}.xml", datetime(2026, 11, days[name], tzinfo=UTC) if name in days else None)
        for name in names
    ]


@pytest.mark.parametrize(
    ("index", "newest", "expected"),
    [
        pytest.param(children("a", "b", "c"), "last", ["c", "b"], id="newest last"),
        pytest.param(children("a", "b", "c"), "first", ["a", "b"], id="newest first"),
        pytest.param(children(1, 10, 11, 2), "last", ["11", "10"], id="numbers in no order, newest last"),
        pytest.param(children(1, 10, 11, 2), "first", ["1", "2"], id="numbers in no order, newest first"),
        pytest.param(children(3, 2, 1), "first", ["3", "2"], id="falling numbers stay as they stand"),
        pytest.param(children("2026-1", "2026-10", "2025-12"), "last", ["2026-10", "2026-1"], id="months"),
        pytest.param(children("a", "b", "c", dates={"a": 3, "b": 2, "c": 1}), "lastmod", ["a", "b"], id="by date"),
        pytest.param(children("a", "b", "c", dates={"b": 2}), "lastmod", ["b", "c"], id="the dated, then the last"),
        pytest.param(children("a", "b", "c", dates=dict.fromkeys("abc", 2)), "lastmod", ["c", "b"], id="dates alike"),
        pytest.param(children("a", "b", "c"), "lastmod", ["c", "b"], id="no dates"),
        pytest.param([], "last", [], id="no children"),
    ],
)
def test_the_newest_children_come_first(
    index: list[Child], newest: Literal["last", "first", "lastmod"], expected: list[str]
) -> None:
    chosen = choose_children(index, Sitemap(url=URL, newest=newest), 2)
    assert [child.url[18:-4] for child in chosen] == expected


def test_children_are_filtered_by_their_address() -> None:
    index = children("pages", "sitemap-news-1", "tags", "sitemap-news-2")
    chosen = choose_children(index, Sitemap(url=URL, children="sitemap-news", newest="last"), 5)
    assert [child.url[18:-4] for child in chosen] == ["sitemap-news-2", "sitemap-news-1"]
