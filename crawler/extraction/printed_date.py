"""The day of the story as the visible page prints it, and as its address tells. Finds words; dates.py reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawler.articles.calendars import ERAS
from crawler.articles.date_words import MONTHS
from crawler.articles.text import normalise_text
from crawler.extraction.page import Page
from crawler.extraction.surroundings import Seen, Surroundings, seen

# Longest text that is taken for a printed date, in characters: labels and an author may stand beside it.
_LONGEST = 110
# Most words beside the date; more make a sentence that mentions one.
_MOST_OTHER_WORDS = 7
# Letters of the texts behind the headline with which the story begins, as a lead has fewer: dates behind it come after
# those before the headline. Shorter texts are labels and names, in letters.
_LEAD = 250
_LABEL = 40
# What a text must hold before it is worth parsing: a day with its month and year, a clock, or a relative word in one of
# our languages.
# A year may stand between signs that are letters, too: 2024年5月2日.
_LIKE_A_DATE = re.compile(
    r"(?<![0-9A-Za-z_])(?:19|20)\d\d(?![0-9A-Za-z_]).*\d|\d.*(?<![0-9A-Za-z_])(?:19|20)\d\d(?![0-9A-Za-z_])"
    r"|\d{1,2}:\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2}\b"
    r"|\d+ \w+ (?:назад|ago|бұрын|тому|мурун|мурда|аввал|oldin|avval|önce)\b",
    re.IGNORECASE,
)
# The same in other digits, which are read as ours first, and in other calendars.
_LIKE_A_DATE_ELSEWHERE = re.compile(
    rf"(?:{'|'.join(ERAS)})\s?(?:元|\d)|\d [\u0600-\u06ff]+ 1[34]\d\d|\b1[34]\d\d/\d{{1,2}}/\d"
    r"|\d [\u0e00-\u0e7f]+ 25\d\d"
    r"|(?:منذ|לפני) \d|\d\s?(?:分钟|分鐘|分|小时|小時|時間|시간|天|日|일)\s?(?:前|전)"
)
# A time alone, and the longest day beside one, in characters.
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
_LONGEST_DAY = 40
_RELATIVE = re.compile(r"(?:сегодня|вчера|бүгін|кеше|today|yesterday)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
# These and the names below are asked of text in lower case, and each alternative begins with a letter: so Python finds
# them five times as fast.
_MODIFIED = re.compile(
    r"updat|modifi|revis|review(?<!nterreview)(?<!preview)(?!s\b)|edited(?<!credited)|refresh"
    r"|обновл|измен|оновлен|змінен|абноўл|жаңарт|жаңырт|янгилан|yangilan|aktuali[sz]|geändert|stand:|mise? à jour"
    r"|actualiz|atualiza|aggiorna|bijgewerkt|oppdatert|uppdaterad|opdateret|päivitetty|güncelle|yenilən|upraveno|frissít"
    r"|módosít|ενημερώθηκε|ενημέρωση|cập nhật|diperbarui|更新|修改|수정|업데이트|تحديث|بروزرسانی|به‌روز|עודכן|עדכון"
)
_PUBLISHED = re.compile(
    r"publi|posted|written|created|released|опублик|опублік|жариял|жарыял|эълон|joylash|veröffentlicht|erstellt|publié"
    r"|pubblicato|geplaatst|publisert|julkaistu|utworzenia|megjelen|δημοσ|dərc|発行|公開|发布|yayın|giriş tarihi"
    r"|입력|등록|승인|نشر|انتشار|פורסם"
)
# Days of an event: "6-9 March 2026".
_DAYS = re.compile(r"(?<![\d./:-])\d{1,2}\s?[-–—]\s?\d{1,2}(?![\d./:-])")
# Small words beside a date that make a sentence of it.
_SENTENCE_WORDS = 4
_DATE_NAMES = re.compile(r"date|time|publish|posted|datum|fecha|дата|meta")
_OTHER_NAMES = re.compile(
    r"comment|related|reading|read-?time|duration|event|copyright|footer|widget|sidebar|card|teaser"
)
_BOXES = frozenset(("a", "section", "article", "ul", "main", "body"))
# A box of other things is not asked for its text; one that is named after its date is.
_BOX_NAMES = re.compile(r"(?:^|[\s_-])(?:date|time|published|datum)(?:$|[\s_-])|\wdate\b")
_MOST_ELEMENTS = 60
# A text that is nothing but a day, its label aside, and how far its tags may be from its year, in characters.
_ALONE = re.compile(
    r"((?:(?:published|posted|created)(?: on(?: the)?)?:?\s+)?(?:[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? 20\d\d"
    r"|\d{1,2}\.? [^\W\d_]{3,12}\.?,? 20\d\d|20\d\d-[01]\d-[0-3]\d|[0-3]?\d[./][0-3]?\d[./]20\d\d))"
    r"(?:,? at \d\d?:\d\d)?(?: by)?",
    re.IGNORECASE,
)
_YEAR = re.compile(rb"20\d\d")
_TAGS_WITHIN = 200
# Digits of other scripts as ours.
_PLAIN_DIGITS = str.maketrans(
    {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0xE50, 0xFF10) for digit in range(10)}
)
# /2024/05/02/, /2024-05-02-, /20240502/; a month alone is no day.
_IN_ADDRESS = re.compile(r"[/_-]((?:19|20)\d\d)([/_-]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=[/_.+-]|$)")
# /2024/05/: folders of their own, or it may be anything.
_MONTH_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/")
# /2024/may/02/, /2024/october/
_NAMED_MONTH = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(?:(0?[1-9]|[12]\d|3[01])/)?", re.IGNORECASE)


class PrintedDate(NamedTuple):
    """One text that looks like the story's date."""

    text: str
    is_modified: bool
    is_near: bool
    """It stands near the headline, and is no part of a sentence."""
    says_published: bool = False
    """Its label or its element says that it is the publication."""
    is_in_head: bool = False
    """It stands before the headline, in the head of the page: it may be the site's calendar."""


