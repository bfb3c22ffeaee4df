"""Makes a database to be asked, with its source files: python -m benchmarks.query.prepare FOLDER sqlite|URL ARTICLES

SQLite goes into FOLDER as ARTICLES.db; URL names an empty PostgreSQL database.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.query.filling import Filling, write_sources
from crawler.storage import schema
from crawler.storage.database import Database


def main(folder: Path, url: str, articles: int) -> None:
    """Migrate and fill the database, as of now."""
    write_sources(folder / "sources")
    with Database(f"sqlite:///{folder}/{articles}.db" if url == "sqlite" else url) as database:
        schema.upgrade(database)
        Filling(database, articles=articles, now=datetime.now(UTC)).fill()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
