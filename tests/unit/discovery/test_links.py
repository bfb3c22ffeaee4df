"""Choosing links: whose they are, which are too old, which stood there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.articles.article import Precision
from crawler.discovery.links import Drop, Entry, Order, Selection, select_links
from crawler.sources.source import Source

LIST = "https://www.herald.example/rss"
SOURCE = Source.model_validate(
    {
        "id": "herald",
        "name": "The Example Herald",
        "home": "https://www.herald.example/",
        "editions": [
            {
                "id": "en",
                "host": "www.herald.example",
                "mirrors": ["test.herald.example"],
                "language": "en",
                "timezone": "Asia/Almaty",
                "article": r"^/[a-z]+/(?P<id>\d+)-[^/]+/$",
            }
        ],
    }
)


def choose(source: Source, now: datetime, *entries: Entry, **options: Any) -> Selection:
    return select_links(entries, source, via="feed", via_url=LIST, now=now, **options)


def paths(selection: Selection) -> list[str]:
    return [link.url.partition(".example")[2] for link in selection.links]


@pytest.mark.parametrize(
    ("url", "fetched", "canonical", "edition"),
    [
        pytest.param(
            "/news/7-rain/",
            "https://www.herald.example/news/7-rain/",
            "https://www.herald.example/news/7-rain/",
            "ru",
            id="relative to its list",
        ),
        pytest.param(
            "http://test.herald.example/news/7-rain/?utm_source=rss#top",
            "https://www.herald.example/news/7-rain/?utm_source=rss",
            "https://www.herald.example/news/7-rain/",
            "ru",
            id="a mirror leads to production",
        ),
        pytest.param(
            "https://kaz.herald.example/news/7-zhanbyr/",
            "https://kaz.herald.example/news/7-zhanbyr/",
            "https://kaz.herald.example/news/7-zhanbyr/",
            "kk",
            id="another edition's article in this edition's feed",
        ),
        pytest.param(
            "https://www.herald.examplehttps://kaz.herald.example/news/7-zhanbyr/",
            "https://kaz.herald.example/news/7-zhanbyr/",
            "https://kaz.herald.example/news/7-zhanbyr/",
            "kk",
            id="glued hosts",
        ),
    ],
)
def test_a_link_belongs_to_the_edition_it_fits(
    herald: Source, now: datetime, url: str, fetched: str, canonical: str, edition: str
) -> None:
    (link,) = choose(herald, now, Entry(url, now, "Rain")).links
    assert (link.url, link.canonical_url, link.edition) == (fetched, canonical, edition)
    assert (link.via, link.via_url, link.published_hint, link.title) == ("feed", LIST, now, "Rain")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("https://sport.example/news/7-goal/", Drop.OTHER_HOST, id="sister site"),
        pytest.param(
            "https://herald.example.evil.example/news/7-rain/", Drop.OTHER_HOST, id="a host that begins alike"
        ),
        pytest.param("/news/", Drop.NOT_ARTICLE, id="navigation"),
        pytest.param("/weather/7-rain/", Drop.NOT_ARTICLE, id="no news"),
        pytest.param("/news/7-" + "a" * 3_000 + "/", Drop.NOT_ARTICLE, id="path without end"),
        pytest.param("mailto:editor@herald.example", Drop.INVALID, id="mail"),
        pytest.param("javascript:void(0)", Drop.INVALID, id="script"),
        pytest.param("", Drop.INVALID, id="no address"),
        pytest.param("https://[::1/news/7-rain/", Drop.INVALID, id="half a bracket"),
    ],
)
def test_what_is_no_article_of_ours_is_counted(herald: Source, now: datetime, url: str, reason: Drop) -> None:
    selection = choose(herald, now, Entry(url, now))
    assert selection.links == ()
    assert dict(selection.dropped) == {reason: 1}


@pytest.mark.parametrize(
    ("age", "precision", "taken"),
    [
        pytest.param(timedelta(hours=48), Precision.SECOND, True, id="just within the horizon"),
        pytest.param(timedelta(hours=48, seconds=1), Precision.SECOND, False, id="beyond it"),
        pytest.param(timedelta(hours=71), Precision.DAY, True, id="a day without a time may have been late that day"),
        pytest.param(timedelta(hours=73), Precision.DAY, False, id="a day that ended before the horizon"),
        pytest.param(timedelta(days=-1), Precision.SECOND, True, id="a clock that is ahead"),
    ],
)
def test_dated_links_are_taken_up_to_the_horizon(
    herald: Source, now: datetime, age: timedelta, precision: Precision, taken: bool
) -> None:
    selection = choose(herald, now, Entry("/news/7-rain/", now - age, precision=precision))
    assert [link.published_hint for link in selection.links] == ([now - age] if taken else [])
    assert selection.dropped[Drop.TOO_OLD] == (not taken)


def test_a_date_in_the_future_is_no_date(herald: Source, now: datetime) -> None:
    late = now + timedelta(days=1, seconds=1)
    selection = choose(herald, now, *(Entry(f"/news/{n}-rain/", late) for n in range(5)))
    assert {link.published_hint for link in selection.links} == {None}
    assert dict(selection.dropped) == {Drop.OVER_LIMIT: 2}


@pytest.mark.parametrize(
    ("order", "numbers", "expected"),
    [
        pytest.param("newest_first", [9, 8, 7, 6, 5], [9, 8, 7], id="newest first"),
        pytest.param("newest_last", [5, 6, 7, 8, 9], [9, 8, 7], id="newest last"),
        pytest.param("unknown", [5, 6, 7, 8, 9], [9, 8, 7], id="unknown, the numbers rise"),
        pytest.param("unknown", [9, 8, 7, 6, 5], [9, 8, 7], id="unknown, the numbers fall"),
    ],
)
def test_the_newest_of_an_undated_list_are_taken(
    herald: Source, now: datetime, order: Order, numbers: list[int], expected: list[int]
) -> None:
    selection = choose(herald, now, *(Entry(f"/news/{n}-rain/") for n in numbers), known_order=order)
    assert paths(selection) == [f"/news/{n}-rain/" for n in expected]
    assert dict(selection.dropped) == {Drop.OVER_LIMIT: 2}


def test_the_newest_stand_first(herald: Source, now: datetime) -> None:
    hour = timedelta(hours=1)
    selection = choose(
        herald,
        now,
        Entry("/news/1-undated/"),
        Entry("/news/2-older/", now - 2 * hour),
        Entry("/news/3-newer/", now - hour),
        Entry("/news/4-as-new/", now - hour),
        Entry("/news/5-undated/"),
    )
    assert [path[6] for path in paths(selection)] == ["3", "4", "2", "1", "5"]


def test_an_article_stands_once_and_keeps_what_any_place_says(herald: Source, now: datetime) -> None:
    selection = choose(
        herald,
        now,
        Entry("/news/7-rain/"),
        Entry("/sport/7-other-words/", None, "Rain falls"),
        Entry("/news/7-rain/?page=2", now, "Rain falls again"),
    )
    (link,) = selection.links
    assert (link.url, link.title, link.published_hint) == ("https://www.herald.example/news/7-rain/", "Rain falls", now)
    assert dict(selection.dropped) == {Drop.REPEATED: 2}


def test_the_same_number_in_two_editions_is_two_articles(herald: Source, now: datetime) -> None:
    selection = choose(herald, now, Entry("/news/7-rain/"), Entry("https://kaz.herald.example/news/7-zhanbyr/"))
    assert [link.edition for link in selection.links] == ["ru", "kk"]


def test_without_a_number_as_key_the_address_is_the_key(herald: Source, now: datetime) -> None:
    free = herald.model_copy(
        update={"editions": tuple(e.model_copy(update={"id_is_key": False}) for e in herald.editions)}
    )
    selection = choose(free, now, Entry("/news/7-rain/"), Entry("/news/7-rains/"), Entry("/news/7-rain/#top"))
    assert paths(selection) == ["/news/7-rain/", "/news/7-rains/"]
    assert dict(selection.dropped) == {Drop.REPEATED: 1}


def test_an_address_that_names_its_day_is_dated(herald: Source, now: datetime) -> None:
    pattern = r"^/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/[^/]+/$"
    edition = herald.editions[0].model_copy(update={"article": pattern, "id_is_key": False})
    dated = herald.model_copy(update={"editions": (edition,)})
    exact = now - timedelta(hours=3)
    selection = choose(
        dated,
        now,
        Entry("/2026/11/21/rain/"),
        Entry("/2026/11/22/sun/", exact),
        Entry("/2026/11/18/old/"),
        Entry("/2026/13/45/odd/"),
    )
    assert [(link.url[-5:-1], link.published_hint) for link in selection.links] == [
        ("/sun", exact),
        ("rain", datetime(2026, 11, 20, 19, 0, tzinfo=UTC)),
        ("/odd", None),
    ]
    assert dict(selection.dropped) == {Drop.TOO_OLD: 1}


@given(
    st.lists(
        st.builds(
            Entry,
            url=st.one_of(
                st.text(max_size=40),
                st.from_regex(r"https?://(www|test|kaz)\.herald\.example/[a-z]{1,3}/[0-9]{1,2}-a/", fullmatch=True),
            ),
            published_at=st.none()
            | st.datetimes(datetime(2026, 11, 15), datetime(2026, 11, 25), timezones=st.just(UTC)),  # noqa: DTZ001
            title=st.none() | st.text(max_size=5),
            precision=st.none() | st.sampled_from(Precision),
        ),
        max_size=30,
    )
)
def test_every_entry_becomes_a_link_or_is_counted(entries: list[Entry]) -> None:
    selection = choose(SOURCE, datetime(2026, 11, 22, 5, 0, tzinfo=UTC), *entries)
    assert len(selection.links) + sum(selection.dropped.values()) == len(entries)
    assert len({link.canonical_url for link in selection.links}) == len(selection.links)
    dates = [link.published_hint for link in selection.links if link.published_hint]
    assert dates == sorted(dates, reverse=True)
