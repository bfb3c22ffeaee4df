"""In which forms may a word stand in a text? As indexes are asked, and as hits are shown. Pure; knows no dictionary.

After a short stem only an ending of Russian, Kazakh or English may come: река is found as рекой, not as рекорд. A long
stem is found with whatever follows it. Why, and how well that does: docs/decisions/0023.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

WORD = re.compile(r"[^\W_]+")

# Without its ending a word has so many letters at least: what begins with two could be anything.
SHORTEST_STEM = 3
# Of a longer stem what follows need not be known: few words begin alike, and Kazakh puts many endings in a row. Of what
# six Russian letters find, another word is a seventh at 4, a twentieth at 5. At 6 a twenty-fifth,
# but Kazakh endings in a row that the list below does not have would be missed of more words.
LONGEST_SHORT_STEM = 5
# After a word of a question: it is a beginning, whatever follows.
STAR = "*"


class Forms(NamedTuple):
    """What a word looks like in texts."""

    exact: tuple[str, ...]
    beginnings: tuple[str, ...] = ()
    """Of words that may go on as they like."""
    stems: tuple[str, ...] = ()
    """For a stemmer, to be asked beside the word: what it could be without its ending."""


def fold(text: str) -> str:
    """Lower case, ё as е: how words are compared everywhere. Keeps the number of characters.

    >>> fold("Ёлка")
    'елка'
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters, such as İ, become two
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return lowered.replace("ё", "е")


def bare_words(text: str) -> list[str]:
    """The words of a text, folded, without signs.

    >>> bare_words("Кто-то №5!")
    ['кто', 'то', '5']
    """
    return WORD.findall(fold(text))


@lru_cache(maxsize=1_024)
def forms(word: str) -> Forms:
    """The forms of a folded word; one of two letters, or with a digit, has no other. A star: whatever begins so.

    >>> forms("ии")
    Forms(exact=('ии',), beginnings=(), stems=())
    >>> "рекой" in forms("река").exact, "река" in forms("рек").exact, forms("президента").beginnings
    (True, True, ('президент',))
    >>> forms("суд*")
    Forms(exact=(), beginnings=('суд',), stems=())
    """
    if word.endswith(STAR):
        return Forms((), (word.removesuffix(STAR),))
    if len(word) < SHORTEST_STEM or any(letter.isdigit() for letter in word):
        return Forms((word,))
    stems = tuple(_stems(word))
    made = {word, *_spelled(stems), *_kazakh(word)}
    starts = sorted(form[:-1] for form in made if form[-1] == "*")
    beginnings = tuple(start for start in starts if not start.startswith(tuple(one for one in starts if one < start)))
    exact = (form for form in made if form[-1] != "*" and not form.startswith(beginnings))
    return Forms(tuple(sorted(exact)), beginnings, tuple(sorted({stem for stem, _ in stems})))


Stem = tuple[str, Collection[str]]
"""What a word may be without its ending, and which endings come after it."""


def _stems(word: str) -> Iterator[Stem]:
    if word.isascii():
        yield from _english_stems(word)
    elif _CYRILLIC.fullmatch(word):
        if _KAZAKH.isdisjoint(word):
            yield from _russian_stems(word)
    else:
        yield word[: max(SHORTEST_STEM, len(word) - 2)], "*"


def _spelled(stems: Iterable[Stem]) -> Iterator[str]:
    """A star stands where a word may go on as it likes."""
    for stem, endings in stems:
        if len(stem) > LONGEST_SHORT_STEM:
            yield f"{stem}*"
        else:
            yield from (stem + ending for ending in endings)


def _split(word: str, endings: Sequence[str]) -> tuple[str, str]:
    """A word's stem and its ending, the first that fits."""
    fits = (one for one in endings if word.endswith(one) and len(word) - len(one) >= SHORTEST_STEM)
    ending = next(fits, "")
    return word.removesuffix(ending), ending


# --- Russian ----------------------------------------------------------------------------------------------------------
# Not all of these letters are Russian; words of other languages that have them are asked for in Russian forms.
_CYRILLIC = re.compile("[\u0430-\u04ff]+")
_AFTER_HARD = frozenset(
    " а о у ы и е ой ою ом ов ам ами ах ей ем ев "
    "ый ий ая яя ое ее ые ие ого его ому ему ую юю ым им ых их ыми ими".split(" ")
)
_ANY = _AFTER_HARD | frozenset("я ь ю ью й ею ям ями ях".split())
# Of здание and партия: партия without all of it would be парта.
_IN_I = frozenset("ия ие ию ии ий ием ией иям иями иях".split())
_RUSSIAN = sorted((_ANY | _IN_I) - {""}, key=len, reverse=True)
# Perhaps of the stem: only a dictionary knows. голов, Иванов; герой, Андрей.
_DOUBTFUL = frozenset({"ов", "ев", "ой", "ей"})
# Of рынок, шуток, палец; between the last two letters of рынка, шутки, пальца.
_FLEETING = re.compile("(?<=[^аеиоуыэюя])[ое](?=[кц]$)")
_FLOWN = re.compile("(?<=[^аеиоуыэюяйьъ])(?=[кц]$)")


