"""An index by which an article's translations are found: the site's own id, which its editions share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_HAS_ID = sa.text("site_article_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_articles_site_article_id",
        "articles",
        ["site_article_id", "source_id"],
        sqlite_where=_HAS_ID,
        postgresql_where=_HAS_ID,
    )


def downgrade() -> None:
    op.drop_index("ix_articles_site_article_id", "articles")
