"""The article in the JSON of a page's scripts (`__NEXT_DATA__`, Nuxt), for pages whose HTML holds no text.

Knows no site: among all objects of the state it looks for the one that has most of what an article has.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.articles.article import Origin
from crawler.articles.text import normalise_text
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# Largest state that is read, in characters, and most values of it that are looked at.
_LARGEST = 5_000_000
_MOST_VALUES = 200_000
# Letters below which a text is no article.
_SHORTEST = 200

_HEADLINES = ("headline", "title", "name", "heading")
_LEADS = ("lead", "description", "summary", "standfirst", "subtitle", "announce", "excerpt", "teaser", "anons")
_BODIES = (
    "articlebody",
    "body",
    "content",
    "text",
    "html",
    "fulltext",
    "full_text",
    "bodyhtml",
    "contenthtml",
    "blocks",
)
_PUBLISHED = (
    "publishedat",
    "published_at",
    "datepublished",
    "publishdate",
    "publish_date",
    "published",
    "pubdate",
    "publicationdate",
    "publication_date",
    "first_publication_date",
    "date_posted",
    "date",
)
_MODIFIED = ("modifiedat", "modified_at", "datemodified", "updatedat", "updated_at")
_TAG = re.compile(r"<(?:p|br|div|h[1-6]|li|ul|blockquote)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]{1,500}>")
_ASSIGNED = re.compile(r"window\.(?:__\w+__|__\w+|\w*(?:state|data)\w*)\s*=\s*(?=[{\[])", re.IGNORECASE)


def read_script_state(page: Page) -> Found:
    """What the page's script state says about its article; empty when it holds none.

    >>> state = '{"props": {"article": {"title": "A", "content": "<p>' + "A word on it. " * 20 + '</p>"}}}'
    >>> page = Page.read(f'<script id="__NEXT_DATA__" type="application/json">{state}</script>'.encode(), "")
    >>> read_script_state(page).headline
    'A'
    """
    found = Found(origin=Origin.SCRIPT)
    best: tuple[int, dict[str, Any]] | None = None
    for state in _states(page):
        for value in _objects(state):
            score = _score(value)
            if score and (best is None or score > best[0]):
                best = score, value
    if best is None:
        return found
    lower = {key.lower(): value for key, value in best[1].items() if isinstance(key, str)}
    found.headline = _first_text(lower, _HEADLINES)
    found.lead = _first_text(lower, _LEADS)
    found.published = _first_text(lower, _PUBLISHED)
    found.modified = _first_text(lower, _MODIFIED)
    found.body = _body_of(lower)
    return found


def _states(page: Page) -> Iterator[Any]:
    for node in page.tree.css("script:not([src])"):
        kind = (node.attrs.get("type") or "").lower()
        if "ld+json" in kind:
            continue
        text = node.text(deep=True)
        if len(text) < _SHORTEST or len(text) > _LARGEST:
            continue
        if "json" in kind:
            start = 0
        else:
            assigned = _ASSIGNED.search(text)
            if assigned is None:
                continue
            start = assigned.end()
        try:
            yield json.JSONDecoder(strict=False).raw_decode(text.lstrip() if start == 0 else text, start)[0]
        except (ValueError, RecursionError):
            continue  # JavaScript, not JSON


def _objects(state: Any) -> Iterator[dict[str, Any]]:
    waiting = [state]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            waiting += [inner for inner in value.values() if isinstance(inner, (dict, list))]
        elif isinstance(value, list):
            waiting += [inner for inner in value if isinstance(inner, (dict, list))]


def _score(value: dict[str, Any]) -> int:
    """Letters of the text that an object holds beside a title; 0 when it is no article."""
    lower = {key.lower(): inner for key, inner in value.items() if isinstance(key, str)}
    if not any(isinstance(lower.get(name), str) for name in _HEADLINES):
        return 0
    length = max((len(inner) for name in _BODIES if isinstance(inner := lower.get(name), str)), default=0)
    if isinstance(lower.get("blocks"), list) or isinstance(lower.get("content"), list):
        length = max(length, sum(map(len, _body_of(lower))))
    return length if length >= _SHORTEST else 0


def _first_text(values: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return normalise_text(_MARKUP.sub(" ", html.unescape(value))) or None
    return None


def _body_of(values: dict[str, Any]) -> tuple[str, ...]:
    longest: tuple[str, ...] = ()
    for name in _BODIES:
        value = values.get(name)
        if isinstance(value, str):
            paragraphs = paragraphs_of(value)
        elif isinstance(value, list):
            paragraphs = tuple(text for block in value if (text := _block_text(block)))
        else:
            continue
        if sum(map(len, paragraphs)) > sum(map(len, longest)):
            longest = paragraphs
    return longest


def _block_text(block: Any) -> str:
    """The text of one block of a block editor: {"type": "paragraph", "data": {"text": "..."}}."""
    for _ in range(3):
        if not isinstance(block, dict):
            break
        block = next((block[key] for key in ("text", "html", "content", "value", "data") if key in block), None)
    return normalise_text(_MARKUP.sub(" ", html.unescape(block))) if isinstance(block, str) else ""


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that may be HTML, escaped HTML or plain lines.

    >>> paragraphs_of("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;"), paragraphs_of("One.\\nTwo.")
    (('One.', 'Two.'), ('One.', 'Two.'))
    """
    for _ in range(2):
        if "&lt;" in text or "&amp;" in text:
            text = html.unescape(text)
    if _TAG.search(text):
        from crawler.extraction.content import Text, read_box

        tree = LexborHTMLParser(text)
        root = tree.body or tree.root
        pieces = read_box(root, "") if root is not None else []
        return tuple(piece.text for piece in pieces if isinstance(piece, Text))
    return tuple(line for line in map(normalise_text, _MARKUP.sub("", text).split("\n")) if line)
