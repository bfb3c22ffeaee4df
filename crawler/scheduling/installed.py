"""Whether the program on disk is still the one that runs. Restarts nothing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


class Installed:
    """The code as it was when this process began."""

    def __init__(self) -> None:
        self._began_with = self._latest = _look()

    def was_replaced(self) -> bool:
        """True once code has changed since the beginning and not since the last call: an upgrade that is complete."""
        before, self._latest = self._latest, _look()
        return self._latest == before != self._began_with


def _look() -> object:
    """Our own files, and the folder of libraries, which changes with every package that is installed or removed."""
    try:
        own = sorted((path, path.stat().st_mtime_ns) for path in PACKAGE.rglob("*.py"))
        scrapy = find_spec("scrapy")
        libraries = Path(scrapy.origin).parents[1].stat().st_mtime_ns if scrapy and scrapy.origin else 0
    except OSError:  # files come and go: an upgrade is in progress
        return object()
    return own, libraries
