"""Which words are forms of one another, and which only begin alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.storage.word_forms import LONGEST_SHORT_STEM, fold, forms


def is_form(written: str, asked: str) -> bool:
    exact, beginnings, _ = forms(fold(asked))
    return fold(written) in exact or fold(written).startswith(beginnings)


@pytest.mark.parametrize(
    ("asked", "found", "others"),
    [
        pytest.param("река", "рек реки реке реку рекой реками", "рекорд реклама речь", id="a feminine noun"),
        pytest.param("суд", "суда суду судом суды судов", "судьба судно судить", id="three letters"),
        pytest.param("закон", "закона законы законов", "закончить закономерность", id="a masculine noun"),
        pytest.param("право", "права праве правом", "правительство правило", id="a neuter noun"),
        pytest.param("армия", "армии армию армией армий", "армянин", id="a stem that ends in и"),
        pytest.param("партия", "партии партию партий", "парта парт партнер", id="a shorter word within one in и"),
        pytest.param("здание", "здания зданию зданий", "задание", id="a neuter one"),
        pytest.param("новый", "новая нового новых новую", "новость новичок", id="an adjective"),
        pytest.param("рынок", "рынка рынке рынков рынки", "рынды", id="a vowel that goes"),
        pytest.param("рынка", "рынок рынки", "рынды", id="a vowel that comes"),
        pytest.param("участка", "участок участки", "участник", id="a vowel that comes, in a long word"),
        pytest.param("Иванов", "Иванова Ивановым Ивановы", "Иваненко", id="a surname"),
        pytest.param("герой", "героя герою герои", "героин", id="what looks like an ending"),
        pytest.param("вес", "веса весом", "весь весна", id="a hard consonant stays hard"),
        pytest.param("ёлки", "ёлка елку", "еловый", id="ё"),
        pytest.param("процент", "процентов процентный", "процесс", id="a long stem: with whatever follows"),
        pytest.param("көл", "көлі көлдің көлге көлдер көлдеріміз көлінде", "көлем көлік", id="Kazakh, front vowels"),
        pytest.param("қала", "қалада қаладан қаласы қаласында қаладағы", "қалам қалпақ", id="Kazakh, a vowel last"),
        pytest.param("қаласында", "қала қаладан қалалар", "қалам", id="Kazakh, endings in a row"),
        pytest.param("жол", "жолы жолда жолдың жолдар", "жолбарыс", id="Kazakh without a letter of its own"),
        pytest.param("кітап", "кітабы кітабында кітаптар", "кітабхана", id="Kazakh, a softened consonant"),
        pytest.param("мектеп", "мектебі мектептің", "мектан", id="Kazakh, a long stem that is softened"),
        pytest.param("car", "cars", "card care career", id="English"),
        pytest.param("city", "cities", "citadel", id="English, y"),
        pytest.param("cities", "city", "citadel", id="English, ies"),
        pytest.param("price", "prices priced pricing", "prick", id="English, e"),
        pytest.param("stop", "stopped stopping stops", "stopper", id="English, doubled"),
        pytest.param("stopped", "stop stops", "stopper", id="English, doubled before"),
        pytest.param("bus", "buses", "bu business", id="English, an s that is no ending"),
        pytest.param("news", "news", "new", id="English, another"),
        pytest.param("bring", "brings", "br", id="English, an ing that is none"),
        pytest.param("sjöar", "sjön", "sol", id="a language without a rule: by its beginning"),
        pytest.param("ии", "ии", "иирк", id="two letters"),
        pytest.param("covid19", "covid19", "covid1", id="a digit"),
    ],
)
def test_forms(asked: str, found: str, others: str) -> None:
    for word in found.split():
        assert is_form(word, asked), word
    for word in others.split():
        assert not is_form(word, asked), word


@given(st.text(alphabet="абийоксьцқіпü1", min_size=1, max_size=12))
def test_a_word_is_a_form_of_itself(word: str) -> None:
    assert is_form(word, word)
    assert all(forms(word).stems)


@given(st.text(alphabet="abeisydng1", min_size=1, max_size=12))
def test_only_long_stems_are_beginnings(word: str) -> None:
    assert is_form(word, word)
    assert all(len(start) > LONGEST_SHORT_STEM for start in forms(word).beginnings)
