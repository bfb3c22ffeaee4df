"""The registry: files found, broken ones reported, none hidden by another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.errors import SourceError
from crawler.sources.registry import PACKAGED, Registry, read_one

Write = Callable[..., Path]


def remedies(registry: Registry) -> list[str]:
    return [problem.remedy for problem in registry.problems]


def test_a_users_file_stands_beside_the_packaged_ones(write: Write) -> None:
    path = write()
    registry = Registry.load([path.parent])
    assert registry.get("herald").name == "The Example Herald"
    assert registry.path_of("herald") == path
    assert registry.path_of("tengrinews") == PACKAGED / "tengrinews.toml"
    assert registry.problems == ()
    assert dict(registry.replaced) == {}


def test_a_users_file_with_a_packaged_id_replaces_it_and_says_so(write: Write) -> None:
    path = write(write().read_text().replace('"herald"', '"tengrinews"'), name="tengrinews.toml", folder="own")
    registry = Registry.load([path.parent])
    assert registry.get("tengrinews").name == "The Example Herald"
    assert dict(registry.replaced) == {"tengrinews": PACKAGED / "tengrinews.toml"}
    assert registry.path_of("tengrinews") == path


def test_a_broken_replacement_leaves_the_packaged_source_in_place(write: Write) -> None:
    path = write("id = 'tengrinews'", name="tengrinews.toml")
    registry = Registry.load([path.parent])
    assert registry.get("tengrinews").name == "Tengrinews"
    assert dict(registry.replaced) == {}
    assert {problem.file for problem in registry.problems} == {str(path)}


def test_the_first_of_two_users_files_with_one_id_counts(write: Write) -> None:
    first, second = write(folder="one"), write(folder="two")
    registry = Registry.load([first.parent, second.parent])
    assert registry.path_of("herald") == first
    (problem,) = registry.problems
    assert (problem.file, problem.field) == (str(second), "id")
    assert problem.remedy == f"{first} has this id already; choose another"


def test_one_source_alone_is_the_one_of_the_registry(write: Write) -> None:
    write(name="tengrinews.toml", folder="one")  # broken: its id is another
    first, second = write(folder="one"), write(folder="two")
    folders = [first.parent, second.parent]
    registry = Registry.load(folders)
    for source_id in ("herald", "tengrinews", "zakon"):
        assert read_one(source_id, folders) == registry.get(source_id)
    assert read_one("nobody", folders) is None


def test_a_folder_named_twice_is_read_once(write: Write) -> None:
    folder = write().parent
    assert Registry.load([folder, folder / ".." / folder.name]).problems == ()


def test_a_broken_file_hides_no_other(write: Write) -> None:
    folder = write().parent
    write("id =", name="broken.toml")
    write(b"\xff\xfe", name="letters.toml")
    registry = Registry.load([folder])
    assert "herald" in registry.sources
    assert {Path(problem.file).name for problem in registry.problems} == {"broken.toml", "letters.toml"}


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        pytest.param('id = "herald"\nname = ', "line 2, column 8: not TOML: invalid value", id="syntax"),
        pytest.param('name = "x', "line 1, column 10: not TOML: unterminated string", id="cut off at its end"),
        pytest.param(
            'article = "\\d+"',
            "line 1, column 14: not TOML: unescaped '\\' in a string; write patterns in 'single quotes', "
            "where a \\ stands for itself",
            id="pattern in double quotes",
        ),
        pytest.param("a = 1\na = 2", "line 2, column 6: not TOML: cannot overwrite a value", id="field twice"),
        pytest.param(
            'a = "ok"\nb = "\udcff"', "line 2 is not UTF-8; save the file with that encoding", id="another encoding"
        ),
        pytest.param("a = " + "[" * 100_000, "lists stand in lists too deeply to be read", id="nesting"),
        pytest.param("#" * 1_000_001, "the file has more than 1000000 bytes; it is no site file", id="size"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(write: Write, content: str, remedy: str) -> None:
    path = write(content.encode("utf-8", "surrogateescape"))
    (found,) = remedies(Registry.load([path.parent]))
    assert found.startswith(remedy)


def test_a_mark_at_the_start_of_the_file_does_no_harm(write: Write) -> None:
    path = write(b"\xef\xbb\xbf" + write().read_bytes())
    assert Registry.load([path.parent]).problems == ()


def test_the_file_is_named_after_its_source(write: Write) -> None:
    path = write(name="gazette.toml")
    registry = Registry.load([path.parent])
    (problem,) = registry.problems
    assert (problem.field, problem.value) == ("id", '"herald"')
    assert problem.remedy == 'id and file name differ; write id = "gazette" or rename the file'
    assert "herald" not in registry.sources


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    registry = Registry.load([tmp_path / "nowhere"])
    assert remedies(registry) == ["the folder cannot be read: No such file or directory"]
    assert "tengrinews" in registry.sources


def test_a_file_in_the_place_of_a_folder_is_a_problem(write: Write) -> None:
    assert remedies(Registry.load([write()])) == ["the folder cannot be read: Not a directory"]


def test_a_folder_named_like_a_site_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "herald.toml").mkdir()
    assert remedies(Registry.load([tmp_path])) == ["the file cannot be read: Is a directory"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_a_problem(write: Write) -> None:
    path = write()
    path.chmod(0)
    assert remedies(Registry.load([path.parent])) == ["the file cannot be read: Permission denied"]


def test_other_files_in_the_folder_are_left_alone(write: Write) -> None:
    folder = write("not a source", name="README.md").parent
    assert Registry.load([folder]).problems == ()


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("tengrinew", "no source has this id; did you mean tengrinews?"),
        ("??", "no source has this id; there are: "),
    ],
)
def test_an_unknown_id_names_the_nearest(wrong: str, remedy: str) -> None:
    with pytest.raises(SourceError) as error:
        Registry.load().get(wrong)
    assert error.value.problems[0].remedy.startswith(remedy)


def test_the_id_of_a_broken_file_gives_its_problems(write: Write) -> None:
    path = write("id = 'herald'\nname = 'x'\nhome = 'y'\neditions = 3")
    with pytest.raises(SourceError) as error:
        Registry.load([path.parent]).path_of("herald")
    assert {problem.field for problem in error.value.problems} == {"home", "editions"}


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        pytest.param("https://kaz.tengrinews.kz/crime/kisi-12345/", ("tengrinews", "kk"), id="an article"),
        pytest.param(
            "http://www.test.tengrinews.kz/crime/a-b-412345/?utm_source=x", ("tengrinews", "ru"), id="a mirror"
        ),
        pytest.param("https://tengrinews.kz/about/", ("tengrinews", "ru"), id="another page of the site"),
        pytest.param("https://vlast.kz/english/70802-rain.html", ("vlast", "en"), id="editions on one host"),
        pytest.param(
            "https://vlast.kz/novosti/70802-rain.html", ("vlast", "ru"), id="the general edition on that host"
        ),
        pytest.param("https://tengrisport.kz/a-12345/", None, id="a sister site"),
        pytest.param("mailto:editor@tengrinews.kz", None, id="no address"),
    ],
)
def test_an_address_leads_to_its_source_and_edition(url: str, owner: tuple[str, str] | None) -> None:
    found = Registry.load().by_url(url)
    assert (found and (found[0].id, found[1].id)) == owner


def test_of_two_sources_on_a_host_the_one_whose_pattern_fits_has_the_article(write: Write) -> None:
    text = write().read_text()
    folder = write(text.replace('"herald"', '"blogs"').replace("/(?P", "/blog/(?P"), name="blogs.toml").parent
    registry = Registry.load([folder])
    assert [registry.by_url(f"https://www.herald.example{path}")[0].id for path in ("/7-rain/", "/blog/7-rain/")] == [  # type: ignore[index]
        "herald",
        "blogs",
    ]