def read_printed_dates(page: Page, around: Surroundings | None) -> list[PrintedDate]:
    """What may be the day of the story: first what is near the headline, then any element that names a date, then the
    only day that the page prints.

    Of the texts at one place those that say "published" come first.
    """
    found: list[PrintedDate] = []
    if around is not None:
        behind = list(around.behind())
        letters = accumulate(len(text) if len(text) > _LABEL else 0 for _, _, text in behind)
        story = next((place for place, length in enumerate(letters) if length > _LEAD), len(behind))
        inside, outside = around.before_in_its_box()
        found += _judged(_texts((*behind[:story], *inside, *behind[story:])), is_near=True)
        found += (date._replace(is_in_head=True) for date in _judged(_texts(outside), is_near=True))
    if not any(not date.is_modified for date in found):
        found += _judged(_texts(seen(_dated_elements(page))), is_near=False)
    if not found:
        alone: set[str] = set()
        for day in _days_alone(page.utf8):
            alone.add(day)
            if len(alone) > 1:
                return []  # those of a list
        found += [PrintedDate(day, False, False) for day in alone]
    return found


def _days_alone(utf8: bytes) -> Iterator[str]:
    """The texts between two tags that are nothing but a day."""
    for year in _YEAR.finditer(utf8):
        start = utf8.rfind(b">", max(0, year.start() - _TAGS_WITHIN), year.start())
        end = utf8.find(b"<", year.end(), year.end() + _TAGS_WITHIN)
        if start < 0 or end < 0:
            continue
        element = utf8[max(0, utf8.rfind(b"<", 0, start)) : start]
        day = _ALONE.fullmatch(utf8[start + 1 : end].decode().strip())
        if day and not _OTHER_NAMES.search(element.decode("utf-8", "replace").lower()):
            yield day[1]


def _judged(texts: Iterable[tuple[str, str]], *, is_near: bool) -> list[PrintedDate]:
    said: list[PrintedDate] = []
    plain: list[PrintedDate] = []
    clocks: list[PrintedDate] = []
    """Times alone: of today, if nothing else is printed."""
    label_before = ""
    for text, names in chain.from_iterable(_split(text, names) for text, names in _joined(texts)):
        label, label_before = label_before, ""
        if not _is_like_a_date(text):
            label_before = text if len(text) < 40 else ""
        elif not _DAYS.search(text) and len(beside := _WORD.findall(text)) <= _MOST_OTHER_WORDS:
            words = f"{label} {names} {text}".lower()
            is_published = bool(_PUBLISHED.search(words))
            is_modified = not is_published and bool(_MODIFIED.search(words))
            is_named = bool(_DATE_NAMES.search(names.lower()))
            near = is_near and (is_published or is_named or not _is_sentence(beside))
            kind = said if is_published else clocks if _CLOCK.fullmatch(text) else plain
            kind.append(PrintedDate(text, is_modified, near, is_published))
    return said + plain + clocks


