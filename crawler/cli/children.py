"""Crawls as child processes of a command: starts them, hears how far they are, passes Ctrl-C on. Prints nothing."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import IO, Any

# How long the parent sleeps between looks when no child says anything. Seconds.
LOOK_EVERY = 0.25
# How much of a child's own error output is worth showing. Characters.
STDERR_TAIL = 4_000


@dataclass
class Child:
    """One crawl in a process of its own."""

    source_id: str
    process: subprocess.Popen[bytes] | None = None
    run_id: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    """Statistics as last heard, by Scrapy's names."""
    finish_reason: str | None = None
    waits_for: str | None = None
    """The run that has to end first, in words."""
    started: float = 0.0
    ended: float | None = None
    """Seconds of the monotonic clock."""
    stderr: IO[bytes] | None = None
    pipe: int = -1
    unread: bytes = b""

    @property
    def seconds(self) -> float:
        return (self.ended or monotonic()) - self.started if self.started else 0.0

    @property
    def state(self) -> str:
        if self.process is None:
            return "waiting"
        if self.ended:
            return "ended"
        return f"waiting for {self.waits_for}" if self.waits_for else "running"

    def count(self, name: str) -> int:
        return self.counts.get(f"crawler/{name}", 0)

    def error_output(self) -> str:
        """The end of what the process itself wrote to stderr."""
        if self.stderr is None:
            return ""
        self.stderr.seek(0)
        return self.stderr.read().decode("utf-8", "replace")[-STDERR_TAIL:].strip()


class Children:
    """Several crawls, some at once."""

    def __init__(
        self,
        source_ids: Sequence[str],
        *,
        options: Mapping[str, Any],
        environment: Mapping[str, str] | None = None,
        at_once: int,
    ) -> None:
        self.all = [Child(source_id) for source_id in source_ids]
        self._options = json.dumps(dict(options))
        self._environment = dict(os.environ) | dict(environment or {})
        self._at_once = at_once
        self._selector = selectors.DefaultSelector()
        self.stopped = False

    def run(self) -> Iterator[None]:
        """Run all to their end; yields whenever there may be something new to show."""
        while any(child.ended is None for child in self.all):
            self._start_more()
            if all(child.ended is not None or child.process is None for child in self.all):
                return  # stopped before the rest was begun
            for key, _ in self._selector.select(LOOK_EVERY):
                self._hear(key.data)
            yield

    def stop(self) -> None:
        """Ask the running ones to end cleanly; called again, end them. No further one is started."""
        # Asked twice, Scrapy still waits for the answer in hand. A crawl that is killed loses nothing.
        sent = signal.SIGKILL if self.stopped else signal.SIGINT
        self.stopped = True
        for child in self.all:
            if child.process is not None and child.ended is None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(sent)

    def _start_more(self) -> None:
        running = sum(child.process is not None and child.ended is None for child in self.all)
        for child in self.all:
            if self.stopped or running >= self._at_once:
                return
            if child.process is None:
                self._start(child)
                running += 1

    def _start(self, child: Child) -> None:
        child.pipe, write = os.pipe()
        child.stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        settings = {"CRAWLER_PROGRESS_FD": write, "CRAWLER_TRIGGER": "manual", "LOG_INSTALL_ROOT_HANDLER": False}
        child.process = subprocess.Popen(
            [sys.executable, "-m", "crawler.spiders.process", child.source_id, self._options, json.dumps(settings)],
            pass_fds=(write,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=child.stderr,
            env=self._environment,
            # Ctrl-C reaches every process of the terminal's group: the child would hear it twice and end uncleanly.
            start_new_session=True,
        )
        os.close(write)
        child.started = monotonic()
        self._selector.register(child.pipe, selectors.EVENT_READ, child)

    def _hear(self, child: Child) -> None:
        heard = os.read(child.pipe, 65536)
        if not heard:
            self._selector.unregister(child.pipe)
            os.close(child.pipe)
            assert child.process is not None
            child.process.wait()
            child.ended = monotonic()
            return
        *lines, child.unread = (child.unread + heard).split(b"\n")
        for line in lines:
            news = json.loads(line)
            child.run_id = news["run_id"] or child.run_id
            child.counts = news["counts"]
            child.waits_for = news["waits_for"]
            child.finish_reason = news.get("finish_reason")
