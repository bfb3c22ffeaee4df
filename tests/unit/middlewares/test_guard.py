"""Private addresses are told from public ones in every spelling that a resolver accepts."""

import pytest
from scrapy import Request

from crawler.middlewares.guard import GuardMiddleware, is_public, literal_address
from crawler.middlewares.refusals import PrivateAddressError


@pytest.mark.parametrize(
    ("address", "public"),
    [
        pytest.param("93.184.215.14", True, id="an address of the open Internet"),
        pytest.param("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, id="the same in IPv6"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("::1", False, id="loopback in IPv6"),
        pytest.param("10.1.2.3", False, id="private network"),
        pytest.param("172.16.0.1", False, id="private network, middle block"),
        pytest.param("192.168.1.1", False, id="home network"),
        pytest.param("169.254.169.254", False, id="a cloud's metadata service"),
        pytest.param("100.64.0.1", False, id="carrier's shared space"),
        pytest.param("::ffff:192.168.1.1", False, id="private IPv4 dressed as IPv6"),
        pytest.param("0.0.0.0", False, id="this host"),
        pytest.param("224.0.0.1", False, id="multicast"),
        pytest.param("fd00::1", False, id="unique local"),
        pytest.param("fec0::1", False, id="site local"),
        pytest.param("64:ff9b::7f00:1", False, id="loopback behind a translator"),
        pytest.param("64:ff9b::5db8:d70e", True, id="the open Internet behind a translator"),
        pytest.param("2002:a00:1::", False, id="private network behind a tunnel"),
        pytest.param("::7f00:1", False, id="loopback, compatible"),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/",
        "http://localhost:8080/",
        "http://news.localhost/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_a_request_to_a_private_address_is_refused_with_the_remedy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRAWLER_ALLOW_PRIVATE_ADDRESSES", raising=False)
    with pytest.raises(PrivateAddressError, match="CRAWLER_ALLOW_PRIVATE_ADDRESSES"):
        GuardMiddleware().process_request(Request(url))


def test_a_request_to_a_private_address_passes_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_ALLOW_PRIVATE_ADDRESSES", "1")
    assert GuardMiddleware().process_request(Request("http://127.0.0.1/")) is None


def test_names_are_no_literal_addresses() -> None:
    assert literal_address("tengrinews.kz") is None
    assert literal_address("24.kg") is None
    assert literal_address("1.example") is None
