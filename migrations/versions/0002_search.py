"""Full-text search over articles: FTS5 in SQLite, tsvector in PostgreSQL, both kept by triggers.

Whoever builds the table `articles` anew in SQLite (batch_alter_table with recreate) drops its triggers with it and must
make them again.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    # The text stays in `articles`; the index holds terms only.
    """
    CREATE VIRTUAL TABLE article_search USING fts5(
        headline, lead, body, content='articles', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )
    """,
    """
    CREATE TRIGGER article_search_insert AFTER INSERT ON articles BEGIN
        INSERT INTO article_search(rowid, headline, lead, body) VALUES (new.id, new.headline, new.lead, new.body);
    END
    """,
    """
    CREATE TRIGGER article_search_delete AFTER DELETE ON articles BEGIN
        INSERT INTO article_search(article_search, rowid, headline, lead, body)
        VALUES ('delete', old.id, old.headline, old.lead, old.body);
    END
    """,
    """
    CREATE TRIGGER article_search_update AFTER UPDATE OF headline, lead, body ON articles BEGIN
        INSERT INTO article_search(article_search, rowid, headline, lead, body)
        VALUES ('delete', old.id, old.headline, old.lead, old.body);
        INSERT INTO article_search(rowid, headline, lead, body) VALUES (new.id, new.headline, new.lead, new.body);
    END
    """,
    "INSERT INTO article_search(article_search) VALUES ('rebuild')",
)

# 'russian' also stems Latin words, by English rules. There is no Kazakh configuration: 'simple', asked by prefix.
# A tsvector holds 1 MB; 300,000 characters of Cyrillic stay below that, and no article is longer.
POSTGRESQL = (
    """
    CREATE TABLE article_search (
        article_id bigint NOT NULL,
        is_stemmed boolean NOT NULL,
        vector tsvector NOT NULL,
        CONSTRAINT pk_article_search PRIMARY KEY (article_id),
        CONSTRAINT fk_article_search_article_id_articles
            FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_article_search_vector ON article_search USING gin (vector)",
    """
    CREATE FUNCTION article_search_write() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        stemmed boolean := coalesce(NEW.language IN ('ru', 'en'), false);
        config regconfig := CASE WHEN stemmed THEN 'russian' ELSE 'simple' END;
    BEGIN
        INSERT INTO article_search (article_id, is_stemmed, vector)
        VALUES (NEW.id, stemmed, to_tsvector(config, left(concat_ws(' ', NEW.headline, NEW.lead, NEW.body), 300000)))
        ON CONFLICT (article_id) DO UPDATE SET is_stemmed = excluded.is_stemmed, vector = excluded.vector;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER article_search_write AFTER INSERT OR UPDATE OF headline, lead, body, language ON articles
    FOR EACH ROW EXECUTE FUNCTION article_search_write()
    """,
    "UPDATE articles SET language = language",
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER article_search_write ON articles")
        op.execute("DROP FUNCTION article_search_write")
    else:
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER article_search_{event}")
    op.execute("DROP TABLE article_search")
