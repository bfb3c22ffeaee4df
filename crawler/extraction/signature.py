"""Who signs the story at its end, or far from its headline: asked where no byline is near it. Finds words; whether they
name people is bylines.py's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from crawler.articles.bylines import looks_like_a_name
from crawler.articles.text import normalise_text
from crawler.extraction.byline import Byline, people_of
from crawler.extraction.page import Page

# Labels that stand nowhere but before an author's name, by the letters of the text: each costs one search of the page.
_LABELS = (
    (
        re.compile("[\u0400-\u04ff]"),
        (
            "Автор:",
            "Авторы:",
            "Автор текста",
            "Автор статьи",
            "Автор материала",
            "Текст:",
            "Подготовил",
            "Мәтін:",
            "Муаллиф:",
        ),
    ),
    (re.compile("[\u0590-\u05ff]"), ("מאת:",)),
    (re.compile("[\u0600-\u06ff]"), ("بقلم", "الكاتب:", "نویسنده:")),
    (re.compile("[\u3040-\u9fff]"), ("作者：", "记者：", "記者：")),
)
_LATIN_LABELS = {"en": ("ritten by", "rticle by"), "uz": ("Muallif:",), "tr": ("Yazan:",)}
_OTHER_LABELS = ("Autor:", "Autorin:", "Autora:")
# Behind a label: tags, and the name up to the next one. Bytes that are looked at, and the most labels of one page.
_NAME_BEHIND = re.compile(
    rb"(?:\xd0[\xb0\xb8])?(?:\s|&nbsp;|<[^<>]{0,300}>)*:?(?:\s|&nbsp;|<[^<>]{0,300}>)*([^<]{3,200})<"
)
_WITHIN = 900
_MOST_LABELS = 12
# What stands right before a label that begins a text: a tag and perhaps its first letter, or "This article was w".
_BEGINNING = re.compile(rb"(?:>\s*[WA]?|[Tt]h(?:is|e) (?:blog )?(?:post|article|story) was w)$")
_BEFORE = 40
# A name alone behind the text is set apart: to the right, or in other type.
_NAME_APART = re.compile(
    rb"[^<]{0,3}(?:\s|<[^<>]{0,300}>)*?(?:<(?:strong|b|em|i)\b[^<>]{0,200}>|<[^<>]{0,200}right[^<>]{0,100}>)"
    rb"(?:\s|<[^<>/]{0,300}>)*([^<>]{5,80}?)\s*</"
)
_SENTENCE_CASE = re.compile(r"[\u0400-\u04ff\u1ea0-\u1ef9ăđơư]", re.IGNORECASE)
# Letters of a name that all of its cases begin with.
_STEM = 5
# Letters of the last paragraph by which its end is found in the page.
_END = 24
# Longest name that is one, in characters, and how many words it has.
_LONGEST_NAME = 40
_WORDS = (2, 3)


def read_signature(page: Page, paragraphs: Sequence[str], publishers: Collection[str]) -> Byline | None:
    """The people that sign behind a label anywhere on the page, where all labels name the same; else the one whose name
    stands alone, set apart, behind the last of the text's `paragraphs`. None where there are none.
    """
    labels = _labels_of(paragraphs[0] if paragraphs else "", page.lang)
    found = {people for text in _labelled(page.utf8, labels) if (people := people_of([text], publishers))}
    if paragraphs and _is_name(paragraphs[-1]):  # the line may have been read as the end of the text
        paragraphs = paragraphs[:-1]
    if not found and paragraphs and (name := _behind(page.utf8, paragraphs[-1])) and not _is_told_of(name, paragraphs):
        found = {people_of([name], publishers)}
    people = found.pop() if len(found) == 1 else ()
    return Byline(people, None) if people else None


def _labels_of(sample: str, language: str | None) -> tuple[str, ...]:
    latin = _LATIN_LABELS.get((language or "en")[:2].lower(), _OTHER_LABELS)
    return next((labels for letters, labels in _LABELS if letters.search(sample)), latin)


def _labelled(utf8: bytes, labels: Iterable[str]) -> Iterator[str]:
    """The texts behind labels that begin a text."""
    left = _MOST_LABELS
    for label in labels:
        wanted = label.encode()
        start = utf8.find(wanted)
        while start >= 0 and left:
            left -= 1
            end = start + len(wanted)
            if _BEGINNING.search(utf8, max(0, start - _BEFORE), start):
                name = _NAME_BEHIND.match(utf8, end, end + _WITHIN)
                if name:
                    yield normalise_text(name[1].decode("utf-8", "replace"))
            start = utf8.find(wanted, end)


def _behind(utf8: bytes, paragraph: str) -> str | None:
    """The name behind the end of a paragraph, which is in the same letters."""
    if not _SENTENCE_CASE.search(paragraph):
        return None
    ending = paragraph[-_END:].encode()
    start = utf8.rfind(ending)
    name = _NAME_APART.match(utf8, start + len(ending), start + len(ending) + _WITHIN) if start >= 0 else None
    text = normalise_text(name[1].decode("utf-8", "replace")) if name else ""
    return text if _is_name(text) else None


def _is_name(text: str) -> bool:
    """Whether a text may be nothing but a name.

    Only in Cyrillic or Vietnamese letters: elsewhere headings are written like names, too ("Related Articles").
    """
    words = text.split()
    return (
        len(text) <= _LONGEST_NAME
        and len(words) in _WORDS
        and _SENTENCE_CASE.search(text) is not None
        and all(word[0].isupper() and word[1:].replace("-", "").isalpha() for word in words)
        and looks_like_a_name(text)
    )


def _is_told_of(name: str, paragraphs: Sequence[str]) -> bool:
    """Whether the story tells of somebody of that name: then the last line names its hero, not its author."""
    stems = [word[:_STEM] for word in name.split()]
    return any(stem in paragraph for paragraph in paragraphs for stem in stems if len(stem) == _STEM)
