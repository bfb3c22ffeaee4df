"""What the tests of the sources room share: the least document that is a source, and a folder to write files into."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERALD: dict[str, Any] = {
    "id": "herald",
    "name": "The Example Herald",
    "home": "https://www.herald.example/",
    "editions": [
        {
            "id": "en",
            "host": "www.herald.example",
            "language": "en",
            "timezone": "Europe/London",
            "article": r"/(?P<id>\d+)-[a-z-]+/$",
        }
    ],
}

HERALD_FILE = """
id = "herald"
name = "The Example Herald"
home = "https://www.herald.example/"

[[editions]]
id = "en"
host = "www.herald.example"
language = "en"
timezone = "Europe/London"
article = '/(?P<id>\\d+)-[a-z-]+/$'
"""


@pytest.fixture
def herald() -> dict[str, Any]:
    """The least document that is a source; to be changed at will."""
    return copy.deepcopy(HERALD)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a site file (by default a sound one, named after its id) into a folder of its own; returns its path."""

    def write_file(text: str | bytes = HERALD_FILE, name: str = "herald.toml", folder: str = "sources") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write_file
