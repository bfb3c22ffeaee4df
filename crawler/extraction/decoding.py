"""Bytes of a page -> UTF-8, whatever the page claims about itself. Decodes; parses nothing.

What is true of real pages decides the order: bytes that are valid UTF-8 are UTF-8 (archives re-encode pages and leave
the old `<meta charset>` in place); else the HTTP header, then the page's own declaration, as long as the result reads
like text; else detection.
"""

from __future__ import annotations

import codecs
import re

# How far into the page a declaration is looked for, in bytes. The standard says 1,024; real pages put it later.
_DECLARED_WITHIN = 8_192
# How much of a page is looked at at once, in bytes: its text fits a processor's nearest memory.
_PIECE = 16_384
# How much of a page detection looks at, in bytes.
_SAMPLE = 200_000
# A declared encoding is kept while it fails on less than this share of the non-ASCII characters.
_TOLERATED_FAILURES = 0.02

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)

# Names under which pages declare a narrower encoding than they use (after the WHATWG Encoding standard).
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ALIASES = {"utf8mb4": "utf-8", "unicode": "utf-16", "x-sjis": "cp932", "win-1251": "cp1251", "cp-1251": "cp1251"}
# Codecs of Python that are not encodings of text; a page cannot make us run them.
_TEXT_ENCODINGS = re.compile(
    r"^(utf|cp|iso|koi|mac|gb|big5|euc|shift|johab|tis|hz|ptcp|kz1048|ascii|latin|windows)", re.IGNORECASE
)

_CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
# The most frequent letters of Russian, Kazakh and their neighbours: about 60 % of any text.
_FREQUENT_CYRILLIC = frozenset("оеаинтсрвлкмдпыу")
# GB 18030 has the kana at the same places as EUC-JP, which is therefore asked first.
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "cp949", "big5hkscs")
_FREQUENT_EAST_ASIAN = re.compile("[\u3041-\u30f6的一是不了在人有我他这這中大来來上国國個个到說说们們\uac00-\ud7a3]")
_NON_ASCII = re.compile("[^\x00-\x7f]")
# UTF-8 read as Latin-1 and written as UTF-8 again (`â\x80\x99`): control characters among letters are in no real text.
_ENCODED_TWICE = re.compile(rb"\xc3[\x82-\xb4]\xc2[\x80-\x9f]")
# How often it is looked for by one of its bytes; pages that have more of that are searched for all four.
_MOST_TRIES = 1_000
_ENCODED_AGAIN = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]{1,3}")
# Whole words of letters that Western languages only sprinkle: Cyrillic read as Latin-1.
_LATIN_MOJIBAKE = re.compile("[À-ÿ¸¨]{4,}")


def to_utf8(html: bytes, *, content_type: str | None = None) -> bytes:
    """Return a page in UTF-8: `html` itself where it is that; never fails, whatever the bytes.

    `content_type` is the HTTP header, with or without a charset. Signs that cannot be decoded become U+FFFD.

    >>> to_utf8("<p>Мир</p>".encode("cp1251"), content_type="text/html; charset=windows-1251").decode()
    '<p>Мир</p>'
    """
    for bom, encoding in _BOMS:
        if html.startswith(bom):
            return html[len(bom) :].decode(encoding, "replace").encode("utf-8", "replace")
    declared = _declared(html, content_type)
    if any(name.startswith(("utf-16", "iso2022")) for name in declared[:1]) or not _is_utf8(html):
        return _decoded(html, declared).encode("utf-8", "replace")
    if _is_encoded_twice(html):
        return _ENCODED_AGAIN.sub(_decoded_once, html.decode("utf-8")).encode("utf-8")
    return html


def _decoded(html: bytes, declared: list[str]) -> str:
    """The text of bytes that are not UTF-8, or say so: by the first declaration that fits, else by detection."""
    for encoding in declared or ["utf-8"]:
        text = html.decode(encoding, "replace")
        if _reads_like_text(text, encoding):
            return text
    return html.decode(_detect(html[:_SAMPLE]), "replace")


