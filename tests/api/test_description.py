"""The OpenAPI document tells the truth: schemathesis asks all that it says, and what it does not, of a server."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.storage.tables import Rights
from crawler.web.api import OPERATIONS, described
from crawler.web.api.openapi import COMMON
from tests.api.serving import make_token, serving

SETTINGS = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(sys.executable).with_name("schemathesis")


# Some 1,300 requests; two cores that are busy elsewhere need two minutes. Seconds.
@pytest.mark.timeout(400)
@pytest.mark.skipif(not PROGRAM.exists() and not shutil.which("schemathesis"), reason="no schemathesis here")
def test_the_server_does_what_its_description_says(url: str, sources: Path, tmp_path: Path) -> None:
    token = make_token(url, "tester", Rights.ACT)
    with serving(url, sources, host="0.0.0.0") as address:
        done = subprocess.run(
            [
                str(PROGRAM),
                *("--config-file", str(SETTINGS), "run", f"{address}/api/v1/openapi.json"),
                *("--header", f"Authorization: Bearer {token}"),
                # What is followed never ends by itself: test_following.py.
                *("--checks", "all", "--exclude-path-regex", "/follow$"),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--seed", "7", "--no-color"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=380,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]


def test_every_operation_is_described_with_all_its_answers() -> None:
    document = described()
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
            assert {str(status) for status in COMMON} < set(operation["responses"])
            assert all(value["description"] for value in operation.get("parameters", ())), operation["operationId"]
