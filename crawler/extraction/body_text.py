"""What the words of a block say, as numbers for the trees: sentences, repetitions, the headline's words, invitations.

Asked block by block: most are decided by what stands around them. Language-free but for a few phrases of invitation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from crawler.extraction.body_words import (
    BEGINNINGS,
    PHRASES,
    SENTENCE_ENDS,
    TELLING,
    TELLING_WORDS,
    tokens_of,
    widths_of,
)

# Width (`widths_of`) below which a block that is all link is a teaser or a menu entry: its words are not compared.
_TEASER = 100
# Widths up to which a block may be a phrase of invitation or the headline, and up to which it may be the lead.
_PHRASE_WIDTH, _LEAD_WIDTH = 400, 1000
# Shares of words, of the headline and of the block, from which a block prints the headline; and how much wider or
# narrower than the headline such a block can be.
_HEADLINE_SHARE, _BLOCK_SHARE, _WIDER = 0.9, 0.7, 2.0
# Share of words, either way, from which a top heading is the headline.
_SAME = 0.8
_NOTHING: Set[str] = frozenset()
_SENTENCE_END = re.compile(f"[{SENTENCE_ENDS}]")
_OPENING = {**dict.fromkeys("-–—•·*▪►▶→›>✓✔", 1), **dict.fromkeys("\"'“‘«„『「", 2), "©": 4}
_LEADING = " \t#*-–—•·|[(»›→▶►\"'“”«„"


@dataclass(frozen=True, slots=True)
class Hints:
    """What other readers found on the page, to compare blocks with."""

    headline: str = ""
    lead: str = ""
    article_body: str = ""
    """JSON-LD's, when there is one."""


class Wording:
    """The words of a page's blocks. Remembers what it was asked."""

    def __init__(self, texts: Sequence[str], width: Sequence[int], link_share: Sequence[float], hints: Hints) -> None:
        self._texts, self._width, self._link_share = texts, width, link_share
        self._headline_width, lead_width = widths_of((hints.headline, hints.lead))
        self._headline = tokens_of(hints.headline, self._headline_width - len(hints.headline))
        self._lead = tokens_of(hints.lead, lead_width - len(hints.lead))
        self._article = " ".join(hints.article_body.split())
        self._copies: dict[str, int] = {}
        self._before: list[int] = []
        for text in texts:
            before = self._copies.get(text, 0)
            self._before.append(before)
            self._copies[text] = before + 1
        self._tokens: list[Set[str] | None] = [None] * len(texts)
        self._phrases: list[int | None] = [None] * len(texts)

    def tokens(self, i: int) -> Set[str]:
        """The words of block `i`; none of a teaser."""
        own = self._tokens[i]
        if own is None:
            text, width = self._texts[i], self._width[i]
            is_teaser = width < _TEASER and self._link_share[i] >= 0.9
            own = self._tokens[i] = _NOTHING if is_teaser else tokens_of(text, width - len(text))
        return own

    def copies(self, i: int) -> int:
        """How many blocks of the page have the text of block `i`."""
        return self._copies[self._texts[i]]

    def phrase(self, i: int) -> int:
        """Number of the kind of phrase (`PHRASES`, `TELLING`) that a short block begins with or holds; 0 for none."""
        known = self._phrases[i]
        if known is None:
            known = self._phrases[i] = self._phrase(i) if self._width[i] < _PHRASE_WIDTH else 0
        return known

    def _phrase(self, i: int) -> int:
        match = BEGINNINGS.match(self._texts[i][:80].lstrip(_LEADING).casefold())
        if match:
            return PHRASES[match.lastgroup or "read"]
        told = self.tokens(i) & TELLING_WORDS
        return min(TELLING[word] for word in told) if told else 0

    def headline_shares(self, i: int) -> tuple[float, float]:
        """The share of a short block's words that the headline has, and of the headline's that it has."""
        if not self._headline or self._width[i] >= _PHRASE_WIDTH:
            return 0.0, 0.0
        own = self.tokens(i)
        common = len(own & self._headline)
        return common / (len(own) or 1), common / len(self._headline)

    def is_headline(self, i: int) -> bool:
        """Whether block `i`, a top heading, says what the headline says."""
        return min(self.headline_shares(i)) >= _SAME

    def headline_at(self) -> int | None:
        """Number of the first block that prints the headline; None where none does."""
        least, most = self._headline_width / _WIDER, self._headline_width * _WIDER
        for i, width in enumerate(self._width):
            if least <= width <= most:
                in_headline, headline_in = self.headline_shares(i)
                if headline_in >= _HEADLINE_SHARE and in_headline >= _BLOCK_SHARE:
                    return i
        return None

    def row(self, i: int, heading: int) -> list[float]:
        """Numbers of `body_numbers.TEXT` for block `i`; `heading` is the block of the heading above, < 0 for none."""
        text, width = self._texts[i], self._width[i]
        chars = len(text)
        in_lead = lead_in = 0.0
        if self._lead and width < _LEAD_WIDTH:
            own = self.tokens(i)
            common = len(own & self._lead)
            in_lead, lead_in = common / (len(own) or 1), common / len(self._lead)
        inside = -1
        if self._article:
            middle = max(0, chars // 2 - 20)
            inside = 1 if text[middle : middle + 40] in self._article else 0
        words = text.count(" ") + 1
        if text.isascii():
            sentences = text.count(".") + text.count("!") + text.count("?")
        else:
            sentences = len(_SENTENCE_END.findall(text))
        phrase = self.phrase
        return [
            words, 1 if text[-1] == "…" or text.endswith(("...", "…]", "...]")) else 0, sentences, text.count(","),
            _OPENING.get(text[0]) or (3 if text[0].isdigit() else 0), chars / words, sentences / words,
            self._copies[text], self._before[i], *self.headline_shares(i), in_lead, lead_in,
            inside, phrase(i), phrase(i - 1) if i else 0, phrase(i + 1) if i + 1 < len(self._texts) else 0,
            phrase(heading) if heading >= 0 else 0,
        ]  # fmt: skip