def _is_utf8(html: bytes) -> bool:
    """Whether a page is valid UTF-8; a piece at a time, as its whole text would be thrown away."""
    view, at = memoryview(html), 0
    while at < len(html):
        try:
            at += codecs.utf_8_decode(view[at : at + _PIECE], "strict", at + _PIECE >= len(html))[1]
        except UnicodeDecodeError:
            return False
    return True


def _is_encoded_twice(html: bytes) -> bool:
    """Whether UTF-8 was encoded again somewhere: told by the third of four bytes, which is rare and found at once."""
    if b"\xc3" not in html:
        return False
    at = 1
    for _ in range(_MOST_TRIES):
        at = html.find(b"\xc2", at + 1)
        if at < 0:
            return False
        if _ENCODED_TWICE.match(html, at - 2):
            return True
    return _ENCODED_TWICE.search(html, at) is not None


def _decoded_once(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _declared(html: bytes, content_type: str | None) -> list[str]:
    """Encodings that the header and the page name, as Python knows them, header first."""
    head = html[:_DECLARED_WITHIN]
    labels = [match[1] for match in (_HEADER.search(content_type or ""),) if match]
    labels += [match[1].decode("ascii", "replace") for match in (_META.search(head), _XML.search(head)) if match]
    found: list[str] = []
    for label in labels:
        try:
            name = codecs.lookup(_ALIASES.get(label.lower(), label)).name
        except LookupError:
            continue
        if not _TEXT_ENCODINGS.match(name):
            continue
        name = _WIDER.get(name, name)
        # A page in UTF-16 cannot declare it in readable ASCII.
        if name not in found and not (name.startswith("utf-16") and b"<" in head and b"\0" not in head):
            found.append(name)
    return found


def _reads_like_text(text: str, encoding: str) -> bool:
    beyond_ascii = len(_NON_ASCII.findall(text, 0, _SAMPLE))
    failures = text.count("\ufffd", 0, _SAMPLE)
    if failures and failures > beyond_ascii * _TOLERATED_FAILURES:
        return False
    if encoding == "cp1252":
        runs = sum(map(len, _LATIN_MOJIBAKE.findall(text, 0, _SAMPLE)))
        return runs * 2 < beyond_ascii or beyond_ascii < 20
    if encoding in _CYRILLIC and beyond_ascii > 100:
        return _cyrillic_share(text) > 0.4
    return True


def _cyrillic_share(text: str) -> float:
    """Share of the most frequent small letters among all signs beyond ASCII: .6 when read rightly, .2 when not."""
    letters = _NON_ASCII.findall(text, 0, _SAMPLE)
    return sum(letter in _FREQUENT_CYRILLIC for letter in letters) / len(letters) if letters else 0.0


def _detect(sample: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8 and declare nothing that fits."""
    if sample.count(0) * 4 > len(sample):
        return "utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    utf8 = sample.decode("utf-8", "replace")
    beyond_ascii = len(_NON_ASCII.findall(utf8))
    # Damaged UTF-8: most sequences are whole.
    if utf8.count("\ufffd") * 4 < beyond_ascii:
        return "utf-8"
    # Of equals the first, which is the more frequent one in use.
    cyrillic = [(_cyrillic_share(sample.decode(name, "replace")), name) for name in _CYRILLIC]
    share, encoding = max(cyrillic, key=lambda pair: pair[0])
    if share > 0.4:
        return encoding
    east_asian = [(_east_asian_share(sample, name), name) for name in _EAST_ASIAN]
    share, encoding = max(east_asian, key=lambda pair: pair[0])
    return encoding if share > 0.1 else "cp1252"


def _east_asian_share(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, "replace")
    letters = _NON_ASCII.findall(text)
    if not letters or text.count("\ufffd") > len(letters) * _TOLERATED_FAILURES:
        return 0.0
    return len(_FREQUENT_EAST_ASIAN.findall(text)) / len(letters)
