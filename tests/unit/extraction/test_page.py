"""One page: decoded once, parsed once, and refused where parsing would not end."""

from __future__ import annotations

import time

import pytest

from crawler.errors import ExtractionError
from crawler.extraction.bounds import MAX_BYTES, excess_of
from crawler.extraction.page import Page

URL = "https://example.com/news/1"
# Far above what any of these takes (milliseconds) and far below what the parser alone would need. Seconds of CPU.
BOUNDED = 5.0


def page(html: str) -> Page:
    return Page.read(html.encode(), URL)


def test_meta_is_found_under_name_property_and_itemprop_alike() -> None:
    meta = page(
        '<meta name="og:title" content="A"><meta property="article:section" content=" B ">'
        '<meta itemprop="datePublished" content="C"><META NAME="Article:Tag" CONTENT="D">'
        '<meta name="article:tag" content="E">'
    ).meta

    assert (meta.first("og:title"), meta.first("article:section"), meta.first("datepublished")) == ("A", "B", "C")
    assert meta.all("article:tag") == ["D", "E"]


def test_an_empty_meta_value_is_none() -> None:
    meta = page('<meta name="author" content=" "><meta name="byl" content="Anna Smith">').meta

    assert meta.first("author", "byl") == "Anna Smith"
    assert "author" in meta and "creator" not in meta


@pytest.mark.parametrize(
    ("html", "lang"),
    [
        pytest.param('<html lang="kk-KZ">', "kk-KZ", id="lang"),
        pytest.param('<html xml:lang="ru">', "ru", id="xml:lang"),
        pytest.param('<meta http-equiv="Content-Language" content="en">', "en", id="http-equiv"),
        pytest.param('<meta property="og:locale" content="ru_RU">', "ru_RU", id="og:locale"),
        pytest.param('<html lang=" ">', None, id="blank"),
    ],
)
def test_the_declared_language_is_given_as_printed(html: str, lang: str | None) -> None:
    assert page(html).lang == lang


def test_landmarks_are_sorted_by_kind_and_keep_the_order_of_the_page() -> None:
    landmarks = page(
        '<title>T</title><link rel="canonical" href="/a"><h1 itemprop="headline">A</h1><time>1</time><h1>B</h1>'
        '<time itemprop="datePublished">2</time><script type="application/json">{}</script><script>x</script>'
    ).landmarks

    assert [node.text() for node in landmarks.headings] == ["A", "B"]
    assert [node.text() for node in landmarks.times] == ["1", "2"]
    assert [name for name, _ in landmarks.microdata] == ["headline", "datePublished"]
    assert [link["href"] for link in landmarks.links] == ["/a"]
    assert len(landmarks.scripts) == 1


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n\t ", "empty", id="blank"),
        pytest.param(b"%PDF-1.7 ...", "PDF", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG", id="image"),
        pytest.param(b"\x1f\x8b\x08" + bytes(100), "gzip", id="compressed"),
        pytest.param(bytes(range(256)) * 100, "binary", id="binary"),
        pytest.param(b"x" * (MAX_BYTES + 1), "more than", id="too large"),
        pytest.param(b"<div>" * 100_000, "nested", id="deep"),
        pytest.param(b"<div>" * 100_000 + b"</div>" * 100_000, "nested", id="deep, and closed"),
        pytest.param(b"<div></x>" * 100_000, "nested", id="deep, and others closed"),
        pytest.param(b"<div><!--</a></a>-->" * 100_000, "nested", id="deep, and closed in comments"),
        pytest.param(b'<div id="</a></a>">' * 100_000, "nested", id="deep, and closed in attributes"),
        pytest.param(b"<div><? </div>" * 100_000, "nested", id="deep, and closed in a declaration"),
        pytest.param(b"<div><xmp></div></xmp>" * 100_000, "nested", id="deep, and closed in plain text"),
        pytest.param(b"<span><div></span></div>" * 100_000, "nested", id="deep, and closed crosswise"),
        pytest.param(b"<div><table></div></table>" * 100_000, "nested", id="deep, and closed out of a table"),
        pytest.param(b"<!-->" + b"<div>" * 100_000, "nested", id="deep behind the shortest comment"),
        pytest.param(b"<p a'>" + b"<div>" * 100_000 + b"'>", "nested", id="deep behind a quote in a name"),
        pytest.param(b"<svg><title>" + b"<div>" * 100_000, "nested", id="deep in a drawing's title"),
        pytest.param(b"<div>" * 9_000 + b"<p></p>" * 1_000_000, "thousands deep", id="many at the bottom of many"),
        pytest.param(b"<p " + b" ".join(b"a%d=x" % i for i in range(1_000_000)) + b">", "attributes", id="attributes"),
        pytest.param(
            b"<p " + b" ".join(b'a%d=">"' % i for i in range(300_000)) + b">", "attributes", id="attributes that hide"
        ),
        pytest.param(b"".join(b"<p><b a=%d>x" % i for i in range(5_000)), "left open", id="unclosed formatting"),
        pytest.param(
            b"".join(b"<b a=%d>" % i for i in range(1_600)) + b"<p></p>" * 3_000,
            "left open",
            id="repeated in paragraphs",
        ),
        pytest.param(
            b"".join(b"<b a=%d><!--</b>-->" % i for i in range(1_600)) + b"<p></p>" * 3_000,
            "left open",
            id="closed in comments",
        ),
    ],
)
def test_what_is_no_page_is_refused_in_words_and_in_bounded_time(html: bytes, reason: str) -> None:
    started = time.process_time()

    with pytest.raises(ExtractionError, match=reason) as caught:
        Page.read(html, URL)

    assert caught.value.url == URL
    assert time.process_time() - started < BOUNDED


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(b"<p>x</p>" * 1_000_000, id="many paragraphs"),
        pytest.param(b"<p>x" * 100_000, id="paragraphs that close each other"),
        pytest.param(b'<div class="' + b"x " * 500_000 + b'">', id="one long attribute"),
        pytest.param(b"<script>" + b"if (a<b) { c = 'd' }" * 100_000 + b"</script>", id="script with brackets"),
        pytest.param(b"<" * 1_000_000, id="brackets"),
        pytest.param(b"<a" * 300_000, id="tags that never end"),
        pytest.param(b"<!-- " + b"<div>" * 100_000, id="a comment that never ends"),
        pytest.param(b'<meta name="x" content="y">' * 100_000, id="many meta tags"),
    ],
)
def test_large_but_harmless_pages_are_read_in_bounded_time(html: bytes) -> None:
    started = time.process_time()

    page = Page.read(html, URL)

    assert page.meta.first("absent") is None and page.json_ld == ()
    assert time.process_time() - started < BOUNDED


def test_ordinary_nesting_and_unclosed_tags_are_no_excess() -> None:
    ordinary = b"<div>" * 500 + b"<p><b>x</b><img src=a><br>" * 2_000 + b"</div>" * 500 + b"<b>left open<p>" * 300

    assert excess_of(ordinary) is None


def test_links_that_end_crosswise_are_no_excess_as_each_ends_the_one_before() -> None:
    assert excess_of(b"".join(b"<p><a href=/%d><b>story</a></b>" % i for i in range(4_000))) is None
