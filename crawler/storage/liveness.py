"""Is the process that wrote this still there? Names processes so that a number given out again is not mistaken."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

# The kernel counts a process's start in clock ticks since boot and the boot in whole seconds.
START_TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of one machine; unlike a pid it never comes back."""

    worker: str
    """Host name of the machine, or of the container."""
    pid: int
    started_at: datetime | None
    """Aware, UTC, to the second. None where the system does not tell."""


def own_identity() -> ProcessIdentity:
    """The identity of the calling process."""
    return ProcessIdentity(this_worker(), os.getpid(), process_started_at(os.getpid()))


@cache
def this_worker() -> str:
    """The name of this machine, as `run_attempts.worker` keeps it."""
    return socket.gethostname()


def process_started_at(pid: int) -> datetime | None:
    """When a process of this machine began; None when it is not there or the system does not tell."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            return None
        if fields[0] in "ZX":  # a zombie does no work; only its parent has not looked yet
            return None
        return datetime.fromtimestamp(_boot_time() + int(fields[19]) / os.sysconf("SC_CLK_TCK"), UTC)
    if Path("/proc/stat").exists():
        return None
    shown = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    try:
        return datetime.strptime(shown.stdout.strip(), "%c").astimezone(UTC)
    except ValueError:
        return None


def is_alive(process: ProcessIdentity) -> bool | None:
    """Whether that very process still runs; None when nobody here can know, and only its heartbeat tells.

    So it is with processes of other machines, and where its number belongs to one that seems to have begun at another
    moment: the number was given out again, or the clock was set since, and with it the moment of the boot.
    """
    if process.worker != this_worker():
        return None
    started_at = process_started_at(process.pid)
    if started_at is None:
        return False
    is_the_same = process.started_at is None or abs(started_at - process.started_at) <= START_TOLERANCE
    return True if is_the_same else None


@cache
def _boot_time() -> int:
    """Seconds since the epoch at which this machine started."""
    lines = Path("/proc/stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("btime "))
