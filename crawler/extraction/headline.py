"""Which of the page's titles is the headline. Compares what the readers found; reads only the `<h1>` itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.articles.article import Origin
from crawler.articles.text import clean_headline, name_key, normalise_text
from crawler.extraction.found import Found
from crawler.extraction.page import Page

# Longest `<h1>` that is a headline, in characters; longer ones are paragraphs in large print.
_LONGEST = 220
# Longest title whose parts are looked at, in characters: it bounds the work on hostile pages.
_LONGEST_TITLE = 1_000
# Share of a heading's words that the page's other titles must know. Below it the heading names the site, a section or
# another box. .3: benchmarks on both corpora, .2 and .4 lose .002 and .006 of dev_articles.
_KNOWN_WORDS = 0.3
# Likeness to the nearest title below which a heading is one of the text's: "Discord" of a title of ten words.
_LEAST_LIKE = 0.25
# A title of fewer words that ends a heading may end it by chance: "Updates" in "M&A Updates".
_FEWEST_WORDS = 4
# JSON-LD cuts headlines at 110 characters (a rule of Google's); shorter ones are whole unless they end in dots.
_CUT_AT = 100

# Letters of a name that does not stand in a host by chance.
_SHORTEST_SITE = 4

# Scripts without spaces count by sign; an underscore joins nothing, it separates: "Headline_Site".
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")
_SEPARATOR = re.compile(r"\s+(?:[|·•»:]{1,2}|[-–—])\s+")
_LONGEST_SEPARATOR = 4
# The same in titles of scripts without spaces, which put none around it either.
_UNSPACED_SEPARATOR = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff」』）】》!?！？])\s*(?:[|｜_]|-{1,2}|[–—])\s*")
_MOST_HEADINGS = 60
# The same and slashes, where a heading of the page confirms what they separate.
_ANY_SEPARATOR = re.compile(r"\s+(?:[|·•»:/\\]{1,2}|[-–—])\s+")
# Where a headline stands that no heading holds.
_LIKE_HEADINGS = '[itemprop~="headline"], [class*="title" i], [class*="headline" i]'


class Heading(NamedTuple):
    """One `<h1>` of the page."""

    text: str
    node: LexborNode


class Headline(NamedTuple):
    """The headline, and who says so."""

    text: str | None
    origin: Origin


def headings_of(page: Page) -> list[Heading]:
    """The distinct `<h1>` texts of the page with their first elements."""
    found: dict[str, Heading] = {}
    for node in page.landmarks.headings[:_MOST_HEADINGS]:
        text = heading_text(node)
        if text:
            found.setdefault(text, Heading(text, node))
    return list(found.values())


def heading_text(node: LexborNode) -> str:
    """The text of a heading; parts that only mark-up separates (`<span>Kicker</span>Title`) do not run together."""
    first = node.child
    if first is not None and first.next is None and first.tag == "-text":
        return normalise_text(first.text_content or "")
    parts: list[str] = []
    for inner in node.traverse(include_text=True):
        if inner.tag == "-text":
            text = inner.text_content or ""
            if parts and text and parts[-1][-1:].isalnum() and text[0].isupper() and not parts[-1][-1:].isupper():
                parts.append(" ")
            parts.append(text)
        elif inner.tag == "br":
            parts.append(" ")
    return normalise_text("".join(parts))


def heading_with(page: Page, headline: str) -> LexborNode | None:
    """The first heading of any rank that prints a headline, alone or behind a kicker; else the page's first `<h1>`;
    else any element whose name says that it is a title."""
    wanted = _words(headline)
    ending: LexborNode | None = None
    for node in page.tree.css("h1, h2, h3, h4")[:_MOST_HEADINGS]:
        words = _words(node.text(deep=True, separator=" "))
        if words == wanted:
            return node
        if ending is None and len(wanted) >= _FEWEST_WORDS and words[-len(wanted) :] == wanted:
            ending = node
    if ending is not None or page.landmarks.headings:
        return ending or page.landmarks.headings[0]
    named = page.tree.css(_LIKE_HEADINGS)[:_MOST_HEADINGS] if wanted else []
    return next((node for node in named if _words(node.text(deep=True, separator=" ")) == wanted), None)


def lesser_headings(page: Page) -> set[str]:
    """The texts of a page's headings below `<h1>` and of elements that are named titles, in lower case."""
    nodes = (*page.tree.css("h2, h3, h4")[:_MOST_HEADINGS], *page.tree.css(_LIKE_HEADINGS)[:_MOST_HEADINGS])
    return {heading_text(node).casefold() for node in nodes}


