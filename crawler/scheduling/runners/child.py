"""The first steps of a crawl's process, between the fork and the crawl. Knows neither Scrapy nor the database."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENTRY = "crawler.spiders.process:run_attempt"
PRELOAD = "crawler.scheduling.runners.preload"


@dataclass(frozen=True, slots=True)
class Order:
    """What a child has to do."""

    source_id: str
    token: str
    """Of the attempt that the runner has begun."""
    options: Mapping[str, Any]
    settings: Mapping[str, Any]
    """Scrapy settings of this run."""
    stderr: str
    """File that takes what the process itself says: a traceback of Python, a message of the C library."""
    entry: str = ENTRY
    """`package.module:function` that crawls."""


def carry_out(order: Order) -> None:
    """Leave the scheduler's process group, then crawl."""
    # First of all: a signal to our group must not reach the scheduler, nor Ctrl-C in its terminal us.
    os.setsid()
    with open(order.stderr, "ab", buffering=0) as file:  # noqa: PTH123 - Path.open cannot be without a buffer here
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    # multiprocessing says nothing when a preload fails: here the error becomes visible, and a warm server pays nothing.
    importlib.import_module(PRELOAD)
    gc.enable()
    module, _, function = order.entry.partition(":")
    crawl = getattr(importlib.import_module(module), function)
    crawl(order.source_id, order.token, order.options, order.settings)
