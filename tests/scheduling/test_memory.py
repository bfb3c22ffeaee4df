"""The kernel itself ends a crawl for want of memory. Needs a control group in which that may happen."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.crawl.crawling import Home, publish
from tests.crawl.site import Site
from tests.scheduling.test_up import servers_of
from tests.scheduling.working import Work, declare

GROUP = os.environ.get("CRAWLER_TEST_MEMORY_GROUP", "")
# Runner, warm server and one ordinary crawl need some 250 MB.
LIMIT = 400_000_000
"""Bytes."""

pytestmark = pytest.mark.skipif(
    not GROUP,
    reason="THE KERNEL'S OOM KILL IS NOT TESTED HERE: it needs a memory control group that a test may fill. "
    "As root: mkdir /sys/fs/cgroup/memory/crawler (version 1) or /sys/fs/cgroup/crawler (version 2), "
    "then CRAWLER_TEST_MEMORY_GROUP=that folder",
)


def test_a_crawl_that_the_kernel_ended_for_want_of_memory(home: Home, site: Site) -> None:
    publish(site, [1])
    declare(home, site, spider="tests.scheduling.spiders:Hungry", policy={"retries": 0})
    # Our own watch must not be the first to see it.
    work = Work(home, "herald", CRAWLER_RUN_MEMORY_MB="4000")
    work.wait_until_it_works()
    group = Path(GROUP)
    (limit,) = (name for name in ("memory.max", "memory.limit_in_bytes") if (group / name).exists())
    (group / limit).write_text(str(LIMIT))
    for pid in (work.process.pid, *servers_of(work)):
        (group / "cgroup.procs").write_text(str(pid))
    end = work.end_of(work.order("herald"))
    assert (end["outcome"], end["exit_signal"]) == ("oom_killed", signal.SIGKILL), end
    assert "the kernel ended it" in end["reason"]
    # The others in the group live on.
    assert work.process.poll() is None
