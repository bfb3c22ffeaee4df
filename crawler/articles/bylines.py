"""Who wrote it: the people that a byline names. Judges names by their form; knows no list of persons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from crawler.articles.text import name_key, normalise_text

_ADDRESS = re.compile(r"[<(\[]?(?:(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\w)@\w+)[>)\]]?")
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）)")

# Before a name. Those with a full stop in the table (`von.`) are also parts of names: they need two words behind them.
_LABEL = re.compile(
    r"(?:(?:written|words|text|story|report(?:ing|ed)?|additional reporting|posted|as told to|opinion)\s+by|by"
    r"|(?:статью\s+)?(?:подготовил[аи]?|написал[аи]?|беседовал[аи]?|записал[аи]?)|авторы?(?:\s+(?:статьи|текста|материала))?|текст|корреспонденты?"
    r"|авторк[аи]|муаллиф(?:лар)?|muallif(?:lar)?"
    r"|мәтін|дайындаған|text(?:e|o)?|autor(?:en|in|es|a|zy)?|auteure?s?|autore|yazan|yazar|kirjoittaja|skriven av|tekst"
    r"|(?:ein\s+\w+\s+)?von|par|por|przez|door|av|af|di|διά|(?:本报|本報)?(?:記者|记者)|文|作者|撰文|글"
    r"|كتبت?|بقلم|الكاتبة?|إعداد|نویسنده|به قلم|מאת)"
    r"(?:\s*[:：/／]\s*|\s+|$)",
    re.IGNORECASE,
)
_COLON_LABEL = re.compile(r"(?:[^\W\d_]+\s){0,2}[^\W\d_]+\s*[:：]\s*")
# What they did is not writing.
_OTHER_WORK = re.compile(
    r"(?:edit(?:ed|ing)|updated|reviewed|(?:fact[- ])?checked|translated"
    r"|photo(?:s|graphs|graphy)?|video|illustrat(?:ed|ions?)|produced|compiled)\s+by\b"
    r"|(?:редактор|перевод|фото|видео|сурет|редакторы|foto|bearbeitet|photos?|video)\s*[:：]",
    re.IGNORECASE,
)
_PARTS_OF_NAMES = frozenset(("von", "di", "av", "af", "door", "par", "por", "text", "tekst"))

_HARD_SPLIT = re.compile(
    r"\s*[;|•\n]\s*|\s+[/·]\s+|[、，]|[.,]?\s+(?=(?:фото|сурет|видео|перевод|редактор|photos?|foto|video)\s*:)",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s+(?:(?i:and|und|и|және|та|og|och|ja|ve|and also|dan|và|with|et|&)|[yeiaй])\s+|\s*[&/]\s*",
)
_LEADING_AND = re.compile(r"^(?:and|und|и|және|et|y|e|og|och|ve|&)\s+", re.IGNORECASE)
# "Anna Smith in London", "Иван Иванов из Астаны"
_PLACE = re.compile(r"^(\S+\s+\S+(?:\s\S+)*?)\s+(?:in|for|from|at|on|is|в|из|для|aus|für)\s.*$")

# Words that name a desk, not a person; a name made of nothing else is nobody's.
_DESK_WORDS = """
    admin administrator administrators super superuser anonymous author authors by community content contributor
    contributors copy
    correspondent correspondents desk digital editor editors editorial guest in-house moderator news newsdesk newsroom
    office online our partner press reporter reporters root server service special staff team the user web webmaster
    writer writers unknown agency agencies bureau group
    redaktion redaktionen redakcja redakce redaktor redaktör redaktionell toimitus rédaction redacción redazione redação
    redactie redactia redacția online-redaktion newsteam ntb-red
    админ администратор автор авторы агентство агентства информация наш новостей новости отдел от портал пресс-служба
    редактор редакторы редакция редакции редакцией сайт сайта служба собкор собственная соб инф корреспондент
    редакциясы әкімші тілшіміз тілші автордан tahririyat tahririyati таҳририят таҳририяти редакція
    编辑部 本报记者 편집부 編集部
