"""How Alembic runs our migrations: on the connection that crawler.storage.schema hands over, in its transaction.

There is no alembic.ini and no offline mode: `crawler db upgrade` is the way, and knows locks and backups.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from crawler.storage.columns import BigKey, Json, UtcDateTime, Word
from crawler.storage.tables import Base


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types into a migration as plain SQLAlchemy: history must not change when our code does."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Word):
        return "sa.Text()"
    if item is Json:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if item is BigKey:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what else may live in the database: the search index (with shadow tables), procrastinate's tables."""
    return kind != "table" or name in Base.metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by building it anew
    render_item=render_item,
    include_name=is_ours,
    compare_server_default=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
