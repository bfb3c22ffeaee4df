"""Single values: what is taken, and what a refusal says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from crawler.sources import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        (" 1.5 h ", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("0s", timedelta(0)),
    ],
)
def test_durations_have_a_unit(text: str, expected: timedelta) -> None:
    assert TypeAdapter(values.Duration).validate_python(text) == expected


@pytest.mark.parametrize(
    ("kind", "value", "remedy"),
    [
        pytest.param(values.Duration, 30, "write the unit, too", id="duration without its unit"),
        pytest.param(values.Duration, "soon", "a number and a unit", id="duration in words"),
        pytest.param(values.Duration, "-5s", "a number and a unit", id="negative duration"),
        pytest.param(values.Duration, "999999999d", "a number and a unit", id="duration beyond reason"),
        pytest.param(values.HttpUrl, "www.herald.example", "begins with https://", id="address without scheme"),
        pytest.param(values.HttpUrl, "ftp://herald.example/", "begins with https://", id="address of another scheme"),
        pytest.param(values.HttpUrl, "https://[herald/", "begins with https://", id="address with half a bracket"),
        pytest.param(values.HttpUrl, "https://a.example:99999/", "begins with https://", id="port beyond all ports"),
        pytest.param(values.HttpUrl, "https://a.example/x y", "no blanks", id="address with a blank"),
        pytest.param(values.Pattern, "(", "not a regular expression", id="open parenthesis"),
        pytest.param(values.Pattern, "a{99999999999}", "not a regular expression", id="endless repetition"),
        pytest.param(values.Pattern, "(" * 5_000, "not a regular expression", id="parentheses without end"),
        pytest.param(values.Pattern, "[[a]", "not a regular expression", id="bracket that will change its meaning"),
        pytest.param(values.Selector, "div[", "not a CSS selector", id="half a selector"),
        pytest.param(values.Selector, "@href", "not a CSS selector", id="attribute of nothing"),
        pytest.param(values.Zone, "Asia/Almati", "did you mean Asia/Almaty?", id="zone misspelt"),
        pytest.param(values.Zone, "../../etc/passwd", "not a time zone", id="zone that leaves its folder"),
        pytest.param(values.Zone, "Europe", "not a time zone", id="zone that is a folder"),
        pytest.param(values.Zone, "", "not a time zone", id="no zone"),
        pytest.param(values.Host, "https://herald.example", "the host alone", id="host with scheme"),
        pytest.param(values.Host, "herald.example/", "the host alone", id="host with path"),
        pytest.param(values.Host, "Herald.example", "in lower case", id="host in capitals"),
        pytest.param(values.Host, "herald..example", "the host alone", id="host with an empty part"),
        pytest.param(values.Host, "herald.example:99999", "the host alone", id="host with a port beyond all ports"),
        pytest.param(values.Host, "user@herald.example", "the host alone", id="host with a user"),
        pytest.param(values.HttpUrl, "https://a:b@a.example/", "begins with https://", id="address with a password"),
        pytest.param(values.HttpUrl, "HTTPS://a.example/", "begins with https://", id="scheme in capitals"),
        pytest.param(values.Language, "english", "ISO 639", id="language in words"),
        pytest.param(values.Country, "kz", "two capital letters", id="country in small letters"),
        pytest.param(values.SourceId, "24kg", "a letter first", id="id that begins with a number"),
        pytest.param(values.SourceId, "x" * 65, "up to 64", id="id beyond its length"),
        pytest.param(values.SourceId, "herald\n", "a-z", id="id with a line break"),
        pytest.param(values.SpiderPath, "spider.py", "package.module:ClassName", id="spider without class"),
        pytest.param(values.PagedUrl, "https://a.example/?p=2", "write {page}", id="pages without a number"),
        pytest.param(values.Text, "  ", "some words", id="blank text"),
    ],
)
def test_a_refusal_says_what_to_write(kind: type, value: object, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy.replace("{", r"\{").replace("?", r"\?")):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    "selector", ["time@datetime", "meta[name=x]@content", "a:has(b) > i", "h1, h2", 'a[href*="@x"]']
)
def test_selectors_may_take_an_attribute(selector: str) -> None:
    assert TypeAdapter(values.Selector).validate_python(selector) == selector


@pytest.mark.parametrize("host", ["herald.example", "127.0.0.1:8000", "xn--80a.example", "localhost"])
def test_a_host_may_have_a_port(host: str) -> None:
    assert TypeAdapter(values.Host).validate_python(host) == host
