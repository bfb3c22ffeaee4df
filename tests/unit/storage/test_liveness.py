"""Whether a process that wrote something is still there."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.storage import liveness
from crawler.storage.liveness import ProcessIdentity, is_alive, own_identity, process_started_at


def test_this_process_is_alive_and_began_before_now() -> None:
    own = own_identity()
    assert own.pid == os.getpid()
    assert own.started_at is not None
    assert own.started_at <= datetime.now(UTC)
    assert is_alive(own) is True


def test_a_process_that_ended_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    identity = ProcessIdentity(own_identity().worker, child.pid, process_started_at(child.pid))
    child.wait()
    assert is_alive(identity) is False


def test_a_killed_process_that_nobody_has_waited_for_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], stdout=-1)
    assert child.stdout is not None
    child.stdout.readline()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_started_at(child.pid) is None
    child.wait()
    child.stdout.close()


def test_a_number_given_out_again_is_no_proof_of_life() -> None:
    own = own_identity()
    assert own.started_at is not None
    earlier = ProcessIdentity(own.worker, own.pid, own.started_at - timedelta(hours=1))
    assert is_alive(earlier) is None


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="the moment of the boot is Linux's")
def test_a_clock_that_was_set_makes_no_process_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel reckons the boot from now: whoever asks after the clock was set finds another moment than before."""
    before = own_identity()
    boot = liveness._boot_time()
    monkeypatch.setattr(liveness, "_boot_time", lambda: boot + 3600)
    assert is_alive(before) is None, "its heartbeat has to tell"


def test_nobody_here_knows_of_another_machine() -> None:
    assert is_alive(ProcessIdentity("elsewhere.example", 1, None)) is None
