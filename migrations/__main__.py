"""Writes the next migration from what tables.py says and the migrations do not: python -m migrations "what changes".

Compares in SQLite; check the file by hand, and with tests/storage on both databases.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from crawler.storage import schema
from crawler.storage.database import Database


def main(message: str) -> None:
    """Autogenerate a revision against an empty database at the newest revision."""
    versions = schema.migrations_folder() / "versions"
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder, Database(f"sqlite:///{Path(folder)}/empty.db") as database:
        if number != "0001":
            schema.upgrade(database)
        with database.migrating() as connection:
            config = schema.alembic_config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(sys.argv[1])
