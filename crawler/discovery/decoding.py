"""Bytes of a list -> its text, whatever it says about its own encoding. Bounded in memory; parses nothing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from crawler.errors import DiscoveryError

# How much of the beginning may hold a declaration of the encoding, in bytes (HTML asks for 1,024).
_HEAD = 4_096

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Without a mark, UTF-16 shows itself by the NUL beside the first bracket.
_UTF_16_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"), (b"{\x00", "utf-16-le"), (b"\x00{", "utf-16-be"))
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_ASCII = bytes(range(128))
_CYRILLIC_RUN = re.compile(rb"[\xa8\xb8\xc0-\xff]{2,}")

# Names that lists declare -> Python's codec. Others are not believed: Python has codecs that are no encodings (punycode
# takes quadratic time). As browsers do, Latin-1 is read as windows-1252 and GB2312 as its superset.
_CODECS = {
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"cp{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("koi8-r", "koi8-u", "cp866", "ibm866", "big5", "shift_jis", "euc-jp", "euc-kr")},
    "x-mac-cyrillic": "mac-cyrillic",
    "win-1251": "cp1251",
}


def unpack(body: bytes, url: str, kind: str, largest: int) -> bytes:
    """Return `body` without its gzip packing, if it has one (also twice over).

    A file that ends early gives what came through.

    Raises:
        DiscoveryError: empty, damaged from its start, or larger than `largest` bytes.
    """
    for _ in range(2):  # a packed file is packed once more by servers that do not look at it
        if body.startswith(_GZIP):
            body = b"".join(_members(body, url, kind, largest))
    if len(body) > largest:
        raise DiscoveryError(url, kind, f"larger than the {largest // 1_048_576} MB that are read")
    if not body.strip():
        raise DiscoveryError(url, kind, "the answer is empty")
    return body


def _members(body: bytes, url: str, kind: str, room: int) -> Iterator[bytes]:
    largest = room // 1_048_576
    while body.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(body, room + 1)
        except zlib.error as error:
            raise DiscoveryError(url, kind, f"damaged gzip file ({error})") from None
        room -= len(part)
        if room < 0:
            raise DiscoveryError(url, kind, f"unpacks to more than the {largest} MB that are read")
        yield part
        body = member.unused_data


def decode(body: bytes, *, content_type: str | None = None) -> str:
    """Return the text. Never fails: what cannot be read becomes U+FFFD.

    Valid UTF-8 is believed before any declaration, because it is never valid by chance and declarations are often
    wrong; then the document's own declaration, then that of `content_type` (the HTTP header); then the bytes decide.

    >>> decode('<?xml version="1.0" encoding="windows-1251"?><t>Алматы</t>'.encode())[-13:]
    '<t>Алматы</t>'
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    for start, codec in _UTF_16_STARTS:
        if body.startswith(start):
            return body.decode(codec, "replace")
    text = body.decode("utf-8", "replace")
    foreign = len(body.translate(None, _ASCII))
    # A few broken characters (a file cut off within one, a stray byte) do not make the rest another encoding; Cyrillic
    # of one byte a letter breaks nearly every one. A tenth lies far from both.
    if text.count("\ufffd") * 10 <= foreign:
        return text
    declared = [*_DECLARED.findall(body[:_HEAD]), *_DECLARED.findall((content_type or "").encode("ascii", "ignore"))]
    names = (name.decode("ascii").lower() for name in declared)
    codec = next((_CODECS[name] for name in names if name in _CODECS), _guess(body, foreign))
    return body.decode(codec, "replace")


def _guess(body: bytes, foreign: int) -> str:
    """Cyrillic words are runs of foreign letters; in western text they stand alone."""
    in_runs = sum(map(len, _CYRILLIC_RUN.findall(body)))
    return "cp1251" if in_runs * 2 > foreign else "cp1252"
