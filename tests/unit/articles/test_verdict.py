"""The address counts for more than the likeness of texts."""

from __future__ import annotations

import doctest

import pytest

from crawler.articles import verdict
from crawler.articles.verdict import Known, Match, Verdict, judge

OLD, EDITED = b"old", b"edited"
WIRE_COPY = Match(article_id=7, similarity=1.0)


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(verdict).failed == 0


@pytest.mark.parametrize(
    ("known", "nearest", "expected"),
    [
        pytest.param(None, None, Verdict.NEW, id="never seen"),
        pytest.param(Known(EDITED), None, Verdict.UNCHANGED, id="the same text again"),
        pytest.param(Known(OLD), None, Verdict.REVISED, id="edited"),
        pytest.param(Known(OLD), WIRE_COPY, Verdict.REVISED, id="edited into the text of another: the address wins"),
        pytest.param(Known(EDITED), WIRE_COPY, Verdict.UNCHANGED, id="a known wire copy, unchanged"),
        pytest.param(None, WIRE_COPY, Verdict.DUPLICATE, id="wire copy at another address"),
    ],
)
def test_verdict(known: Known | None, nearest: Match | None, expected: Verdict) -> None:
    assert judge(EDITED, same_url=known, nearest=nearest) is expected
