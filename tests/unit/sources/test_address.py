"""Addresses: which edition they belong to, and their form in production."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crawler.errors import UrlError
from crawler.sources.address import locate
from crawler.sources.registry import Registry
from crawler.sources.source import Source

TENGRINEWS = Registry.load().get("tengrinews")


@pytest.mark.parametrize(
    ("url", "production"),
    [
        pytest.param("https://tengrinews.kz/news/a-412345/", "https://tengrinews.kz/news/a-412345/", id="production"),
        pytest.param("http://www.tengrinews.kz/news/a-412345/", "https://tengrinews.kz/news/a-412345/", id="www, http"),
        pytest.param("https://test.tengrinews.kz/news/a-412345/", "https://tengrinews.kz/news/a-412345/", id="mirror"),
        pytest.param(
            "https://m.tengrinews.kz/news/a-412345/", "https://tengrinews.kz/news/a-412345/", id="mobile host"
        ),
        pytest.param(
            "https://tengrinews.kzhttps://en.tengrinews.kz/news/a-412345/",
            "https://en.tengrinews.kz/news/a-412345/",
            id="glued hosts",
        ),
        pytest.param(
            "https://user:pass@tengrinews.kz:443/news/a-412345/#comments",
            "https://tengrinews.kz/news/a-412345/",
            id="credentials, port and fragment",
        ),
    ],
)
def test_every_form_leads_to_the_production_host(url: str, production: str) -> None:
    address = locate(url, TENGRINEWS)
    assert address is not None
    assert address.url == production
    assert address.canonical_url == production
    assert (address.is_article, address.article_id) == (True, "412345")


def test_what_is_fetched_keeps_its_parameters() -> None:
    address = locate("https://tengrinews.kz/news/a-412345/?utm_source=x", TENGRINEWS)
    assert address is not None
    assert address.url == "https://tengrinews.kz/news/a-412345/?utm_source=x"
    assert address.canonical_url == "https://tengrinews.kz/news/a-412345/"


def test_a_page_that_is_no_article_still_has_its_edition() -> None:
    address = locate("https://kaz.tengrinews.kz/authors/", TENGRINEWS)
    assert address is not None
    assert (address.edition.id, address.is_article, address.article_id) == ("kk", False, None)


@pytest.mark.parametrize(
    "url", ["https://tengrisport.kz/a-412345/", "https://tengrinews.kz.evil.example/news/a-412345/"]
)
def test_other_hosts_are_no_ones(url: str) -> None:
    assert locate(url, TENGRINEWS) is None


@pytest.mark.parametrize("url", ["", "/news/a-412345/", "mailto:a@tengrinews.kz", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UrlError):
        locate(url, TENGRINEWS)


def test_a_site_on_a_port_keeps_it_and_its_scheme(herald: dict[str, Any]) -> None:
    herald["home"] = "http://127.0.0.1:8000/"
    herald["editions"][0]["host"] = "127.0.0.1:8000"
    source = Source.model_validate(herald)
    address = locate("http://127.0.0.1:8000/7-rain/", source)
    assert address is not None
    assert address.url == address.canonical_url == "http://127.0.0.1:8000/7-rain/"
    assert locate("http://127.0.0.1:9000/7-rain/", source) is None


@pytest.mark.parametrize(
    ("path", "day"),
    [("/2026/11/22/rain", date(2026, 11, 22)), ("/2026/13/45/rain", None), ("/0001/01/01/rain", None)],
)
def test_an_address_may_name_the_day(herald: dict[str, Any], path: str, day: date | None) -> None:
    herald["editions"][0]["article"] = r"^/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/"
    address = locate(f"https://www.herald.example{path}", Source.model_validate(herald))
    assert address is not None
    assert address.day == day
