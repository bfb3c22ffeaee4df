"""Why a request was not sent at all: the rules of the house and of the host."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest


class PrivateAddressError(IgnoreRequest):
    """A host names or resolves to an address that is not public."""


class NoAddressError(IgnoreRequest):
    """The address names no host; only redirects bring such."""


class RobotsDisallowedError(IgnoreRequest):
    """The rules of the host forbid this address."""


class RobotsUnreachableError(IgnoreRequest):
    """The rules of the host cannot be read now, so nothing there may be fetched."""


class HostBlockedError(IgnoreRequest):
    """The host asked to be left alone, or does not answer; `until` says how long."""

    def __init__(self, text: str, until: datetime | None) -> None:
        super().__init__(text)
        self.until = until


class TooLateError(IgnoreRequest):
    """The time that the run has for such requests is over; what they were for waits for the next one."""


class EndingError(TooLateError):
    """The run itself ends."""
