"""Who signs the story, as the visible page prints it. Finds the words; whether they name people is bylines.py's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawler.articles.bylines import clean_author
from crawler.articles.text import name_key, normalise_text
from crawler.extraction.page import Page
from crawler.extraction.surroundings import Seen, Surroundings, seen

# Words, in lower case, in class, id, rel, itemprop or test id of an element that holds the author's name.
_AUTHOR_NAMES = re.compile(
    r"author|byline|writer|autor(?<![^\s_-]autor)|auteur|verfasser|redakteur|contributor|posted-?by|written-?by|reporter"
    r"|creator|person-?(?:link|name)"
)
# The attributes that hold them.
_NAMING = frozenset(("rel", "itemprop", "class", "id", "data-testid", "data-qa"))
# Class names that are one word, and mean a person only near a headline.
_PERSON_CLASSES = frozenset(("name", "vcard", "person"))
# The same words where they do not say who wrote it.
_OTHER_NAMES = re.compile(
    r"avatar|image|img|photo|picture|thumb|icon|social|share|follow|bio\b|biography|description|about|related|comment|date"
    r"|time|role|position|job(?:[\s_-]|$)|title|desc|twitter|email|count|link-list|sidebar|widget|footer|recent|list-item|more-from|also"
    r"|topic|reviewe[rd]|editor|fact-?check|authority|authori[sz]|teaser|card"
)
_AUTHOR_ADDRESS = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|writers?|contributors?|staff|people|profiles?|members?|team|journalists?|by"
    r"|redaktion|reporters?|columnists?|producers?|experts?|avtor|avtory|author-profile)(?:/|=|-)[^/]",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:written|words|story|text|posted|article|report(?:ed|ing)?|published|author(?:ed)?|content|post|insights)"
    r"\s+(?:by|from)|by|authors?|contributors?(?=\s*:)|von|autor(?:in|es|a|zy)?|par|por|di|door|af|av|yazan|yazar|haber(?=\s*:)"
    r"|автор(?:ы|ка)?|текст|(?:подготовил|беседовал|записал|написал)[аи]?|дайындаған|авторы|мәтін|avtor|муаллиф|muallif"
    r"|كتبت?|بقلم|الكاتبة?|نویسنده|מאת|(?:本报|本報)?(?:记者|記者)|作者|撰文|文(?=[:：/／])|글(?=\s*[:：]))"
    r"(?:\s*[:：/／]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(
    r"^(?:(?:written|words|posted|story|published)\s+)?by\s*:?$|^authors?\s*:?$|^contributors?\s*:$|^автор\s*:?$"
    r"|^(?:муаллиф|muallif|yazar|记者|記者|作者)\s*[:：]?$",
    re.IGNORECASE,
)
# A reporter named by the role behind the name: 홍길동 기자.
_NAMED_REPORTER = re.compile(
    r"^(?:\S{2,12}\s)?([가-힣]{2,4}\s?(?:선임|전문|인턴)?\s?(?:기자|특파원)|[\u3400-\u9fff]{2,6}\s?記者)$"
)
# What stands around a name in one element: links to more, the day, reading time.
_BEFORE_NAME = re.compile(
    r"^(?:(?:view|see|read) (?:all|more)(?: \w+)? (?:by|from|about)|(?:all |more )?(?:articles|posts|stories) "
    r"(?:by|from)|about|meet|more (?:by|from)|published by|written by|posted by)\s+",
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
# Words of a text that may be a sentence; names and desks of that many words have capitals.
_SENTENCE = 6
# Letters of a publisher's name that is no beginning of a person's by chance.
_SHORTEST_PUBLISHER = 4
# Most nodes between two authors of one list.
_NEXT_AUTHOR = 12
# Elements of the whole page that are asked when there is nothing near the headline.
_MOST_ELEMENTS = 80


class Byline(NamedTuple):
    """Who signs the story."""

    people: tuple[str, ...]
    signature: str | None
    """What is printed, when it names no people: a desk, an agency, the publisher."""


def read_byline(page: Page, around: Surroundings | None, publishers: Collection[str]) -> Byline:
    """Who signs the story: looks behind the headline, then before it, then for any element that says "author".

    A signature of the publisher near the headline ends the search: authors further away are those of other stories.
    """
    signature = None
    for nodes in (around.behind(), around.before()) if around is not None else ():
        near = _first_people(_printed(nodes), publishers)
        if near.people or (near.signature and name_key(near.signature) in {name_key(name) for name in publishers}):
            return near
        signature = signature or near.signature
    if signature is None:
        named = page.tree.css('[rel~="author"], [class*="author" i], [class*="byline" i], [itemprop~="author"]')
        anywhere = _first_people(_printed(seen(named[:_MOST_ELEMENTS])), publishers)
        return anywhere if anywhere.people else _linked(page, publishers) or anywhere
    return Byline((), signature)


def _linked(page: Page, publishers: Collection[str]) -> Byline | None:
    """The one person that all links to authors name; several are those of a list of stories."""
    links = page.tree.css('a[href*="/author"]')[:_MOST_ELEMENTS]
    found = {person for one in _printed(seen(links)) for person in people_of(one.texts, publishers)}
    return Byline(tuple(found), None) if len(found) == 1 else None


class _Candidate(NamedTuple):
    """Texts of one place that may name the authors."""

    texts: list[str]
    place: int
    """How many nodes were met before."""
    kind: str
    """Tag and class of the element; elements of one kind that follow each other list several authors."""


def _first_people(candidates: Iterator[_Candidate], publishers: Collection[str]) -> Byline:
    """The people of the first candidate that has any, and of those like it that follow at once."""
    found: dict[str, None] = {}
    signature: str | None = None
    last: _Candidate | None = None
    for candidate in candidates:
        if last is not None and (candidate.kind != last.kind or candidate.place > last.place + _NEXT_AUTHOR):
            break
        people = people_of(candidate.texts, publishers)
        if people:
            found.update(dict.fromkeys(people))
            last = candidate
        elif last is None:
            signature = signature or candidate.texts[0]
            if name_key(signature) in {name_key(publisher) for publisher in publishers}:
                break
    return Byline(tuple(found), None if found else signature)


def people_of(texts: Iterable[str], publishers: Collection[str]) -> tuple[str, ...]:
    """The names in the texts that look like people's or agencies'."""
    names = dict.fromkeys(_once(name) for text in texts for name in clean_author(text, publishers))
    # "The Example with agencies" is a publisher, too.
    own = tuple(key for publisher in publishers if len(key := name_key(publisher)) >= _SHORTEST_PUBLISHER)
    return tuple(name for name in names if _looks_like_a_person(name) and not name_key(name).startswith(own))


def _looks_like_a_person(name: str) -> bool:
    words = name.split()
    if not name.isascii() and name.lower() == name.upper():
        # Scripts without cases; those without spaces write short names.
        return 2 <= len(name) <= (12 if len(words) == 1 else 40) and len(words) <= 5
    if len(words) == 1:
        return name.isupper() and len(name) <= 5  # an agency
    capitals = sum(word[0].isupper() for word in words)
    return len(words) <= 6 and capitals >= 2 and capitals * 2 > len(words) and "&" not in words


def _once(name: str) -> str:
    """A name that stands twice (a photo's text and its caption), once."""
    half = len(name) // 2
    return name[:half] if len(name) % 2 and name[half] == " " and name[:half] == name[half + 1 :] else name


def _printed(nodes: Iterable[Seen]) -> Iterator[_Candidate]:
    after_label = False
    for place, (node, tag, text) in enumerate(nodes):
        if tag == "-text":
            if not text or len(text) > _LONGEST:
                continue
            if _BARE_LABEL.match(text):
                after_label = True
                continue
            label = _LABEL.match(text)
            named = _NAMED_REPORTER.match(text)
            if named:
                yield _Candidate([named[1]], place, "text")
            elif after_label or (label and _begins_a_name(text[label.end()])):
                after_label = False
                texts = _cleaned([text[label.end() :] if label else text])
                if texts:
                    yield _Candidate(texts, place, "text")
            continue
        if not node.is_element_node:
            continue
        attributes = node.attributes
        if _names_author(attributes):
            texts = _cleaned(_texts(node))
        elif tag == "a" and _AUTHOR_ADDRESS.search(attributes.get("href") or ""):
            # Without capitals nothing tells a name from the words of a menu.
            texts = [text for text in _cleaned([node.text(deep=True, separator=" ")]) if text.lower() != text.upper()]
        else:
            continue
        if texts:
            yield _Candidate(texts, place, f"{tag} {attributes.get('class')}")


def _begins_a_name(letter: str) -> bool:
    return letter.isalpha() and not letter.islower()


def _names_author(attributes: dict[str, str | None]) -> bool:
    for key, value in attributes.items():
        if value and key in _NAMING and _says_author(value):
            return True
    return attributes.get("class") in _PERSON_CLASSES


@lru_cache(maxsize=4096)  # the elements of a page, and the pages of a site, have few names
def _says_author(names: str) -> bool:
    names = names.lower()
    return _AUTHOR_NAMES.search(names) is not None and not _OTHER_NAMES.search(names)


def _texts(node: LexborNode) -> list[str]:
    """The names in an element: one text for each link, where it has any, else its whole text."""
    if node.tag != "a":
        links = [normalise_text(link.text(deep=True, separator=" ")) for link in node.css("a")]
        links = [text for text in links if text and len(text) <= _LONGEST_NAME and not _NO_NAME.match(text)]
        if links:
            return links
    return [_before_role(node)]


def _before_role(node: LexborNode) -> str:
    """The text of an element up to a role that mark-up alone separates: `<b>Anna Smith</b><i>Autos Reporter</i>`."""
    joined = ""
    for inner in node.traverse(include_text=True):
        text = normalise_text(inner.text_content or "") if inner.tag == "-text" else ""
        if not text:
            continue
        name = _LABEL.sub("", joined)
        if text[0].isupper() and _looks_like_a_person(name) and " " in name and " " in text and name[-1].isalpha():
            break
        joined = f"{joined} {text}".strip()
        if len(joined) > _LONGEST:
            break  # no byline
    return joined


def _cleaned(texts: list[str]) -> list[str]:
    """The texts without labels, links to more, days and reading times around the name."""
    found = []
    for text in texts:
        text = normalise_text(text)
        if not text or len(text) > _LONGEST:
            continue
        text = _BEFORE_NAME.sub("", text)
        label = _LABEL.match(text)
        text = _BEHIND_NAME.sub("", text[label.end() :] if label else text).strip(" ,:;-")
        if text and not _NO_NAME.match(text) and not _BARE_LABEL.match(text) and not _is_sentence(text):
            found.append(text)
    return found


def _is_sentence(text: str) -> bool:
    """Whether a text is too wordy for a byline: most of its words are no names."""
    words = text.split()
    return len(words) >= _SENTENCE and sum(word.islower() for word in words) * 2 > len(words)
