"""Cursors as text for links and command lines: letters, digits, `-`, `_`. What one holds is its owner's part."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any


def pack(values: Sequence[object]) -> str:
    """The values as text.

    >>> unpack(pack(["n", 7]))
    ['n', 7]
    """
    written = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def unpack(written: str) -> Any:
    """What `pack` wrote, or any other JSON that somebody made up: look at it before use.

    Raises:
        ValueError: it is no JSON in that form.
    """
    padded = written.encode("ascii") + b"=" * (-len(written) % 4)
    try:
        return json.loads(base64.b64decode(padded, b"-_", validate=True))
    except RecursionError:
        raise ValueError("nested too deeply") from None
