"""Source files may change while a scheduler works; a broken one stops no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.scheduling import declarations as subject
from crawler.scheduling.declarations import Declarations, policy_as_dict
from crawler.sources.source import Policy

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HERALD = """
id = "{id}"
name = "The Herald"
home = "https://{id}.example/"
schedule = "{line}"
[[editions]]
id = "en"
host = "{id}.example"
language = "en"
timezone = "Europe/London"
article = '/(?P<id>\\d+)/'
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of sources; there are no packaged ones."""
    packaged = tmp_path / "packaged"
    packaged.mkdir()
    monkeypatch.setattr(subject, "PACKAGED", packaged)
    monkeypatch.setattr("crawler.sources.registry.PACKAGED", packaged)
    (tmp_path / "sources").mkdir()
    return tmp_path / "sources"


def write(folder: Path, name: str, line: str = "0 6 * * *") -> None:
    (folder / f"{name}.toml").write_text(HERALD.format(id=name, line=line))


def test_schedules_are_declared_with_their_next_fire(folder: Path) -> None:
    write(folder, "herald", "0 12 * * *")
    declarations = Declarations([folder])
    assert declarations.refresh()
    (herald,) = declarations.declared(NOW)
    assert (herald.source_id, herald.spec, herald.zone) == ("herald", "0 12 * * *", "Europe/London")
    assert herald.next_fire_at is not None
    assert timedelta(hours=3) <= herald.next_fire_at - NOW < timedelta(hours=3, minutes=1)


def test_files_are_read_again_only_when_one_has_changed(folder: Path) -> None:
    write(folder, "herald")
    declarations = Declarations([folder])
    assert declarations.refresh()
    assert not declarations.refresh()
    write(folder, "courier")
    assert declarations.refresh()
    assert set(declarations.sources) == {"herald", "courier"}
    (folder / "herald.toml").unlink()
    assert declarations.refresh()
    assert set(declarations.sources) == {"courier"}


def test_a_change_of_law_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "herald")
    declarations = Declarations([folder])
    declarations.refresh()
    monkeypatch.setattr(subject, "zone_version", lambda zone: f"{zone}, second reading")
    assert declarations.refresh()
    assert not declarations.refresh()


def test_a_broken_file_is_told_and_stops_no_other(folder: Path) -> None:
    write(folder, "herald")
    write(folder, "courier", line="every now and then")
    declarations = Declarations([folder])
    declarations.refresh()
    assert set(declarations.sources) == {"herald"}
    assert "there are 4 fields" in declarations.broken["courier"]


def test_a_scheduler_may_look_after_some_sources_only(folder: Path) -> None:
    write(folder, "herald")
    write(folder, "courier")
    declarations = Declarations([folder], only=["courier"])
    declarations.refresh()
    assert [one.source_id for one in declarations.declared(NOW)] == ["courier"]
    assert not declarations.is_ours("herald")


def test_a_source_without_a_schedule_is_for_crawls_by_hand(folder: Path) -> None:
    (folder / "herald.toml").write_text(HERALD.format(id="herald", line="").replace('schedule = ""\n', ""))
    declarations = Declarations([folder])
    declarations.refresh()
    assert set(declarations.sources) == {"herald"}
    assert declarations.declared(NOW) == []


def test_a_policy_comes_back_from_its_row() -> None:
    policy = Policy.model_validate({"timeout": "90m", "retries": 5, "jitter": "500ms", "catch_up_within": "30d"})
    assert Policy.model_validate(policy_as_dict(policy)) == policy
    assert Policy.model_validate(policy_as_dict(Policy())) == Policy()
