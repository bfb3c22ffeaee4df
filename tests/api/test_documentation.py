"""The examples of docs/api.md work as they stand there: one after the other, in a shell, against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.storage.database import Database
from crawler.storage.tables import ArticleRow
from crawler.web.api import OPERATIONS
from tests.api.serving import serving

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_the_examples_run(url: str, sources: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 7
    # Those of the page, with this server's address and this database's numbers.
    with Database(url) as database, database.read() as session:
        article = session.query(ArticleRow.id).limit(1).scalar()
    script = "\n".join(blocks).replace("http://127.0.0.1:8710", "$SERVER").replace("articles/1", f"articles/{article}")
    script = script.replace("sources/tengrinews", "sources/steppe_telegraph")
    (tmp_path / ".curlrc").write_text("fail\nmax-time = 20\nshow-error\n")
    crawler = f'crawler() {{ "{sys.executable}" -m crawler "$@"; }}\n'
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"HOME": str(tmp_path), "CRAWLER_DATABASE_URL": url, "NO_PROXY": "*"}
    with serving(url, sources) as address:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", crawler + script],
            env=environment | {"SERVER": address},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    assert (done.returncode, done.stderr.replace("It is not shown again: keep it now.", "").count("curl:")) == (0, 0), (
        done.stderr
    )
    assert "event: end" in done.stdout


def test_every_kind_of_operation_is_shown() -> None:
    shown = {re.sub(r"/(1|tengrinews)(?=/|$)", "/*", path) for path in re.findall(r"\$CRAWLER/api/v1([/\w]+)", PAGE)}
    known = {re.sub(r"\{\w+\}", "*", operation.path) for operation in OPERATIONS}
    assert shown <= known
    assert known - shown <= {"/sources/*", "/errors/*", "/logs", "/article"}
