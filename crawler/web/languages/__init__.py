"""In which language a visitor reads, and the catalogues of texts. A language is one TOML file in this folder.

English texts stand in the templates and are the keys of the other catalogues. Words of the crawled sites are data and
are never translated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from crawler.web.languages.language import Language

FOLDER = Path(__file__).parent
DEFAULT = "en"


@cache
def languages() -> Mapping[str, Language]:
    """All languages by their code, English first.

    >>> languages()["ru"].text("Sources")
    'Источники'
    """
    read = (Language.read(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml")))
    found = {language.code: language for language in read}
    return MappingProxyType({DEFAULT: found.pop(DEFAULT), **found})


def choose(cookie: str | None, accept: str | None) -> Language:
    """The language that a visitor chose, else the one that the browser prefers, else English.

    >>> choose(None, "kk;q=0.3, ru-KZ;q=0.9, en;q=0.5").code
    'ru'
    """
    known = languages()
    if cookie is not None and cookie in known:
        return known[cookie]
    for code in _preferred(accept or ""):
        if code in known:
            return known[code]
    return known[DEFAULT]


def _preferred(accept: str) -> list[str]:
    """The codes of an Accept-Language header without their regions, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in accept[:1_000].split(","):
        code, _, quality = part.partition(";q=")
        try:
            wanted.append((float(quality or 1), code.strip().partition("-")[0].lower()))
        except ValueError:
            continue  # not a number: a header is a stranger's text
    return [code for _, code in sorted(wanted, key=lambda one: -one[0])]
