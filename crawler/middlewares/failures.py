"""What a failed request means: a word to count, a sentence for people, whether to ask again. Retries nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.middlewares.refusals import (
    HostBlockedError,
    NoAddressError,
    PrivateAddressError,
    RobotsDisallowedError,
    RobotsUnreachableError,
)
from crawler.storage.tables import LinkState


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request brought no page."""

    kind: str
    """One word: the key of statistics and of `links.reason`."""
    text: str
    """The same for people, with the remedy where there is one."""
    state: LinkState
    """PENDING: not the address's fault, it waits; FAILED: asked again, some times; REJECTED and GONE: ends, which the
    ledger may doubt (`storage.links.DOUBTED`)."""
    retry_at: datetime | None = None
    """Not before this moment; None: by the usual back-off."""

    @property
    def reason(self) -> str:
        return f"{self.kind}: {self.text}"


# First match wins: subclasses stand before their bases.
_EXCEPTIONS: tuple[tuple[type[BaseException], str, LinkState], ...] = (
    (RobotsDisallowedError, "robots_disallowed", LinkState.REJECTED),
    (RobotsUnreachableError, "robots_unreachable", LinkState.PENDING),
    (HostBlockedError, "host_blocked", LinkState.PENDING),
    (PrivateAddressError, "private_address", LinkState.REJECTED),
    (NoAddressError, "redirected_nowhere", LinkState.REJECTED),
    (IgnoreRequest, "too_many_redirects", LinkState.REJECTED),
    (CannotResolveHostError, "unknown_host", LinkState.FAILED),
    (DownloadConnectionRefusedError, "connection_refused", LinkState.FAILED),
    (DownloadTimeoutError, "timeout", LinkState.FAILED),
    (TimeoutError, "timeout", LinkState.FAILED),
    (DownloadCancelledError, "too_large", LinkState.REJECTED),
    (ResponseDataLossError, "cut_off", LinkState.FAILED),
    (DownloadFailedError, "connection_lost", LinkState.FAILED),
)


def failure_of(error: BaseException) -> Failure:
    """What an exception of the downloader means."""
    text = " ".join(str(error).split()) or type(error).__name__
    if "certificate verify failed" in text or ("SSL" in text and "verify" in text):
        remedy = "its certificate is not trusted; set CRAWLER_CA_BUNDLE, or verify_tls = false in the source file"
        return Failure("tls", remedy, LinkState.FAILED)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in text:  # while it was unpacked
        return Failure("too_large", text, LinkState.REJECTED)
    if isinstance(error, HttpError):  # a redirect that Scrapy does not follow; all other statuses are asked for
        target = (error.response.headers.get(b"Location") or b"").decode("utf-8", "replace")
        text = f"HTTP {error.response.status} leads to no page: {target[:200] or 'it names no address'}"
        return Failure("redirected_nowhere", text, LinkState.REJECTED)
    for kind_of_error, word, state in _EXCEPTIONS:
        if isinstance(error, kind_of_error):
            return Failure(word, text, state, getattr(error, "until", None))
    return Failure("download_error", f"{type(error).__name__}: {text}", LinkState.FAILED)


def failure_of_status(status: int) -> Failure | None:
    """What an HTTP status means for an article; None when it brings a page."""
    if 200 <= status < 300:
        return None
    word = f"http_{status}"
    if status in (404, 410):
        return Failure(word, "the site says that the page is not there", LinkState.GONE)
    if status in (401, 402, 403, 451):
        return Failure(word, "the site refuses the page to this crawler", LinkState.FAILED)
    if status in (408, 425, 429) or status >= 500:
        return Failure(word, "the site cannot answer now", LinkState.FAILED)
    return Failure(word, "the site's answer is no page", LinkState.REJECTED)
