"""One crawl in this process, from start to end. The entry of every child that runs a spider; schedules nothing.

python -m crawler.spiders.process tengrinews '{"limit": 5}'
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from logging.config import dictConfig
from typing import Any, Self

import scrapy.crawler
import scrapy.middleware
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Headers
from scrapy.settings import Settings
from scrapy.utils.deprecate import argument_is_required
from scrapy.utils.log import DEFAULT_LOGGING
from twisted.internet.ssl import AcceptableCiphers


class OneCrawlSettings(Settings):
    """Settings that are not copied, for a process that does one crawl: they become that crawl's own.

    Scrapy copies its settings three times on the way to a crawl, down to the last of some five thousand objects: an
    eighth of the CPU of a run that finds nothing new.
    """

    def copy(self) -> Self:
        return self

    def frozencopy(self) -> Self:
        frozen = copy(self)
        frozen.freeze()
        return frozen


@cache
def project_settings() -> OneCrawlSettings:
    """Scrapy's settings and the project's; a warm server has them ready for the one crawl of each process."""
    settings = OneCrawlSettings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def set_log_levels() -> None:
    """Set the levels that Scrapy gives to loggers, for this process and those that are forked from it.

    Scrapy does so at the start of each crawl, and Python's logging then clears the cache of each of a hundred loggers
    fifty times. After this it has none left to set.
    """
    dictConfig(DEFAULT_LOGGING)
    DEFAULT_LOGGING.update(incremental=True, loggers={})


def do_without_reports() -> None:
    """Keep Scrapy, in this process and its forks, from working out what a run's log leaves out: which settings differ.

    And have it look for methods of the old kind, with a parameter `spider`, without a signature of each of thirty.
    """
    scrapy.crawler.overridden_settings = lambda settings: ()  # type: ignore[attr-defined]
    scrapy.middleware.argument_is_required = _is_required  # type: ignore[attr-defined]


def _is_required(func: Callable[..., Any], arg_name: str) -> bool:
    """As Scrapy's function of that purpose, by a look at the code where that suffices, not at the whole signature."""
    code = getattr(func, "__code__", None)
    if code is None or hasattr(func, "__wrapped__"):
        return argument_is_required(func, arg_name)
    return arg_name in code.co_varnames[: code.co_argcount - len(func.__defaults__ or ())]


def make_ready_for_answers() -> None:
    """Do what Twisted and Scrapy do once in a process: expand the ciphers of TLS, learn which kinds are no mappings."""
    ciphers = project_settings()["DOWNLOADER_CLIENT_TLS_CIPHERS"]
    AcceptableCiphers.fromOpenSSLCipherString(ciphers)  # type: ignore[no-untyped-call]
    Headers(Headers())
    Headers(iter({}.items()))


def crawl(source_id: str, options: Mapping[str, Any], *, settings: Mapping[str, Any] | None = None) -> None:
    """Crawl one source and return when it is done; how it ended stands in the run's record.

    Args:
        options: as `crawler.spiders.options.CrawlOptions.recorded` gives them.
        settings: Scrapy settings that differ from the project's.

    Raises:
        KeyError: there is no such source.
    """
    project = project_settings()
    project.update(dict(settings or {}), priority="cmdline")
    process = AsyncCrawlerProcess(project)
    process.crawl(source_id, **options)
    process.start()


def run_attempt(source_id: str, token: str, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Do, in the child of a runner, the attempt that the runner has begun under `token`."""
    of_the_attempt = {"CRAWLER_ATTEMPT_TOKEN": token, "LOG_INSTALL_ROOT_HANDLER": False}
    crawl(source_id, options, settings={**settings, **of_the_attempt})


if __name__ == "__main__":
    crawl(
        sys.argv[1],
        json.loads(sys.argv[2]) if len(sys.argv) > 2 else {},
        settings=json.loads(sys.argv[3]) if len(sys.argv) > 3 else {},
    )
