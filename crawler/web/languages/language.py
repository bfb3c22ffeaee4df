"""One language of the interface: texts, plural forms, sentences of other rooms. Prints no number and no date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


def _one_or_more(number: int) -> int:
    return 0 if number == 1 else 1


def _slavic(number: int) -> int:
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if ones in (2, 3, 4) and tens not in (12, 13, 14) else 2


def _always_one(_number: int) -> int:
    return 0


# Which form of a noun stands beside a whole number; a catalogue names its rule.
PLURAL_RULES: Mapping[str, Callable[[int], int]] = {
    "one_or_more": _one_or_more,
    "slavic": _slavic,
    "always_one": _always_one,
}
_PLACE = re.compile(r"\\\{(\w+)\\\}")
# A sentence within a sentence within a sentence: deeper ones do not occur.
DEEPEST = 6


@dataclass(frozen=True)
class Language:
    """What a catalogue file says."""

    code: str
    name: str
    """In the language itself."""
    plural_rule: Callable[[int], int]
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    """English singular -> all forms, in the order of the rule."""
    sentences: Mapping[str, str]
    """English sentences of other rooms, with `{places}` for what varies."""
    formats: Mapping[str, Any]
    """How numbers and dates are printed; see printing.py."""

    @classmethod
    def read(cls, code: str, catalogue: Mapping[str, Any]) -> Language:
        """Read a catalogue.

        Raises:
            KeyError: a part is missing, or names a rule that there is not.
        """
        return cls(
            code,
            catalogue["name"],
            PLURAL_RULES[catalogue["plural_rule"]],
            catalogue.get("texts", {}),
            {one: tuple(forms) for one, forms in catalogue.get("plurals", {}).items()},
            catalogue.get("sentences", {}),
            catalogue["formats"],
        )

    def text(self, english: str, /, **values: object) -> str:
        """A text of the interface with its values put in; English where the catalogue has none."""
        text = self.texts.get(english, english)
        return text.format(**values) if values else text

    def plural(self, one: str, more: str, number: int, /, **values: object) -> str:
        """A text in the form that fits a number, which stands in it as `{n}`."""
        forms = self.plurals.get(one)
        text = forms[self.plural_rule(number)] if forms else (one, more)[_one_or_more(number)]
        return text.format(**{"n": number, **values})

    def say(self, sentence: str, _depth: int = 0) -> str:
        """A sentence of another room, which speaks English only; as it is where the catalogue does not know it."""
        known = self.sentences.get(sentence) or self.texts.get(sentence)
        if known is not None:
            return known
        if _depth < DEEPEST:
            for pattern, translation in self._patterns:
                if found := pattern.fullmatch(sentence):
                    parts = {name: self.say(part, _depth + 1) for name, part in found.groupdict().items()}
                    return translation.format(**parts)
        return sentence

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The sentences with places, in the order of the catalogue: the first that fits is taken."""
        return [(_pattern(english), said) for english, said in self.sentences.items() if "{" in english]


def _pattern(english: str) -> re.Pattern[str]:
    """What fits a sentence: `{n}` and `{n_more}` stand for a number, other places for any text."""
    seen: set[str] = set()

    def group(place: re.Match[str]) -> str:
        name = place[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return rf"(?P<{name}>\d[\d.,]*)" if name.partition("_")[0] == "n" else rf"(?P<{name}>.+?)"

    return re.compile(_PLACE.sub(group, re.escape(english)), re.DOTALL)
