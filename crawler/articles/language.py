"""Which language a text is in: by script, letters and small words. Reads no page; what it declares is passed in."""

from __future__ import annotations

import re
from collections import Counter

from crawler.articles.language_words import CYRILLIC, DEVANAGARI, LATIN, WordTable

# Characters of the body that are looked at: some 120 words. 3,000 change the answer for 3 of 914 pages and cost three
# times as much.
_SAMPLE = 800
# Characters of that which tell the script.
_SCRIPT_SAMPLE = 48
# Below this many characters the headline is read, too.
_SHORT = 120
# Share of all letters that must be Kazakh ones; Russian news has fewer, in names (.993 right on ru, kk and en texts).
_KAZAKH_SHARE = 0.02
# Share of letters that are a neighbour's own, below which they come from names.
_LETTER_SHARE = 0.004
# Share of the words that are small words of a language, from which it is that language even if another is declared that
# is not in the tables. On 123 pages the right one has .075 (Xhosa) to .46; a language that is no kin of it has .05 in
# the median and .15 at most.
_CLEAR = 0.16
# Without a declaration, this share is enough: below it nothing is said.
_LIKELY = 0.06
# A declared language of the tables is contradicted when another has more than this many times its small words, and at
# least so many more: news in Zulu and Xhosa comes on pages that declare English.
_CONTRADICTION = 1.6
_FEW_WORDS = 3

# What pages declare -> the code that is meant: codes of countries, old codes, codes of three letters, close kin.
_MEANT_CODES = """
    kz:kk ua:uk cz:cs jp:ja cn:zh gr:el dk:da kr:ko vn:vi iw:he in:id ji:yi mo:ro nb:no nn:no bs:hr cnr:sr fil:tl
    kaz:kk rus:ru eng:en deu:de fra:fr uzb:uz
"""
_MEANT = dict(pair.split(":") for pair in _MEANT_CODES.split())

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
# Share of kana that makes Japanese: its text has a third and more, Chinese text a name now and then.
_KANA_SHARE = 0.05

# First and last code point of each script, in units of sixteen.
_BLOCKS = (
    ("latin", 0x00, 0x24), ("latin", 0x1E0, 0x1EF), ("greek", 0x37, 0x3F), ("greek", 0x1F0, 0x1FF),
    ("cyrillic", 0x40, 0x52), ("armenian", 0x53, 0x58), ("hebrew", 0x59, 0x5F), ("arabic", 0x60, 0x6F),
    ("arabic", 0x75, 0x77), ("arabic", 0xFB5, 0xFDF), ("arabic", 0xFE7, 0xFEF), ("devanagari", 0x90, 0x97),
    ("bengali", 0x98, 0x9F), ("gurmukhi", 0xA0, 0xA7), ("gujarati", 0xA8, 0xAF), ("oriya", 0xB0, 0xB7),
    ("tamil", 0xB8, 0xBF), ("telugu", 0xC0, 0xC7), ("kannada", 0xC8, 0xCF), ("malayalam", 0xD0, 0xD7),
    ("sinhala", 0xD8, 0xDF), ("thai", 0xE0, 0xE7), ("lao", 0xE8, 0xEF), ("tibetan", 0xF0, 0xFF),
    ("myanmar", 0x100, 0x109), ("georgian", 0x10A, 0x10F), ("georgian", 0x1C9, 0x1CB), ("ethiopic", 0x120, 0x139),
    ("khmer", 0x178, 0x17F), ("hangul", 0x110, 0x11F), ("hangul", 0xAC0, 0xD7F), ("kana", 0x304, 0x30F),
    ("han", 0x340, 0x9FF), ("han", 0xF90, 0xFAF), ("han", 0x2000, 0x323A),
)  # fmt: skip
_SCRIPT_OF = {block: script for script, first, last in _BLOCKS for block in range(first, last + 1)}
# Languages of the scripts that have one or two; the first is taken when nothing is declared.
_LANGUAGES_OF = {
    "greek": ("el",), "armenian": ("hy",), "hebrew": ("he", "yi"), "bengali": ("bn", "as"), "gurmukhi": ("pa",),
    "gujarati": ("gu",), "oriya": ("or",), "tamil": ("ta",), "telugu": ("te",), "kannada": ("kn",),
    "malayalam": ("ml",), "sinhala": ("si",), "thai": ("th",), "lao": ("lo",), "tibetan": ("bo", "dz"),
    "myanmar": ("my",), "georgian": ("ka",), "ethiopic": ("am", "ti"), "khmer": ("km",), "hangul": ("ko",),
    "kana": ("ja",), "han": ("zh", "ja", "yue"), "devanagari": ("hi", "mr", "ne", "sa", "mai", "bho"),
    "arabic": ("ar", "fa", "ur", "ps", "ug", "kk", "ckb", "ku", "sd", "pa", "az", "ks"),
    "cyrillic": (
        "ru", "kk", "uk", "be", "bg", "sr", "mk", "ky", "tg", "uz", "mn", "tt", "ba", "cv", "os", "ce", "ab", "sah",
        "tk", "az", "kv", "udm", "av", "tyv",
    ),
}  # fmt: skip
# Cyrillic letters that Russian has not.
_OWN_CYRILLIC = re.compile("[әғқңөұүһіїєґўҳӣӯҷҙҫҡҗјљњћђџѓќѕ]")
# Language, letters that it has, and letters that it has not; in this order.
_CYRILLIC_NEIGHBOURS = (
    ("mk", "ѓќѕ", "ћђ"), ("sr", "јљњћђџ", ""), ("tg", "ӣӯҷ", ""), ("ba", "ҙҫҡ", ""), ("uz", "ўҳ", "іөәң"),
)  # fmt: skip
# Of a text with as many Kazakh letters as Kazakh has: who else shares them.
_KAZAKH_NEIGHBOURS = (("kk", "қғұ"), ("uk", "їєґ"), ("be", "ў"), ("tt", "әһҗ"), ("ky", "ң"), ("mn", "өү"))
_HAVE_OWN_LETTERS = frozenset(("kk", "uk", "be", "ky", "tg", "uz", "sr", "mk", "mn", "tt", "ba"))
_NOT_LATIN = frozenset(code for codes in _LANGUAGES_OF.values() for code in codes)
# Of these the ones that are written in Latin, too.
_ALSO_LATIN = frozenset(("kk", "sr", "uz", "az", "tk", "ku", "tt", "mn"))


