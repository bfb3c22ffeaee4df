"""One crawl in this process, from start to end. The entry of every child that runs a spider; schedules nothing.

python -m crawler.spiders.process tengrinews '{"limit": 5}'
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings


def crawl(source_id: str, options: Mapping[str, Any], *, settings: Mapping[str, Any] | None = None) -> None:
    """Crawl one source and return when it is done; how it ended stands in the run's record.

    Args:
        options: as `crawler.spiders.options.CrawlOptions.recorded` gives them.
        settings: Scrapy settings that differ from the project's.

    Raises:
        KeyError: there is no such source.
    """
    project = Settings()
    project.setmodule("crawler.settings", priority="project")
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
