"""What the source files say about schedules, kept up to date while a scheduler works. Touches no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawler.scheduling.schedule import Schedule, zone_version
from crawler.sources.registry import PACKAGED, Registry
from crawler.sources.source import Policy, Source
from crawler.storage.schedules import Declared


class Declarations:
    """The sources with a schedule, and the files that are broken."""

    def __init__(self, folders: Sequence[Path], *, only: Collection[str] = ()) -> None:
        self._folders = (PACKAGED, *folders)
        self.only = frozenset(only)
        """Ids of the sources that this scheduler looks after; none means all."""
        self._seen: object = None
        self.registry = Registry({}, {})
        self.sources: Mapping[str, Source] = {}
        """All sources that can be crawled, also those that are crawled by hand only."""
        self.broken: Mapping[str, str] = {}
        """Id of a source whose file is broken -> the first thing that is wrong with it."""
        self.problems: tuple[str, ...] = ()

    def refresh(self) -> bool:
        """Read the files anew if one of them, or the rules of a zone, have changed; True if so."""
        seen = self._look()
        if seen == self._seen:
            return False
        ZoneInfo.clear_cache()
        self.registry = registry = Registry.load(self._folders[1:])
        self.sources = registry.sources
        broken: dict[str, str] = {}
        for problem in registry.problems:
            if (name := Path(problem.file).stem) not in registry.sources:
                broken.setdefault(name, str(problem))
        self.broken = broken
        self.problems = tuple(map(str, registry.problems))
        # The zones in use are known only now.
        self._seen = self._look()
        return True

    def is_ours(self, source_id: str) -> bool:
        """Whether this scheduler looks after a source."""
        return not self.only or source_id in self.only

    def declared(self, now: datetime) -> list[Declared]:
        """The schedules of our sources, for `storage.schedules.sync`."""
        found = []
        for source in self.sources.values():
            if source.schedule and self.is_ours(source.id):
                schedule = Schedule.of(source)
                found.append(
                    Declared(
                        source_id=source.id,
                        spec=schedule.text,
                        zone=str(schedule.zone),
                        policy=policy_as_dict(source.policy),
                        spec_hash=schedule.fingerprint,
                        next_fire_at=schedule.next_after(now),
                    )
                )
        return found

    def _look(self) -> object:
        files = []
        for folder in self._folders:
            for path in sorted(folder.glob("*.toml")):
                try:
                    stat = path.stat()
                except OSError:  # gone meanwhile
                    continue
                files.append((path, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        zones = {str(source.schedule_zone) for source in self.sources.values()}
        return files, sorted((zone, zone_version(zone)) for zone in zones)


def policy_as_dict(policy: Policy) -> dict[str, Any]:
    """A policy as JSON values, in the words of a source file.

    >>> policy_as_dict(Policy(retry_after="90s"))["retry_after"]
    '90s'
    """
    return {
        name: _in_words(value) if isinstance(value, timedelta) else value
        for name, value in policy.model_dump().items()
        if value is not None
    }


def _in_words(span: timedelta) -> str:
    return f"{span.total_seconds():.3f}".rstrip("0").rstrip(".") + "s"
