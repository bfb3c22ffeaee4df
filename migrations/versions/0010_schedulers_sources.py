"""Which sources a scheduler looks after, for those that were started for some of them only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crawler.storage.columns import Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("schedulers", sa.Column("sources", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("schedulers", "sources")
