"""Pages that say that there is no article, and articles whose headlines only look so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.articles.article import Article, Origin
from crawler.spiders.notices import notice_of


def page(headline: str | None, dated_by: Origin | None = None) -> Article:
    url = "https://herald.example/news/1/"
    return Article(
        url=url,
        canonical_url=url,
        headline=headline,
        published_at=datetime(2026, 11, 24, tzinfo=UTC) if dated_by else None,
        origins={"published_at": dated_by} if dated_by else {},
    )


@pytest.mark.parametrize(
    "headline",
    [
        "404", "Ошибка 404", "404 Not Found", "Error 404!", "404 - страница не найдена", "Page not found",
        "Sorry, this page does not exist", "The page was not found", "Страница не найдена", "Страница не найдена (404)",
        "К сожалению, страница не найдена", "Запрашиваемая вами страница не существует", "Материал удалён",
        "Страница удалена или не существует", "Новость удалена", "Бет табылмады", "Мұндай парақша жоқ",
    ],
)  # fmt: skip
def test_that_there_is_none(headline: str) -> None:
    failure = notice_of(page(headline))
    assert failure is not None
    assert (failure.kind, failure.state) == ("soft_404", "gone")


@pytest.mark.parametrize(
    "headline",
    [
        "Just a moment...", "Checking your browser before accessing herald.example", "Attention Required! | Cloudflare",
        "Access denied", "DDoS-Guard", "Проверка браузера, пожалуйста, подождите", "Доступ запрещен",
        "Site is under maintenance", "We’re down for maintenance", "Технические работы",
        "На сайте ведутся технические работы", "Сайт находится на техническом обслуживании",
        "Сайт временно недоступен", "Техникалық жұмыстар жүріп жатыр", "502 Bad Gateway",
        "503 Service Temporarily Unavailable",
    ],
)  # fmt: skip
def test_that_there_is_none_now(headline: str) -> None:
    failure = notice_of(page(headline))
    assert failure is not None
    assert (failure.kind, failure.state) == ("notice", "rejected")


@pytest.mark.parametrize(
    "headline",
    [
        None, "404 км дороги отремонтируют", "Пропавшая собака не найдена", "502 школы построят до 2030 года",
        "Технические работы остановят поезда метро", "Доступ к сайту ограничен по решению суда", "Бензин жоқ",
        "Access denied: how visas are refused", "Сайт акимата временно недоступен", "Новость дня", "Ошибка", "Материал",
        "Please wait: the queue at the border", "The page that was not found in the archive for a hundred years",
    ],
)  # fmt: skip
def test_a_headline_that_says_more_is_an_articles(headline: str | None) -> None:
    assert notice_of(page(headline)) is None


def test_what_mark_up_dates_is_an_article() -> None:
    assert notice_of(page("Технические работы", Origin.JSON_LD)) is None
    assert notice_of(page("Технические работы", Origin.GENERIC)) is not None, "headers print today's date"
