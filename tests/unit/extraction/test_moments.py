"""When it was published: of many stated dates the right one, and never the modification."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.articles.article import Origin, Precision
from crawler.extraction import extract
from crawler.extraction.moments import Clockwork, Moment, choose_published
from crawler.extraction.page import Page
from crawler.extraction.printed_date import PrintedDate, date_in_address, month_in_address, read_printed_dates
from crawler.extraction.readers import Readers
from crawler.extraction.surroundings import Surroundings
from crawler.extraction.zones import days_come_first, guess_zone

ALMATY = ZoneInfo("Asia/Almaty")
CLOCKWORK = Clockwork(zone=ALMATY, now=datetime(2024, 5, 20, tzinfo=UTC), language="ru")


def never() -> Iterable[PrintedDate]:
    raise AssertionError("the visible page was not needed")


def published(*stated: tuple[Origin, str], printed: Iterable[str] | None = None, news: bool = True) -> Moment | None:
    moments = list(CLOCKWORK.read_all(stated))
    dates = [PrintedDate(text, False, True) for text in printed or ()]
    return choose_published(moments, (lambda: dates) if printed is not None else never, CLOCKWORK, is_news=news)


def raw(moment: Moment | None) -> str | None:
    return moment.raw if moment else None


def test_the_best_evidence_wins_without_a_look_at_the_visible_page() -> None:
    moment = published((Origin.JSON_LD, "2024-05-02T10:00:00+06:00"), (Origin.META, "2024-05-03T10:00:00+06:00"))

    assert moment is not None
    assert (moment.origin, moment.at) == (Origin.JSON_LD, datetime(2024, 5, 2, 4, tzinfo=UTC))


def test_two_readers_that_agree_outvote_one_that_differs_by_seconds() -> None:
    stated = [
        (Origin.JSON_LD, "2024-05-02T10:00:41+05:00"),
        (Origin.META, "2024-05-02T10:00:00+05:00"),
        (Origin.GENERIC, "2024-05-02T05:00:00Z"),
    ]

    assert raw(published(*stated)) == "2024-05-02T10:00:00+05:00"


def test_a_mere_day_gives_way_to_a_moment_of_that_day() -> None:
    moment = published((Origin.MICRODATA, "2021-01-20"), printed=["10:14, 20 января 2021"])

    assert moment is not None
    assert (raw(moment), moment.date.precision) == ("10:14, 20 января 2021", Precision.MINUTE)


def test_a_mere_day_stays_where_the_moment_is_of_another() -> None:
    assert raw(published((Origin.MICRODATA, "2021-01-20"), printed=["10:14, 25 января 2021"])) == "2021-01-20"


def test_midnight_sharp_is_a_day() -> None:
    stated = (Origin.JSON_LD, "2024-05-02T00:00:00Z"), (Origin.META, "2024-05-02T10:00:00+05:00")

    assert raw(published(*stated, printed=[])) == "2024-05-02T10:00:00+05:00"


def test_an_earlier_printed_day_is_believed_only_where_meta_data_are_no_news_article_s() -> None:
    stated = (Origin.JSON_LD, "2024-05-02T10:00:00+05:00")

    assert raw(published(stated, printed=["3 марта 2021"], news=False)) == "3 марта 2021"
    assert raw(published(stated, printed=["3 марта 2021", "2 мая 2024"], news=False)) == stated[1]
    assert raw(published(stated, news=True)) == stated[1]


def test_without_any_statement_the_printed_date_counts() -> None:
    assert raw(published(printed=["Опубликовано вчера, 14:30"])) == "Опубликовано вчера, 14:30"


def test_a_day_that_is_printed_as_the_modification_is_not_the_publication() -> None:
    dates = [PrintedDate("Обновлено 3 мая 2024", True, True), PrintedDate("3 мая 2024", False, True)]

    assert choose_published([], lambda: dates, CLOCKWORK, is_news=False) is None
    labelled = [*dates, PrintedDate("Опубликовано 3 мая 2024", False, True, says_published=True)]
    assert raw(choose_published([], lambda: labelled, CLOCKWORK, is_news=False)) == "Опубликовано 3 мая 2024"


def test_of_two_times_of_one_day_the_earlier_is_the_publication() -> None:
    dates = [PrintedDate("3 мая 2024, 10:30", False, True), PrintedDate("Обновлено 3 мая 2024, 12:05", True, True)]

    assert raw(choose_published([], lambda: dates, CLOCKWORK, is_news=False)) == "3 мая 2024, 10:30"
    same = [PrintedDate("3 мая 2024, 12:05", False, True), dates[1]]
    assert choose_published([], lambda: same, CLOCKWORK, is_news=False) is None


def test_a_text_that_is_no_date_is_no_moment() -> None:
    assert CLOCKWORK.read(Origin.META, "soon") is None
    assert CLOCKWORK.read(Origin.META, None) is None


def printed(html: str) -> list[tuple[str, bool]]:
    page = Page.read(f"<main><h1>Pier rises</h1>{html}</main>".encode(), "https://example.com/a")
    found = read_printed_dates(page, Surroundings(page.landmarks.headings[0]))
    return [(date.text, date.is_modified) for date in found]


@pytest.mark.parametrize(
    ("html", "first"),
    [
        pytest.param(
            '<time datetime="2024-05-02T10:00+05:00">yesterday</time>', ("2024-05-02T10:00+05:00", False), id="time"
        ),
        pytest.param("<span>May 2, 2024</span>", ("May 2, 2024", False), id="text"),
        pytest.param(
            "<p>Updated: May 3, 2024</p><p>Published: May 2, 2024</p>", ("Published: May 2, 2024", False), id="label"
        ),
        pytest.param("<p>Updated: May 3, 2024</p>", ("Updated: May 3, 2024", True), id="modification"),
        pytest.param("<b>Last updated</b> <i>May 3, 2024</i>", ("May 3, 2024", True), id="label in another element"),
        pytest.param('<span class="modified-date">May 3, 2024</span>', ("May 3, 2024", True), id="label in a class"),
        pytest.param("<p>Обновлено 3 мая 2024, 10:15</p>", ("Обновлено 3 мая 2024, 10:15", True), id="Russian label"),
        pytest.param("<p>Оновлено: 15 травня 2024</p>", ("Оновлено: 15 травня 2024", True), id="Ukrainian label"),
        pytest.param("<p>Жаңыртылган: 15-май 2024</p>", ("Жаңыртылган: 15-май 2024", True), id="Kyrgyz label"),
        pytest.param("<p>수정 2024.05.14 11:00</p>", ("수정 2024.05.14 11:00", True), id="Korean label"),
        pytest.param("<p>آخر تحديث: 14 مايو 2024</p>", ("آخر تحديث: 14 مايو 2024", True), id="Arabic label"),
        pytest.param("<p>Cập nhật 14/05/2024</p>", ("Cập nhật 14/05/2024", True), id="Vietnamese label"),
        pytest.param(
            "<p>Giriş Tarihi: 14.05.2024 10:30 Son Güncelleme: 14.05.2024 12:05</p>",
            ("Giriş Tarihi: 14.05.2024 10:30 Son", False),
            id="Turkish, both in one text",
        ),
        pytest.param("<p>2024年5月14日 10時30分</p>", ("2024年5月14日 10時30分", False), id="Japanese, no colon"),
        pytest.param(
            "<i>10:00</i> <b>|</b> <i>06.05.2025</i>",
            ("06.05.2025 10:00", False),
            id="a time and a day, in two elements",
        ),
        pytest.param(
            "<i>6 мая 2025</i><i>10:00</i>", ("6 мая 2025 10:00", False), id="a day and a time, in two elements"
        ),
        pytest.param(
            "<b>10:00</b> <a>x</a> <b>Published 6 May 2025, 9:00</b>",
            ("Published 6 May 2025, 9:00", False),
            id="a time of something else",
        ),
        pytest.param("<p>令和6年5月14日</p>", ("令和6年5月14日", False), id="Japanese era"),
        pytest.param("<p>١٤ مايو ٢٠٢٤</p>", ("١٤ مايو ٢٠٢٤", False), id="Arabic digits"),
        pytest.param("<p>۲۵ اردیبهشت ۱۴۰۳</p>", ("۲۵ اردیبهشت ۱۴۰۳", False), id="Persian calendar"),
        pytest.param("<p>14 พฤษภาคม 2566</p>", ("14 พฤษภาคม 2566", False), id="Buddhist year"),
        pytest.param("<p>3小时前</p>", ("3小时前", False), id="Chinese, hours ago"),
    ],
)
def test_dates_near_the_headline_are_told_apart(html: str, first: tuple[str, bool]) -> None:
    assert printed(html)[0] == first


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            "<p>In 2023 about 4,000 people came to see the works, 12 more than the year before that.</p>", id="sentence"
        ),
        pytest.param("<p>12 min read</p>", id="reading time"),
        pytest.param(
            '<div class="related-date">May 2, 2024 <a>x</a></div><div class="card-date">May 3, 2024</div>' * 2,
            id="others",
        ),
    ],
)
def test_numbers_are_no_dates(html: str) -> None:
    assert all("min" not in text and "people" not in text for text, _ in printed(html))


def test_the_only_day_of_a_page_counts_wherever_it_stands() -> None:
    far = "<p>x</p>" * 200

    assert printed(f"{far}<small>May 2, 2024</small>") == [("May 2, 2024", False)]
    assert printed(f"{far}<small>May 2, 2024</small><small>May 3, 2024</small>") == []


@pytest.mark.parametrize(
    ("url", "day"),
    [
        pytest.param("https://example.com/2024/05/02/story/", "2024-05-02", id="folders"),
        pytest.param("https://example.com/2024-5-2-story", "2024-05-02", id="dashes"),
        pytest.param("https://example.com/20240502/story-1.html", "2024-05-02", id="glued"),
        pytest.param("https://example.com/2024/may/02/story", "2024-05-02", id="month by name"),
        pytest.param("https://example.com/2024/october/story", None, id="month by name, without a day"),
        pytest.param("https://example.com/2024/review/02/story", None, id="a folder that is no month"),
        pytest.param("https://example.com/2024/05/story/", None, id="month only"),
        pytest.param("https://example.com/story-20245555/", None, id="number"),
        pytest.param("https://example.com/a?d=/2024/05/02/", None, id="query"),
    ],
)
def test_an_address_may_name_the_day(url: str, day: str | None) -> None:
    assert date_in_address(url) == day


def test_the_zone_of_an_unknown_site_is_its_country_s() -> None:
    # By name: reading source files again throws away the zones that are known, and the same zone is another object.
    assert str(guess_zone("https://news.example.kz/a")) == str(ALMATY) == "Asia/Almaty"
    assert str(guess_zone("https://example.com/a", "kk")) == "Asia/Almaty"
    assert str(guess_zone("https://example.de/a", "kk")) == "Europe/Berlin"
    assert guess_zone("https://example.com/a", "en-GB") is UTC
    assert guess_zone("https://example.com/a") is UTC
    assert guess_zone("") is UTC


@pytest.mark.parametrize(
    ("url", "language", "first"),
    [
        pytest.param("https://example.com", "en", False, id="English"),
        pytest.param("https://example.com", "en-US", False, id="American"),
        pytest.param("https://example.com", "en_GB", True, id="British"),
        pytest.param("https://example.com.au", "en", True, id="Australian address"),
        pytest.param("https://example.com", "de", True, id="German"),
        pytest.param("https://example.com", None, True, id="unknown"),
    ],
)
def test_days_come_first_but_in_america(url: str, language: str | None, first: bool) -> None:
    assert days_come_first(url, language) is first


@pytest.mark.parametrize(
    ("after", "day"),
    [
        pytest.param("<p>Fair: 6-9 January 2026</p><p class=date>3 May 2024</p>", "3 May 2024", id="days of an event"),
        pytest.param("<p>3 May 2024. Updated: 7 May 2024</p>", "3 May 2024", id="before the change, in one text"),
        pytest.param("<p>Interview by Anna Smith, 3 May 2024</p>", None, id="an interview is no review"),
        pytest.param("<p>3 May 2024 Product Reviews</p>", None, id="reviews are no change"),
        pytest.param("<p>Credited to Anna, 3 May 2024</p>", None, id="credited is not edited"),
    ],
)
def test_words_around_the_day_do_not_hide_it(after: str, day: str | None) -> None:
    dates = [date for date in dates_of(after) if not date.is_modified]
    assert dates
    assert day is None or dates[0].text == day


def dates_of(after: str) -> list[PrintedDate]:
    page = Page.read(f"<h1>Pier rises</h1>{after}".encode(), "https://example.com/a")
    return read_printed_dates(page, Surroundings(page.landmarks.headings[0]))


def test_a_day_inside_a_sentence_is_not_near() -> None:
    dates = dates_of("<p>As of July 31, 2025, the council has received</p><p>By Anna Smith, 3 May 2024</p>")
    assert [date.is_near for date in dates] == [False, True]


def test_the_moment_of_the_last_change_is_no_publication_where_the_page_prints_an_earlier_one() -> None:
    stated = list(CLOCKWORK.read_all([(Origin.JSON_LD, "2024-05-12T10:00:00Z"), (Origin.META, "2024-05-01T00:00:00Z")]))
    dates = [PrintedDate("Published 3 May 2024", False, True, True)]

    def published_when_changed(at: Moment) -> str | None:
        return raw(choose_published(stated, lambda: dates, CLOCKWORK, is_news=True, modified=at))

    assert published_when_changed(stated[0]) == "Published 3 May 2024"
    assert published_when_changed(stated[1]) == "2024-05-12T10:00:00Z"


def test_a_moment_stands_beside_the_mere_day_of_a_change() -> None:
    dates = [PrintedDate("2024-05-02T10:00:00Z", False, True), PrintedDate("2 May 2024", True, True)]
    assert raw(choose_published([], lambda: dates, CLOCKWORK, is_news=False)) == "2024-05-02T10:00:00Z"


@pytest.mark.parametrize(
    ("url", "month"),
    [
        ("https://example.com/2024/05/story", "2024-05"),
        ("https://example.com/2024/13/story", None),
        ("https://example.com/2024-05/story", None),
        ("https://example.com/story?from=/2024/05/", None),
    ],
)
def test_an_address_may_name_the_month(url: str, month: str | None) -> None:
    assert month_in_address(url) == month


def test_days_of_another_month_than_the_address_names_are_left_out() -> None:
    html = "<h1>Two books</h1><p>Released: June 17, 2025 by a house of books</p><p>Dec 20, 2025 at 3:00 am</p>"
    page = Page.read(html.encode(), "https://example.com/2025/12/two-books")
    assert [date.text for date in Readers(page, None, None).printed_dates] == ["Dec 20, 2025 at 3:00 am"]


@pytest.mark.parametrize(
    ("url", "printed", "day"),
    [
        pytest.param("https://example.com/2024/10/03/pier", "03/10/2024", "2024-10-03", id="day first"),
        pytest.param("https://example.com/2024/mar/10/pier", "03/10/2024", "2024-03-10", id="month first"),
        pytest.param("https://example.com/pier", "03/10/2024", "2024-03-10", id="American, as nothing tells"),
    ],
)
def test_the_day_in_the_address_tells_which_number_is_the_month(url: str, printed: str, day: str) -> None:
    readers = Readers(Page.read(f"<html lang=en><p>{printed}</p>".encode(), url), None, None)

    assert readers.clockwork.read(Origin.GENERIC, printed).at.date().isoformat() == day  # type: ignore[union-attr]


VISIT = datetime(2026, 11, 24, 10, tzinfo=UTC)
STORY = (
    "<p>The waves beat against the pier all night, and half of it was gone when the harbour office opened its doors. "
    * 9
)


def stated(html: str, *, lang: str = "ru") -> tuple[str | None, str | None]:
    """The raw publication, and the day of the modification."""
    article = extract(f"<html lang={lang}><body>{html}</body>".encode(), "https://example.kz/pier", fetched_at=VISIT)
    return article.published_raw, article.modified_at.date().isoformat() if article.modified_at else None


@pytest.mark.parametrize(
    ("html", "published"),
    [
        pytest.param(
            f"<div>Вторник, 24 ноября 2026</div><div><h1>Причал</h1>{STORY}</div>", None, id="the calendar of the site"
        ),
        pytest.param(
            f'<div class="date">24 ноября 2026</div><div><h1>Причал</h1><i>6 мая 2025</i>{STORY}</div>',
            "6 мая 2025",
            id="the calendar beside a date",
        ),
        pytest.param(
            f"<div><h1>Причал</h1><i>24 ноября 2026</i>{STORY}</div>", "24 ноября 2026", id="a story of today"
        ),
        pytest.param(
            f"<div><i>24 ноября 2026</i><h1>Причал</h1>{STORY}</div>",
            "24 ноября 2026",
            id="a story of today, date above",
        ),
        pytest.param(
            f"<div><i>6 мая 2025</i><h1>Причал</h1>{STORY}</div><aside><b>23.11.2026</b> Снег</aside>",
            "6 мая 2025",
            id="above the headline, and another story's behind the text",
        ),
        pytest.param(
            f'<div><h1>Причал</h1>{STORY}</div><div><i class="comment-date">07.05.2025 11:00</i></div>',
            None,
            id="a comment's",
        ),
    ],
)
def test_whose_date_is_printed(html: str, published: str | None) -> None:
    assert stated(html)[0] == published


def test_a_change_is_known_where_the_publication_is_not() -> None:
    html = f"<div><h1>Причал</h1><i>Обновлено: 06.05.2025 10:00</i>{STORY}</div>"

    assert stated(html) == (None, "2025-05-06")
