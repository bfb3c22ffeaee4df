"""`crawler demo` must show what it promises, by itself, with nothing set up: the first thing that anybody sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.crawl.crawling import Done, Home

# The demo takes some 20 s on an idle machine, and may take a minute on a busy one. Seconds.
LONGEST = 110.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Done:
    """The demo's end and words, on a machine whose own settings would lead astray."""
    home = Home(tmp_path_factory.mktemp("home"))
    done = home.run("demo", "--keep", str(folder), within=LONGEST, CRAWLER_ALLOW_PRIVATE_ADDRESSES="0")
    assert not home.database.exists(), "the user's own database is not touched"
    return done


def test_it_ends_well(demo: Done) -> None:
    assert demo.code == 0, demo.out + demo.err
    assert re.search(r"All \d+ checks of this demo passed", demo.out)


def test_it_takes_every_step_in_order(demo: Done) -> None:
    assert re.findall(r"^── (\d) ", demo.out, re.MULTILINE) == list("1234567")


def test_every_command_is_shown_before_what_it_prints(demo: Done) -> None:
    commands = re.findall(r"^\$ crawler (\w+)", demo.out, re.MULTILINE)
    assert [commands.count(word) for word in ("crawl", "article", "explain", "run", "log")] == [2, 4, 2, 1, 1]
    assert demo.out.index("$ crawler crawl") < demo.out.index("succeeded_with_errors")
    assert "Traceback" not in demo.out + demo.err


def test_what_is_kept_can_be_looked_at_with_the_printed_settings(demo: Done, folder: Path, home: Home) -> None:
    settings = dict(re.findall(r"^  export (\w+)=(.+)$", demo.out, re.MULTILINE))
    assert str(folder) in settings["CRAWLER_DATABASE_URL"]
    listed = home.run("article", "list", "--language", "kk", "--limit", "50", "--json", **settings).json
    assert len(listed["articles"]) == 9
    assert home.run("source", "check", "steppe_courier", **settings).code == 0


def test_a_folder_that_holds_something_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = home.run("demo", "--keep", str(tmp_path))
    assert done.code == 2
    assert "not an empty folder" in done.err
