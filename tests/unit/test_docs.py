"""What can be set, typed or read is documented: each test names what is missing."""

import re
from pathlib import Path

import pytest
import typer

from crawler.cli.application import app
from crawler.config import Config

DOCS = Path(__file__).parents[2] / "docs"


def commands() -> list[str]:
    """Every command, as it is typed."""

    def walk(group: typer.core.TyperGroup, words: str) -> list[str]:
        found = []
        for name, command in group.commands.items():
            if isinstance(command, typer.core.TyperGroup):
                found += walk(command, f"{words} {name}")
            else:
                found.append(f"{words} {name}")
        return found

    root = typer.main.get_command(app)
    assert isinstance(root, typer.core.TyperGroup)
    return walk(root, "crawler")


@pytest.mark.parametrize("name", sorted(Config.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `CRAWLER_{name.upper()}` |" in (DOCS / "configuration.md").read_text("utf-8")


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in (DOCS / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("command", commands())
def test_every_option_of_a_command_is_documented(command: str) -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    section = re.split("\n##+ ", page.partition(f"### `{command}")[2])[0]
    found: typer.core.TyperGroup | typer.core.TyperCommand = typer.main.get_command(app)
    for word in command.split()[1:]:
        found = found.commands[word]
    options = [opt for p in found.params for opt in p.opts if opt.startswith("--") and opt not in ("--help", "--json")]
    assert [option for option in options if option not in section] == []
