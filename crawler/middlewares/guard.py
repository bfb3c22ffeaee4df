"""No address inside the house: loopback and private networks are refused. Bounds of size and time are settings."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from crawler.config import load_config
from crawler.middlewares.refusals import NoAddressError, PrivateAddressError


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        ip = _inner(ip) or ip
    return ip.is_global and not ip.is_multicast


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which an IPv6 address leads: as a spelling of it, by a translator (NAT64) or a tunnel."""
    if ip in _TRANSLATED or ip in _COMPATIBLE:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


# RFC 6052: all of the first; RFC 4291: the second, long out of use, `::` and `::1` among it.
_TRANSLATED, _COMPATIBLE = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96")


def literal_address(host: str) -> str | None:
    """The IP address that a host name spells, in any of the forms that resolvers accept; None for a name.

    >>> literal_address("127.1"), literal_address("0x7f000001"), literal_address("[::1]"), literal_address("a.example")
    ('127.0.0.1', '127.0.0.1', '::1', None)
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001, 2130706433, 017700000001: what inet_aton reads as an address
        return socket.inet_ntoa(socket.inet_aton(bare)) if bare[:1].isdigit() else None
    except OSError:
        return None


class GuardMiddleware:
    """Refuses requests, redirected ones included, without a host, or whose host is a private address or localhost."""

    def __init__(self) -> None:
        self._allowed = load_config().allow_private_addresses

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        return cls()

    def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if not host:
            raise NoAddressError(f"{request.url} names no host")
        if self._allowed:
            return
        address = literal_address(host)
        if (address and not is_public(address)) or host == "localhost" or host.endswith(".localhost"):
            raise PrivateAddressError(
                f"private address {host}: not fetched; set CRAWLER_ALLOW_PRIVATE_ADDRESSES=1 if you mean it"
            )


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, and refuses a name that leads to a private address (an open name may point anywhere).

    The host of a configured proxy is exempt: it is the deployment's own, and resolves the names of sites itself.
    """

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._allowed = load_config().allow_private_addresses
        self._proxies = {urlsplit(url if "//" in url else f"//{url}").hostname for url in getproxies().values()}

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        if self._allowed or name in self._proxies:
            return super().getHostByName(name, timeout)
        if literal_address(name) and not is_public(literal_address(name) or ""):
            return fail(DNSLookupError(f"{name} is a private address"))
        return super().getHostByName(name, timeout).addCallback(self._refuse_private, name)

    @staticmethod
    def _refuse_private(address: str, name: str) -> str:
        if not is_public(address):
            raise DNSLookupError(
                f"{name} resolves to the private address {address}: not fetched; "
                "set CRAWLER_ALLOW_PRIVATE_ADDRESSES=1 if you mean it"
            )
        return address
