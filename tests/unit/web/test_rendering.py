"""Links, choices and forms: what a stranger writes leads nowhere it should not."""

from __future__ import annotations

import pytest

from crawler.web.pages.preferences import own_path
from crawler.web.rendering import address, outside
from crawler.web.words import tone_of, words_of


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,<script>", "vbscript:x",
        "//evil.example/", "/runs", "https://[", "file:///etc/passwd", "", "http:///path",
    ],
)  # fmt: skip
def test_only_addresses_of_pages_become_links(url: str) -> None:
    assert "<a " not in outside(url)


def test_an_address_is_escaped_in_its_link() -> None:
    link = outside('https://a.example/"><script>')
    assert link.count("<") == 2
    assert 'rel="noopener noreferrer nofollow"' in link


@pytest.mark.parametrize("path", ["//evil", "/\\evil", "\\\\evil", "https://evil", "evil", "", "/a\nb", "/a\\b"])
def test_a_choice_leads_back_to_this_server_only(path: str) -> None:
    assert own_path(path) == "/"


def test_addresses_leave_out_what_says_nothing() -> None:
    assert address("/runs", {"a": None, "b": "", "c": "x y", "d": 0}) == "/runs?c=x+y&d=0"


def test_every_tone_has_a_word() -> None:
    assert tone_of("failed") == "bad"
    assert tone_of("something new") == tone_of(None) == "idle"
    assert words_of("something_new") == "something new"
