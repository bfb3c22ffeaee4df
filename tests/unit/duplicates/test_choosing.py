"""Of many candidates those are compared exactly that can change the answer, and no others."""

from __future__ import annotations

from crawler.duplicates.choosing import Choice, choose, prospects
from crawler.duplicates.matching import COMPARED
from crawler.duplicates.sketch import Fingerprint, fingerprint
from tests.unit.duplicates.test_matching import MOULD, OTHER, STORY

COPY = f"Как передаёт агентство, работа парома остановлена.\n{STORY}"


def chosen(text: str, others: list[str], stories: dict[int, int] | None = None) -> tuple[Choice, list[int]]:
    """What is chosen of `others`, and whose fingerprints were asked for."""
    marks, asked = [fingerprint(other) for other in others], []

    def fingerprint_of(number: int) -> Fingerprint:
        asked.append(number)
        return marks[number]

    own = fingerprint(text)
    near = prospects(own.sketch, own.facts, 5, [(n, one.sketch, one.facts, 5) for n, one in enumerate(marks)])
    choice = choose(
        own, near, fingerprint_of=fingerprint_of, story_of=lambda number: (stories or {}).get(number, number)
    )
    return choice, asked


def test_the_most_alike_decides() -> None:
    choice, _ = chosen(STORY, [COPY, STORY, OTHER])
    assert [number for _, number in choice.same] == [1, 0]
    assert choice.same[0][0] == 1.0


def test_others_of_a_story_that_is_found_are_not_compared() -> None:
    long = f"{STORY}\n{OTHER}\n{MOULD}"
    choice, asked = chosen(long, [long, f"{COPY}\n{OTHER}\n{MOULD}"], {0: -5, 1: -5})
    assert [number for _, number in choice.same] == [0]
    assert asked == [0]


def test_a_digest_contains_its_stories_also_when_it_repeats_one_of_them() -> None:
    digest = f"{STORY}\n{OTHER}\n{MOULD}"
    choice, _ = chosen(digest, [digest, STORY, OTHER])
    assert choice.same[0] == (1.0, 0)
    assert set(choice.contains) == {1, 2}
    assert chosen(STORY, [digest])[0].contained_in == (0,)


def test_what_shares_no_facts_is_not_compared() -> None:
    own, other = fingerprint(STORY), fingerprint(STORY)
    assert len(prospects(own.sketch, own.facts, 5, [(1, other.sketch, other.facts, 5)])) == 1
    assert prospects(own.sketch, own.facts, 5, [(1, other.sketch, frozenset({1, 2, 3}), 5)]) == []


def test_one_hash_in_common_is_chance_and_so_is_a_tenth() -> None:
    assert prospects((1, 2, 3), set(), 5, [(1, (3, 4, 5), set(), 5)]) == []
    assert prospects((1, 2, 3), set(), 5, [(1, (2, 3, 5), set(), 5)]) != []
    large = tuple(range(100, 140))
    assert prospects(large, set(), 5, [(1, (*large[:4], *range(40)), set(), 5)]) == []
    assert prospects(large, set(), 5, [(1, (*large[:5], *range(40)), set(), 5)]) != []


def test_only_the_most_alike_are_compared() -> None:
    others = [(number, tuple(range(20 - number)), frozenset[int](), 5) for number in range(15)]
    found = prospects(tuple(range(20)), frozenset(), 5, others)
    assert [one.number for one in found] == [*range(COMPARED)]