"""
_DESK = frozenset(_DESK_WORDS.split())
# Behind a name these say what somebody is.
_ROLE_WORDS = """
    analyst anchor assistant associate author blogger chief co-founder columnist contributing contributor copywriter
    correspondent critic deputy director editor editor-in-chief executive expert fellow founder freelance head host
    journalist lead manager managing officer photographer political producer professor publisher reporter researcher
    senior specialist staff writer
    journalistin redakteur redakteurin reporterin korrespondent korrespondentin journaliste rédacteur rédactrice
    periodista redactor redactora corresponsal giornalista corrispondente dziennikarz jornalista journalist
    автор аналитик блогер внештатный главный журналист журналистка заместитель колумнист корреспондент корр обозреватель
    политолог продюсер редактор репортер репортёр собкор специальный спецкор специально старший фотограф эксперт
    шеф-редактор журналисі тілші тілшісі редакторы сарапшы шолушы кабарчы кореспондент мухбир muxbir
    기자 특파원 記者
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_DEGREES = frozenset(
    ("ba", "ceo", "cpa", "dvm", "facs", "j.d", "jd", "m.d", "ma", "md", "ms", "msc", "ph.d", "phd", "rd", "rn")
)
# Left hanging when an agency, a place or a date behind them is cut off.
_JOINTS = frozenset(
    ("and", "at", "avec", "con", "e", "et", "for", "für", "in", "mit", "on", "und", "with", "y", "и", "с")
)
# Agencies sign stories that newspapers print; they are named only where no person is.
_AGENCY_NAMES = """
    reuters|ap|associated press|the associated press|afp|agence france-presse|dpa|deutsche presse-agentur|apa|sda|efe
    ansa|upi|pap|ntb|tt|ritzau|belga|anp|lusa|bloomberg|xinhua|kyodo|anadolu|тасс|итар-тасс|риа новости|интерфакс|рейтер
    казинформ|kazinform|қазақпарат|казтаг|интерфакс-казахстан|kazakhstan today|sputnik|спутник|pti|ians|ani|antara|aap
    cp|the canadian press|pa media|press association|europa press|ctk|čtk|mti|keystone-sda|keystone|sid|kna|epd|bbc
    cnn|ddp
"""
_AGENCIES = frozenset(name_key(name) for line in _AGENCY_NAMES.split("\n") for name in line.split("|")) - {""}
# Two-word cities that stand behind a name and look like one.
_CITY_NAMES = """
    new york|los angeles|san francisco|hong kong|new delhi|tel aviv|cape town|sao paulo|kuala lumpur|buenos aires
    mexico city|abu dhabi|são paulo|rio de janeiro|нур султан|алма ата|нью йорк|тель авив
"""
_CITIES = frozenset(name for line in _CITY_NAMES.split("\n") for name in line.strip().split("|"))
_PARTICLE_WORDS = """
    al af av bin da dal de del della der den di dos du el ibn la le o oğlu qizi ter ul van von y zu оглы кызы ұлы қызы
    уулу фон де
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# Longest name, in words and in characters: "María de los Ángeles Fernández de la Cruz" fits, a sentence does not.
_MAX_WORDS = 8
_MAX_CHARACTERS = 60
# Longest byline, in characters: some thirty names. What is longer is a text.
_MAX_BYLINE = 1_000


def clean_author(s: str, publishers: Collection[str] = ()) -> tuple[str, ...]:
    """Return the people that a byline names, in its order, each once; empty when it names none.

    Labels ("By", "Автор:"), roles, places, e-mails, handles and addresses are cut off; desks ("Newsroom", "редакция")
    and `publishers` (compared without case, article and domain ending) are nobody. A news agency is named only when no
    person is. Names stay as printed; where "and" may be part of one name, it is left alone. A text of more than a
    thousand characters is no byline.

    >>> clean_author("By Anna Smith and Bolat Akhmetov, Reuters")
    ('Anna Smith', 'Bolat Akhmetov')
    >>> clean_author("Автор: Иванов Иван, корреспондент", publishers=["Example.kz"])
    ('Иванов Иван',)
    >>> clean_author("Example.kz", publishers=["Example"])
    ()
    """
    if len(s) > _MAX_BYLINE:
        return ()
    s = _BRACKETS.sub("", _ADDRESS.sub(" ; ", normalise_text(s)))
    keys = {key for publisher in publishers if (key := name_key(publisher))}
    people: dict[str, str] = {}
    agencies: dict[str, str] = {}
    for segment in _HARD_SPLIT.split(s):
        for candidate in _candidates(segment):
            name = _trim(candidate, keys)
            key = name_key(name)
            if key in _AGENCIES and key not in keys:
                agencies.setdefault(key, name)
            elif _is_person(name, key, keys):
                people.setdefault(name.casefold(), name)
    return tuple((people or agencies).values())


def _candidates(segment: str) -> Iterator[str]:
    """What may be one name each, of a part of a byline that separators enclose."""
    segment = _LEADING_AND.sub("", segment.strip())
    if _OTHER_WORK.match(segment):
        return
    first, *others = (part.strip() for part in _without_label(segment).split(","))
    if len(others) == 1 and _is_last_and_first(first, others[0]):
        yield f"{others[0]} {first}"
        return
    yield from _split_at_and(first)
    for other in others:
        for part in _split_at_and(_LEADING_AND.sub("", other)):
            if looks_like_a_name(part) or name_key(part) in _AGENCIES:
                yield part


def _without_label(segment: str) -> str:
    while label := _LABEL.match(segment) or _COLON_LABEL.match(segment):
        rest = segment[label.end() :]
        word = segment[: label.end()].strip().casefold()
        if word in _PARTS_OF_NAMES:
            first = next(_split_at_and(rest.partition(",")[0]))
            if rest[:1].islower() or not (
                looks_like_a_name(first) or all(_plain(one) in _DESK for one in first.split())
            ):
                break
        segment = rest
    return segment


def _split_at_and(part: str) -> Iterator[str]:
    """The sides of "and", where each has two words (or a script without spaces); else `part` itself."""
    sides = _AND.split(part)
    if len(sides) > 1 and all(" " in side.strip() or not _has_cases(side) for side in sides):
        yield from sides
    else:
        yield part


def _is_last_and_first(last: str, first: str) -> bool:
    """Whether "Smith, John" or "Smith, John A." is one name, turned round."""
    words = first.split()
    if not (last and words) or " " in last or not (last[0].isupper() and first[0].isupper()):
        return False
    if len(words) > 2 or (len(words) == 2 and len(words[1].rstrip(".")) > 1):
        return False
    return not (
        {word.casefold() for word in (last, *words)} & (_DESK | _ROLES) or {name_key(last), name_key(first)} & _AGENCIES
    )


def looks_like_a_name(part: str) -> bool:
    """Two to five words that begin with capitals, none of them a role; or any in a script without cases."""
    words = part.split()
    if any(_plain(word) in _ROLES or _plain(word) in _DEGREES or _plain(word) in _DESK for word in words):
        return False
    if words and not _has_cases(part):
        return True
    if not 2 <= len(words) <= 5 or " ".join(words).replace("-", " ").casefold() in _CITIES:
        return False
    return all(word[0].isupper() or word.casefold() in _PARTICLES for word in words)


def _trim(candidate: str, publishers: set[str]) -> str:
    """`candidate` without dates, places, roles, agencies and publishers around the name."""
    words = _PLACE.sub(r"\1", candidate).split()
    number = next((i for i, word in enumerate(words) if any(map(str.isdigit, word))), len(words))
    if number > 1:
        words = words[:number]
    while len(words) > 2 and _plain(words[0]) in _ROLES:
        del words[0]
    while behind := _words_behind(words, publishers):
        del words[-behind:]
    name = " ".join(words).strip(" ,:;|/*•–—-\"'«»“”‘’")
    return name[:-1] if re.search(r"[^\W\d_]{4,}\.$", name) else name


def _words_behind(words: list[str], publishers: set[str]) -> int:
    """How many words at the end are a role, an agency or a publisher behind two others, or join nothing to the name."""
    if len(words) > 1 and words[-1] in _JOINTS:
        return 1
    # A name in a script without cases may be one word: 홍길동 기자.
    if (
        len(words) > 1
        and len(words) > 1 + _has_cases(words[0])
        and (_plain(words[-1]) in _ROLES or _plain(words[-1]) in _DEGREES)
    ):
        return 1
    for count in range(min(3, len(words) - 2), 0, -1):
        key = name_key(" ".join(words[-count:]))
        if key in publishers or key in _AGENCIES:
            return count
    return 0


def _is_person(name: str, key: str, publishers: set[str]) -> bool:
    words = name.split()
    if len(key) < 2 or len(words) > _MAX_WORDS or len(name) > _MAX_CHARACTERS:
        return False
    if not words[0][0].isalpha() or key in publishers or name.casefold() in _PARTS_OF_NAMES:
        return False
    return not all(_plain(word) in _DESK or name_key(word) in publishers for word in words)


def _plain(word: str) -> str:
    return word.casefold().strip(".,:")


def _has_cases(s: str) -> bool:
    return s.lower() != s.upper()
