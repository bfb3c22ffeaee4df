"""How much a visitor may ask for, and who counts as one."""

from __future__ import annotations

import doctest

import pytest

from crawler.web import limits, serving, sign_in
from crawler.web.limits import Buckets, visitor_of


@pytest.mark.parametrize("module", [limits, serving, sign_in])
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_who_waits_may_ask_again_and_never_saves_up_more_than_a_burst() -> None:
    buckets = Buckets(size=3, per_second=1, visitors=10)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("a", 0.5) == 0.5, "a refused request costs nothing"
    assert buckets.take("a", 1.0) == 0
    assert [buckets.take("a", 1_000.0) for _ in range(4)] == [0, 0, 0, 1]


def test_visitors_do_not_pay_for_each_other() -> None:
    buckets = Buckets(size=1, per_second=1, visitors=10)
    assert [buckets.take("a", 0.0), buckets.take("b", 0.0), buckets.take("a", 0.0)] == [0, 0, 1]


def test_only_so_many_visitors_are_remembered() -> None:
    buckets = Buckets(size=1, per_second=0.001, visitors=2)
    for number in range(1_000):
        buckets.take(str(number), 0.0)
    assert len(buckets._levels) == 2
    assert buckets.take("999", 0.0) > 0, "the last one is known"


@pytest.mark.parametrize(
    ("host", "visitor"),
    [
        pytest.param("203.0.113.7", "203.0.113.7", id="an address"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="a household of IPv6"),
        pytest.param("testclient", "testclient", id="no address"),
    ],
)
def test_a_visitor_is_an_address_or_a_network(host: str, visitor: str) -> None:
    assert visitor_of({"type": "http", "client": (host, 1)}) == visitor


def test_nobody_is_a_visitor_too() -> None:
    assert visitor_of({"type": "http", "client": None}) == ""
