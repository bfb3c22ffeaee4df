"""Makes PNG pictures of pages small: fewer colours, better packed. Standard library only; not for photographs."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# A palette has so many colours at most.
PALETTE = 256


def shrink(file: Path) -> int:
    """Write the picture anew with a palette of its most frequent colours; return its size in bytes.

    Every other colour, mostly the edges of letters, becomes the nearest of these.
    """
    width, height, pixels = _read(file.read_bytes())
    counted = Counter(pixels)
    palette = [colour for colour, _ in counted.most_common(PALETTE)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in counted:
        if colour not in place:
            place[colour] = min(range(len(palette)), key=lambda number: _distance(palette[number], colour))
    rows = b"".join(
        b"\0" + bytes(place[pixel] for pixel in pixels[row * width : (row + 1) * width]) for row in range(height)
    )
    made = SIGNATURE + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
    made += _chunk(b"PLTE", b"".join(palette)) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    file.write_bytes(made)
    return len(made)


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _read(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and pixels (three bytes each) of a PNG as Chromium writes it."""
    chunks = list(_chunks(data))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if (depth, interlaced) != (8, 0) or kind not in (2, 6):
        raise ValueError(f"a PNG of another kind: depth {depth}, colours {kind}, interlaced {interlaced}")
    size = 3 if kind == 2 else 4
    packed = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    line = bytearray(width * size)
    pixels: list[bytes] = []
    for row in range(height):
        begin = row * (width * size + 1)
        line = _unfiltered(packed[begin], bytearray(packed[begin + 1 : begin + 1 + width * size]), line, size)
        pixels += [bytes(line[x : x + 3]) for x in range(0, width * size, size)]
    return width, height, pixels


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += length + 12


def _unfiltered(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    """One line of a PNG without its filter (PNG specification, 9.2)."""
    for x in range(len(line)):
        left = line[x - size] if x >= size else 0
        up, corner = above[x], above[x - size] if x >= size else 0
        if kind == 1:
            line[x] = (line[x] + left) & 255
        elif kind == 2:
            line[x] = (line[x] + up) & 255
        elif kind == 3:
            line[x] = (line[x] + (left + up) // 2) & 255
        elif kind == 4:
            line[x] = (line[x] + _paeth(left, up, corner)) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