class SiteWords:
    """The words of a page's address by which its site and section call themselves in titles."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = _letters(parts.hostname or "")
        self._folders = {_letters(folder) for folder in parts.path.split("/")[1:-1]}

    def cut(self, title: str | None) -> str | None:
        """`title` without the names of its site and of its section at the end.

        >>> SiteWords("https://www.drinkexample.com/blog/tea").cut("Six teas | Blog | Example")
        'Six teas'
        """
        while title and len(title) <= _LONGEST_TITLE and (parts := list(_SEPARATOR.finditer(title))):
            last = title[parts[-1].end() :]
            is_section = "|" in parts[-1][0] and _letters(last) in self._folders
            if not is_section and not self._names_site(last):
                break
            title = title[: parts[-1].start()]
        return title

    def _names_site(self, name: str) -> bool:
        """Whether all words of a name stand in the host, and make up more of it than chance would."""
        words = _words(name)
        return sum(map(len, words)) >= _SHORTEST_SITE and all(word in self._host for word in words)


class Titles:
    """What the readers of a page without site rules call it, and which of that is its headline.

    News sites put the headline as it was sent into JSON-LD; others put a title for search engines there, so that the
    printed `<h1>` is better. A heading is only believed when the page's other titles know some of its words.
    """

    def __init__(
        self,
        headings: Collection[Heading],
        json_ld: Found,
        meta: Found,
        microdata: Found,
        publishers: Collection[str],
        url: str = "",
        *,
        lesser: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`lesser` gives the texts of the page's other headings, and is asked only when no `<h1>` fits."""
        site = SiteWords(url)
        self._headings, self._publishers, self._lesser = headings, publishers, lesser
        self._is_news = json_ld.is_news
        self._shared = _clean(meta.headline, publishers)
        self._named = site.cut(_clean(json_ld.headline, publishers))
        self._marked = site.cut(_clean(microdata.headline, publishers))
        in_head = (site.cut(self._shared), site.cut(_clean(meta.document_title, publishers)))
        self._stated = [(self._named, Origin.JSON_LD), (self._marked, Origin.MICRODATA)]
        self._stated += [(title, Origin.META) for title in in_head]
        self._others = list(dict.fromkeys(title for title in (self._named, *in_head) if title))

    @cached_property
    def heading(self) -> Heading | None:
        """The `<h1>` that prints the headline, as far as the page's titles know one."""
        return _best_heading(self._headings, self._others, self._publishers)

    def headline(self) -> Headline:
        """The best of the titles, whole."""
        named, marked = self._named, self._marked
        if marked and marked != named and marked == self._shared:
            # Two that name the headline against one.
            return Headline(marked, Origin.MICRODATA)
        if named and self._is_news:
            return Headline(_completed(named, self._printed_and_others()), Origin.JSON_LD)
        if self.heading is not None:
            printed = self.heading.text
            for title in self._others:
                # A kicker stands before the headline in one <h1>: "Economy: Prices rise".
                if title != printed and printed.endswith(title) and len(_words(title)) >= _FEWEST_WORDS:
                    return Headline(title, next(origin for known, origin in self._stated if known == title))
            return Headline(printed, Origin.GENERIC)
        for known, origin in self._stated:
            if known:
                return Headline(self._printed_part(known) or _completed(known, self._others), origin)
        return Headline(None, Origin.GENERIC)

    def _printed_part(self, title: str) -> str | None:
        """What of a title stands before or behind the name of its site, where a heading of the page prints just that.

        It is the longer part: a heading may print the name of the site, too.
        """
        if len(title) > _LONGEST_TITLE:
            return None
        separators = [*_ANY_SEPARATOR.finditer(title), *_UNSPACED_SEPARATOR.finditer(title)]
        parts = [part for one in separators for part in (title[: one.start()], title[one.end() :])]
        parts = [part for part in parts if len(part) * 2 >= len(title) - _LONGEST_SEPARATOR]
        headings = self._lesser() if parts else ()
        if title.casefold() in headings:
            return None
        return max((part for part in parts if part.casefold() in headings), key=len, default=None)

    def _printed_and_others(self) -> Iterator[str]:
        if self.heading is not None:
            yield self.heading.text
        yield from self._others


def _clean(title: str | None, publishers: Collection[str]) -> str | None:
    return (clean_headline(title, publishers=publishers) or None) if title else None


def _letters(text: str) -> str:
    """Letters and digits only: how hosts write names."""
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _best_heading(headings: Collection[Heading], titles: list[str], publishers: Collection[str]) -> Heading | None:
    """The heading most like one of the page's titles; the first one where several are."""
    keys = {key for publisher in publishers if (key := name_key(publisher))}
    site_names = set(_site_names(titles))
    headings = [
        heading
        for heading in headings
        if len(heading.text) <= _LONGEST
        and name_key(heading.text) not in keys
        and heading.text.casefold() not in site_names
    ]
    if headings and headings[0].text in titles:
        return headings[0]  # none is more like one
    stated = [Counter(_words(title)) for title in titles]
    best: tuple[float, Heading] | None = None
    for heading in headings:
        words = Counter(_words(heading.text))
        likeness = max((_likeness(words, title) for title in stated), default=0.0)
        known = max((_known(words, title) for title in stated), default=1.0)
        if known >= _KNOWN_WORDS and likeness >= _LEAST_LIKE * bool(titles) and (best is None or likeness > best[0]):
            best = likeness, heading
    return best[1] if best else None


def _site_names(titles: list[str]) -> Iterator[str]:
    """The last part of titles such as `A long road - Example`, and what stands around another title in one.

    A heading that says only this names the site: `Example: A long road` beside `A long road`.
    """
    for title in titles:
        for other in titles:
            if other != title and title.endswith(other):
                yield title[: -len(other)].rstrip(" :|-–—·•»").casefold()
        parts = _SEPARATOR.split(title)
        if len(parts) > 1 and len(parts[0]) > len(parts[-1]):
            yield parts[-1].casefold()


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _known(heading: Counter[str], title: Counter[str]) -> float:
    return len(heading.keys() & title.keys()) / len(heading) if heading else 0.0


def _completed(title: str, others: Iterable[str]) -> str:
    """`title`, or the whole of it where another reader knows more than its cut beginning."""
    beginning = title.rstrip(".… ")
    if len(title) >= _CUT_AT or title.endswith(("...", "…")):
        for other in others:
            # What follows a separator is the site's name, not the rest of the headline.
            is_longer = other.startswith(beginning) and len(other) > len(title)
            if is_longer and not _SEPARATOR.search(other, len(beginning)):
                return other
    return title
