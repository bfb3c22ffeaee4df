"""Indexes for health and charts: new articles by source and time, runs by outcome."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

INDEXES = (
    ("articles", ("source_id", "first_seen_at", "listed_at")),
    ("runs", ("source_id", "kind", "outcome", "id")),
    ("runs", ("outcome", "created_at", "id")),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(_name(table, columns), table_name=table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")
