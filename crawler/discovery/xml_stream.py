"""Defective XML -> its elements, one at a time. Repairs what sites get wrong; knows neither feeds nor sitemaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from html.entities import html5
from io import BytesIO

from lxml import etree

# Most elements within one entry. A whole article as XHTML has some hundreds; beyond this it is a trap for memory.
MOST_PARTS = 20_000
# Most elements of a document: a sitemap of the 50,000 addresses that are allowed has some 500,000.
MOST_ELEMENTS = 1_000_000
# Longest tag, in characters. The parser holds a whole tag in memory, thirty times over.
LONGEST_TAG = 65_536
# Most ampersands of a document: a sitemap of 50,000 addresses with a dozen parameters each stays below.
MOST_AMPERSANDS = 1_000_000

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]+")
# Where the document begins. What precedes it is dropped: warnings of PHP, the declaration (the text is decoded
# already), a DOCTYPE with its entities.
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel|urlset|sitemapindex|html)\b", re.IGNORECASE)
_ENDLESS_TAG = re.compile(rf"<[^<>]{{{LONGEST_TAG}}}")
# CDATA is kept as it is; outside of it, an ampersand that begins no reference, or one that HTML knows and XML does not.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?",
    re.DOTALL,
)


class XmlStream:
    """One document, read once from its start to its end, as far as it can be read.

    Nothing outside the document is ever opened, no entity is expanded, and elements that have been read are forgotten.
    """

    def __init__(self, text: str, *, repair: Callable[[str], str] = str) -> None:
        """Begin to read. `repair` rewrites the document before it is parsed; by default nothing does."""
        self.root: str | None = None
        """Local name of the root element, lower case. None when there is no XML at all."""
        self.namespace: str | None = None
        """Namespace of the root element."""
        self.fault: str | None = None
        """After reading: what is wrong with the document, in the parser's words. None when it is sound."""
        text = _from_root(text)
        if text.count("&") > MOST_AMPERSANDS:
            self.fault, text = f"more than {MOST_AMPERSANDS} ampersands", ""
        elif _ENDLESS_TAG.search(text):
            self.fault, text = f"a tag longer than {LONGEST_TAG} characters", ""
        self._parser = etree.iterparse(
            BytesIO(_AMPERSAND.sub(_reference, repair(text)).encode("utf-8")),
            events=("start", "end"),
            encoding="utf-8",
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._events = self._read()
        first = next(self._events, None)
        if first is not None:
            self.root = local_name(first[1])
            self.namespace = str(first[1].tag).rpartition("}")[0].removeprefix("{") or None

    def elements(self, names: Collection[str]) -> Iterator[etree._Element]:
        """Yield the elements with one of these local names, each when it is complete; it is emptied afterwards.

        Within such an element others are not forgotten, so that its parts can be asked for.
        """
        open_elements = parts = seen = 0
        for event, element in self._events:
            wanted = local_name(element) in names
            parts += 1
            seen += event == "start"
            if seen > MOST_ELEMENTS:
                self.fault = f"more than {MOST_ELEMENTS} elements"
                return
            if parts > MOST_PARTS and open_elements:
                self.fault = f"one entry has more than {MOST_PARTS} parts"
                return
            if event == "start":
                open_elements += wanted
                continue
            if wanted:
                open_elements -= 1
                yield element
            if not open_elements:
                parts = 0
                _forget(element)

    def _read(self) -> Iterator[tuple[str, etree._Element]]:
        try:
            yield from self._parser
        except etree.XMLSyntaxError as error:  # with `recover` only where there is nothing to recover
            self.fault = self.fault or str(error)
        faults = [entry for entry in self._parser.error_log if entry.level == etree.ErrorLevels.FATAL]
        if faults and self.fault is None:
            self.fault = f"line {faults[0].line}: {' '.join(faults[0].message.split())[:120]}"


def local_name(element: etree._Element) -> str:
    """Name without namespace, also where the prefix was never declared, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _from_root(text: str) -> str:
    text = _FORBIDDEN.sub("", text)
    root = _ROOT.search(text)
    return text[root.start() :] if root else text


def _reference(match: re.Match[str]) -> str:
    if match[0].startswith("<"):
        return match[0]
    name = match["name"]
    if name is None:
        return "&amp;"
    character = html5.get(f"{name};")
    return f"&amp;{name};" if character is None else "".join(f"&#{ord(c)};" for c in character)
