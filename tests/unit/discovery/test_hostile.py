"""Lists made to exhaust their reader, and arbitrary bytes: contents or DiscoveryError, in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.discovery.balance import balance
from crawler.discovery.decoding import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import read_listing
from crawler.discovery.sitemaps import read_sitemap
from crawler.errors import DiscoveryError
from crawler.sources.source import Listing

URL = "https://www.herald.example/list"
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LISTING = Listing.model_validate({"url": URL, "item": "div, p", "date": "b", "next": "a.next"})

Reader = Callable[[bytes], Any]
READERS: list[Any] = [
    pytest.param(lambda body: read_feed(body, URL, now=NOW), id="feed"),
    pytest.param(lambda body: read_sitemap(body, URL, now=NOW), id="sitemap"),
    pytest.param(lambda body: read_listing(body, URL, LISTING, now=NOW), id="listing"),
]

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY lol0 "ha">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
SECRET = (
    '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname"><!ENTITY % all SYSTEM "http://127.0.0.1:9/x">%all;]>'
)


def attempt(read: Reader, body: bytes) -> Any:
    """The contents, or the reason for which there are none."""
    try:
        return read(body)
    except DiscoveryError as error:
        return error.reason


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("head", [LAUGHS, SECRET], ids=["a billion laughs", "a file of the machine"])
def test_entities_are_never_expanded(read: Reader, head: str) -> None:
    text = "&lol9; &secret;"
    body = f"{head}<rss><channel><item><title>{text}</title><link>/7</link></item></channel></rss>"
    assert "hahaha" not in str(attempt(read, body.encode()))
    body = f"{head}<urlset><url><loc>/7?{text}</loc></url></urlset>"
    assert "hahaha" not in str(attempt(read, body.encode()))


HOSTILE = r"""
import gzip, resource, sys, time
from datetime import UTC, datetime
sys.path.insert(0, ".")
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import read_listing
from crawler.discovery.sitemaps import read_sitemap
from crawler.errors import DiscoveryError
from crawler.sources.source import Listing

MB = 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (2_000 * MB, 2_000 * MB))
URL, NOW = "https://www.herald.example/list", datetime(2026, 11, 22, tzinfo=UTC)
LISTING = Listing.model_validate({"url": URL, "item": "div", "date": "b", "next": "a.next"})
READERS = (
    lambda body: read_feed(body, URL, now=NOW),
    lambda body: read_sitemap(body, URL, now=NOW),
    lambda body: read_listing(body, URL, LISTING, now=NOW),
)
CASES = {
    "deep XML": b"<rss><channel>" + b"<item>" * 100_000,
    "deep HTML": b"<a href=x>" + b"<div>" * 100_000,
    "deep JSON": b'{"items":' * 100_000,
    "deep JSON list": b"[" * 100_000,
    "50 MB of items": b"<rss>" + b"<item><title>x</title></item>" * (50 * MB // 29),
    "50 MB of one text": b"<rss><item><title>" + b"x" * (50 * MB),
    "5 MB of one text": b"<rss><item><title>" + b"x" * (5 * MB),
    "5 MB of ampersands": b"<rss><item><title>" + b"&" * (5 * MB),
    "5 MB of brackets": b"<rss><item><title>" + b"<" * (5 * MB),
    "5 MB of one tag": b"<rss" + b" a='" * (5 * MB // 4),
    "5 MB of elements in one item": b"<rss><item>" + b"<a/>" * (5 * MB // 4),
    "5 MB of comments": b"<!-- -->" * (5 * MB // 8),
    "5 MB of ends": b"<rss><item>" + b"</a>" * (5 * MB // 4),
    "5 MB of CDATA": b"<rss><item><title>" + b"<![CDATA[" * (5 * MB // 9),
    "5 MB of links": b"<a href=x>x</a>" * (5 * MB // 15),
    "5 MB of nothing": b"\0" * (5 * MB),
    "5 MB of nonsense": b"\xff" * (5 * MB),
    "a gzip bomb": gzip.compress(b" " * (500 * MB), 1),
}
for name, body in CASES.items():
    for number, read in enumerate(READERS):
        begin = time.process_time()
        try:
            read(body)
        except DiscoveryError:
            pass
        print(f"{time.process_time() - begin:.1f}", name, ("feed", "sitemap", "listing")[number])
"""


def test_time_and_memory_are_bounded() -> None:
    """2 GB of address space and 10 s of processor time for each: some times what they need."""
    outcome = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=110, check=False)
    assert outcome.returncode == 0, outcome.stderr[-2_000:]
    times = [line.split(" ", 1) for line in outcome.stdout.splitlines()]
    assert len(times) == 54
    assert [f"{name}: {seconds} s" for seconds, name in times if float(seconds) > 10] == []


WORDS = """
<rss> <channel> <item> </item> <title> </title> <link> </link> <link/> <pubDate> <guid> <feed> <entry> </entry> <urlset>
<url> </url> <loc> </loc> <lastmod> <sitemapindex> <sitemap> <news:news> <![CDATA[ ]]> & &nbsp; &#0; < > <!-- --> <?xml
<!DOCTYPE <html> <div> </div> <p> <b> </b> <a_href='/7/'> </a> <base_href='x'> { } [ ] " : , {"items":[{"url":"/7"}]}
https://a.kzhttps://b.kz/7 2026-11-22 сегодня
"""
MARKUP = st.lists(st.sampled_from([*WORDS.split(), "\x00", "\x0b", "\ufeff", "\ufffe"]), max_size=30).map(
    lambda words: "".join(words).replace("_", " ").encode()
)


@pytest.mark.parametrize("read", READERS)
@given(body=st.binary(max_size=400) | MARKUP | MARKUP.map(lambda body: body.decode().encode("utf-16")))
@example(body=b"\x1f\x8b\x08\x00")
@example(body=b"<rss \xd0")
@example(body=b"<A:")
@example(body=b'{"items": [' + b"1" * 5_000 + b"]}")
@example(body=b"<rss xml:base='http://[/'><item><link>x</link></item></rss>")
def test_any_bytes_give_contents_or_a_reason(read: Reader, body: bytes) -> None:
    outcome = attempt(read, body)
    assert outcome if isinstance(outcome, str) else outcome.entries is not None


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_any_bytes_are_decoded(body: bytes, content_type: str | None) -> None:
    decode(body, content_type=content_type).encode("utf-8", "surrogatepass")


@given(MARKUP.map(bytes.decode))
def test_balancing_twice_changes_nothing(text: str) -> None:
    assert balance(balance(text)) == balance(text)
