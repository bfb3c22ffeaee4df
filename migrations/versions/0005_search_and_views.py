"""Search: ё is е, the headline weighs most, no word is left out; an index for lists; views for people who write SQL.

SQLite: as before, whoever builds `articles` anew drops the triggers with it. The views stay, and must fit what comes.
"""
# ruff: noqa: S608 (statements are put together here from parts that stand here)

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

# --- The index of words -----------------------------------------------------------------------------------------------
_FOLDED = "replace(replace({0}, 'ё', 'е'), 'Ё', 'Е')"
_TEXTS = ", ".join(_FOLDED.format(f"{{0}}{name}") for name in ("headline", "lead", "body"))
_ADD = f"INSERT INTO article_search(rowid, headline, lead, body) VALUES (new.id, {_TEXTS.format('new.')})"
_REMOVE = (
    "INSERT INTO article_search(article_search, rowid, headline, lead, body) "
    f"VALUES ('delete', old.id, {_TEXTS.format('old.')})"
)
SQLITE = (
    "DROP TRIGGER article_search_insert",
    "DROP TRIGGER article_search_delete",
    "DROP TRIGGER article_search_update",
    "DROP TABLE article_search",
    # What the index is built from and compared with; the index itself holds terms only.
    "CREATE VIEW article_texts (id, headline, lead, body) AS SELECT id, " + _TEXTS.format("") + " FROM articles",
    """
    CREATE VIRTUAL TABLE article_search USING fts5(
        headline, lead, body, content='article_texts', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )
    """,
    f"CREATE TRIGGER article_search_insert AFTER INSERT ON articles BEGIN {_ADD}; END",
    f"CREATE TRIGGER article_search_delete AFTER DELETE ON articles BEGIN {_REMOVE}; END",
    "CREATE TRIGGER article_search_update AFTER UPDATE OF headline, lead, body ON articles "
    f"BEGIN {_REMOVE}; {_ADD}; END",
    "INSERT INTO article_search(article_search) VALUES ('rebuild')",
)

# 'russian' (which stems Latin words by English rules) leaves out the commonest words: "to be or not to be" would be no
# phrase. There is no Kazakh configuration: 'simple', asked by prefix. Signs become spaces first, for the parser would
# take tengrinews.kz or и/или for one word each. A tsvector holds 1 MB; 300,000 characters of Cyrillic stay below that.
_SIGNS = r"-‐‑–—./\_@:%+&~#=<>*^|"
POSTGRESQL = (
    "DROP TRIGGER article_search_write ON articles",
    "DROP FUNCTION article_search_write",
    "DROP INDEX ix_article_search_vector",
    "DELETE FROM article_search",
    "CREATE TEXT SEARCH DICTIONARY crawler_russian (TEMPLATE = pg_catalog.snowball, Language = russian)",
    "CREATE TEXT SEARCH DICTIONARY crawler_english (TEMPLATE = pg_catalog.snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION crawler_words (COPY = pg_catalog.russian)",
    "ALTER TEXT SEARCH CONFIGURATION crawler_words ALTER MAPPING REPLACE russian_stem WITH crawler_russian",
    "ALTER TEXT SEARCH CONFIGURATION crawler_words ALTER MAPPING REPLACE english_stem WITH crawler_english",
    f"""
    CREATE FUNCTION article_search_vector(is_stemmed boolean, headline text, lead text, body text) RETURNS tsvector
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        signs text := '{_SIGNS}';
        config regconfig := CASE WHEN is_stemmed THEN 'crawler_words' ELSE 'simple' END;
    BEGIN
        RETURN setweight(to_tsvector(config, translate(left(coalesce(headline, ''), 3000), 'ёЁ' || signs,
                                                       'еЕ' || repeat(' ', length(signs)))), 'A')
            || setweight(to_tsvector(config, translate(left(coalesce(lead, ''), 10000), 'ёЁ' || signs,
                                                       'еЕ' || repeat(' ', length(signs)))), 'B')
            || to_tsvector(config, translate(left(body, 300000), 'ёЁ' || signs, 'еЕ' || repeat(' ', length(signs))));
    END $$
    """,
    """
    CREATE FUNCTION article_search_write() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        stemmed boolean := coalesce(NEW.language IN ('ru', 'en'), false);
    BEGIN
        INSERT INTO article_search (article_id, is_stemmed, vector)
        VALUES (NEW.id, stemmed, article_search_vector(stemmed, NEW.headline, NEW.lead, NEW.body))
        ON CONFLICT (article_id) DO UPDATE SET is_stemmed = excluded.is_stemmed, vector = excluded.vector;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER article_search_write AFTER INSERT OR UPDATE OF headline, lead, body, language ON articles
    FOR EACH ROW EXECUTE FUNCTION article_search_write()
    """,
    """
    INSERT INTO article_search (article_id, is_stemmed, vector)
    SELECT id, stemmed, article_search_vector(stemmed, headline, lead, body)
    FROM (SELECT *, coalesce(language IN ('ru', 'en'), false) AS stemmed FROM articles) AS every
    """,
    # Two, so that a match in one needs no look at the row to know how it was indexed.
    "CREATE INDEX ix_article_search_stemmed ON article_search USING gin (vector) WHERE is_stemmed",
    "CREATE INDEX ix_article_search_plain ON article_search USING gin (vector) WHERE NOT is_stemmed",
)

