"""What a failed request means for its link: an end, another try, or no fault of its own."""

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadFailedError, DownloadTimeoutError

from crawler.middlewares.failures import failure_of, failure_of_status
from crawler.middlewares.refusals import HostBlockedError, RobotsDisallowedError
from crawler.storage.tables import LinkState


@pytest.mark.parametrize(
    ("error", "kind", "state"),
    [
        pytest.param(RobotsDisallowedError("no"), "robots_disallowed", LinkState.REJECTED, id="forbidden is an end"),
        pytest.param(HostBlockedError("wait", None), "host_blocked", LinkState.PENDING, id="the host's fault"),
        pytest.param(CannotResolveHostError("x"), "unknown_host", LinkState.FAILED, id="a name that is not found"),
        pytest.param(DownloadTimeoutError("30 s"), "timeout", LinkState.FAILED, id="too slow"),
        pytest.param(DownloadCancelledError("size"), "too_large", LinkState.REJECTED, id="too large is an end"),
        pytest.param(
            DownloadFailedError("[SSL routines] certificate verify failed"), "tls", LinkState.FAILED, id="certificate"
        ),
        pytest.param(ZeroDivisionError("?"), "download_error", LinkState.FAILED, id="whatever else"),
    ],
)
def test_an_exception_is_a_failure_of_its_kind(error: Exception, kind: str, state: LinkState) -> None:
    failure = failure_of(error)
    assert (failure.kind, failure.state) == (kind, state)
    assert failure.reason.startswith(f"{kind}: ")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        pytest.param(200, None, id="a page"),
        pytest.param(404, LinkState.GONE, id="not there"),
        pytest.param(410, LinkState.GONE, id="taken down"),
        pytest.param(403, LinkState.FAILED, id="refused, perhaps for now"),
        pytest.param(429, LinkState.FAILED, id="too many requests"),
        pytest.param(500, LinkState.FAILED, id="server error"),
        pytest.param(418, LinkState.REJECTED, id="an answer that is no page"),
    ],
)
def test_a_status_is_a_page_or_a_failure(status: int, state: LinkState | None) -> None:
    failure = failure_of_status(status)
    assert (failure.state if failure else None) == state
