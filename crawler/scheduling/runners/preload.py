"""What a warm server has loaded before it forks crawls: everything but the reactor. Importing this module loads it.

A fresh interpreter needs some 500 ms of CPU before its first request, a fork of this server a tenth of it
(docs/benchmarks.md). It must hold no reactor, no thread and no connection: a fork would share them.
"""

from __future__ import annotations

import gc
import importlib
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from sqlalchemy.orm import configure_mappers

from crawler.config import load_config
from crawler.errors import DatabaseError
from crawler.scheduling.runners.rehearsal import rehearse
from crawler.sources.registry import Registry

# Loaded at the first request, message or row otherwise.
LAZY = (
    "concurrent.futures.thread",
    "encodings.charmap",
    "encodings.idna",
    "encodings.utf_8_sig",
    "crawler.scheduling.runners.child",
    "crawler.spiders.process",
    "crawler.spiders.news",
    "crawler.spiders.loader",
    "scrapy.utils.engine",
    "service_identity",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "twisted.internet.ssl",
)
SETTINGS = ("scrapy.settings.default_settings", "crawler.settings")
"""Modules of settings: every dotted path in them is loaded by a crawl, also of what is switched off."""

_PATH = re.compile(r"[a-z_]\w*(\.\w+)+")


def load() -> None:
    """Load all of it and make it permanent, so that a child's garbage collector never touches (and copies) it."""
    for name in LAZY:
        importlib.import_module(name)
    for settings in SETTINGS:
        for path in _paths(vars(importlib.import_module(settings))):
            _import_what_is_there(path)
    configure_mappers()  # else every child would do so at its first question to the database
    process = importlib.import_module("crawler.spiders.process")
    process.project_settings()
    process.set_log_levels()
    process.do_without_reports()
    process.make_ready_for_answers()
    Registry.load(load_config().source_folders)  # a crawl reads only a file that was changed since
    try:
        rehearse()
    except (DatabaseError, OSError) as error:  # crawls do without, at some more cost
        logging.getLogger(__name__).warning("The warm server could not rehearse: %s", error)
    gc.disable()  # the child switches it on again
    gc.collect()
    gc.freeze()


def _paths(value: Any) -> Iterator[str]:
    """Every dotted path in a value, however deep."""
    if isinstance(value, str) and _PATH.fullmatch(value):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _paths(key)
            yield from _paths(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _paths(item)
    elif isinstance(value, type):
        yield value.__module__


def _import_what_is_there(path: str) -> ModuleType | None:
    """Import the longest beginning of a path that is a module; what Scrapy only offers (S3, FTP) may be missing."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            return importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
    return None


load()
LOADED = frozenset(sys.modules)
"""What every child has from the beginning."""
