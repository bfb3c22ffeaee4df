"""One story has one address, and no two stories share one."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.articles import urls
from crawler.articles.urls import MAX_LENGTH, canonicalise_url, join_url, same_address, url_hash
from crawler.errors import UrlError

STORY = "https://herald.example/news/a-long-road-1234/"


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(urls).failed == 0


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(STORY, id="already canonical"),
        pytest.param("HTTPS://Herald.Example/news/a-long-road-1234/", id="scheme and host in upper case"),
        pytest.param("http://herald.example/news/a-long-road-1234/", id="http"),
        pytest.param("https://herald.example./news/a-long-road-1234/", id="host with a final dot"),
        pytest.param("https://www.herald.example/news/a-long-road-1234/", id="www"),
        pytest.param("https://m.herald.example/news/a-long-road-1234/", id="mobile host"),
        pytest.param("https://amp.herald.example/news/a-long-road-1234/", id="AMP host"),
        pytest.param("http://herald.example:80/news/a-long-road-1234/", id="default port of http"),
        pytest.param("https://herald.example:443/news/a-long-road-1234/", id="default port of https"),
        pytest.param("https://reader:secret@herald.example/news/a-long-road-1234/", id="credentials"),
        pytest.param(STORY + "?utm_source=telegram&utm_medium=social", id="campaign parameters"),
        pytest.param(STORY + "?UTM_Source=telegram", id="campaign parameter in upper case"),
        pytest.param(STORY + "?fbclid=IwAR0x&yclid=77&ysclid=lq&_openstat=a;b", id="click ids"),
        pytest.param(STORY + "?from=rss", id="a referrer"),
        pytest.param(STORY + "?", id="an empty query"),
        pytest.param(STORY + "?&&", id="a query of nothing but separators"),
        pytest.param(STORY + "#comments", id="fragment"),
        pytest.param(STORY + "amp/", id="AMP folder behind"),
        pytest.param("https://herald.example/amp/news/a-long-road-1234/", id="AMP folder in front"),
        pytest.param(STORY + "?amp=1", id="AMP parameter"),
        pytest.param(STORY + "?outputType=amp", id="AMP as output type"),
        pytest.param("https://www.google.com/amp/s/herald.example/news/a-long-road-1234/", id="AMP viewer"),
        pytest.param(
            "https://herald-example.cdn.ampproject.org/c/s/herald.example/news/a-long-road-1234/", id="AMP cache"
        ),
        pytest.param("https://herald.example/news/./x/../a-long-road-1234/", id="dot segments"),
        pytest.param("https://herald.example//news//a-long-road-1234/", id="doubled slashes"),
        pytest.param("https://herald.example/news/a%2Dlong%2droad-1234/", id="needless escapes"),
        pytest.param("  https://herald.example/news/a-long-\nroad-1234/\t", id="blanks and a line break of the markup"),
        pytest.param("https:\\\\herald.example\\news\\a-long-road-1234/", id="backslashes"),
        pytest.param("https://tribune.examplehttps://herald.example/news/a-long-road-1234/", id="host glued in front"),
        pytest.param(STORY + ";jsessionid=0AF2", id="session in the path"),
    ],
)
def test_one_story_has_one_address(variant: str) -> None:
    assert canonicalise_url(variant) == STORY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.kz/?b=2&a=1", "https://a.kz/?a=1&b=2", id="order of parameters"),
        pytest.param("https://a.kz/x?id=1&id=1", "https://a.kz/x?id=1", id="a parameter said twice"),
        pytest.param("https://a.kz/x?a=1&amp;b=2", "https://a.kz/x?a=1&b=2", id="entity left in the address"),
        pytest.param("https://a.kz/x?q=a+b", "https://a.kz/x?q=a%20b", id="plus for a space"),
        pytest.param("https://a.kz/тег", "https://a.kz/%d1%82%d0%b5%d0%b3", id="escapes of Cyrillic in lower case"),
        pytest.param("https://a.kz/a b", "https://a.kz/a%20b", id="a space"),
        pytest.param("https://жаңалық.қаз/x", "https://xn--80aaqw4fuxvb.xn--80ao21a/x", id="host in Cyrillic"),
        pytest.param("https://a.kz", "https://a.kz/", id="no path"),
        pytest.param("https://a.kz/x.amp.html", "https://a.kz/x.html", id="AMP in the file name"),
        pytest.param("https://ru.m.wiki.example/x", "https://ru.wiki.example/x", id="mobile host behind a language"),
    ],
)
def test_same(one: str, other: str) -> None:
    assert canonicalise_url(one) == canonicalise_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.kz/x?page=2", "https://a.kz/x", id="page"),
        pytest.param("https://a.kz/x?id=1", "https://a.kz/x?id=2", id="id"),
        pytest.param("https://a.kz/x?from=20", "https://a.kz/x?from=40", id="offset named from"),
        pytest.param("https://a.kz/x?from=2024-01-01", "https://a.kz/x", id="day named from"),
        pytest.param("https://a.kz/X", "https://a.kz/x", id="case of the path"),
        pytest.param("https://kaz.a.kz/x", "https://a.kz/x", id="a language's host"),
        pytest.param("https://a.kz:8080/x", "https://a.kz/x", id="named port"),
        pytest.param("http://a.kz:8080/x", "https://a.kz:8080/x", id="scheme beside a named port"),
        pytest.param("https://m.co.uk/x", "https://co.uk/x", id="what remains would be no site"),
        pytest.param("https://m.kz/x", "https://kz/x", id="a site named m"),
        pytest.param("https://a.kz/x?a=1&a=2", "https://a.kz/x?a=2&a=1", id="order of repeated parameters"),
        pytest.param("https://a.kz/a%2Fb", "https://a.kz/a/b", id="an escaped slash"),
        pytest.param("https://a.kz/tag/amp/", "https://a.kz/tag/", id="a tag named amp"),
        pytest.param("https://a.kz/best-guitar-amp/", "https://a.kz/best-guitar/", id="a slug that ends in amp"),
        pytest.param("https://a.kz/x?q=%26", "https://a.kz/x?q=&", id="an escaped separator"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert canonicalise_url(one) != canonicalise_url(other)
    assert url_hash(canonicalise_url(one)) != url_hash(canonicalise_url(other))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("news/x", id="relative"),
        pytest.param("//a.kz/x", id="without a scheme"),
        pytest.param("ftp://a.kz/x", id="another scheme"),
        pytest.param("mailto:editor@a.kz", id="e-mail"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///x y", id="a host with a space"),
        pytest.param("https://a..kz/", id="empty label"),
        pytest.param("https://a.kz:99999/", id="port out of range"),
        pytest.param("https://a.kz:８０/", id="port in other digits"),
        pytest.param("https://[::1/", id="broken IPv6"),
        pytest.param("https://a.kz/" + "x" * MAX_LENGTH, id="longer than any server takes"),
        pytest.param("https://a.kz/" + "қ" * (MAX_LENGTH - 100), id="too long once escaped"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UrlError) as caught:
        canonicalise_url(url)
    assert isinstance(caught.value, ValueError)


def test_the_last_slash_stays_as_printed_but_makes_no_second_story() -> None:
    assert canonicalise_url("https://a.kz/x") == "https://a.kz/x"
    assert canonicalise_url("https://a.kz/x/") == "https://a.kz/x/"
    assert url_hash("https://a.kz/x?id=1") == url_hash("https://a.kz/x/?id=1")
    assert same_address("https://a.kz/x?id=1", "https://a.kz/x/?id=1")
    assert not same_address("https://a.kz/x", "https://a.kz/x/y")


def test_the_hash_fits_a_signed_64_bit_column() -> None:
    hashes = [url_hash(f"https://a.kz/{n}") for n in range(200)]
    assert min(hashes) < 0 < max(hashes)
    assert all(-(2**63) <= h < 2**63 for h in hashes)


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        pytest.param("/news/x-1/", "https://a.kz/news/x-1/", id="from the root"),
        pytest.param("x-1/", "https://a.kz/news/x-1/", id="beside the page"),
        pytest.param("?page=2", "https://a.kz/news/?page=2", id="query only"),
        pytest.param("//kg.b.org/news:123", "https://kg.b.org/news:123", id="scheme of the page"),
        pytest.param(" https://b.kz/x ", "https://b.kz/x", id="absolute, with blanks"),
        pytest.param("http://B.kz", "http://B.kz/", id="fetched under the scheme it names"),
        pytest.param("/x#top", "https://a.kz/x", id="fragment dropped"),
        pytest.param("/a b.jpg", "https://a.kz/a%20b.jpg", id="space escaped"),
        pytest.param("https://a.kzhttps://b.kz/x", "https://b.kz/x", id="host glued in front"),
        pytest.param("https://https://b.kz/x", "https://b.kz/x", id="scheme doubled"),
        pytest.param("https:/b.kz/x", "https://b.kz/x", id="a slash too few"),
        pytest.param("#top", None, id="the same page"),
        pytest.param("", None, id="empty"),
        pytest.param("javascript:void(0)", None, id="script"),
        pytest.param("tel:+77001112233", None, id="telephone"),
        pytest.param("mailto:a@b.kz", None, id="e-mail"),
        pytest.param("data:image/gif;base64,R0lGOD", None, id="data"),
        pytest.param("http://[broken", None, id="a broken host"),
    ],
)
def test_links_are_made_absolute(href: str, absolute: str | None) -> None:
    assert join_url("https://a.kz/news/", href) == absolute


def test_a_relative_link_on_a_page_without_an_address_leads_nowhere() -> None:
    assert join_url("", "/x") is None


# Pieces in which the rules meet each other, and any text at all.
AMP_PIECES = ("amp", "/amp/", ".amp", "%61mp", "amp;", "amp.", "google.com/amp/s/", "x.cdn.ampproject.org/c/")
PIECES = st.sampled_from(
    (*"/.?&=#%;:@+\\ []қé", *AMP_PIECES, "http:", "https://", "www.", "m.", "a.kz", "..", "%2e", "%2", "utm_source=")
)
MADE_UP = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)


@given(st.one_of(MADE_UP, MADE_UP.map("https://a.kz/".__add__), st.text()))
@example("https://a.kz/?a=1&amp;amp;b")
@example("https://x.cdn.ampproject.org/amp//c/s/a.kz/b")
@example("https://a.kz/..amp")
@example("https://a.kz/\ud800")
def test_canonical_form_is_final_and_nothing_else_is_raised(url: str) -> None:
    try:
        canonical = canonicalise_url(url)
    except UrlError:
        return
    assert canonicalise_url(canonical) == canonical
    assert canonical.isascii()
    assert not set(canonical) & set(' #"<>\\^`{|}')


@given(base=MADE_UP.map("https://a.kz/".__add__) | st.text(), href=MADE_UP | st.text())
def test_a_joined_link_is_absolute_or_none(base: str, href: str) -> None:
    joined = join_url(base, href)
    if joined is not None:
        assert joined.startswith(("http://", "https://"))
        assert join_url(base, joined) == joined


@given(st.text())
def test_any_text_has_a_hash(text: str) -> None:
    assert -(2**63) <= url_hash(text) < 2**63
