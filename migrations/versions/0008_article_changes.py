"""Which articles are new or have another text since someone last looked: one row an article, kept by triggers.

SQLite has one writer at a time, so numbers are in the order of commits. PostgreSQL has many, and whoever took a number
first may commit last: there the row has its transaction, and a reader asks which of them it had not seen.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_NOTE = """
    DELETE FROM article_changes WHERE article_id = new.id;
    INSERT INTO article_changes (article_id) VALUES (new.id);
"""
SQLITE = (
    """
    CREATE TABLE article_changes (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id BIGINT NOT NULL UNIQUE,
        FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    f"CREATE TRIGGER article_changes_insert AFTER INSERT ON articles BEGIN {_NOTE} END",
    f"CREATE TRIGGER article_changes_update AFTER UPDATE OF headline, lead, body ON articles BEGIN {_NOTE} END",
    "INSERT INTO article_changes (article_id) SELECT id FROM articles ORDER BY id",
)
POSTGRESQL = (
    """
    CREATE TABLE article_changes (
        article_id bigint NOT NULL,
        transaction xid8 NOT NULL,
        CONSTRAINT pk_article_changes PRIMARY KEY (article_id),
        CONSTRAINT fk_article_changes_article_id_articles
            FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_article_changes_transaction ON article_changes (transaction)",
    """
    CREATE FUNCTION article_changes_write() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO article_changes (article_id, transaction) VALUES (NEW.id, pg_current_xact_id())
        ON CONFLICT (article_id) DO UPDATE SET transaction = excluded.transaction;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER article_changes_write AFTER INSERT OR UPDATE OF headline, lead, body ON articles
    FOR EACH ROW EXECUTE FUNCTION article_changes_write()
    """,
    "INSERT INTO article_changes (article_id, transaction) SELECT id, pg_current_xact_id() FROM articles",
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER article_changes_write ON articles")
        op.execute("DROP FUNCTION article_changes_write")
    else:
        op.execute("DROP TRIGGER article_changes_insert")
        op.execute("DROP TRIGGER article_changes_update")
    op.execute("DROP TABLE article_changes")
