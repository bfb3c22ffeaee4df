"""Feeds of every format, and with every defect that sites are known to have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.articles.article import Precision
from crawler.discovery.feeds import MOST_ENTRIES, FeedContents, read_feed
from crawler.discovery.links import Entry
from crawler.errors import DiscoveryError

URL = "https://www.herald.example/feeds/news.rss"
ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def read(body: str | bytes, **options: Any) -> FeedContents:
    raw = body.encode() if isinstance(body, str) else body
    return read_feed(raw, URL, **{"zone": ALMATY, "now": NOW, **options})


def rss(items: str, attributes: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {attributes}><channel>{items}</channel></rss>'


def item(inside: str, attributes: str = "") -> Entry:
    """The only entry of an RSS feed whose only item holds `inside`."""
    (entry,) = read(rss(f"<item>{inside}</item>", attributes)).entries
    return entry


RSS = rss("""
    <title>Хабаршы жаңалықтары</title><link>https://www.herald.example/</link>
    <atom:link href="https://www.herald.example/feeds/news.rss" rel="self" xmlns:atom="http://www.w3.org/2005/Atom"/>
    <image><title>Сурет</title><url>/logo.png</url><link>https://www.herald.example/</link></image>
    <item>
      <title>Алматыда жаңбыр жауды</title>
      <link>https://www.herald.example/news/7-zhanbyr/</link>
      <guid isPermaLink="false">7</guid>
      <pubDate>Sun, 22 Nov 2026 09:30:00 +0500</pubDate>
      <description><![CDATA[<p>Жауын <a href="https://ads.example/">жарнама</a></p>]]></description>
      <enclosure url="/img/7.jpg"/>
      <media:content url="/img/7.jpg" xmlns:media="http://search.yahoo.com/mrss/"><media:title>Көше</media:title></media:content>
    </item>
    <item><title>Екінші</title><link>
        /news/8-ekinshi/
    </link></item>""")
RSS_1 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://www.herald.example/"><title>Herald</title>
    <items><rdf:Seq><rdf:li resource="https://www.herald.example/news/7-rain/"/></rdf:Seq></items></channel>
  <item rdf:about="https://www.herald.example/news/7-rain/">
    <title>Rain</title><link>https://www.herald.example/news/7-rain/</link><dc:date>2026-11-22T09:30+05:00</dc:date></item>
</rdf:RDF>"""
RSS_091 = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Herald</title>
<item><title>Rain</title><link>https://www.herald.example/news/7-rain/</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">Herald &amp;amp; Gazette</title>
  <link rel="self" href="/feeds/news.atom"/>
  <entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Rain <b>falls</b></div></title>
    <link rel="enclosure" href="/7.mp3"/><link rel="alternate" type="application/json" href="/7.json"/>
    <link rel="alternate" type="text/html" href="/news/7-rain/"/><id>tag:herald.example,2026:7</id>
    <published>2026-11-22T09:30:00+05:00</published><updated>2026-11-22T09:45:00+05:00</updated>
    <source><title>Another paper</title></source></entry>
  <entry><title>Sun</title><link href="/news/8-sun/"/><updated>2026-11-22T04:00:00Z</updated></entry>
</feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Herald",
        "items": [
            {"id": "7", "url": "/news/7-rain/", "title": "Rain", "date_published": "2026-11-22T09:30:00+05:00"},
            {"id": "https://www.herald.example/news/8-sun/", "content_text": "Sun", "date_modified": "2026-11-22"},
            {"id": 9, "url": None, "external_url": "https://other.example/9", "title": 5, "date_published": 7},
            "no item",
        ],
    }
)
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def test_rss_2() -> None:
    contents = read(RSS)
    assert (contents.format, contents.title, contents.fault) == ("rss", "Хабаршы жаңалықтары", None)
    assert contents.entries == (
        Entry("https://www.herald.example/news/7-zhanbyr/", AT, "Алматыда жаңбыр жауды", Precision.SECOND),
        Entry("https://www.herald.example/news/8-ekinshi/", None, "Екінші"),
    )


