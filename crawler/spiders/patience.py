"""What a crawl asks of its database outside the store, as patiently as the store: a server may restart meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.storage.database import Database

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

# To wait for a database that has gone, or into which another writes for long: a restart of PostgreSQL takes some ten,
# a VACUUM of a large SQLite file minutes. Seconds.
PATIENCE = 180.0
# Between two tries of that. Seconds.
LOOK_EVERY = 2.0


async def transact(database: Database, work: Callable[[Session], Result], *, patience: float = PATIENCE) -> Result:
    """Do `work` in a transaction of its own, on another thread; wait for a database that cannot be reached or is busy.

    Args:
        patience: so long, in seconds.

    Raises:
        DatabaseError: it is away for longer, or something else is wrong with it.
    """
    until = monotonic() + patience
    while True:
        try:
            return await asyncio.to_thread(database.transact, work)
        except DatabaseError as error:
            if not error.is_away or monotonic() > until:
                raise
            logger.warning("The crawl waits for its database: %s", error)
        await asyncio.sleep(LOOK_EVERY)
