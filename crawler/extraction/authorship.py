"""Who wrote the story, of all the names that a page states. Compares readers; what a name is, is bylines.py's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from crawler.articles.article import Origin
from crawler.articles.bylines import clean_author
from crawler.articles.text import normalise_text
from crawler.extraction.byline import Byline
from crawler.extraction.found import Found

# Letters of agencies that are named by initials: AP, dpa, TASS.
_LONGEST_AGENCY = 5


class Authors(NamedTuple):
    """The people, who says so, and what is signed where no people are named."""

    people: tuple[str, ...]
    origin: Origin
    signature: str | None


def choose_authors(
    readers: Iterable[Found], printed: Callable[[], Byline] | None, publishers: Collection[str]
) -> Authors:
    """The people that the first reader with any names; account names ("jsmith") give way to a printed byline.

    `printed` reads the visible byline, and is asked only when it is needed; None leaves it out.
    """
    account: Authors | None = None
    signature: str | None = None
    for found in readers:
        people = people_in(found.authors, publishers)
        if people and not all(map(_is_account, people)):
            return Authors(people, found.origin, None)
        if people and account is None:
            account = Authors(people, found.origin, None)
        signature = signature or _signature(found)
    if printed is not None:
        byline = printed()
        if byline.people:
            return Authors(byline.people, Origin.GENERIC, None)
        signature = signature or byline.signature
    return account or Authors((), Origin.GENERIC, signature)


def people_in(names: Iterable[str], publishers: Collection[str]) -> tuple[str, ...]:
    """The people that bylines name, each once."""
    return tuple(dict.fromkeys(person for name in names for person in clean_author(name, publishers)))


def _is_account(name: str) -> bool:
    """One word in Latin letters that is longer than an agency's name: a nickname or the name of an account."""
    return name.isascii() and " " not in name and len(name) > _LONGEST_AGENCY


def _signature(found: Found) -> str | None:
    for name in (*found.authors, *found.organisations):
        text = normalise_text(name)
        if text and not text.startswith(("http", "/", "@")) and not text.isdigit():
            return text
    return None