@pytest.mark.parametrize(("body", "at"), [pytest.param(RSS_1, AT, id="1.0"), pytest.param(RSS_091, None, id="0.91")])
def test_older_rss(body: str, at: datetime | None) -> None:
    contents = read(body)
    assert contents.title == "Herald"
    assert [(e.url, e.title, e.published_at) for e in contents.entries] == [
        ("https://www.herald.example/news/7-rain/", "Rain", at)
    ]


def test_atom() -> None:
    contents = read(ATOM)
    assert (contents.format, contents.title) == ("atom", "Herald & Gazette")
    assert [(e.url, e.title, e.published_at) for e in contents.entries] == [
        ("https://www.herald.example/news/7-rain/", "Rain falls", AT),
        ("https://www.herald.example/news/8-sun/", "Sun", datetime(2026, 11, 22, 4, 0, tzinfo=UTC)),
    ]


def test_json_feed() -> None:
    contents = read(JSON)
    assert (contents.format, contents.title) == ("json", "Herald")
    assert [(e.url, e.title, e.published_at, e.precision) for e in contents.entries] == [
        ("https://www.herald.example/news/7-rain/", "Rain", AT, Precision.SECOND),
        ("https://www.herald.example/news/8-sun/", None, datetime(2026, 11, 21, 19, 0, tzinfo=UTC), Precision.DAY),
        ("https://other.example/9", None, None, None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        rss(""),
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
    ],
)
def test_an_empty_feed_is_valid(body: str) -> None:
    contents = read(body)
    assert (contents.entries, contents.fault) == ((), None)


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        pytest.param("<guid>https://a.example/7</guid>", "https://a.example/7", id="link only in the guid"),
        pytest.param(
            '<guid isPermaLink="true">/news/7-rain/</guid>',
            "https://www.herald.example/news/7-rain/",
            id="relative guid",
        ),
        pytest.param('<guid isPermaLink="false">7</guid>', "", id="guid that is no link"),
        pytest.param(
            '<guid isPermaLink="false">https://a.example/?p=7</guid>', "https://a.example/?p=7", id="guid anyway"
        ),
        pytest.param("<link/><guid>https://a.example/7</guid>", "https://a.example/7", id="empty link"),
        pytest.param(
            "<link>mailto:a@a.example</link><guid>https://a.example/7</guid>",
            "https://a.example/7",
            id="link to nowhere",
        ),
        pytest.param("<link><![CDATA[ https://a.example/?a=1&b=2 ]]></link>", "https://a.example/?a=1&b=2", id="CDATA"),
        pytest.param(
            '<link href="/news/7-rain/"/>', "https://www.herald.example/news/7-rain/", id="Atom's link in RSS"
        ),
        pytest.param(
            '<atom:link rel="self" href="/self"/><atom:link href="/a"/>', "https://www.herald.example/a", id="atom:link"
        ),
        pytest.param(
            "<link>https://feeds.example/~r/7</link><feedburner:origLink>https://a.example/7</feedburner:origLink>",
            "https://a.example/7",
            id="behind FeedBurner",
        ),
        pytest.param(
            '<link>https://news.example/rss/articles/CBMi7?oc=5</link><guid isPermaLink="false">CBMi7</guid>'
            '<description>&lt;a href="https://b.example/"&gt;x&lt;/a&gt;</description>'
            '<source url="https://c.example">C</source>',
            "https://news.example/rss/articles/CBMi7?oc=5",
            id="as Google News has it",
        ),
        pytest.param("<link>https://a.kzhttps://b.kz/7</link>", "https://b.kz/7", id="glued hosts"),
        pytest.param("<title>x</title>", "", id="no link at all"),
    ],
)
def test_the_address_of_an_item(inside: str, url: str) -> None:
    spaces = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    assert item(inside, spaces).url == url
    assert item(inside).url == url  # the prefixes undeclared, which is invalid and common


