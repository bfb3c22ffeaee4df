"""Invented news in Russian, Kazakh and English: sentences from moulds, names from syllables; a seed repeats them.

No text is anyone's. Some words stand in a tenth of the articles, some in one of ten thousand, as in real news.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

MOULDS = {
    "ru": (
        "В {place} открыли {thing}, которую строили {number} месяцев",
        "Глава района {name} рассказал жителям {place}, когда починят {thing}",
        "Депутаты обсудили {topic} и решили вернуться к вопросу через {number} дней",
        "По словам {name}, {topic} остаётся главной заботой жителей",
        "На {thing} выделили {number} миллионов тенге, сообщает пресс-служба акимата {place}",
        "Синоптики обещают жителям {place} дождь, туман и ветер до {number} метров в секунду",
        "Президент поручил министру {name} доложить, почему {topic} не решается годами",
        "Полиция {place} разыскивает свидетелей аварии, в которой пострадали {number} человек",
        "Учёные из {place} представили исследование о том, как {topic} меняет жизнь города",
        "Школьники из {place} выиграли олимпиаду, обойдя {number} команд из других областей",
        "Цены на продукты в {place} выросли на {number} процентов, подсчитали статистики",
        "Суд приговорил бывшего директора завода {name} к {number} годам лишения свободы",
        "Сборная победила соперников со счётом {number} и вышла в финал турнира в {place}",
        "Врачи {place} просят не откладывать прививку: за неделю заболели {number} детей",
        "Новый мост свяжет {place} с соседней областью к {number} году, обещают строители",
    ),
    "kk": (
        "{place} қаласында {thing} ашылды, оның құрылысы {number} айға созылды",
        "Аудан әкімі {name} тұрғындарға {thing} қашан жөнделетінін айтты",
        "Депутаттар {topic} мәселесін талқылап, оған {number} күннен кейін оралмақ",
        "{name} айтуынша, {topic} тұрғындарды қатты алаңдатып отыр",
        "{place} әкімдігі {thing} үшін {number} миллион теңге бөлді",
        "Синоптиктер {place} тұрғындарына жаңбыр мен секундына {number} метр жел болады дейді",
        "Президент министр {name} мырзаға {topic} туралы баяндауды тапсырды",
        "{place} полициясы {number} адам зардап шеккен апаттың куәгерлерін іздеуде",
        "{place} мектебінің оқушылары {number} команданы жеңіп, олимпиадада топ жарды",
        "Дәрігерлер бір аптада {number} бала ауырғанын айтып, екпе алуға шақырады",
        "{place} базарында азық-түлік бағасы {number} пайызға өсті",
        "Жаңа көпір {number} жылға дейін {place} мен көрші облысты қосады",
    ),
    "en": (
        "A new {thing} has opened in {place} after {number} months of works",
        "District head {name} told the people of {place} when the {thing} will be mended",
        "Deputies discussed {topic} and will return to it in {number} days",
        "According to {name}, {topic} is what worries people most",
        "The city of {place} has set aside {number} million tenge for the {thing}",
        "Forecasters expect rain in {place} and winds of up to {number} metres a second",
        "The president told minister {name} to report why {topic} takes so long",
        "Police in {place} are looking for witnesses of an accident that hurt {number} people",
        "Pupils from {place} won a contest against {number} teams from other regions",
        "Food prices in {place} rose by {number} per cent, statisticians say",
        "Doctors ask parents not to wait: {number} children fell ill within a week",
        "A new bridge will join {place} with the next region by {number}, builders promise",
    ),
}
THINGS = {
    "ru": "больницу школу библиотеку дорогу станцию теплотрассу набережную поликлинику площадку гостиницу".split(),
    "kk": "аурухана мектеп кітапхана жол бекет емхана алаң қонақүй саябақ стадион".split(),
    "en": "hospital school library road station clinic playground hotel park stadium".split(),
}
TOPICS = {
    "ru": (
        "нехватка воды",
        "отопительный сезон",
        "реформа налогов",
        "смог",
        "утечка кадров",
        "рост тарифов",
        "паводок",
    ),
    "kk": ("су тапшылығы", "жылыту маусымы", "салық реформасы", "түтін", "кадр тапшылығы", "тариф өсімі", "су тасқыны"),
    "en": ("the lack of water", "the heating season", "tax reform", "smog", "the brain drain", "tariffs", "the flood"),
}
SYLLABLES = {
    "ru": ("ба", "ка", "ра", "то", "ми", "ле", "ну", "са", "ды", "жа", "ке", "ро", "ви", "ха", "гу", "ше"),
    "kk": ("ба", "қа", "ра", "то", "мі", "ле", "нұ", "са", "ды", "жа", "ке", "ға", "үй", "әл", "гү", "ше"),
    "en": ("ba", "ka", "ra", "to", "mi", "le", "nu", "sa", "dy", "ja", "ke", "ro", "vi", "ha", "gu", "she"),
}
ENDINGS = {"ru": ("ов", "ин", "ский"), "kk": ("ов", "бек", "ұлы"), "en": ("ov", "bek", "son")}
# Sentences that are made beforehand for each language; an article is a choice of them.
SENTENCES = 20_000
LANGUAGES = ("ru", "kk", "en")


class Texts:
    """Headlines, leads and bodies without end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._names = {language: self._invent(language, ENDINGS[language]) for language in LANGUAGES}
        self._places = {language: self._invent(language, ("",))[:300] for language in LANGUAGES}
        self._sentences = {language: [self._sentence(language) for _ in range(SENTENCES)] for language in LANGUAGES}

    def headline(self, language: str) -> str:
        return self.random.choice(self._sentences[language])

    def lead(self, language: str) -> str:
        return self.random.choice(self._sentences[language]) + "."

    def body(self, language: str, number: int) -> str:
        """Three to six paragraphs of two to four sentences; some 146 words. One of 100 has a word of its own."""
        choose = self.random
        paragraphs = [
            ". ".join(choose.choices(self._sentences[language], k=choose.randint(2, 4))) + "."
            for _ in range(choose.randint(3, 6))
        ]
        if number % 100 == 0:
            paragraphs.append(f"{RARE[language].capitalize()} {number}.")
        return "\n\n".join(paragraphs)

    def name(self, language: str) -> str:
        return self.random.choice(self._names[language])

    def _sentence(self, language: str) -> str:
        choose = self.random
        return choose.choice(MOULDS[language]).format(
            place=choose.choice(self._places[language]),
            name=choose.choice(self._names[language]),
            thing=choose.choice(THINGS[language]),
            topic=choose.choice(TOPICS[language]),
            number=choose.randint(2, 2_000),
        )

    def _invent(self, language: str, endings: Sequence[str]) -> list[str]:
        parts = product(SYLLABLES[language], SYLLABLES[language], SYLLABLES[language], endings)
        names = ["".join(each).capitalize() for each in parts]
        self.random.shuffle(names)
        return names[:3_000]


# Stands in one of a hundred articles, in one language each.
RARE = {"ru": "обсерватория", "kk": "шырша", "en": "observatory"}
# Stands in most articles in Russian; in a few headlines, in many bodies.
COMMON = "президент"
PHRASE = '"нехватка воды"'
