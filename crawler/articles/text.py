"""Text as readers see it: paragraphs, headlines, captions. Cleans what is invisible or mechanical; words, quotes and
dashes stay as printed. What is part of an article and what is not is decided in extraction, not here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from html import unescape
from html.entities import html5
from unicodedata import is_normalized, normalize

# Control characters, soft hyphen, zero-width space, joiners of words, direction marks, object replacement.
_INVISIBLE = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad"
_INVISIBLE += "\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufffc"
# The joiners U+200C and U+200D shape letters in Persian or Hindi and build emoji; beside these characters they are
# left over from somewhere else.
_UNJOINED = "\\s\x21-\u0590\u1e00-\u1fff\u2010-\u201f"
_UNSEEN = re.compile(f"[{_INVISIBLE}\ud800-\udfff]+")
_JOINERS = re.compile(f"(?:^|(?<=[{_UNJOINED}]))[\u200c\u200d]+|[\u200c\u200d]+(?=[{_UNJOINED}]|$)")

# `&lt;` and `&gt;` are left: what they would turn into reads as mark-up.
_ENTITY_NAMES = frozenset(name for name in html5 if name.endswith(";")) - {"lt;", "gt;", "LT;", "GT;"}
_ENTITY = re.compile(r"&(?:amp;|AMP;|#0*38;|#[xX]0*26;)*(#\d{2,7};|#[xX][0-9a-fA-F]{2,6};|[A-Za-z][A-Za-z0-9]{1,30};)")
# Text escaped more often than this is hostile, not careless (nur.kz escapes twice), and stays as it is.
_MAX_ESCAPED = 4

_TITLE_PART = re.compile(r"\s+(?:[|·•»:]{1,2}|[-–—])\s+")

# Names of the site and its sections at the end of a title; real ones have three. It bounds the work on hostile pages.
_MOST_PARTS = 20
# Longest caption, in characters: some ten lines. It bounds the work on hostile pages.
_MAX_CAPTION = 1_000

_CREDIT_LABELS = (
    r"(?:иллюстративное |архивное |главное |титульное )?фото(?:графия)?|фотограф|иллюстрация|источник(?: фото)?|снимок"
    r"|скриншот(?: видео)?|кадр(?: из видео)?|коллаж|сурет|фотосурет|көрнекі сурет|фото авторы|дереккөз"
    r"|photo(?:s|graph|grapher|graphy| credit| illustration)?|(?:image|picture)s?(?: credit| source)?|pic|credits?"
    r"|source|illustration|screenshot|fotos?|bild(?:er|quelle)?|quelle|crédits?(?: photo)?|fotograf(?:ía|ia|e|en)?"
    r"|imagen|créditos?|immagine|fonte|zdjęcie|zdroj|kuva|lähde|fotoğraf|kaynak|ảnh|写真|図|사진|图|照片|摄影|攝|عکس|الصورة"
)
_CREDIT = re.compile(
    rf"(?:^|(?<=[\s(\[|/.,;–—»”\"]))(?:(?:{_CREDIT_LABELS})\s*[:：=]"
    r"|(?:photo(?:graph)?s?|images?|picture) (?:by|courtesy of) |фото предоставлено |fot\. |©|\([cс]\) )\s*",
    re.IGNORECASE,
)
# No credit is without one of these, in lower case: they are looked for first, as most texts hold no credit.
_CREDIT_SIGNS = (":", "：", "=", "©", "(c)", "(с)", " by ", " of ", "предоставлено ", "fot. ")
# After these words a label tells what is seen: "На фото: ...", "In this photo: ...".
_SHOWN = re.compile(r"(?:\b(?:на|in|im|this|the|nella|la|sur|à|dans|na|no)\s+)$", re.IGNORECASE)

_ADDRESS_START = re.compile(r"^(?:https?://)?(?:www\.)?")
_DOMAIN_END = re.compile(r"\.(?:[a-z]{2,3}\.)?(?:[a-z]{2,4}|info|news|media|online|қаз|рф)$")
_NOT_LETTERS = re.compile(r"[\W_]+")

# Scripts that write no spaces: Thai, Lao, Myanmar, Khmer, kana, Chinese characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def normalise_text(s: str) -> str:
    """Return `s` as one clean paragraph: NFC, single spaces, nothing invisible, no escapes left over.

    Quotes, dashes, case and punctuation stay as printed; joiners stay where a script needs them.

    >>> normalise_text(" Қазақ\\xadстан\\u200b \\n &amp;laquo;жаңалықтары&amp;raquo; ")
    'Қазақстан «жаңалықтары»'
    """
    # Of all blanks only the space is printable: most texts have no others, and no two of them in a row.
    is_plain = s.isprintable() and "  " not in s
    s = s.strip() if is_plain else " ".join(s.split())
    # Most are clean by now: what is invisible is not printable either, but for the object replacement.
    if (is_plain or s.isprintable()) and "&" not in s and "\ufffc" not in s and is_normalized("NFC", s):
        return s
    s = before = _visible(s)
    for _ in range(_MAX_ESCAPED):
        if "&" not in s or (undone := _ENTITY.sub(_undo, s)) == s:
            return s
        s = _visible(undone)
    return s if _ENTITY.sub(_undo, s) == s else before


def normalise_paragraphs(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Return the paragraphs cleaned by `normalise_text`, without empty ones, in their order.

    >>> normalise_paragraphs(["One.", " \\xa0 ", "Two\\nlines."])
    ('One.', 'Two lines.')
    """
    return tuple(clean for paragraph in paragraphs if (clean := normalise_text(paragraph)))


