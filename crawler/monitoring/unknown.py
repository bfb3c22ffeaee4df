"""Do the sources exist that a question names? What an empty answer has to say. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crawler.sources.registry import Registry
from crawler.storage.standings import recorded_sources


@dataclass(frozen=True, slots=True)
class UnknownSource:
    """An id that no source has, and under which nothing was ever recorded."""

    id: str
    nearest: tuple[str, ...]
    """Ids that are spelled nearly so, the nearest first; none where no id is near."""

    def __str__(self) -> str:
        hint = f"did you mean {' or '.join(self.nearest)}?" if self.nearest else "crawler source list names them all"
        return f"no source has the id {self.id!r}; {hint}"


def unknown_sources(session: Session, registry: Registry, ids: Collection[str]) -> list[UnknownSource]:
    """Those of some ids that are no source's. A source whose file is gone counts while something of it is recorded."""
    missing = [one for one in ids if one not in registry.sources]
    recorded = recorded_sources(session, missing) if missing else set()
    return [UnknownSource(one, registry.nearest(one)) for one in missing if one not in recorded]
