"""One site file -> one source, or everything that is wrong with it. Reads a single file; knows no other sources."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crawler.errors import SourceProblem
from crawler.sources.remedies import problems_of
from crawler.sources.source import Source

# Largest site file that is read, in bytes. The longest packaged one has some 15 kB.
LARGEST_FILE = 1_000_000

_PLACE = re.compile(
    r"^(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)


class _Unreadable(Exception):
    """The file gives no TOML document; holds the problem."""

    def __init__(self, file: Path, remedy: str) -> None:
        super().__init__(remedy)
        self.problem = SourceProblem(str(file), "", "", remedy)


def read_source(file: Path) -> tuple[Source | None, tuple[SourceProblem, ...]]:
    """Return the source that `file` declares and no problems, or None and all its problems.

    A file that cannot be read is a problem like any other, never an exception.
    """
    try:
        document = _document(file)
    except _Unreadable as error:
        return None, (error.problem,)
    try:
        source = Source.model_validate(document)
    except ValidationError as error:
        return None, (*problems_of(error, document, str(file)), *_misnamed(document.get("id"), file))
    misnamed = _misnamed(source.id, file)
    return (None, misnamed) if misnamed else (source, ())


def _misnamed(source_id: Any, file: Path) -> tuple[SourceProblem, ...]:
    """The id is the file's name: a source is found on disk, and no two files of a folder declare the same one."""
    if not isinstance(source_id, str) or source_id == file.stem:
        return ()
    return (
        SourceProblem(
            str(file), "id", f'"{source_id}"', f'id and file name differ; write id = "{file.stem}" or rename the file'
        ),
    )


def _document(file: Path) -> dict[str, Any]:
    text = _text(file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _Unreadable(file, _syntax(str(error), text)) from None
    except RecursionError:
        raise _Unreadable(file, "lists stand in lists too deeply to be read; a site file needs two levels") from None


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _Unreadable(file, f"the file cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE:
        raise _Unreadable(file, f"the file has more than {LARGEST_FILE} bytes; it is no site file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(file, f"line {line} is not UTF-8; save the file with that encoding") from None


def _syntax(message: str, text: str) -> str:
    """Say where TOML stopped making sense, and the likeliest reason."""
    match = _PLACE.match(message)
    reason = match["reason"] if match else message
    line, column = (match["line"], match["column"]) if match else (None, None)
    if line is None:
        line, column = str(text.count("\n") + 1), str(len(text) - text.rfind("\n"))
    hint = "; write patterns in 'single quotes', where a \\ stands for itself" if "\\" in reason else ""
    return f"line {line}, column {column}: not TOML: {reason[:1].lower()}{reason[1:]}{hint}"
