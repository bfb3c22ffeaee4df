"""Who signs the story, as the visible page prints it. Finds the words; whether they name people is bylines.py's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawler.articles.bylines import clean_author
from crawler.articles.text import name_key, normalise_text
from crawler.extraction.page import Page
from crawler.extraction.surroundings import around

# Words in class, id, rel, itemprop or test id of an element that holds the author's name.
_AUTHOR_NAMES = re.compile(
    r"author|byline|writer|(?:^|[\s_-])autor|auteur|verfasser|redakteur|contributor|posted-?by|written-?by|reporter"
    r"|creator|person-?(?:link|name)|(?:^|\s)(?:name|vcard)(?:\s|$)",
    re.IGNORECASE,
)
# The same words where they do not say who wrote it.
_OTHER_NAMES = re.compile(
    r"avatar|image|img|photo|picture|thumb|icon|social|share|follow|bio\b|biography|description|about|related|comment|date"
    r"|time|role|position|job|title|desc|twitter|email|count|link-list|sidebar|widget|footer|recent|list-item|more-from|also"
    r"|topic|reviewe[rd]|editor|fact-?check|authority|authori[sz]|teaser|card",
    re.IGNORECASE,
)
_AUTHOR_ADDRESS = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|writers?|contributors?|staff|people|profiles?|members?|team|journalists?|by"
    r"|redaktion|reporters?|columnists?|producers?|experts?|avtor|avtory|users?|u|author-profile)(?:/|=|-)[^/]",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:written|words|story|text|posted|article|report(?:ed|ing)?|published|author(?:ed)?|content|post|insights)"
    r"\s+(?:by|from)|by|author|von|autor(?:in)?|par|por|di|door|af|av|автор(?:ы)?|текст|авторы|мәтін|avtor)"
    r"(?:\s*:\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(
    r"^(?:(?:written|words|posted|story|published)\s+)?by\s*:?$|^authors?\s*:?$|^автор\s*:?$", re.IGNORECASE
)
# What stands around a name in one element: links to more, the day, reading time.
_BEFORE_NAME = re.compile(
    r"^(?:(?:view|see|read) (?:all|more)(?: \w+)? (?:by|from|about)|(?:all |more )?(?:articles|posts|stories) (?:by|from)"
    r"|about|meet|more (?:by|from)|published by|written by|posted by)\s+",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_BEHIND_NAME = re.compile(
    rf"\s*(?:[|•·–—/]|\b(?:(?:last )?(?:updated|published|posted|modified|reviewed)|on (?=\w+day|\w+ \d)|veröffentlicht"
    rf"|aktualisiert|опубликовано|обновлено)\b|\b{_MONTH}\.? \d|\b\d{{1,2}}[./ ](?:\d|{_MONTH})|\b\d{{4}}\b|\d+\s*min\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\d+ (?:comments?|hours?|days?)).*$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:sign (?:up|in)|log ?in|subscribe|follow|share|copy|full bio|bio|profile|editorial|more|read|view|see|authors?"
    r"|contact|website|comments?|home|menu|search|newsletter|close|print|email|about|learn)\b",
    re.IGNORECASE,
)
# Longest text of an element that is taken for a byline, and of one link in it, in characters.
_LONGEST = 160
_LONGEST_NAME = 60
# Elements of the whole page that are asked when there is nothing near the headline.
_MOST_ELEMENTS = 80


class Byline(NamedTuple):
    """Who signs the story."""

    people: tuple[str, ...]
    signature: str | None
    """What is printed, when it names no people: a desk, an agency, the publisher."""


def read_byline(page: Page, heading: LexborNode | None, publishers: Collection[str]) -> Byline:
    """Who signs the story: looks behind the headline, then before it, then for any element that says "author".

    A signature near the headline that names nobody (a desk) ends the search: authors further away are those of other
    stories.
    """
    signature = None
    if heading is not None:
        for texts in _printed(around(heading)):
            people = _people(texts, publishers)
            if people:
                return Byline(people, None)
            signature = signature or texts[0]
            if name_key(texts[0]) in {name_key(publisher) for publisher in publishers}:
                return Byline((), texts[0])
    if signature is None:
        nodes = page.tree.css('[rel~="author"], [class*="author" i], [class*="byline" i], [itemprop~="author"]')
        for texts in _printed(iter(nodes[:_MOST_ELEMENTS])):
            people = _people(texts, publishers)
            if people:
                return Byline(people, None)
            signature = signature or texts[0]
    return Byline((), signature)


def _people(texts: list[str], publishers: Collection[str]) -> tuple[str, ...]:
    """The names of all texts, if they look like people's: two words, unless the script has no capitals."""
    names = dict.fromkeys(name for text in texts for name in clean_author(text, publishers))
    return tuple(name for name in names if len(name.split()) > 1 or not name.isascii())


def _printed(nodes: Iterator[LexborNode]) -> Iterator[list[str]]:
    """Texts that may name the authors, one list for each place."""
    after_label = False
    for node in nodes:
        if node.tag == "-text":
            text = normalise_text(node.text_content or "")
            if not text or len(text) > _LONGEST:
                continue
            if _BARE_LABEL.match(text):
                after_label = True
                continue
            label = _LABEL.match(text)
            if after_label or (label and text[label.end()].isupper()):
                after_label = False
                yield from _cleaned([text[label.end() :] if label else text])
            continue
        if not node.is_element_node:
            continue
        attributes = node.attributes
        if _names_author(attributes):
            yield from _cleaned(_texts(node))
        elif node.tag == "a" and _AUTHOR_ADDRESS.search(attributes.get("href") or ""):
            yield from _cleaned([node.text(deep=True, separator=" ")])


def _names_author(attributes: dict[str, str | None]) -> bool:
    for key in ("rel", "itemprop", "class", "id", "data-testid", "data-qa"):
        value = attributes.get(key)
        if value and _AUTHOR_NAMES.search(value) and not _OTHER_NAMES.search(value):
            return True
    return False


def _texts(node: LexborNode) -> list[str]:
    """The names in an element: one text for each link, where it has any, else its whole text."""
    if node.tag != "a":
        links = [normalise_text(link.text(deep=True, separator=" ")) for link in node.css("a")]
        links = [text for text in links if text and len(text) <= _LONGEST_NAME and not _NO_NAME.match(text)]
        if links:
            return links
    return [node.text(deep=True, separator=" ")]


def _cleaned(texts: list[str]) -> Iterator[list[str]]:
    found = []
    for text in texts:
        text = normalise_text(text)
        if not text or len(text) > _LONGEST:
            continue
        text = _BEFORE_NAME.sub("", text)
        label = _LABEL.match(text)
        text = _BEHIND_NAME.sub("", text[label.end() :] if label else text).strip(" ,:;-")
        if text and not _NO_NAME.match(text):
            found.append(text)
    if found:
        yield found
