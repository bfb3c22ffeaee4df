"""What a person reads who asks which commands there are: whole sentences on a terminal of 80 columns."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from crawler.cli.application import app

NOUNS = ["source", "article", "run", "schedule", "error", "db", "token"]


@pytest.mark.parametrize("words", [[], *([noun] for noun in NOUNS)], ids=["all", *NOUNS])
def test_no_command_is_described_by_half_a_sentence(words: list[str]) -> None:
    said = CliRunner().invoke(app, [*words, "--help"], terminal_width=80).stdout
    described = said.partition("Commands:\n")[2].splitlines()
    assert described
    assert [line for line in described if line.endswith("...")] == []
    assert max(map(len, described)) <= 80