# As 0002 made them.
SQLITE_BEFORE = (
    "DROP TRIGGER article_search_insert",
    "DROP TRIGGER article_search_delete",
    "DROP TRIGGER article_search_update",
    "DROP TABLE article_search",
    "DROP VIEW article_texts",
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
POSTGRESQL_BEFORE = (
    "DROP TRIGGER article_search_write ON articles",
    "DROP FUNCTION article_search_write",
    "DROP FUNCTION article_search_vector",
    "DROP INDEX ix_article_search_stemmed",
    "DROP INDEX ix_article_search_plain",
    "DROP TEXT SEARCH CONFIGURATION crawler_words",
    "DROP TEXT SEARCH DICTIONARY crawler_russian",
    "DROP TEXT SEARCH DICTIONARY crawler_english",
    "DELETE FROM article_search",
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
    "CREATE INDEX ix_article_search_vector ON article_search USING gin (vector)",
)

# --- Views: what each database says in its own way --------------------------------------------------------------------
SQLITE_WORDS = {
    "ago": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-{0} days')",
    "seconds": "round((julianday({1}) - julianday({0})) * 86400, 1)",
    "joined": "(SELECT group_concat({1}, '; ') FROM (SELECT {1} FROM {0} WHERE article_id = a.id ORDER BY position))",
}
POSTGRESQL_WORDS = {
    "ago": "now() - interval '{0} days'",
    "seconds": "round(extract(epoch FROM {1} - {0})::numeric, 1)::double precision",
    "joined": "(SELECT string_agg({1}, '; ' ORDER BY position) FROM {0} WHERE article_id = a.id)",
}

GOOD = "('succeeded', 'succeeded_with_errors')"
NOT_BAD = "('succeeded', 'succeeded_with_errors', 'cancelled', 'skipped')"
NEITHER = "('cancelled', 'skipped')"

V_ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.id, a.source_id, a.edition, a.language, a.section, a.headline, a.lead, a.body, a.canonical_url AS url,
       a.published_at, a.published_precision, a.modified_at, a.listed_at, a.first_seen_at, a.last_seen_at, a.gone_at,
       a.word_count, a.is_accessible_for_free, a.revision, {authors} AS authors, {tags} AS tags,
       (SELECT i.url FROM article_images i WHERE i.article_id = a.id AND i.position = 0) AS image_url,
       m.cluster_id, CASE WHEN c.original_id <> a.id THEN c.original_id END AS copy_of
FROM articles a LEFT JOIN cluster_members m ON m.article_id = a.id LEFT JOIN clusters c ON c.id = m.cluster_id
"""
V_RUNS = f"""
CREATE VIEW v_runs AS
SELECT r.id, r.source_id, r.kind, r.trigger, r.state, r.outcome, r.reason,
       CASE WHEN r.outcome IN {GOOD} THEN 1 WHEN r.outcome NOT IN {NEITHER} THEN 0 END AS is_good,
       r.created_at, r.scheduled_for, r.started_at, r.finished_at, {{duration}} AS duration_s,
       (SELECT count(*) FROM run_attempts t WHERE t.run_id = r.id) AS attempts, r.discovered, r.fetched, r.new,
       r.revised, r.unchanged, r.duplicate, r.rejected, r.failed, r.errors
FROM runs r
"""
# The last run of each source that was to find new stories, and did so or failed.
LAST = f"""(SELECT max(l.id) FROM runs l WHERE l.source_id = {{0}} AND l.kind = 'discovery' AND l.state = 'finished'
            AND l.outcome NOT IN {NEITHER})"""
LAST_GOOD = f"""(SELECT max(g.id) FROM runs g WHERE g.source_id = {{0}} AND g.kind = 'discovery'
                 AND g.outcome IN {GOOD})"""
V_SOURCE_HEALTH = f"""
CREATE VIEW v_source_health AS
SELECT s.source_id, s.last_run_id, last.outcome AS last_outcome, good.finished_at AS last_success_at,
       (SELECT a.first_seen_at FROM articles a WHERE a.source_id = s.source_id ORDER BY a.listed_at DESC, a.id DESC
        LIMIT 1) AS last_new_at,
       (SELECT count(*) FROM articles a WHERE a.source_id = s.source_id) AS articles,
       (SELECT count(*) FROM articles a WHERE a.source_id = s.source_id AND a.first_seen_at >= {{ago_1}}
        AND a.listed_at >= {{ago_4}}) AS articles_24h,
       (SELECT count(*) FROM articles a WHERE a.source_id = s.source_id AND a.first_seen_at >= {{ago_7}}
        AND a.listed_at >= {{ago_10}}) AS articles_7d,
       (SELECT count(*) FROM runs r WHERE r.source_id = s.source_id AND r.kind = 'discovery' AND r.outcome IN {GOOD}
        AND r.finished_at >= {{ago_7}}) AS runs_good_7d,
       (SELECT count(*) FROM runs r WHERE r.source_id = s.source_id AND r.kind = 'discovery'
        AND r.outcome NOT IN {NOT_BAD} AND r.finished_at >= {{ago_7}}) AS runs_failed_7d,
       (SELECT count(*) FROM runs r WHERE r.source_id = s.source_id AND r.kind = 'discovery'
        AND r.outcome NOT IN {NOT_BAD} AND r.id > coalesce(s.last_good_id, 0)) AS failures,
       (SELECT count(*) FROM error_occurrences o WHERE o.run_id = s.last_run_id) AS open_errors
FROM (SELECT every.source_id, {LAST.format("every.source_id")} AS last_run_id,
             {LAST_GOOD.format("every.source_id")} AS last_good_id
      FROM (SELECT source_id FROM articles UNION SELECT source_id FROM runs) AS every) AS s
LEFT JOIN runs last ON last.id = s.last_run_id LEFT JOIN runs good ON good.id = s.last_good_id
"""
V_ERRORS = f"""
CREATE VIEW v_errors AS
SELECT e.id AS error_id, o.source_id, e.kind, e.logger, e.message, coalesce(o.url, e.sample_url) AS sample_url,
       coalesce(o.count, e.count) AS count, coalesce(o.runs, 0) AS runs,
       coalesce(o.first_at, e.first_seen_at) AS first_at, coalesce(o.last_at, e.last_seen_at) AS last_at, o.last_run_id,
       CASE WHEN o.last_run_id >= {LAST.format("o.source_id")} THEN 1 ELSE 0 END AS is_open
FROM errors e LEFT JOIN (
    SELECT error_id, source_id, sum(count) AS count, count(DISTINCT run_id) AS runs, min(first_at) AS first_at,
           max(last_at) AS last_at, max(run_id) AS last_run_id, max(url) AS url
    FROM error_occurrences GROUP BY error_id, source_id
) AS o ON o.error_id = e.id
"""
VIEWS = ("v_articles", "v_runs", "v_source_health", "v_errors")


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_index(
        "ix_articles_lists",
        "articles",
        ["listed_at", "id", "source_id", "edition", "language", "section", "revision", "gone_at"],
    )
    op.drop_index("ix_articles_listed_at_id", "articles")
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        op.execute(statement)
    words = POSTGRESQL_WORDS if is_postgresql else SQLITE_WORDS
    parts = {f"ago_{days}": words["ago"].format(days) for days in (1, 4, 7, 10)}
    parts["duration"] = words["seconds"].format("r.started_at", "r.finished_at")
    parts["authors"] = words["joined"].format("article_authors", "name")
    parts["tags"] = words["joined"].format("article_tags", "tag")
    for view in (V_ARTICLES, V_RUNS, V_SOURCE_HEALTH, V_ERRORS):
        # The driver's own form: `::` and `:%f` are no parameters.
        op.get_bind().exec_driver_sql(
            view.format(**parts).replace("%", "%%") if is_postgresql else view.format(**parts)
        )


def downgrade() -> None:
    for view in reversed(VIEWS):
        op.execute(f"DROP VIEW {view}")
    for statement in POSTGRESQL_BEFORE if op.get_bind().dialect.name == "postgresql" else SQLITE_BEFORE:
        op.execute(statement)
    op.create_index("ix_articles_listed_at_id", "articles", ["listed_at", "id"])
    op.drop_index("ix_articles_lists", "articles")
