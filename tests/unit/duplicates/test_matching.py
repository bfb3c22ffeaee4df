"""Copies and edits are the same story; reports of one mould and digests are not."""

from __future__ import annotations

import pytest

from crawler.duplicates.matching import compare, tell_the_same
from crawler.duplicates.sketch import fingerprint

STORY = (
    "Паром «Орло» не вышел в рейс в понедельник: экипажи начали забастовку. По словам капитана Марты Куилл, "
    "с июня они работают по 11 часов за ночь, а из 15 судов у причала остались 12.\n"
    "Компания ответила, что предлагала прибавку в 7 процентов с сентября. Директор Хенк Воспер назвал остановку "
    "неожиданной и попросил открыть старый мост для грузовиков весом до 20 тонн.\n"
    "Пассажиров перевозят 4 рыбацких баркаса. Переговоры в ратуше Лунда продолжатся в среду в 10:30."
)
OTHER = (
    "Теплица на холмах Сент-Одо дала за зиму 900 килограммов бананов благодаря теплу соседней пекарни. Садовница Паула "
    "Рен греет 350 квадратных метров воздухом двух печей, который 22 года уходил в небо.\n"
    "Труба длиной 40 метров перекинута через стену, и даже в снегопад растения стоят при 19 градусах. Первый урожай "
    "разошёлся на пятничном рынке за час, вдвое дороже привозного."
)
MOULD = (
    "Синоптики рассказали о погоде на {} ноября. В Астане переменная облачность, ветер западный {} метров в секунду, "
    "ночью {} градусов, днём {}. В Алматы без осадков, ветер северо-восточный {} метров в секунду, ночью {} градусов, "
    "днём {}. В Шымкенте облачно, ветер южный {} метров в секунду, ночью {} градусов, днём {}, сообщает Казгидромет."
)
FIRST, *MIDDLE, LAST = STORY.split("\n")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param(STORY, True, id="letter for letter"),
        pytest.param(STORY.replace("начали", "объявили").replace("ответила", "заявила"), True, id="two words changed"),
        pytest.param(f"{FIRST}\n{MIDDLE[0]}", True, id="cut"),
        pytest.param(f"{STORY}\n{OTHER}", True, id="another story below it"),
        pytest.param(f"Как передаёт агентство, работа парома остановлена.\n{MIDDLE[0]}\n{LAST}", True, id="a new lead"),
        pytest.param(f"{FIRST}\nThe company had offered more pay.\n{LAST}", True, id="a paragraph in another language"),
        pytest.param(OTHER, False, id="another story"),
        pytest.param(f"{OTHER}\n{LAST}", False, id="another story with a paragraph of this one"),
        pytest.param("Паром «Орло» не вышел в рейс", False, id="too short to be judged"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_text_is_the_same_story_or_not(text: str, same: bool) -> None:
    one, other = fingerprint(STORY), fingerprint(text)
    assert compare(one, other).is_same_story is same
    assert compare(one, other) == compare(other, one)


@pytest.mark.parametrize(
    ("numbers", "same"),
    [
        pytest.param((24, 9, -3, 2, 5, 1, 8, 12, 4, 11), True, id="the same report"),
        pytest.param((24, 9, -3, 3, 5, 1, 8, 12, 4, 11), True, id="with one number corrected"),
        pytest.param((25, 11, -1, 4, 6, 2, 9, 9, 5, 13), False, id="of the next day"),
        pytest.param((25, 5, -9, 1, 2, 4, 8, 12, 3, 11), False, id="of the next day, with most numbers of this one"),
    ],
)
def test_reports_of_one_mould_are_told_apart_by_their_numbers(numbers: tuple[int, ...], same: bool) -> None:
    today = fingerprint(MOULD.format(24, 9, -3, 2, 5, 1, 8, 12, 4, 11))
    compared = compare(today, fingerprint(MOULD.format(*numbers)))
    assert compared.least > 0.4, "whatever the numbers, the words are the same"
    assert compared.is_same_story is same


@pytest.mark.parametrize(
    ("numbers", "days_apart", "same"),
    [
        pytest.param((4.2, 10, 120, 9), 14, True, id="the same report"),
        pytest.param((4.3, 10, 120, 9), 1, True, id="with one number corrected"),
        pytest.param((4.2, 10, 130, 14), 1, True, id="with two numbers that are known better by now"),
        pytest.param((4.2, 10, 130, 14), 2, False, id="which is not told days later"),
        pytest.param((5.1, 10, 310, 14), 0, False, id="of another quake, at the same depth"),
        pytest.param((5.1, 15, 310, 14), 0, False, id="of another quake"),
    ],
)
def test_few_numbers_tell_short_reports_apart(numbers: tuple[float, ...], days_apart: int, same: bool) -> None:
    report = (
        "The seismologists of the Lund network have recorded an earthquake in the mountains. Its magnitude was {}, the "
        "focus lay {} kilometres below the ground, and its centre {} kilometres from the city. People on upper floors "
        "felt it, and {} were treated for shock; no building was damaged, the rescue service says."
    )
    one, other = fingerprint(report.format(4.2, 10, 120, 9)), fingerprint(report.format(*numbers))
    compared = compare(one, other, days_apart=days_apart)
    assert compared.least > 0.3, "whatever the numbers, the words are the same"
    assert compared.is_same_story is same


def test_of_two_numbers_one_may_be_corrected_soon() -> None:
    report = (
        "Kairat and Tobol have met in the hall of Lund. The game ended {} in front of {} spectators, the league says."
    )
    one, other = (fingerprint(report.format(score, 4_120)) for score in ("3:1", "3:2"))
    assert compare(one, other, days_apart=1).is_same_story
    assert not compare(one, other, days_apart=2).is_same_story
    assert not compare(one, fingerprint(report.format("3:2", 2_300))).is_same_story


def test_a_longer_text_contains_a_shorter_one() -> None:
    digest = fingerprint(f"{STORY}\n{OTHER}\n{MOULD}")
    assert compare(fingerprint(STORY), digest).is_contained
    assert not compare(fingerprint(STORY), fingerprint(f"{STORY}\n{LAST}")).is_contained
    assert not compare(fingerprint(STORY), fingerprint(STORY)).is_contained


def test_few_facts_prove_nothing() -> None:
    assert tell_the_same({1, 2}, {3, 4, 5})
    assert not tell_the_same({1, 2, 3}, {3, 4, 5})
    assert tell_the_same({1, 2, 3}, {1, 2, 4, 5, 6})
