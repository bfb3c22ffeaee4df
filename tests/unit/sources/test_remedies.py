"""Wrong files: every problem at once, each with its file, field, value and remedy."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from crawler.sources.reading import read_source
from crawler.sources.remedies import PARTS, REMEDIES, problems_of
from crawler.sources.source import Declaration, Source

FULL: dict[str, Any] = tomllib.loads(r"""
id = "herald"
name = "The Example Herald"
home = "https://www.herald.example/"
[policy]
overlap = "queue"
[politeness]
delay = "2s"
[[editions]]
id = "en"
host = "www.herald.example"
language = "en"
timezone = "Europe/London"
article = '/(?P<id>\d+)-[a-z-]+/$'
feeds = [{ url = "https://www.herald.example/rss" }]
sitemaps = [{ url = "https://www.herald.example/map.xml" }]
listings = [{ url = "https://www.herald.example/news/" }]
[[layouts]]
name = "2024"
article = "article"
""")
WHERE = {
    "": (),
    "policy": ("policy",),
    "politeness": ("politeness",),
    "editions": ("editions", 0),
    "layouts": ("layouts", 0),
    "feeds": ("editions", 0, "feeds", 0),
    "sitemaps": ("editions", 0, "sitemaps", 0),
    "listings": ("editions", 0, "listings", 0),
}
# Every kind of value that TOML knows, usual and extreme.
ANYTHING: list[Any] = [
    "", "§", "a\nb", "x" * 5_000, 0, -1, 10**9, 10**30, 1.5, float("nan"), float("inf"), True,
    datetime(2024, 3, 1, 12, tzinfo=UTC), datetime(2024, 3, 1, 12), date(2024, 3, 1), time(12),  # noqa: DTZ001
    [], [[]], [1], [{}], {}, {"x": 1}, {"url": 5}, ["("], ["a", 2],
]  # fmt: skip


def broken_documents() -> Iterator[dict[str, Any]]:
    for part, declaration in PARTS.items():
        for name in declaration.model_fields:
            for value in ANYTHING:
                document = copy.deepcopy(FULL)
                table: Any = document
                for step in WHERE[part]:
                    table = table[step]
                table[name] = value
                yield document
            document = copy.deepcopy(FULL)
            table = document
            for step in WHERE[part]:
                table = table[step]
            table.pop(name, None)
            yield document


def test_every_kind_of_mistake_has_its_remedy() -> None:
    Source.model_validate(FULL)
    seen = set()
    for document in broken_documents():
        try:
            Source.model_validate(document)
        except ValidationError as error:
            seen |= {found["type"] for found in error.errors()}
            for problem in problems_of(error, document, "herald.toml"):
                assert problem.remedy
                assert len(problem.value) <= 60
    assert seen - {"extra_forbidden"} <= set(REMEDIES)
    assert len(seen) > 15  # the documents are as broken as they are meant to be


def test_the_table_of_parts_is_complete() -> None:
    assert set(PARTS.values()) == set(Declaration.__subclasses__())


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "remedy"),
    [
        pytest.param(
            'timezone = "Europe/London"',
            'timezone = "Europe/Londn"',
            "editions[0].timezone",
            '"Europe/Londn"',
            "not a time zone; did you mean Europe/London?",
            id="value misspelt",
        ),
        pytest.param(
            "host =",
            "hots =",
            "editions[0].hots",
            '"www.herald.example"',
            "there is no such field; did you mean `host`?",
            id="field misspelt",
        ),
        pytest.param(
            'language = "en"', "", "editions[0].language", "", "the field is missing; add it", id="field missing"
        ),
        pytest.param(
            "[[editions]]",
            'delay = "3s"\n[[editions]]',
            "delay",
            '"3s"',
            "this field belongs under [politeness]",
            id="field of another table",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nschedule = "0 * * * *"',
            "editions[0].schedule",
            '"0 * * * *"',
            "this field belongs at the top of the file, above the first [table]",
            id="field that slipped into a table",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nzzzzzz = 1',
            "editions[0].zzzzzz",
            "1",
            "there is no such field here; there are: id, host, mirrors, language, timezone, article, not_article, "
            "id_is_key, feeds, sitemaps, listings",
            id="field like no other",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nfeeds = "herald.example/rss"',
            "editions[0].feeds",
            '"herald.example/rss"',
            "write an absolute address that begins with https:// or http:// and holds no blanks",
            id="a single value where a list may stand",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nid_is_key = "perhaps"',
            "editions[0].id_is_key",
            '"perhaps"',
            "write true or false, without quotes",
            id="no truth value",
        ),
        pytest.param(
            "[[editions]]",
            "max_undated = 0\n[[editions]]",
            "max_undated",
            "0",
            "write 1 or more",
            id="number below its bound",
        ),
        pytest.param(
            "[[editions]]",
            'max_age = "1s"\n[[editions]]',
            "max_age",
            '"1s"',
            "write 1 minute or more",
            id="duration below its bound",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nsitemaps = [{ url = "https://a.example/x", newest = "top" }]',
            "editions[0].sitemaps[0].newest",
            '"top"',
            "write one of these: 'last', 'first' or 'lastmod'",
            id="not one of the choices",
        ),
        pytest.param(
            'id = "en"',
            'id = "en"\nlistings = [{ url = "https://a.example/x", date = ["time"] }]',
            "editions[0].listings[0].date",
            '["time"]',
            "the date is looked for inside `item`; write the selector of the box around link and date there",
            id="contradiction",
        ),
        pytest.param(
            'home = "https', 'home = 7 # "https', "home", "7", "write a text in quotes", id="number for a text"
        ),
    ],
)
def test_a_problem_names_field_value_and_remedy(
    write: Callable[..., Path], old: str, new: str, field: str, value: str, remedy: str
) -> None:
    sound = write().read_text()
    assert old in sound
    path = write(sound.replace(old, new, 1))
    source, problems = read_source(path)
    assert source is None
    assert (str(path), field, value, remedy) in [(p.file, p.field, p.value, p.remedy) for p in problems]


def test_all_problems_come_at_once(write: Callable[..., Path]) -> None:
    path = write(
        'id = "other"\nnmae = "x"\nhome = "herald"\nmax_age = 48\neditions = [{ id = "EN", timezone = "Mars" }]'
    )
    _, problems = read_source(path)
    assert {problem.field for problem in problems} == {
        "id",
        "nmae",
        "name",
        "home",
        "max_age",
        "editions[0].id",
        "editions[0].host",
        "editions[0].language",
        "editions[0].timezone",
        "editions[0].article",
    }
    assert str(problems[0]).startswith(f"{path}: ")
