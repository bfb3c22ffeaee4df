"""The built wheel works without the repository: it carries the migrations, the sources and the demo's pages."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, and nothing else of ours."""
    built, folder = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site-packages")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def crawler(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": str(installed),
        "CRAWLER_DATABASE_URL": f"sqlite:///{cwd}/news.db",
        "XDG_CONFIG_HOME": str(cwd),
    }
    return subprocess.run(
        [sys.executable, "-m", "crawler", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import crawler, sys; sys.stdout.write(crawler.__file__)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith(str(installed))


def test_the_wheel_creates_and_migrates_a_database(installed: Path, tmp_path: Path) -> None:
    done = crawler(installed, "db", "upgrade", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "news.db").exists()
    assert crawler(installed, "db", "check", cwd=tmp_path).returncode == 0


def test_the_wheel_carries_the_sources(installed: Path, tmp_path: Path) -> None:
    done = crawler(installed, "source", "check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tengrinews" in crawler(installed, "source", "list", cwd=tmp_path).stdout


def test_the_wheel_carries_the_demo(installed: Path) -> None:
    assert list((installed / "crawler" / "demo" / "pages").rglob("*.toml"))
