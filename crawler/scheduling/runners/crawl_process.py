"""One crawl's process as its parent sees it: started, watched, stopped step by step, its end read. Writes no record."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.util import get_temp_dir
from pathlib import Path
from time import monotonic
from typing import Any

from crawler.scheduling.runners.child import PRELOAD, Order, carry_out
from crawler.scheduling.runners.stderr import tail_of
from crawler.storage.liveness import ProcessIdentity, is_alive, process_started_at, this_worker
from crawler.storage.outcome import ProcessEnd, Stop

# From the second SIGTERM, by which Scrapy drops what it has in hand, to SIGKILL. Seconds.
SECOND_GRACE = 5.0
# What multiprocessing reports when its server died and the exit code with it.
_SERVER_GONE = 255

# A socket's path has 107 characters at most (unix(7)); multiprocessing puts some 40 of its own behind the folder for
# temporary files. A longer one (a TMPDIR below a home with a long name) would keep every crawl from being started.
LONGEST_TEMPORARY = 60

_processes = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Start the server that crawls are forked from; the first crawl need not wait for its second of loading."""
    _prepare_server()
    forkserver.ensure_running()


def _prepare_server() -> None:
    forkserver.set_forkserver_preload([PRELOAD])
    if len(tempfile.gettempdir()) > LONGEST_TEMPORARY and Path("/tmp").is_dir():  # noqa: S108 - a folder of its own there
        usual, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108
        try:
            get_temp_dir()  # multiprocessing makes its folder once, and removes it itself
        finally:
            tempfile.tempdir = usual


class CrawlProcess:
    """A crawl in a process group of its own.

    Raises:
        OSError, EOFError: no process could be made.
    """

    def __init__(self, order: Order, *, grace: float) -> None:
        self.stderr = Path(order.stderr)
        self._grace = grace
        self._oom_kills = oom_kills()
        _prepare_server()
        # A daemon, so that an interpreter that ends by an error asks its crawls to end, and does not wait for them.
        self._process = _processes.Process(target=carry_out, args=(order,), daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        self._identity = ProcessIdentity(this_worker(), self.pid, process_started_at(self.pid))
        self.started = monotonic()
        self.stopped_for: Stop | None = None
        self._steps: list[tuple[float, signal.Signals]] = []

    @property
    def sentinel(self) -> int:
        """A file descriptor that becomes readable when there is something new about its end."""
        return self._process.sentinel

    @property
    def may_end(self) -> bool:
        """Whether the sentinel will tell when it ends; not so when it has, or when the server died before it."""
        return self._process.exitcode is None

    @property
    def has_ended(self) -> bool:
        code = self._process.exitcode
        return code is not None and (code != _SERVER_GONE or not is_alive(self._identity))

    # --- Stopping -----------------------------------------------------------------------------------------------------
    def stop(self, why: Stop) -> None:
        """Begin to stop it: SIGTERM, a pause, SIGTERM again, SIGKILL. Later reasons do not replace the first."""
        if self.stopped_for is None:
            self.stopped_for = why
            now = monotonic()
            second = now + self._grace
            self._steps = [(now, signal.SIGTERM), (second, signal.SIGTERM), (second + SECOND_GRACE, signal.SIGKILL)]
            self.step()

    def kill(self, why: Stop) -> None:
        """Stop it at once."""
        self.stopped_for = self.stopped_for or why
        self._steps = [(monotonic(), signal.SIGKILL)]
        self.step()

    def step(self) -> None:
        """Take the steps of stopping whose time has come."""
        while self._steps and self._steps[0][0] <= monotonic():
            signal_group(self._identity, self._steps.pop(0)[1])

    # --- The end ------------------------------------------------------------------------------------------------------
    def end(self, *, began: bool) -> ProcessEnd:
        """What is known of its end; to be asked once it has ended."""
        code = self._process.exitcode
        if code == _SERVER_GONE:
            code = None
        by_signal = -code if code is not None and code < 0 else None
        return ProcessEnd(
            began=began,
            exit_code=code if by_signal is None else None,
            signal=by_signal,
            out_of_memory=oom_kills() > self._oom_kills,
            stopped_for=self.stopped_for,
            last_words=tail_of(self.stderr).rpartition("\n")[2],
        )

    def forget(self) -> None:
        """Free what its record took, after its end was written down."""
        self.stderr.unlink(missing_ok=True)
        # A process whose server is gone can be neither joined nor closed.
        if self._process.exitcode is not None:
            self._process.close()

    def memory(self) -> int:
        """Bytes of memory that it has; 0 where the system does not tell."""
        return resident_memory(self.pid)


def signal_group(process: ProcessIdentity, number: signal.Signals) -> None:
    """Send a signal to the group that a crawl leads, or to the crawl alone before it has made one."""
    if not is_alive(process):
        return
    try:
        # A crawl is in our group until it has left; only a group that it leads has its number.
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
    except ProcessLookupError:
        return


def resident_memory(pid: int) -> int:
    """Bytes of memory that a process has; 0 when it is gone or the system does not tell."""
    statm = Path(f"/proc/{pid}/statm")
    try:
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        pass
    if Path("/proc/self").exists():
        return 0
    shown = subprocess.run(["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(shown.stdout.strip() or 0) * 1024


def oom_kills() -> int:
    """How many processes the kernel has ended for want of memory: in our control group, or on the machine."""
    of_our_group = _memory_events()
    return _counted(of_our_group if of_our_group.exists() else Path("/proc/vmstat"))


def _memory_events() -> Path:
    """The file of our control group (version 2) that counts them; it may not exist."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return Path("/nowhere")
    group = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    return Path("/sys/fs/cgroup") / group / "memory.events"


def _counted(file: Path) -> int:
    try:
        counts: Mapping[str, Any] = dict(line.split() for line in file.read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(counts.get("oom_kill", 0))