@pytest.mark.parametrize(
    ("feed_base", "item_base", "url"),
    [
        pytest.param('xml:base="https://b.example/x/"', "", "https://b.example/x/7", id="of the feed"),
        pytest.param(
            'xml:base="https://b.example/x/"', 'xml:base="y/"', "https://b.example/x/y/7", id="of the item, too"
        ),
        pytest.param('xml:base="/x/"', "", "https://www.herald.example/x/7", id="relative"),
    ],
)
def test_relative_links_have_the_base_of_the_document(feed_base: str, item_base: str, url: str) -> None:
    (entry,) = read(rss(f"<item {item_base}><link>7</link></item>", feed_base)).entries
    assert entry.url == url


@pytest.mark.parametrize(
    ("inside", "at"),
    [
        pytest.param("<pubDate>Sun, 22 Nov 2026 09:30:00 +0500</pubDate>", AT, id="RFC 822"),
        pytest.param("<pubDate>22 Nov 2026 04:30 GMT</pubDate>", AT, id="RFC 822 without weekday and seconds"),
        pytest.param("<pubDate>2026-11-22T09:30:00+05:00</pubDate>", AT, id="ISO in pubDate"),
        pytest.param("<pubDate>2026-11-22 09:30:00</pubDate>", AT, id="without zone: the edition's"),
        pytest.param("<pubDate>22 ноября 2026, 09:30</pubDate>", AT, id="in words"),
        pytest.param("<pubDate>Сегодня, 09:30</pubDate>", AT, id="relative to the fetch"),
        pytest.param("<PubDate>\n 2026-11-22T04:30Z </PubDate>", AT, id="name in other letters"),
        pytest.param("<dc:date>2026-11-22T04:30:00Z</dc:date>", AT, id="Dublin Core"),
        pytest.param("<pubDate></pubDate><dc:date>2026-11-22T04:30:00Z</dc:date>", AT, id="empty, and another"),
        pytest.param(
            "<pubDate>soon</pubDate><dc:date>2026-11-22T04:30:00Z</dc:date>", AT, id="unreadable, and another"
        ),
        pytest.param("<atom:updated>2026-11-22T04:30:00Z</atom:updated>", AT, id="only the last change"),
        pytest.param("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None, id="an unset field"),
        pytest.param("<pubDate>" + "1" * 100_000 + "</pubDate>", None, id="a date without end"),
        pytest.param("", None, id="none"),
    ],
)
def test_the_date_of_an_item(inside: str, at: datetime | None) -> None:
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    assert item(inside, spaces).published_at == at


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        pytest.param("<title>Rain &amp; wind</title>", "Rain & wind", id="escaped"),
        pytest.param("<title>Rain &amp;amp; wind</title>", "Rain & wind", id="escaped twice"),
        pytest.param(
            "<title><![CDATA[Rain &amp; &laquo;wind&raquo;]]></title>", "Rain & «wind»", id="entities in CDATA"
        ),
        pytest.param("<title>Rain&nbsp;&mdash; wind</title>", "Rain — wind", id="entities of HTML"),
        pytest.param("<title>Rain & wind &c; R&D</title>", "Rain & wind &c; R&D", id="bare ampersands"),
        pytest.param("<title>&lt;b&gt;Rain&lt;/b&gt;\n  falls</title>", "Rain falls", id="markup and line breaks"),
        pytest.param("<title>3 &lt; 5 and 5 &gt; 3</title>", "3 < 5 and 5 > 3", id="comparison"),
        pytest.param("<title>Ra\x0bin\x00 &#0;&#x1;falls</title>", "Rain falls", id="control characters"),
        pytest.param("<media:title>Photo</media:title><title>Rain</title>", "Rain", id="title of a photo"),
        pytest.param("<title> </title>", None, id="blank"),
        pytest.param("", None, id="none"),
    ],
)
def test_the_title_of_an_item(inside: str, title: str | None) -> None:
    assert item(inside, 'xmlns:media="http://search.yahoo.com/mrss/"').title == title
    assert item(inside).title == title


