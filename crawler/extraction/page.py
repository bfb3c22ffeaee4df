"""One fetched page: decoded once, parsed once, asked many times. Knows mark-up; knows nothing about articles."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from crawler.errors import ExtractionError
from crawler.extraction.bounds import MAX_BYTES, excess_of
from crawler.extraction.decoding import to_utf8
from crawler.extraction.json_text import read_objects

# First bytes of what servers send in place of a page.
_BINARIES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip stream"),
    (b"RIFF", "a media file"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
)
# Share of NUL and other control signs above which text is no text. Real pages hold none, or a handful.
_MOST_CONTROL_SIGNS = 0.05
# How much of a page is looked at for them, in bytes.
_SAMPLE = 16_384
_CONTROL_SIGNS = bytes(sign for sign in range(32) if sign not in b"\t\n\f\r\x1b")


# Parts of class names of boxes with related stories; without their first letter, which may be a capital.
_RELATED = ("elated", "eadalso", "eadAlso", "ead-also", "ead_also")
_LANDMARKS = (
    'title, h1, time, meta[content], link[rel="canonical" i], link[rel="image_src" i], link[hreflang],'
    # A search within class names costs a tenth of parsing: two find all that hold one of the parts, and a few more.
    ' script[type*="json" i], [itemprop], [class*="elated"], [class*="lso"]'
)


class Landmarks:
    """Elements that carry meta data, by kind and in the order of the page."""

    __slots__ = ("headings", "links", "metas", "microdata", "related", "scripts", "times", "titles")

    def __init__(self, nodes: list[LexborNode]) -> None:
        self.titles: list[LexborNode] = []
        self.headings: list[LexborNode] = []
        """`<h1>`."""
        self.times: list[LexborNode] = []
        self.metas: list[dict[str, str | None]] = []
        """Attributes of `<meta>`."""
        self.links: list[dict[str, str | None]] = []
        """Attributes of `<link>`: canonical, image_src, hreflang."""
        self.scripts: list[LexborNode] = []
        """Scripts of JSON."""
        self.microdata: list[tuple[str, LexborNode]] = []
        """Elements with their `itemprop`, as printed."""
        self.related: list[LexborNode] = []
        """Boxes whose class says "related" or "read also"."""
        by_tag = {"h1": self.headings, "time": self.times, "title": self.titles, "script": self.scripts}
        last = 0
        for node in nodes:
            # An element that several of the selectors find comes several times in a row.
            if node.mem_id == last:
                continue
            last = node.mem_id
            tag, attributes = node.tag or "", node.attributes
            if tag == "meta":
                self.metas.append(attributes)
            elif tag == "link":
                self.links.append(attributes)
            elif tag in by_tag:
                by_tag[tag].append(node)
            itemprop, names = attributes.get("itemprop"), attributes.get("class")
            if itemprop:
                self.microdata.append((itemprop, node))
            if names and any(map(names.__contains__, _RELATED)):
                self.related.append(node)


class MetaTags:
    """The page's `<meta>` values by name. `name=`, `property=` and `itemprop=` are one: sites mix them up."""

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values

    def first(self, *names: str) -> str | None:
        """The first value that is not empty of the first name that has one; names in lower case."""
        for name in names:
            for value in self._values.get(name, ()):
                if value:
                    return value
        return None

    def all(self, *names: str) -> list[str]:
        """All values that are not empty, name after name."""
        return [value for name in names for value in self._values.get(name, ()) if value]

    def __contains__(self, name: str) -> bool:
        return name in self._values


class Page:
    """One fetched page.

    `utf8` is the page in UTF-8, `tree` the parsed document and `root` its root element. Nobody changes the tree:
    all readers share it.
    """

    __slots__ = ("__dict__", "root", "tree", "url", "utf8")

    utf8: bytes
    url: str
    tree: LexborHTMLParser
    root: LexborNode

    def __init__(self, utf8: bytes, url: str) -> None:
        """Parse a page that is UTF-8 already. For bytes as they were fetched use `read`."""
        excess = excess_of(utf8)
        if excess:
            raise ExtractionError(url, excess)
        self.utf8 = utf8
        self.url = url
        self.tree = LexborHTMLParser(utf8, options=LexborDocumentOptions.WO_EVENTS)
        root = self.tree.root
        if root is None:
            raise ExtractionError(url, "the page has no content")
        self.root = root

    @classmethod
    def read(cls, html: bytes, url: str, *, content_type: str | None = None) -> Page:
        """Decode and parse one page.

        `content_type` is the HTTP header, if known; its charset is one witness among others.

        >>> page = Page.read(b"<html lang=en><title>A</title>", "https://example.com/a")
        >>> page.lang, page.tree.css_first("title").text()
        ('en', 'A')

        Raises:
            ExtractionError: empty, binary, larger than `MAX_BYTES`, or built so that parsing would not end.
        """
        if len(html) > MAX_BYTES:
            raise ExtractionError(url, f"{len(html)} bytes are more than the {MAX_BYTES} that are read")
        if not html or html.isspace():
            raise ExtractionError(url, "the page is empty")
        binary = _binary_kind(html)
        if binary:
            raise ExtractionError(url, f"not a page but {binary}")
        return cls(to_utf8(html, content_type=content_type), url)

    @cached_property
    def landmarks(self) -> Landmarks:
        """The elements that carry meta data, found in one walk over the tree."""
        return Landmarks(self.tree.css(_LANDMARKS))

    @cached_property
    def json_ld(self) -> tuple[dict[str, Any], ...]:
        """All JSON-LD objects of the page in order, `@graph` and lists flattened, broken JSON repaired where cheap."""
        scripts = self.landmarks.scripts
        return read_objects(s.text(deep=True) for s in scripts if "ld+json" in (s.attrs.get("type") or "").lower())

    @cached_property
    def meta(self) -> MetaTags:
        values: dict[str, list[str]] = {}
        for attributes in self.landmarks.metas:
            content = (attributes.get("content") or "").strip()
            for kind in ("name", "property", "itemprop", "http-equiv"):
                key = attributes.get(kind)
                if key:
                    values.setdefault(key.strip().lower(), []).append(content)
        return MetaTags(values)

    @cached_property
    def lang(self) -> str | None:
        """The language that the page declares, as printed: `ru`, `ru-RU`, `en_US`. None when it does not."""
        attributes = self.root.attributes
        for value in (attributes.get("lang"), attributes.get("xml:lang")):
            if value and value.strip():
                return value.strip()
        return self.meta.first("content-language", "og:locale", "inlanguage", "language")


def _binary_kind(html: bytes) -> str | None:
    for first, kind in _BINARIES:
        if html.startswith(first):
            return kind
    sample = html[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROL_SIGNS))
    if sample.count(0) and sample[:200].count(0) * 3 > len(sample[:200]):
        return None  # UTF-16: every second byte of Latin text
    return "binary data" if controls > len(sample) * _MOST_CONTROL_SIGNS else None