def _russian_stems(word: str) -> Iterator[Stem]:
    """Every stem that a word may have, with the endings that come after it."""
    stem, ending = _split(word, _RUSSIAN)
    if ending in _ANY:
        yield stem, _ANY if ending else _AFTER_HARD
    if ending in _IN_I:
        yield stem, _IN_I
    if ending in _DOUBTFUL:
        yield word.removesuffix("й"), _ANY
    if ending and len(stem) > SHORTEST_STEM and _FLOWN.search(stem):
        yield from ((_FLOWN.sub(vowel, stem), ("",)) for vowel in "ое")
    elif not ending and len(stem) > SHORTEST_STEM + 1 and _FLEETING.search(stem):
        yield _FLEETING.sub("", stem), _ANY


# --- Kazakh -----------------------------------------------------------------------------------------------------------
_KAZAKH = frozenset("әғқңөұүһі")
# What may come after a stem, by the last letter of it: "his", cases, "with his"; and with whatever follows them plural,
# "of his", "our", "that is in". Of back vowels; others have the front ones.
_AFTER_VOWEL = "сы ның ға ны да дан мен сымен лар* сын* мыз* дағы*".split()
_AFTER_VOICED = "ы ның дың ға ны ды да дан нан мен бен ымен лар* дар* ын* ымыз* дағы*".split()
_AFTER_VOICELESS = "ы тың қа ты та тан пен ымен тар* ын* ымыз* тағы*".split()
_AFTER = {**dict.fromkeys("аәеоөыіяэ", _AFTER_VOWEL), **dict.fromkeys("лмнңрйузжию", _AFTER_VOICED)}
_FRONT_OF_BACK = str.maketrans("аығқ", "еігк")
_BACK, _FRONT = frozenset("аоұыя"), frozenset("әөүіеэ")
# Before a vowel: кітап and кітабы, күрек and күрегі, құрақ and құрағы.
_SOFTENED = {"п": "б", "к": "г", "қ": "ғ"}
# As they stand at the end of words that may be Russian, too.
_KAZAKH_PLURAL = ("лар", "лер", "дар", "дер", "тар", "тер")
_KAZAKH_WORD = re.compile(
    "(?P<stem>.{3,}?)(?:[лдт][ае]р)?(?:с?[ыі]|[ыі]?м[ыі]з)?"
    "(?:[ндт][ыі]ң?|[ғқ]а|[гк]е|н[ае]|н?[дт][ае](?:ғы|гі)?|[днт][ае]н|н|[мбп]ен)?"
)


def _kazakh(word: str) -> Iterator[str]:
    """A star as in `_spelled`. The word may be a stem, however it ends: кісі, тұрғын."""
    if not _CYRILLIC.fullmatch(word):
        return
    if _KAZAKH.isdisjoint(word):  # it may be Russian: what begins like it is not asked for
        for stem in {word, _split(word, _KAZAKH_PLURAL)[0]}:
            yield from _kazakh_forms(stem)
        return
    fits = _KAZAKH_WORD.fullmatch(word)
    for stem in {word, fits["stem"]} if fits else {word}:
        if len(stem) > LONGEST_SHORT_STEM:
            yield from (f"{one}*" for one in (stem, _softened(stem)))
        else:
            yield from _kazakh_forms(stem)


def _kazakh_forms(stem: str) -> Iterator[str]:
    yield stem
    telling = next((letter for letter in reversed(stem) if letter in _BACK | _FRONT), "")
    for ending in _AFTER.get(stem[-1], _AFTER_VOICELESS):
        before = _softened(stem) if ending[0] == "ы" else stem
        if telling not in _FRONT:
            yield before + ending
        if telling not in _BACK:
            yield before + ending.translate(_FRONT_OF_BACK)


def _softened(stem: str) -> str:
    return stem[:-1] + _SOFTENED.get(stem[-1], stem[-1])


# --- English ----------------------------------------------------------------------------------------------------------
# What comes after a stem that has had such an ending.
_ENGLISH = {
    "ies": ("y", "ies", "ied", "ying"),
    "ied": ("y", "ies", "ied", "ying"),
    "ing": ("", "e", "s", "es", "ed", "ing"),
    "es": ("", "e", "es", "ed", "ing"),
    "ed": ("", "e", "s", "es", "ed", "ing"),
    "s": ("", "s", "ed", "ing"),
    "e": ("e", "es", "ed", "ing"),
    "y": ("y", "ies", "ied", "ying"),
    "": ("", "s", "es", "ed", "ing"),
}
# Ends that are none: bus, crisis, pass; bring, shed.
_NO_ENDING = re.compile("news|.*[isu]s|[^aeiouy]+(?:ing|ed|es|s|e|y)")


def _english_stems(word: str) -> Iterator[Stem]:
    stem, ending = (word, "") if _NO_ENDING.fullmatch(word) else _split(word, tuple(_ENGLISH))
    yield stem, _ENGLISH[ending]
    if not ending:
        yield word + word[-1], ("ed", "ing")  # stopped
    elif ending in ("ed", "ing") and stem[-1] == stem[-2]:
        yield stem[:-1], _ENGLISH[""]
