"""Where an export goes: a file that is there whole or not at all, compressed or not, or the standard output."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

STANDARD_OUTPUT = "-"


@contextmanager
def written(target: str) -> Iterator[IO[bytes]]:
    """A binary file to write, under its name only at the end of the block; `.gz` is compressed.

    It is written beside the target and renamed when its bytes are on the disk: whoever reads the target meanwhile has
    the old one whole. When the block raises, also by Ctrl-C, nothing stays. `kill -9` leaves `.NAME.<random>.part`.
    What is no ordinary file (a pipe, a device) is written as it is.

    Raises:
        OSError: the folder is not there, or may not be written, or the disk is full.
    """
    with ExitStack() as stack:
        if target == STANDARD_OUTPUT:
            out: Any = sys.stdout.buffer
            if isinstance(out, io.RawIOBase):
                # With PYTHONUNBUFFERED: when the disk is full it takes a part of what it is given, and raises nothing.
                out = stack.enter_context(open(out.fileno(), "wb", closefd=False))
            yield out
            out.flush()
            return
        path = Path(target).resolve()
        is_special = path.exists() and not path.is_file()
        raw = stack.enter_context(path.open("wb") if is_special else _replacing(path))
        if path.suffix != ".gz":
            yield raw
            return
        # No name and no time inside: equal articles make equal files.
        packed: Any = gzip.GzipFile("", "wb", fileobj=raw, mtime=0)
        yield stack.enter_context(packed)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name is on the disk, too
    finally:
        os.close(folder)
