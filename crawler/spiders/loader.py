"""Makes every declared source a spider of its own to Scrapy: `scrapy list`, `scrapy crawl tengrinews`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawler.config import load_config
from crawler.errors import SourceError, SourceProblem
from crawler.sources.registry import Registry, read_one
from crawler.sources.source import Source
from crawler.spiders.news import NewsSpider


class SourceSpiderLoader:
    """A Scrapy spider loader over the files of the sources. A crawl of one source reads the file of that one only."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SourceSpiderLoader:
        return cls(load_config().source_folders)

    @cached_property
    def _registry(self) -> Registry:
        return Registry.load(self._folders)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of a source.

        Raises:
            KeyError: there is no such source, or its file is wrong; says which and why.
        """
        try:
            return spider_of(read_one(spider_name, self._folders) or self._registry.get(spider_name))
        except SourceError as error:
            raise KeyError(str(error)) from error

    def list(self) -> list[str]:
        """The ids of all sources whose file is right."""
        return sorted(self._registry.sources)

    def find_by_request(self, request: Request) -> __builtins__.list[str]:
        """The ids of the sources to which an address belongs."""
        found = self._registry.by_url(request.url)
        return [found[0].id] if found else []


def spider_of(source: Source) -> type[NewsSpider]:
    """The spider class of a source: NewsSpider, or the subclass that its file names.

    Raises:
        SourceError: the file names a class that is not there or is no NewsSpider.
    """
    base = _named(source, source.spider) if source.spider else NewsSpider
    polite = source.politeness
    return type(
        f"{source.id.title().replace('_', '')}Spider",
        (base,),
        {
            "name": source.id,
            "source": source,
            "custom_settings": {
                **(base.custom_settings or {}),
                "DOWNLOAD_DELAY": polite.delay.total_seconds(),
                "DOWNLOAD_TIMEOUT": polite.timeout.total_seconds(),
                "DOWNLOAD_MAXSIZE": polite.max_bytes,
                "DOWNLOAD_VERIFY_CERTIFICATES": polite.verify_tls,
            },
        },
    )


def _named(source: Source, path: str) -> type[NewsSpider]:
    module, _, name = path.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        problem = f"cannot be loaded ({error}); write package.module:Spider of an installed package"
        raise SourceError([SourceProblem(f"{source.id}.toml", "spider", path, problem)]) from error
    if not (isinstance(found, type) and issubclass(found, NewsSpider)):
        problem = "is no subclass of crawler.spiders.news.NewsSpider; derive it from that class"
        raise SourceError([SourceProblem(f"{source.id}.toml", "spider", path, problem)])
    return found