CYRILLIC = rss("<item><title>Дождь в Алматы</title><link>/news/7-dozhd/</link></item>")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(CYRILLIC.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + CYRILLIC.encode(), id="UTF-8 with a mark"),
        pytest.param(CYRILLIC.replace("UTF-8", "windows-1251").encode("cp1251"), id="windows-1251, declared"),
        pytest.param(CYRILLIC.replace("UTF-8", "KOI8-R").encode("koi8-r"), id="KOI8-R, declared"),
        pytest.param(CYRILLIC.replace("UTF-8", "windows-1251").encode(), id="windows-1251 declared, UTF-8 sent"),
        pytest.param(CYRILLIC.encode("cp1251"), id="UTF-8 declared, windows-1251 sent"),
        pytest.param(CYRILLIC.replace("UTF-8", "nonsense").encode(), id="an encoding that is none"),
        pytest.param(CYRILLIC.replace("UTF-8", "UTF-16").encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(CYRILLIC.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(b"Warning: mysql_connect() in /www/rss.php<br />\n" + CYRILLIC.encode(), id="a warning before it"),
        pytest.param(b"\n\n  " + CYRILLIC.encode(), id="blank lines before it"),
        pytest.param(CYRILLIC.encode() + b"<!-- 0.1 s --><script>x</script>", id="junk after it"),
        pytest.param(CYRILLIC.replace("</item></channel></rss>", "").encode(), id="cut off"),
        pytest.param(CYRILLIC.replace("<link>", "</b><link>").encode(), id="an end without a start"),
        pytest.param(CYRILLIC.replace("</channel>", "").encode(), id="a start without an end"),
        pytest.param(
            CYRILLIC.replace("<link>", "<description><p>3 < 5<br>x</description><link>").encode(), id="HTML unescaped"
        ),
    ],
)
def test_defects_do_not_hide_an_item(body: bytes) -> None:
    (entry,) = read(body).entries
    assert (entry.url, entry.title) == ("https://www.herald.example/news/7-dozhd/", "Дождь в Алматы")


def test_the_header_tells_the_encoding_where_nothing_else_does() -> None:
    body = CYRILLIC.replace(' encoding="UTF-8"', "").encode("koi8-r")
    assert read(body, content_type="application/rss+xml; charset=KOI8-R").entries[0].title == "Дождь в Алматы"


def test_a_defect_is_told_although_the_feed_was_read() -> None:
    contents = read(CYRILLIC.replace("</channel></rss>", ""))
    assert len(contents.entries) == 1
    assert contents.fault is not None
    assert contents.fault.startswith("line 1: Premature end of data")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("", "the answer is empty", id="nothing"),
        pytest.param(" \r\n", "the answer is empty", id="blanks"),
        pytest.param(
            "<!DOCTYPE html><html><head><title>Just a moment&hellip;</title></head></html>",
            'HTML page instead of a feed: "Just a moment…"',
            id="a challenge to bots",
        ),
        pytest.param("<!-- cached --><HTML><body>404</body></HTML>", "HTML page instead of a feed", id="a page"),
        pytest.param(
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><title>404</title></html>",
            'HTML page instead of a feed: "404"',
            id="XHTML",
        ),
        pytest.param(
            "<urlset><url/></urlset>", "a sitemap instead of a feed; declare it under `sitemaps`", id="a sitemap"
        ),
        pytest.param("<note>x</note>", "XML, but no feed: its root is <note>", id="other XML"),
        pytest.param("Not found", "neither XML nor JSON", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither XML nor JSON", id="a photo"),
        pytest.param("<rss><channel><", "invalid XML, nothing could be read: line 1: ", id="broken at once"),
        pytest.param('{"error": "no such feed"}', "JSON, but no JSON Feed: it has no list of `items`", id="other JSON"),
        pytest.param('{"items": [', "invalid JSON: ", id="JSON cut off"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: str | bytes, reason: str) -> None:
    with pytest.raises(DiscoveryError) as error:
        read(body)
    assert error.value.reason.startswith(reason)
    assert (error.value.url, error.value.kind) == (URL, "feed")


def test_a_feed_is_read_up_to_a_limit() -> None:
    assert len(read(rss("<item/>" * (MOST_ENTRIES + 5))).entries) == MOST_ENTRIES
