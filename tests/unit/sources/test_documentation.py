"""docs/add-a-source.md explains every field, and what it shows works."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.discovery.links import Drop
from crawler.sources.reading import read_source
from crawler.sources.remedies import PARTS

PAGE = (Path(__file__).parents[3] / "docs" / "add-a-source.md").read_text("utf-8")
HEADINGS = {"": "The site"} | {part: part.capitalize() for part in PARTS if part}


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def documented(heading: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(heading), re.MULTILINE))


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_field_is_explained_and_no_other(part: str) -> None:
    assert documented(HEADINGS[part]) == set(PARTS[part].model_fields)


def test_every_reason_to_drop_a_link_is_explained() -> None:
    assert documented("When something is wrong") == set(Drop)


def test_the_worked_example_is_a_source(write: Callable[..., Path]) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    source, problems = read_source(write(example))
    assert problems == ()
    assert source is not None
    assert source.editions[0].listings[0].item == "article.card"
    assert source.layouts[0].name == "2024"


def test_the_shown_problems_are_those_that_come(write: Callable[..., Path]) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    wrong = example.replace('"Europe/London"', '"Europe/Londn"').replace("host =", "hosts =")
    path = write(wrong.replace("[politeness]\n", ""))
    shown = {line.strip() for line in section("When something is wrong").splitlines() if "herald.toml: " in line}
    found = {str(problem).replace(str(path), "herald.toml") for problem in read_source(path)[1]}
    assert shown <= found
