"""Search in PostgreSQL: ИИ and АО are words of their own, which the stemmer takes for и and а.

It cuts an ending off whatever follows a vowel, also where nothing is left but the vowel. Such words get a sign at their
end in the index, as in questions (matching.py). SQLite has no stemmer.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

# As in matching.py: what the stemmer makes one letter of.
_WHOLE = "[аеиоуыэюя][аеийоуыьюя]"
_SIGNS = r"-‐‑–—./\_@:%+&~#=<>*^|"
_BEFORE = f"""
    CREATE OR REPLACE FUNCTION article_search_vector(is_stemmed boolean, headline text, lead text, body text)
    RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
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
"""
_TEXT = """
    CREATE FUNCTION article_search_text(is_stemmed boolean, written text, most integer) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        signs text := '{signs}';
        plain text := translate(left(coalesce(written, ''), most), 'ёЁ' || signs, 'еЕ' || repeat(' ', length(signs)));
    BEGIN
        RETURN CASE WHEN is_stemmed THEN regexp_replace(plain, '\\m({whole})\\M', '\\1ъ', 'gi') ELSE plain END;
    END $$
"""
_VECTOR = """
    CREATE OR REPLACE FUNCTION article_search_vector(is_stemmed boolean, headline text, lead text, body text)
    RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
    DECLARE
        config regconfig := CASE WHEN is_stemmed THEN 'crawler_words' ELSE 'simple' END;
    BEGIN
        RETURN setweight(to_tsvector(config, article_search_text(is_stemmed, headline, 3000)), 'A')
            || setweight(to_tsvector(config, article_search_text(is_stemmed, lead, 10000)), 'B')
            || to_tsvector(config, article_search_text(is_stemmed, body, 300000));
    END $$
"""
# Those articles only that have such a word.
_AGAIN = """
    UPDATE article_search SET vector = article_search_vector(is_stemmed, headline, lead, body)
    FROM articles WHERE articles.id = article_id AND is_stemmed
    AND translate(concat_ws(' ', headline, lead, body), 'ёЁ', 'еЕ') ~* '\\m{whole}\\M'
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in (_TEXT.replace("{signs}", _SIGNS), _VECTOR, _AGAIN):
            # The driver's own form: `:%` is no parameter.
            op.get_bind().exec_driver_sql(statement.replace("{whole}", _WHOLE).replace("%", "%%"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in (_BEFORE, _AGAIN, "DROP FUNCTION article_search_text"):
            op.get_bind().exec_driver_sql(statement.replace("{whole}", _WHOLE).replace("%", "%%"))
