"""How long ago, as printed: "5 минут назад". Counts seconds; knows no moment."""

from __future__ import annotations

import re

from crawler.articles.date_words import AGO, ONE, UNITS

_AGO_CJK = re.compile(r"(\d{1,4})\s?(分钟|分鐘|分|小时|小時|時間|시간|天|日|일|秒|초)\s?(?:前|전)")


def seconds_ago(text: str, words: list[str]) -> int | None:
    """What "5 минут назад" or "2 сағат бұрын" counts; None without such words. Weeks and more are too vague.

    `text` is in lower case, `words` are its words and numbers.

    >>> seconds_ago("5 минут назад", ["5", "минут", "назад"])
    300
    """
    if match := _AGO_CJK.search(text):
        return int(match[1]) * UNITS[match[2]]
    if AGO.isdisjoint(words):
        return None
    for position, word in enumerate(words):
        if word in UNITS:
            count = words[position - 1] if position else ""
            if count.isdecimal() and len(count) <= 4:
                return int(count) * UNITS[word]
            if count in ONE or not count or count in AGO:
                return UNITS[word]
    return None
