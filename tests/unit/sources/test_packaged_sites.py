"""The packaged site files: sound, and their patterns tell articles from all else."""

from __future__ import annotations

import pytest

from crawler.sources.registry import Registry

REGISTRY = Registry.load()

ARTICLES = [
    ("https://tengrinews.kz/kazakhstan_news/dojd-v-almatyi-587001/", "tengrinews", "ru", "587001"),
    ("https://tengrinews.kz/find-out/kak-vyirastit-lukovitsu-587002", "tengrinews", "ru", "587002"),
    ("https://kaz.tengrinews.kz/kazakhstan_news/almatyida-janbyir-372001/", "tengrinews", "kk", "372001"),
    ("https://en.tengrinews.kz/environment/rain-in-almaty-2720/", "tengrinews", "en", "2720"),
    ("https://www.zakon.kz/obshestvo/6450001-dozhd-v-almaty.html", "zakon", "ru", "6450001"),
    ("https://kaz.zakon.kz/kogam-tynysy/6450002-zhanbyr.html", "zakon", "kk", "6450002"),
    ("https://www.nur.kz/society/weather/2100001-dozhd-v-almaty/", "nur", "ru", "2100001"),
    ("https://www.nur.kz/1700001-dozhd.html", "nur", "ru", "1700001"),
    ("https://kaz.nur.kz/society/2100002-zhanbyr/", "nur", "kk", "2100002"),
    ("https://www.inform.kz/ru/dozhd-v-almaty-3f9a21", "inform", "ru", "3f9a21"),
    ("https://www.inform.kz/ru/dozhd-v-almaty_a3912345", "inform", "ru", "a3912345"),
    ("https://www.inform.kz/rus/article/2512345", "inform", "ru", "2512345"),
    ("https://kaz.inform.kz/kz/almatyda-zhanbyr-3f9a2b1c", "inform", "kk", "3f9a2b1c"),
    ("https://qazinform.com/news/rain-in-almaty-3f9a2b", "inform", "en", "3f9a2b"),
    ("https://kapital.kz/economic/140001/dozhd-i-urozhay.html", "kapital", "ru", "140001"),
    ("https://vlast.kz/novosti/70801-dozhd-v-almaty.html", "vlast", "ru", "70801"),
    ("https://vlast.kz/politika/dozhd.html", "vlast", "ru", None),
    ("https://vlast.kz/vlast-qazaqsha/70802-zhanbyr.html", "vlast", "kk", "70802"),
    ("https://vlast.kz/english/70803-rain.html", "vlast", "en", "70803"),
    ("https://informburo.kz/novosti/dozhd-v-almaty", "informburo", "ru", None),
    ("https://informburo.kz/stati/dozhd-v-almaty-120001.html", "informburo", "ru", "120001"),
    ("https://kz.kursiv.media/2026-11-20/abcd-dozhd/", "kursiv", "ru", None),
    ("https://kz.kursiv.media/kk/2026-11-20/abcd-zhanbyr/", "kursiv", "kk", None),
    ("https://kz.kursiv.media/en/2026-11-20/abcd-rain/", "kursiv", "en", None),
    ("https://orda.kz/v-almaty-poshel-dozhd/", "orda", "ru", None),
    ("https://kaz.orda.kz/almatyda-zhanbyr-zhaudy/", "orda", "kk", None),
    ("https://en.orda.kz/it-rains-in-almaty/", "orda", "en", None),
    ("https://kazpravda.kz/n/dozhd-v-almaty/", "kazpravda", "ru", None),
    ("https://www.kt.kz/rus/society/dozhd_v_almaty_1377960001.html", "kt", "ru", "1377960001"),
    ("https://24.kg/obschestvo/312345_dojd_vbishkeke/", "kg24", "ru", "312345"),
    ("https://www.gazeta.uz/ru/2026/11/20/rain/", "gazeta_uz", "ru", None),
    ("https://www.gazeta.uz/uz/2026/11/20/yomgir/", "gazeta_uz", "uz", None),
    ("https://www.gazeta.uz/en/2026/11/20/rain/", "gazeta_uz", "en", None),
]
OTHERS = [
    "https://tengrinews.kz/",
    "https://tengrinews.kz/news/page/9375/",
    "https://tengrinews.kz/tag/дождь/page/12345/",
    "https://tengrinews.kz/horoscopes/goroskop-na-22-noyabrya-587003/",
    "https://tengrinews.kz/guide_almaty/restoran-587004/",
    "https://tengrinews.kz/userdata/news/2026/news_587001/thumb_b/photo_1.jpeg",
    "https://www.zakon.kz/special/6450003-dozhd.html",
    "https://www.zakon.kz/news/?handler=LoadMoreNews&p=2&type=list",
    "https://www.nur.kz/society/",
    "https://www.inform.kz/category/obshchestvo_s10",
    "https://www.inform.kz/lenta/?page=3",
    "https://kapital.kz/news/period/today?page=2",
    "https://vlast.kz/novosti/2/?archive=1",
    "https://informburo.kz/novosti",
    "https://kz.kursiv.media/2026-11-20/",
    "https://orda.kz/novosti/",
    "https://orda.kz/dozhd-v-almaty__trashed/",
    "https://orda.kz/2026/11/20/",
    "https://kazpravda.kz/r/obshchestvo/",
    "https://www.kt.kz/rus/all",
    "https://24.kg/english/312346_Rain_in_Bishkek/",
    "https://24.kg/obschestvo/page_2/",
    "https://www.gazeta.uz/oz/2026/11/20/yomgir/",
    "https://www.gazeta.uz/ru/society?page=2",
]


def test_every_packaged_file_is_sound() -> None:
    assert REGISTRY.problems == ()
    assert len(REGISTRY.sources) >= 13


@pytest.mark.parametrize(("url", "source", "edition", "article_id"), ARTICLES)
def test_articles_fit_their_edition(url: str, source: str, edition: str, article_id: str | None) -> None:
    found = REGISTRY.by_url(url)
    assert found is not None
    assert (found[0].id, found[1].id) == (source, edition)
    path = url.partition("://")[2].partition("/")[2]
    match = found[1].article_match(f"/{path}")
    assert match is not None
    assert match.groupdict().get("id") == article_id


@pytest.mark.parametrize("url", OTHERS)
def test_other_pages_of_a_site_fit_no_pattern(url: str) -> None:
    found = REGISTRY.by_url(url)
    assert found is not None
    path = url.partition("://")[2].partition("/")[2]
    assert [edition.id for edition in found[0].editions if edition.article_match(f"/{path}") is not None] == []


@pytest.mark.parametrize("source", REGISTRY.sources.values(), ids=lambda source: source.id)
def test_every_edition_is_found_and_asked_gently(source) -> None:  # type: ignore[no-untyped-def]
    assert source.schedule
    assert source.terms
    assert source.politeness.delay.total_seconds() >= 1
    for edition in source.editions:
        assert edition.feeds or edition.sitemaps or edition.listings
        for list_ in (*edition.feeds, *edition.sitemaps, *edition.listings):
            assert list_.url.startswith("https://")
