"""What a person types becomes words, phrases, what must not occur, and fields."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.errors import QueryError
from crawler.storage.filters import Filter
from crawler.storage.question import LONGEST, MOST_TERMS, Question, Term, read_filter, read_question

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")


def word(*words: str) -> Term:
    return Term(words)


def phrase(*words: str) -> Term:
    return Term(words, is_phrase=True)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        pytest.param("Школа ремонт", Question(((word("школа"),), (word("ремонт"),))), id="all words"),
        pytest.param("Ёлка", Question(((word("елка"),),)), id="ё is е"),
        pytest.param('"Новый  год"', Question(((phrase("новый", "год"),),)), id="a phrase"),
        pytest.param("«новый год»", Question(((phrase("новый", "год"),),)), id="other quotation marks"),
        pytest.param("школа -ремонт", Question(((word("школа"),),), (word("ремонт"),)), id="minus a word"),
        pytest.param(
            'школа -"новый год"', Question(((word("школа"),),), (phrase("новый", "год"),)), id="minus a phrase"
        ),
        pytest.param("школа − ремонт", Question(((word("школа"),), (word("ремонт"),))), id="a dash is no minus"),
        pytest.param("кто-то", Question(((word("кто", "то"),),)), id="a hyphen inside a word"),
        pytest.param("Суд* школа", Question(((word("суд*"),), (word("школа"),))), id="a beginning"),
        pytest.param("школа -суд*", Question(((word("школа"),),), (word("суд*"),)), id="minus a beginning"),
        pytest.param("пресс-секр*", Question(((word("пресс", "секр*"),),)), id="the last part is the beginning"),
        pytest.param('"новый год*"', Question(((phrase("новый", "год"),),)), id="no star in a phrase"),
        pytest.param("*", Question(), id="a star alone is a sign"),
        pytest.param("a OR b c", Question(((word("a"), word("b")), (word("c"),))), id="OR binds closer"),
        pytest.param("a OR b OR c", Question(((word("a"), word("b"), word("c")),)), id="OR of three"),
        pytest.param("a or b", Question(((word("a"),), (word("or"),), (word("b"),))), id="small letters: a word"),
        pytest.param("a AND b", Question(((word("a"),), (word("b"),))), id="AND says nothing"),
        pytest.param("12:30", Question(((word("12", "30"),),)), id="a time is no field"),
        pytest.param("№ … !", Question(), id="signs only"),
        pytest.param("", Question(), id="nothing"),
    ],
)
def test_words(typed: str, question: Question) -> None:
    assert read_question(typed) == question


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param('школа "новый', 'a quotation mark is left open.*"new school"', id="open quotation mark"),
        pytest.param("-школа", "only words to leave out.*school -bus", id="only minus"),
        pytest.param("OR школа", "OR needs a word on both sides", id="OR first"),
        pytest.param("школа OR", "OR needs a word on both sides", id="OR last"),
        pytest.param("школа OR OR лицей", "OR needs a word on both sides", id="OR twice"),
        pytest.param("школа OR -лицей", "OR needs a word on both sides", id="OR and minus"),
        pytest.param("а " * (MOST_TERMS + 1), f"more than {MOST_TERMS} words", id="too many words"),
        pytest.param("a" * (LONGEST + 1), "longer than", id="too long"),
        pytest.param("су*", r"су\* could be anything.*3 letters or more before the star", id="a star too early"),
        pytest.param("source:", "source: has no value", id="a field without a value"),
        pytest.param('tag:"" мост', "tag: has no value", id="a field with an empty value"),
        pytest.param("школа -source:herald", "-source: cannot be left out", id="minus a field"),
        pytest.param("after:soon", "after:soon: write a date such as", id="no date"),
        pytest.param("is:great", "is:great is not known.*revised", id="no such state"),
    ],
)
def test_what_has_no_meaning_is_refused_with_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        read_filter(typed, zone=UTC, now=NOW)


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        pytest.param("мост source:Herald", Filter("мост", sources=("herald",)), id="source"),
        pytest.param("source:a source:b", Filter(sources=("a", "b")), id="two sources"),
        pytest.param('author:"Ann Reed" мост', Filter("мост", authors=("Ann Reed",)), id="a value with a space"),
        pytest.param("author:«Ann Reed»", Filter(authors=("Ann Reed",)), id="in other quotation marks"),
        pytest.param("lang:kk edition:kk", Filter(languages=("kk",), editions=("kk",)), id="language and edition"),
        pytest.param("section:Спорт tag:мост", Filter(sections=("Спорт",), tags=("мост",)), id="section and tag"),
        pytest.param("is:revised is:gone", Filter(has_revisions=True, is_gone=True), id="states"),
        pytest.param("is:original is:there", Filter(originals_only=True, is_gone=False), id="other states"),
        pytest.param("time:12 мост", Filter("time:12 мост"), id="no field of ours"),
        pytest.param(
            "after:2026-11-01 before:yesterday",
            Filter(since=datetime(2026, 11, 1, tzinfo=ALMATY), until=datetime(2026, 11, 23, tzinfo=ALMATY)),
            id="dates in the zone",
        ),
    ],
)  # fmt: skip
def test_fields(typed: str, made: Filter) -> None:
    assert read_filter(typed, zone=ALMATY, now=NOW) == made


def test_fields_narrow_what_was_asked_already() -> None:
    base = Filter("мост", sources=("herald",), since=datetime(2026, 11, 10, tzinfo=UTC))
    made = read_filter("ремонт after:2026-11-01 lang:ru", base, zone=UTC, now=NOW)
    assert made == Filter("мост ремонт", sources=("herald",), languages=("ru",), since=base.since)


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_a_sign_that_no_text_has_is_refused(sign: str) -> None:
    for fields in ({"words": f"a{sign}"}, {"tags": (f"a{sign}",)}):
        with pytest.raises(QueryError, match="no text has"):
            Filter(**fields)  # type: ignore[arg-type]