def detect_language(text: str, *, declared: str | None = None, headline: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the language of `text`, or None when it cannot be told.

    Judged by the body; a `headline` counts only beside a short one. What the page declares (`lang`, `og:locale`) is
    believed when it fits the script and the small words of the text do not clearly say otherwise. Norwegian is `no`
    in both its forms. Romanised text and languages outside the tables are known only by declaration.

    >>> detect_language("Министр сообщил, что мост через реку откроют в этом году.", declared="kk-KZ")
    'ru'
    >>> detect_language("Бүгін қалада жаңа көпір ашылды.", declared="ru")
    'kk'
    """
    sample = text[:_SAMPLE]
    if len(sample) < _SHORT and headline:
        sample = f"{headline} {sample}"
    sample = sample.lower()
    said = _code(declared)
    script = _script(sample)
    if script is None:
        return said
    if script == "latin":
        if said in _NOT_LATIN and said not in _ALSO_LATIN:
            said = None
        return _by_words(sample, LATIN, said, None)
    if said not in _LANGUAGES_OF[script]:
        said = None
    if script == "cyrillic":
        return _cyrillic(sample, said)
    if script == "devanagari":
        return _by_words(sample, DEVANAGARI, said, "hi")
    if script == "arabic":
        return _arabic(sample, said)
    if script == "bengali":
        return "as" if sample.count("ৰ") + sample.count("ৱ") > _LETTER_SHARE * len(sample) else "bn"
    return said or _LANGUAGES_OF[script][0]


def _code(declared: str | None) -> str | None:
    """Two or three letters of `ru-RU`, `kk_KZ` or `nb`; None for what is no code."""
    code = (declared or "").strip().lower().replace("_", "-").partition("-")[0]
    if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3):
        return None
    return _MEANT.get(code, code)


def _script(sample: str) -> str | None:
    """The script of most letters; kana among Chinese characters make Japanese."""
    if sample.isascii() and any(map(str.isalpha, sample[:_SAMPLE])):
        return "latin"
    letters = sample[:: max(1, len(sample) // _SCRIPT_SAMPLE)]
    scripts = [_SCRIPT_OF.get(ord(c) >> 4) for c in letters if c.isalpha()]
    if not scripts:
        return None
    script = max(set(scripts), key=scripts.count)
    if script == "han" and len(_KANA.findall(sample)) > _KANA_SHARE * len(sample):
        return "kana"
    return script


def _by_words(sample: str, table: WordTable, said: str | None, otherwise: str | None) -> str | None:
    """The language with the most small words in `sample`, unless they leave room for the declared one."""
    places, languages = table.places, table.languages
    words = sample.split()
    scores = [0] * len(languages)
    for word in words:
        if word in places:
            for place in places[word]:
                scores[place] += 1
    best = max(scores)
    share = best / (len(words) or 1)
    if said in languages:
        own = scores[languages.index(said)]
        believed = best <= own * _CONTRADICTION or best - own < _FEW_WORDS
    else:
        believed = said is not None and share < _CLEAR
    if believed or share < _LIKELY:
        return said or otherwise
    return languages[scores.index(best)]


def _cyrillic(sample: str, said: str | None) -> str | None:
    found = Counter(_OWN_CYRILLIC.findall(sample))
    letters = len(sample) - sample.count(" ") or 1

    def has(signs: str, share: float = _LETTER_SHARE) -> bool:
        return sum(found[sign] for sign in signs) >= share * letters

    if found:
        for language, signs, without in _CYRILLIC_NEIGHBOURS:
            if has(signs) and not has(without):
                return language
        if has("әғқңөұүһі", _KAZAKH_SHARE):
            if has("і"):
                if has("әңөүһ"):
                    return "kk"
                if "ы" in sample and not has("їє"):
                    return "be"
            return next((language for language, signs in _KAZAKH_NEIGHBOURS if has(signs)), "uk")
    russian = "ы" in sample or "э" in sample
    if said in _HAVE_OWN_LETTERS or (said == "bg" and russian):
        said = None  # its letters are not there, or others that it has not
    return _by_words(sample, CYRILLIC, said, "ru" if russian else None)


def _arabic(sample: str, said: str | None) -> str | None:
    count = sample.count
    own = _LETTER_SHARE * len(sample)
    # Kazakh and Uyghur share a letter for v; the other letters of Uyghur come first.
    for language, signs in (("ps", "ښځڅړږۍ"), ("ur", "ٹڈڑںے"), ("kk", "ٴ"), ("ug", "ۈې"), ("kk", "ۋ"), ("ckb", "ێۆڵ")):
        if sum(map(count, signs)) > own:
            return said if said in ("sd", "ks", "pa", "ku", "ckb", "ug") else language
    persian, arabic = sum(map(count, "پچژگیک")), sum(map(count, "يكةى"))
    if persian == arabic or (persian > arabic and said in ("az", "ku")):
        return said or "ar"
    return "fa" if persian > arabic else "ar"
