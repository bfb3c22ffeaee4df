"""Every form in which sites print a date means one moment; numbers that are no dates mean none."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.articles import ago, calendars, clocks, date_words, dates
from crawler.articles.article import Precision
from crawler.articles.dates import parse_date
from crawler.errors import DateError

ALMATY = ZoneInfo("Asia/Almaty")
# Thursday, 15:00 in Almaty
NOW = datetime(2024, 5, 2, 10, 0, tzinfo=UTC)
FORMATS = {Precision.DAY: "%Y-%m-%d", Precision.MINUTE: "%Y-%m-%d %H:%M", Precision.SECOND: "%Y-%m-%d %H:%M:%S"}


def read(text: str, *, zone: tzinfo = ALMATY, now: datetime | None = NOW, language: str | None = None) -> str:
    """Local time in `zone`, as exact as it was stated; `!` where the text fixes the moment itself."""
    parsed = parse_date(text, zone=zone, now=now, language=language)
    assert parsed.at.tzinfo is UTC
    return parsed.at.astimezone(zone).strftime(FORMATS[parsed.precision]) + ("!" if parsed.had_zone else "")


@pytest.mark.parametrize("module", [ago, calendars, clocks, date_words, dates])
def test_examples_in_the_docstrings_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


KAZAKHSTAN = {
    "day, month, year, time": ("08 апреля 2021 14:30", "2021-04-08 14:30"),
    "with a comma": ("12 октября 2020, 10:19", "2020-10-12 10:19"),
    "with a bar": ("27 марта 2024 | 20:10", "2024-03-27 20:10"),
    "day only": ("01 декабря 2025", "2025-12-01"),
    "time first": ("13:51, 15 августа 2025", "2025-08-15 13:51"),
    "nominative month in capitals": ("09:16, 04 МАЙ 2026", "2026-05-04 09:16"),
    "genitive month with a capital": ("1 Декабря 2020 14:02", "2020-12-01 14:02"),
    "with г.": ("8 мая 2020 г. 12:28", "2020-05-08 12:28"),
    "with года в": ("Четверг, 8 апреля 2021 года в 14:30", "2021-04-08 14:30"),
    "numbers and a dot between": ("09.04.2026 · 15:37", "2026-04-09 15:37"),
    "numbers and a comma": ("27.08.2025, 17:49", "2025-08-27 17:49"),
    "with a counter behind": ("27.08.2025, 17:49 1534", "2025-08-27 17:49"),
    "with seconds": ("2024-03-27 20:10:11", "2024-03-27 20:10:11"),
    "with a label": ("Опубликовано: 8 апреля 2021, 14:30", "2021-04-08 14:30"),
    "with a place and a name": ("10:14, 20 января 2021, Бишкек, АННА КИМ", "2021-01-20 10:14"),
    "the first of two": ("8 апреля 2021, 14:30. Обновлено: 9 апреля 2021, 10:00", "2021-04-08 14:30"),
    "the nearer of two times": ("14:30, 8 апреля 2021, обновлено 15:20", "2021-04-08 14:30"),
    "without a year, past": ("14 марта 14:30", "2024-03-14 14:30"),
    "without a year, of last year": ("31 декабря 23:50", "2023-12-31 23:50"),
    "without a year, a day ahead": ("3 мая", "2024-05-03"),
    "without a year, not two days ahead": ("4 мая", "2023-05-04"),
    "without a year, with views": ("14 марта 2035 просмотров", "2024-03-14"),
    "without a year, leap day": ("29 февраля", "2024-02-29"),
    "Kazakh": ("8 сәуір 2021 14:30", "2021-04-08 14:30"),
    "Kazakh, year first": ("2021 жылғы 8 сәуір, 14:30", "2021-04-08 14:30"),
    "Kazakh, with cases": ("2021 жылдың 8 сәуірінде", "2021-04-08"),
    "Kazakh, k turned to g": ("8 қыркүйегі 2021", "2021-09-08"),
    "Kazakh, without a year": ("8 сәуірде", "2024-04-08"),
    "Kazakh in Latin": ("30 Qazan, 2025", "2025-10-30"),
    "Kazakh in Latin with accents": ("8 Sáýir, 2021", "2021-04-08"),
    "Kazakh in Turkic Latin": ("8 Qırküyek 2021", "2021-09-08"),
    "Kazakh in Arabic letters": ("09:16, 04 مامىر 2026", "2026-05-04 09:16"),
    "Uzbek, day glued to the month": ("2024-yil 5-yanvar, 10:20", "2024-01-05 10:20"),
    "Uzbek in Cyrillic, year first": ("2021 йил 8 апрел, 10:20", "2021-04-08 10:20"),
    "Uzbek in Cyrillic, with cases": ("2021 йилнинг 8 мартида", "2021-03-08"),
    "Kyrgyz, day glued to the month": ("2021-жылдын 8-апрели, 10:20", "2021-04-08 10:20"),
    "Kyrgyz, with a case": ("8-ноябрда 2021-жыл", "2021-11-08"),
}
RELATIVE = {
    "today": ("сегодня, 14:30", "2024-05-02 14:30"),
    "today, capital, no comma": ("Сегодня 14:30", "2024-05-02 14:30"),
    "today, time first": ("13:51, сегодня", "2024-05-02 13:51"),
    "today, day only": ("Сегодня", "2024-05-02"),
    "yesterday": ("Вчера | 20:10", "2024-05-01 20:10"),
    "the day before": ("позавчера 08:00", "2024-04-30 08:00"),
    "today in Kazakh": ("Бүгін, 10:10", "2024-05-02 10:10"),
    "yesterday in Kazakh": ("Кеше, 22:10", "2024-05-01 22:10"),
    "just now": ("только что", "2024-05-02 15:00!"),
    "just now in Kazakh": ("жаңа ғана", "2024-05-02 15:00!"),
    "minutes": ("5 минут назад", "2024-05-02 14:55!"),
    "a minute": ("минуту назад", "2024-05-02 14:59!"),
    "hours": ("2 часа назад", "2024-05-02 13:00!"),
    "days": ("3 дня назад", "2024-04-29"),
    "minutes in Kazakh": ("5 минут бұрын", "2024-05-02 14:55!"),
    "hours in Kazakh": ("2 сағат бұрын", "2024-05-02 13:00!"),
    "an hour in English": ("an hour ago", "2024-05-02 14:00!"),
    "minutes in German": ("vor 5 Minuten", "2024-05-02 14:55!"),
    "hours in French": ("il y a 2 heures", "2024-05-02 13:00!"),
    "hours in Spanish": ("hace 2 horas", "2024-05-02 13:00!"),
    "today in Uzbek": ("Бугун, 10:10", "2024-05-02 10:10"),
    "yesterday in Uzbek": ("Кеча, 22:10", "2024-05-01 22:10"),
    "hours in Arabic": ("منذ 3 ساعات", "2024-05-02 12:00!"),
    "hours in Hebrew": ("לפני 3 שעות", "2024-05-02 12:00!"),
    "minutes in Japanese": ("5分前", "2024-05-02 14:55!"),
    "hours in Chinese": ("3小时前", "2024-05-02 12:00!"),
    "yesterday in English": ("yesterday at 14:30", "2024-05-01 14:30"),
    "a time alone": ("14:30", "2024-05-02 14:30"),
    "a time alone that is still to come": ("20:30", "2024-05-01 20:30"),
}
MACHINES = {
    "ISO with an offset": ("2021-04-08T14:30:00+06:00", "2021-04-08 14:30:00!"),
    "ISO with Z": ("2021-04-08T08:30:00Z", "2021-04-08 14:30:00!"),
    "ISO with fractions": ("2021-04-08T08:30:00.123456Z", "2021-04-08 14:30:00!"),
    "ISO without seconds": ("2021-04-08T08:30Z", "2021-04-08 14:30!"),
    "ISO without a zone": ("2021-04-08T14:30:00", "2021-04-08 14:30:00"),
    "ISO, offset without a colon": ("2021-04-08 14:30:00 +0600", "2021-04-08 14:30:00!"),
    "ISO, basic form": ("20210408T083000Z", "2021-04-08 14:30:00!"),
    "ISO, end of the day": ("2021-04-08T24:00:00", "2021-04-09 00:00:00"),
    "ISO, day": ("2021-04-08", "2021-04-08"),
    "RFC 822": ("Thu, 08 Apr 2021 14:30:00 +0600", "2021-04-08 14:30:00!"),
    "RFC 822, GMT": ("Thu, 08 Apr 2021 08:30:00 GMT", "2021-04-08 14:30:00!"),
    "RFC 822, short year": ("08 Apr 21 08:30 GMT", "2021-04-08 14:30!"),
    "RFC 850": ("Thursday, 08-Apr-21 08:30:00 GMT", "2021-04-08 14:30:00!"),
    "asctime": ("Thu Apr  8 14:30:00 2021", "2021-04-08 14:30:00"),
    "JavaScript": ("Thu Apr 08 2021 14:30:00 GMT+0600 (East Kazakhstan Time)", "2021-04-08 14:30:00!"),
    "seconds since 1970": ("1617870600", "2021-04-08 14:30:00!"),
    "milliseconds since 1970": ("1617870600000", "2021-04-08 14:30:00!"),
}
ZONES = {
    "by words": ("8 апреля 2021, 14:30 (по времени Астаны)", "2021-04-08 14:30!"),
    "Moscow, abbreviated": ("8 апреля 2021, 14:30 мск", "2021-04-08 17:30!"),
    "Moscow, by words": ("8 апреля 2021, 14:30 по московскому времени", "2021-04-08 17:30!"),
    "GMT with an offset": ("08/04/2021 | 15:30 (GMT+7)", "2021-04-08 14:30!"),
    "Eastern standard": ("Apr 8, 2021, 2:30 a.m. EST", "2021-04-08 13:30!"),
    "Eastern as New York says": ("Apr 8, 2021, 2:30 a.m. ET", "2021-04-08 12:30!"),
    "Pacific daylight": ("Apr 8, 2021, 1:30 a.m. PDT", "2021-04-08 14:30!"),
    "British summer": ("8 April 2021 09:30 BST", "2021-04-08 14:30!"),
    "Central European": ("8. April 2021, 09:30 CET", "2021-04-08 14:30!"),
    "Japan": ("8 April 2021 17:30 JST", "2021-04-08 14:30!"),
    "no offset of this world": ("2021-04-08 14:30 +2500", "2021-04-08 14:30"),
    "IST of nobody knows where": ("8 April 2021 14:30 IST", "2021-04-08 14:30"),
}
EUROPE_AND_ASIA = {
    "English, 12 hours": ("April 8, 2021 2:30 PM", "2021-04-08 14:30"),
    "English, p.m. with stops": ("Apr. 8th, 2021 at 2:30 p.m.", "2021-04-08 14:30"),
    "English, hour only": ("8th of April 2021, 2pm", "2021-04-08 14:00"),
    "English, noon": ("12:00 PM, April 8, 2021", "2021-04-08 12:00"),
    "English, midnight": ("April 8, 2021 12:15 am", "2021-04-08 00:15"),
    "German": ("8. März 2021 um 14.30 Uhr", "2021-03-08 14:30"),
    "German, hour only": ("8. März 2021, 14 Uhr", "2021-03-08 14:00"),
    "French": ("Publié le 8 août 2021 à 14h30", "2021-08-08 14:30"),
    "French, first": ("1er aout 2021 à 14 h 30", "2021-08-01 14:30"),
    "Spanish": ("8 de abril de 2021 - 14:30", "2021-04-08 14:30"),
    "Spanish August is not English ago": ("8 ago 2021", "2021-08-08"),
    "Italian": ("8 aprile 2021 alle 14:30", "2021-04-08 14:30"),
    "Portuguese": ("8 de março de 2021 às 14h30", "2021-03-08 14:30"),
    "Dutch": ("8 maart 2021 om 14:30", "2021-03-08 14:30"),
    "Polish": ("8 października 2021, 14:30", "2021-10-08 14:30"),
    "Czech": ("8. září 2021 14:30", "2021-09-08 14:30"),
    "Czech, spaced numbers": ("8. 4. 2021 14:30", "2021-04-08 14:30"),
    "Turkish in capitals": ("8 EKİM 2021 14:30", "2021-10-08 14:30"),
    "Turkish, dotless": ("8 KASIM 2021", "2021-11-08"),
    "Ukrainian": ("8 квітня 2021, 14:30", "2021-04-08 14:30"),
    "Swedish": ("8 april 2021 kl. 14.30", "2021-04-08 14:30"),
    "Norwegian": ("8. desember 2021 kl. 14:30", "2021-12-08 14:30"),
    "Danish": ("8. maj 2021 kl. 14.30", "2021-05-08 14:30"),
    "Finnish": ("8. huhtikuuta 2021 klo 14.30", "2021-04-08 14:30"),
    "Finnish in numbers": ("8.4.2021 14.30", "2021-04-08 14:30"),
    "Lithuanian, year first": ("2024 m. sausio 5 d. 10:20", "2024-01-05 10:20"),
    "Chinese": ("2024年3月5日 10:20", "2024-03-05 10:20"),
    "Chinese, afternoon": ("2024年3月5日 下午3:20", "2024-03-05 15:20"),
    "Japanese": ("2024年3月5日 15時20分", "2024-03-05 15:20"),
    "Japanese without a year": ("3月5日 10:20", "2024-03-05 10:20"),
    "Korean": ("2024년 3월 5일 오후 3:20", "2024-03-05 15:20"),
    "Korean in numbers": ("2024. 3. 5. 10:20", "2024-03-05 10:20"),
    "Hindi": ("5 मार्च 2024 10:20", "2024-03-05 10:20"),
    "short year in numbers": ("05.03.24 10:20", "2024-03-05 10:20"),
    "Arabic, morning": ("14 مايو 2024 - 10:30 ص", "2024-05-14 10:30"),
    "Arabic, evening, in Arabic digits": ("١٤ مايو ٢٠٢٤ ١٠:٣٠ م", "2024-05-14 22:30"),
    "Arabic, months of the Levant": ("14 أيار 2024 | 10:30", "2024-05-14 10:30"),
    "Arabic, a month of two words": ("3 تشرين الثاني 2023", "2023-11-03"),
    "Arabic, a month in the words of two regions": ("14 أيار/مايو 2023 10:30", "2023-05-14 10:30"),
    "Arabic, months of the Maghreb": ("14 جويلية 2023", "2023-07-14"),
    "Georgian": ("14 მაისი, 2024 10:30", "2024-05-14 10:30"),
    "Armenian": ("14 մայիսի, 2024 10:30", "2024-05-14 10:30"),
    "Turkmen": ("14 maý 2024, 10:30", "2024-05-14 10:30"),
    "Greek, afternoon": ("14 Μαΐου 2023, 2:30 μ.μ.", "2023-05-14 14:30"),
}
CALENDARS = {
    "Japanese era": ("令和6年5月14日(火)午前10時30分", "2024-05-14 10:30"),
    "first year of an era": ("令和元年5月14日", "2019-05-14"),
    "the era before": ("平成30年1月2日 15:00", "2018-01-02 15:00"),
    "solar Hijri in Persian digits": ("۲۵ اردیبهشت ۱۴۰۳ - ۱۰:۳۰", "2024-05-14 10:30"),
    "solar Hijri in numbers": ("1403/02/25 10:30", "2024-05-14 10:30"),
    "solar Hijri, leap day": ("۳۰ اسفند ۱۴۰۳", "2025-03-20"),
    "Buddhist year": ("14 พฤษภาคม 2566 เวลา 10:30 น.", "2023-05-14 10:30"),
}
FORMS = {**KAZAKHSTAN, **RELATIVE, **MACHINES, **ZONES, **EUROPE_AND_ASIA, **CALENDARS}


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case, id=name) for name, case in FORMS.items()])
def test_a_printed_date(text: str, expected: str) -> None:
    assert read(text) == expected
    assert read(f"\u00a0{text}\n ") == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("Просмотров: 1534", id="views"),
        pytest.param("1534", id="a bare number"),
        pytest.param("161787060", id="nine digits"),
        pytest.param("9999999999999", id="thirteen digits far in the future"),
        pytest.param("+7 (701) 123-45-67", id="telephone"),
        pytest.param("8 701 12-05-24", id="telephone that looks like a day"),
        pytest.param("12 500 тенге", id="price"),
        pytest.param("$12.50", id="price with cents"),
        pytest.param("192.168.10.24", id="network address"),
        pytest.param("март 2024", id="a month"),
        pytest.param("2024", id="a year"),
        pytest.param("31 февраля 2024", id="a day that never was"),
        pytest.param("32.01.2024", id="day 32"),
        pytest.param("2024-13-05", id="month 13"),
        pytest.param("4 октября 1957 года", id="before there were news sites"),
        pytest.param("8 апреля 2150", id="too far ahead"),
        pytest.param("0001-01-01T00:00:00Z", id="an unset field"),
        pytest.param("2 недели назад", id="weeks are too vague"),
        pytest.param("Вчера в городе открылась школа", id="a sentence with yesterday"),
        pytest.param("Сегодня в школах города начались занятия по новой программе", id="a sentence with today"),
        pytest.param("² марта ²", id="superscripts"),
        pytest.param("۳۰ اسفند ۱۴۰۲", id="a leap day of a year that has none"),
        pytest.param("25 اردیبهشت 2024", id="a month of one calendar in a year of another"),
        pytest.param("令和6年13月1日", id="month 13 of an era"),
    ],
)
def test_no_date(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text, zone=ALMATY, now=NOW)


@pytest.mark.parametrize("text", ["вчера, 14:30", "5 минут назад", "14 марта 14:30", "только что", "14:30"])
def test_relative_and_yearless_dates_need_the_fetch_moment(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text, zone=ALMATY)


def test_a_naive_fetch_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse_date("сегодня", zone=ALMATY, now=datetime(2024, 5, 2))  # noqa: DTZ001


def test_relative_days_are_those_of_the_site_not_of_greenwich() -> None:
    evening = datetime(2024, 5, 2, 20, 0, tzinfo=UTC)  # 01:00 of the third in Almaty
    assert read("Сегодня", now=evening) == "2024-05-03"
    assert read("Вчера 23:50", now=evening) == "2024-05-02 23:50"


def test_almaty_went_from_utc_6_to_utc_5() -> None:
    assert parse_date("29 февраля 2024 22:30", zone=ALMATY).at == datetime(2024, 2, 29, 16, 30, tzinfo=UTC)
    assert parse_date("1 марта 2024 00:30", zone=ALMATY).at == datetime(2024, 2, 29, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(None, "17:30", id="nothing known: the first passing"),
        pytest.param(datetime(2024, 3, 5, tzinfo=UTC), "17:30", id="fetched days later: the first passing"),
        pytest.param(datetime(2024, 2, 29, 17, 40, tzinfo=UTC), "17:30", id="fetched in the first passing"),
        pytest.param(datetime(2024, 2, 29, 18, 20, tzinfo=UTC), "17:30", id="fetched before it came again"),
        pytest.param(datetime(2024, 2, 29, 18, 40, tzinfo=UTC), "18:30", id="fetched just after it came again"),
    ],
)
def test_an_hour_that_came_twice(now: datetime | None, expected: str) -> None:
    assert parse_date("29 февраля 2024, 23:30", zone=ALMATY, now=now).at.strftime("%H:%M") == expected


def test_an_hour_that_never_was_is_moved_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read("31. März 2024, 02:30 Uhr", zone=berlin) == "2024-03-31 03:30"


def test_day_and_month_first() -> None:
    assert parse_date("04/05/2024", zone=UTC).at == datetime(2024, 5, 4, tzinfo=UTC)
    assert parse_date("04/05/2024", zone=UTC, day_first=False).at == datetime(2024, 4, 5, tzinfo=UTC)
    assert parse_date("04/25/2024", zone=UTC).at == datetime(2024, 4, 25, tzinfo=UTC)


def test_indian_time_in_india() -> None:
    assert read("8 April 2021 14:30 IST", language="hi") == "2021-04-08 15:00!"
    assert parse_date("8 April 2021 14:30 IST", zone=ZoneInfo("Asia/Kolkata")).had_zone


def test_a_month_that_differs_between_languages() -> None:
    assert read("8 listopada 2021", language="pl") == "2021-11-08"
    assert read("8 listopada 2021", language="hr") == "2021-10-08"


def test_no_form_of_a_month_means_two() -> None:
    meanings: dict[str, set[int]] = {}
    groups = [word for word in date_words._MONTH_NAMES.split() if len(word) > 2 or not word.isascii()]
    assert len(groups) % 12 == 0
    for position, group in enumerate([*groups, *date_words._KAZAKH.split()]):
        for form in group.split("/"):
            meanings.setdefault(form, set()).add(position % 12 + 1)
    assert all(len(months) == 1 for months in meanings.values())
    assert all(date_words.MONTHS[form] in months for form, months in meanings.items())


PIECES = st.sampled_from(
    (
        *" .,:/-|()日月年\u0130²٣",
        "8",
        "08",
        "14:30",
        "2024",
        "24",
        "апреля",
        "May",
        "pm",
        "GMT",
        "+06:00",
        "вчера",
        "назад",
        "час",
    )
)
TEXTS = st.lists(PIECES | st.text(max_size=2), max_size=12).map("".join) | st.text()
MOMENTS = st.integers(0, 3_400_000_000).map(lambda s: datetime(1991, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
LOCAL = st.sampled_from(
    [ALMATY, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia"), timezone(timedelta(hours=-11))]
)


@given(text=TEXTS, now=st.none() | MOMENTS, zone=LOCAL, day_first=st.booleans())
@example(text="1 ²", now=None, zone=ALMATY, day_first=True)
def test_any_text_is_a_date_or_a_date_error(text: str, now: datetime | None, zone: tzinfo, day_first: bool) -> None:
    try:
        parsed = parse_date(text, zone=zone, now=now, day_first=day_first)
    except DateError:
        return
    assert 1989 <= parsed.at.year <= 2101
    assert parsed.at.utcoffset() == timedelta(0)


@given(at=MOMENTS, zone=LOCAL)
def test_what_is_printed_with_its_offset_is_read_back(at: datetime, zone: tzinfo) -> None:
    for form in ("%Y-%m-%dT%H:%M:%S%z", "%a, %d %b %Y %H:%M:%S %z", "%d.%m.%Y %H:%M:%S %z", "%B %d, %Y %I:%M:%S %p %z"):
        printed = at.astimezone(zone).strftime(form)
        parsed = parse_date(printed, zone=UTC)
        assert (parsed.at, parsed.precision, parsed.had_zone) == (at, Precision.SECOND, True)


@given(at=MOMENTS, zone=LOCAL)
def test_what_is_printed_without_a_zone_is_the_sites_own(at: datetime, zone: tzinfo) -> None:
    local = at.replace(second=0, microsecond=0).astimezone(zone)
    parsed = parse_date(local.strftime("%d.%m.%Y, %H:%M"), zone=zone)
    assert parsed.at == local.replace(fold=0)
    assert not parsed.had_zone