def clean_headline(s: str, *, publishers: Collection[str] = ()) -> str:
    """Return a headline without the publisher's name at its end, where one of `publishers` stands there.

    >>> clean_headline("A long road | The Example Herald", publishers=["Example Herald"])
    'A long road'
    """
    s = normalise_text(s)
    keys = {key for publisher in publishers if (key := name_key(publisher))}
    for part in reversed(list(_TITLE_PART.finditer(s))[-_MOST_PARTS:] if keys else []):
        if name_key(s[part.end() :]) not in keys:
            break
        s = s[: part.start()]
    return s


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Return what a caption says about the photo, and who made it.

    Either is None when it is not there. What is printed twice in a row counts once. A text of more than a
    thousand characters is no caption: it is cleaned and holds no credit.

    >>> split_credit("Встреча в столице. Фото: МИД Казахстана")
    ('Встреча в столице.', 'МИД Казахстана')
    >>> split_credit("Фото:example.com/a Фото:example.com/a")
    (None, 'example.com/a')
    """
    if not caption:
        return None, None
    text = normalise_text(caption)
    if len(caption) > _MAX_CAPTION:
        return text or None, None
    if not may_hold_credit(text):
        return _once(text) or None, None
    credits: dict[str, None] = {}
    lines = normalise_paragraphs(caption.splitlines())
    shown = normalise_text(" ".join(_cut_credits(line, credits) for line in lines))
    while (shorter := _once(_cut_credits(shown, credits))) != shown:  # what was cut may have stood inside a label
        shown = shorter
    return shown or None, " / ".join(credits) or None


def may_hold_credit(text: str) -> bool:
    """Whether it is worth asking a text for the credit of a photo: false for nearly all paragraphs.

    >>> may_hold_credit("It rains."), may_hold_credit("Photo: A. Smith")
    (False, True)
    """
    return any(map(text.lower().__contains__, _CREDIT_SIGNS))


def word_count(s: str) -> int:
    """Return the number of words; scripts that write no spaces count by character.

    >>> word_count("Бүгін - 2 жаңалық.")
    3
    """
    unspaced = 0
    if not s.isascii():
        unspaced = len(_UNSPACED.findall(s))
        s = _UNSPACED.sub(" ", s) if unspaced else s
    return unspaced + sum(1 for word in s.split() if word.isalnum() or any(map(str.isalnum, word)))


@lru_cache(maxsize=1024)  # the publisher's names are asked for on every page of a site
def name_key(name: str) -> str:
    """Return the form in which names of publishers are compared: no case, article, punctuation or domain ending.

    >>> name_key("The Example-Herald") == name_key("https://www.exampleherald.co.uk/")
    True
    """
    name = _ADDRESS_START.sub("", name.strip().casefold()).rstrip("/")
    name = _DOMAIN_END.sub("", name) if " " not in name else name
    return _NOT_LETTERS.sub("", name.removeprefix("the "))


def _visible(s: str) -> str:
    s = normalize("NFC", _UNSEEN.sub("", s))
    if "\u200d" in s or "\u200c" in s:
        s = normalize("NFC", _JOINERS.sub("", s))
    return " ".join(s.split())


def _undo(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#" and name not in _ENTITY_NAMES:
        return match[0]
    character = unescape("&" + name)
    return match[0] if character in ("<", ">", "&" + name) else character


def _cut_credits(line: str, credits: dict[str, None]) -> str:
    """`line` without its credits, which are added to `credits`."""
    if not may_hold_credit(line):
        return line
    marks = [mark for mark in _CREDIT.finditer(line) if not _SHOWN.search(line[: mark.start()])]
    if not marks:
        return line
    shown = [line[: marks[0].start()]]
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    for mark, end in zip(marks, ends, strict=True):
        credit = line[mark.end() : end]
        bracket = {"(": ")", "[": "]"}.get(line[mark.start() - 1] if mark.start() else "")
        if bracket and bracket in credit:
            credit, _, after = credit.partition(bracket)
            shown.append(after)
        while glued := _CREDIT.match(credit):  # "©Фото: ..."
            credit = credit[glued.end() :]
        if credit := _once(credit.strip(" ,;|/([–—")).removesuffix(" ."):
            credits.setdefault(_without_stop(credit))
    return " ".join(part for text in shown if (part := text.strip(" ,;|/([–—")))


def _without_stop(credit: str) -> str:
    """The full stop behind a credit goes, unless it belongs to an initial or an abbreviation."""
    return credit[:-1] if re.search(r"[^\W\d_]{4,}\.$", credit) else credit


def _once(s: str) -> str:
    """`s`, or its half where it says the same thing twice."""
    while len(s) > 2 and s[half := len(s) // 2] == " " and s[:half] == s[half + 1 :]:
        s = s[:half]
    return s
