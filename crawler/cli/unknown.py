"""Says, where an answer is empty, that a source was asked for that does not exist. Asks only then."""

from __future__ import annotations

from collections.abc import Collection

from rich.text import Text
from sqlalchemy.orm import Session

from crawler.cli.output import console
from crawler.config import Config
from crawler.monitoring.unknown import unknown_sources
from crawler.sources.registry import Registry


def tell_unknown(session: Session, config: Config, source_ids: Collection[str]) -> bool:
    """Print a line for each id that no source has; whether there was one."""
    found = unknown_sources(session, Registry.load(config.source_folders), source_ids) if source_ids else []
    for one in found:
        console(stderr=True).print(Text(f"{str(one)[0].upper()}{str(one)[1:]}", "yellow"), soft_wrap=True)
    return bool(found)
