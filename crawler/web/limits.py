"""How much one visitor may ask for: requests in a time, bytes, seconds. Knows nobody's rights."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost, and how many may come."""

    burst: int = 300
    """Requests of one visitor at once. A page asks for up to ten things."""
    per_second: float = 30.0
    """Requests of one visitor from then on."""
    failures: int = 20
    """Wrong tokens of one visitor at once, then one in three seconds."""
    failures_per_second: float = 1 / 3
    address_bytes: int = 8_000
    """Longest path with its question: filters with fifty values and a cursor take 4,000."""
    body_bytes: int = 64_000
    """Largest form or JSON: a reason for a pause takes 500 characters."""
    seconds: float = 30.0
    """Longest time for an answer; one that is followed is exempt."""
    database_seconds: float = 20.0
    """Longest time for one question to the database: a thread cannot be ended, what it waits for can."""
    visitors: int = 10_000
    """Visitors whose requests are counted; the longest absent is forgotten first."""


MANY_REQUESTS = "Too many requests; wait a moment."
WRONG_TOKENS = "Too many wrong tokens; wait a moment."


class Buckets:
    """One bucket of tokens a visitor, as many visitors as are worth remembering."""

    def __init__(self, size: float, per_second: float, visitors: int) -> None:
        self._size, self._per_second, self._visitors = size, per_second, visitors
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, visitor: str, now: float) -> float:
        """Take one; 0 when there was one, else the seconds until there is.

        >>> buckets = Buckets(size=2, per_second=0.5, visitors=10)
        >>> [buckets.take("a", 0.0), buckets.take("a", 0.0), buckets.take("a", 0.0), buckets.take("a", 2.0)]
        [0.0, 0.0, 2.0, 0.0]
        """
        level, at = self._levels.pop(visitor, (self._size, now))
        level = min(self._size, level + (now - at) * self._per_second)
        missing = max(0.0, 1.0 - level)
        self._levels[visitor] = (level if missing else level - 1.0, now)
        if len(self._levels) > self._visitors:
            self._levels.popitem(last=False)
        return missing / self._per_second

    def charge(self, scope: Scope, detail: str) -> None:
        """Take one from the bucket of whoever sent a request.

        Raises:
            HTTPException: 429 with `detail`, there was none.
        """
        if wait := self.take(visitor_of(scope), monotonic()):
            raise HTTPException(429, detail, {"Retry-After": str(int(wait) + 1)})


class LimitRequests:
    """Refuses requests that are too many, too long or too large, and ends those that take too long."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._buckets = Buckets(limits.burst, limits.per_second, limits.visitors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._refuse(scope)
        try:
            async with asyncio.timeout(self._limits.seconds) as deadline:
                scope.setdefault("state", {})["deadline"] = deadline
                await self._app(scope, self._bounded(receive), send)
        except TimeoutError:
            detail = f"No answer within {self._limits.seconds:g} seconds. Ask for less: a shorter time, one source."
            raise HTTPException(503, detail) from None

    def _refuse(self, scope: Scope) -> None:
        """Raise what failures.py answers a request with that is one too many, too long or too large."""
        self._buckets.charge(scope, MANY_REQUESTS)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limits.address_bytes:
            raise HTTPException(414, f"The address is longer than {self._limits.address_bytes} bytes.")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > self._limits.body_bytes:
            detail = f"A body of at most {self._limits.body_bytes} bytes is read."
            raise HTTPException(413, detail, {"Connection": "close"})

    def _bounded(self, receive: Receive) -> Receive:
        """Bodies without a stated length are counted as they come."""
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limits.body_bytes:
                raise HTTPException(413, f"A body of at most {self._limits.body_bytes} bytes is read.")
            return message

        return counting


def visitor_of(scope: Scope) -> str:
    """By what requests are counted: the address; of IPv6 the network, for a household has 2^64 addresses."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