def _joined(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The texts; a day and a time that stand side by side, in elements of their own, as one."""
    waiting: tuple[str, str] | None = None
    for text, names in texts:
        if waiting is not None:
            if not any(map(str.isalnum, text)):
                continue  # what separates them
            one, other = waiting[0], text
            if _CLOCK.fullmatch(other) and _is_day(one):
                waiting = f"{one} {other}", waiting[1]
                continue
            if _CLOCK.fullmatch(one) and _is_day(other):
                waiting = f"{other} {one}", names
                continue
            yield waiting
        waiting = text, names
    if waiting is not None:
        yield waiting


def _is_day(text: str) -> bool:
    return len(text) <= _LONGEST_DAY and ":" not in text and _is_like_a_date(text)


@lru_cache(maxsize=1024)  # asked twice of a text in a row, and of the same menus on each page of a site
def _is_like_a_date(text: str) -> bool:
    if not _DIGIT.search(text):
        return bool(_RELATIVE.match(text))
    if text.isascii():
        return bool(_LIKE_A_DATE.search(text))
    text = text.translate(_PLAIN_DIGITS)
    return bool(_LIKE_A_DATE.search(text) or _LIKE_A_DATE_ELSEWHERE.search(text))


def _split(text: str, names: str) -> Iterator[tuple[str, str]]:
    """A text that states a day and then that of a change, as two: "3 May 2024. Updated: 5 May"."""
    change = _MODIFIED.search(text.lower()) if _DIGIT.search(text) else None
    if change and change.start() and _is_like_a_date(text[: change.start()]):
        yield text[: change.start()].rstrip(" .,;:|•·–—-(/"), "" if _MODIFIED.search(names.lower()) else names
        text = text[change.start() :]
    yield text, names


def _is_sentence(words: list[str]) -> bool:
    """Whether the words beside a date are those of a sentence and not of a byline; months count for nothing."""
    return sum(word.islower() and word not in MONTHS for word in words) >= _SENTENCE_WORDS


def _dated_elements(page: Page) -> Iterator[LexborNode]:
    yield from page.landmarks.times[:_MOST_ELEMENTS]
    for node in page.tree.css('[class*="date" i], [class*="publish" i], [class*="posted" i]')[:_MOST_ELEMENTS]:
        if not _OTHER_NAMES.search((node.attrs.get("class") or "").lower()):
            yield node


def _texts(nodes: Iterable[Seen]) -> Iterator[tuple[str, str]]:
    """Short texts, and what the names of their element say."""
    for node, tag, text in nodes:
        if tag == "-text":
            if not text or len(text) > _LONGEST:
                continue
            if not _is_like_a_date(text):
                yield text, ""  # a label, if anything
            elif (parent := node.parent) is not None and parent.is_element_node and parent.tag != "time":
                kind = parent.attrs.get("class") or ""
                if "comment" not in kind:
                    yield text, kind
        elif tag == "time":
            attributes = node.attributes
            text = attributes.get("datetime") or normalise_text(node.text(deep=True, separator=" "))
            if text and len(text) <= _LONGEST:
                yield text, f"time {attributes.get('class') or ''} {attributes.get('itemprop') or ''}"
        elif node.is_element_node and tag not in _BOXES:
            names = node.attributes.get("class")
            if names and _names_date(names, is_box=tag == "div"):
                text = normalise_text(node.text(deep=True, separator=" "))
                if text and len(text) <= _LONGEST:
                    yield text, names.lower()


@lru_cache(maxsize=4096)  # the elements of a page, and the pages of a site, have few names
def _names_date(names: str, *, is_box: bool) -> bool:
    names = names.lower()
    is_named = _DATE_NAMES.search(names) is not None and (not is_box or _BOX_NAMES.search(names) is not None)
    return is_named and not _OTHER_NAMES.search(names)


def date_in_address(url: str) -> str | None:
    """The day that an address names, as `YYYY-MM-DD`.

    >>> date_in_address("https://example.com/news/2024/05/02/story.html")
    '2024-05-02'
    """
    path = url.partition("?")[0]
    if match := _IN_ADDRESS.search(path):
        return f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}"
    month, day = _named_month(path)
    return f"{month}-{int(day):02}" if month and day else None


def month_in_address(url: str) -> str | None:
    """The month that an address names in folders of its own, as `YYYY-MM`.

    >>> month_in_address("https://example.com/2024/05/story"), month_in_address("https://example.com/2024/may/02/story")
    ('2024-05', '2024-05')
    """
    path = url.partition("?")[0]
    match = _MONTH_IN_ADDRESS.search(path)
    return f"{match[1]}-{match[2]}" if match else _named_month(path)[0]


def _named_month(path: str) -> tuple[str | None, str | None]:
    """The month that an address calls by its name, as `YYYY-MM`, and the day in the folder behind it."""
    match = _NAMED_MONTH.search(path)
    month = MONTHS.get(match[2].lower()) if match else None
    return (f"{match[1]}-{month:02}", match[3]) if match and month else (None, None)
