"""Whether and when a run is tried again after its process failed. Pure."""

from __future__ import annotations

from datetime import timedelta

from crawler.sources.source import Policy
from crawler.storage.queue import LONGEST_PAUSE


def pause_before_retry(policy: Policy, attempts: int) -> timedelta | None:
    """The pause before another attempt, after so many; None when there is none left.

    >>> [pause_before_retry(Policy(retries=2, retry_after="1m"), n) for n in (1, 2, 3)]
    [datetime.timedelta(seconds=60), datetime.timedelta(seconds=120), None]
    """
    if attempts > policy.retries:
        return None
    doubled: int = 2 ** (attempts - 1)
    return min(policy.retry_after * doubled, LONGEST_PAUSE)
