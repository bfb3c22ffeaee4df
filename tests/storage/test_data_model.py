"""docs/data-model.md explains every table and every column, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.storage.columns import Base
from crawler.storage.coverage import FIELDS
from crawler.storage.database import Database
from crawler.storage.tables import LinkState, RelationKind, RevisionKind, Rights, RunKind, RunState

PAGE = (Path(__file__).parents[2] / "docs" / "data-model.md").read_text(encoding="utf-8")
SECTIONS = {match[1]: match[0] for match in re.finditer(r"^### `(\w+)`:.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)}
# Made by migrations alone, kept by triggers, with other columns on each database.
NOT_DECLARED = {"article_search", "article_changes"}
VIEWS = ("v_articles", "v_errors", "v_runs", "v_source_health")


def explained(section: str) -> set[str]:
    """The columns named in the first cell of a section's rows."""
    cells = re.findall(r"^\|([^|]*)\|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_table_has_a_section_and_every_section_a_table() -> None:
    assert set(SECTIONS) == set(Base.metadata.tables) | NOT_DECLARED | set(VIEWS)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_column_is_explained(table: str) -> None:
    assert explained(SECTIONS[table]) == set(Base.metadata.tables[table].columns.keys())


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_of_a_view_is_explained_on_both_databases(database: Database, view: str) -> None:
    with database.read() as session:
        columns = set(session.execute(text(f"SELECT * FROM {view}")).keys())
    assert explained(SECTIONS[view]) == columns


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("links", LinkState),
        ("article_relations", RelationKind),
        ("revisions", RevisionKind),
        ("runs", RunKind),
        ("runs", RunState),
        ("coverage_daily", FIELDS),
        ("api_tokens", Rights),
    ],
)
def test_every_word_of_a_closed_set_is_named(table: str, words: list[str]) -> None:
    assert [word for word in words if f"`{word}`" not in SECTIONS[table]] == []


QUERIES = (Path(__file__).parents[2] / "docs" / "query.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "number"), [pytest.param(PAGE, 5, id="data-model.md"), pytest.param(QUERIES, 6, id="query.md")]
)
def test_the_questions_run_on_both_databases(database: Database, page: str, number: int) -> None:
    (block,) = re.findall(r"```sql\n-- on both databases\n(.*?)```|```sql\n(-- today's.*?)```", page, re.DOTALL)
    questions = [question for question in "".join(block).split(";") if question.strip()]
    assert len(questions) == number
    with database.read() as session:
        for question in questions:
            assert session.execute(text(question)).all() == []
