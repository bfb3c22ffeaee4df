"""The source files as they are now, for requests that come from many threads. Writes none."""

from __future__ import annotations

import threading
from time import monotonic

from crawler.config import Config
from crawler.scheduling.declarations import Declarations

# How often the files are looked at for changes. Seconds; a look at 15 files costs about a millisecond.
LOOK_EVERY = 1.0


class KnownSources:
    """Declarations that are read again when a file changes."""

    def __init__(self, config: Config) -> None:
        self._declarations = Declarations(config.source_folders)
        self._looked_at = -LOOK_EVERY
        self._lock = threading.Lock()

    def declarations(self) -> Declarations:
        """What the files say, at most a second old."""
        with self._lock:
            if monotonic() - self._looked_at >= LOOK_EVERY:
                self._declarations.refresh()
                self._looked_at = monotonic()
            return self._declarations
