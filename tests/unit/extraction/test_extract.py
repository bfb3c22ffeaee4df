"""The cascade: which reader supplies which field, what follows from a source, and that any bytes are survived."""

from __future__ import annotations

import doctest
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.articles.article import Article, Origin, Precision
from crawler.articles.normalise import normalise_article
from crawler.errors import ExtractionError
from crawler.extraction import Page, extract, readings
from crawler.sources.registry import Registry
from crawler.sources.source import Source

URL = "https://www.example.com/news/2024/05/pier/"
SEED = Path(__file__).parents[3] / "../shared/samples/tengrinews"
ROOM = Path(__file__).parents[3] / "crawler/extraction"
GOLDEN = sorted((Path(__file__).parents[2] / "sites").glob("*/*.html"))
TEXT = (
    "The harbour council agreed on Monday to rebuild the northern pier, which a storm had torn apart in late winter.",
    "Work is to begin in May and should take about two years, the head of the harbour office said after the vote.",
    "Fishermen had asked for a faster schedule, because the southern pier is too short for the larger boats.",
)
STORY = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)


def page(*, head: str = "", before: str = "", after: str = "", story: str = STORY, lang: str = "en") -> bytes:
    return (
        f"<!doctype html><html lang={lang}><head><title>Pier to rise again | The Example</title>{head}</head>"
        f"<body><main><article>{before}<h1>Pier to rise again</h1>{after}<div class=story>{story}</div></article>"
        "</main></body></html>"
    ).encode()


def ld(**values: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def meta(**values: str) -> str:
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in values.items())


@pytest.fixture(scope="module")
def tengrinews() -> Source:
    return Registry.load().get("tengrinews")


@pytest.mark.parametrize("module", sorted(path.stem for path in ROOM.glob("[!_]*.py") if "body" not in path.stem))
def test_examples_run(module: str) -> None:
    __import__(f"crawler.extraction.{module}")
    assert doctest.testmod(sys.modules[f"crawler.extraction.{module}"]).failed == 0


# Who supplies what


def test_json_ld_comes_before_meta_and_meta_before_microdata() -> None:
    head = ld(datePublished="2024-05-02T10:00:00+02:00") + meta(
        article__published_time="2024-05-03T10:00:00+02:00", article__section="Harbour"
    )
    article = extract(
        page(head=head, after='<b itemprop="articleSection">Town</b><b itemprop="keywords">pier</b>'), URL
    )

    assert article.published_at == datetime(2024, 5, 2, 8, tzinfo=UTC)
    assert (article.section, article.tags) == ("Harbour", ("pier",))
    origins = {name: article.origins[name] for name in ("published_at", "section", "tags", "body", "headline")}
    assert origins == {
        "published_at": Origin.JSON_LD,
        "section": Origin.META,
        "tags": Origin.MICRODATA,
        "body": Origin.GENERIC,
        "headline": Origin.GENERIC,
    }


def test_a_modification_is_never_the_publication() -> None:
    head = ld(dateModified="2024-05-04T10:00:00Z") + meta(article__modified_time="2024-05-04T10:00:00Z")

    article = extract(page(head=head, after="<p>Updated: May 4, 2024, 10:00</p>"), URL, fetched_at=datetime.now(UTC))

    assert article.published_at is None and article.published_raw is None
    assert article.modified_at == datetime(2024, 5, 4, 10, tzinfo=UTC)


def test_the_fetch_is_never_the_publication() -> None:
    fetched = datetime(2024, 5, 4, tzinfo=UTC)

    article = extract(page(), URL, fetched_at=fetched)

    assert (article.published_at, article.fetched_at) == (None, fetched)


def test_the_day_in_an_address_is_the_last_resort_and_a_day() -> None:
    article = extract(page(), "https://example.com/2024/05/02/pier/")

    assert (article.published_at, article.published_precision) == (datetime(2024, 5, 2, tzinfo=UTC), Precision.DAY)
    assert article.origins["published_at"] == Origin.URL


def test_relative_dates_count_from_the_fetch_in_the_site_s_zone() -> None:
    late = datetime(2024, 5, 4, 20, tzinfo=UTC)  # the fifth of May in Almaty

    article = extract(page(after="<time>вчера, 14:30</time>", lang="ru"), "https://example.kz/a", fetched_at=late)

    assert article.published_at == datetime(2024, 5, 4, 9, 30, tzinfo=UTC)


def test_a_publisher_is_the_byline_and_not_an_author() -> None:
    head = ld(author={"@type": "Organization", "name": "The Example"}, publisher={"name": "The Example"})

    article = extract(page(head=head + meta(article__author="https://www.facebook.com/example")), URL)

    assert (article.authors, article.byline) == ((), "The Example")


def test_people_are_authors_without_their_agency() -> None:
    article = extract(page(head=meta(author="Anna Smith and Bolat Omarov, Reuters")), URL)

    assert (article.authors, article.byline) == (("Anna Smith", "Bolat Omarov"), None)


@pytest.mark.parametrize(
    ("head", "free"),
    [
        pytest.param(ld(isAccessibleForFree=False), False, id="JSON-LD"),
        pytest.param(ld(isAccessibleForFree="http://schema.org/True"), True, id="an address for a word"),
        pytest.param(meta(article__content_tier="metered"), False, id="meta"),
        pytest.param("", None, id="not said"),
    ],
)
def test_a_paywall_is_told(head: str, free: bool | None) -> None:
    assert extract(page(head=head), URL).is_accessible_for_free is free


def test_a_description_is_the_lead_unless_it_was_cut_or_repeats() -> None:
    lead = "A storm tore it apart in winter; two years from now the boats can land again."

    assert extract(page(head=meta(og__description=lead)), URL).lead == lead
    assert extract(page(head=meta(og__description=lead)), URL).lead_on_page is False
    assert extract(page(head=meta(og__description=f"{lead[:40]}...")), URL).lead is None
    assert extract(page(head=meta(og__description="Pier to rise again.")), URL).lead is None


def test_a_description_that_the_body_begins_with_is_a_printed_lead() -> None:
    article = extract(page(head=meta(og__description=TEXT[0])), URL)

    assert (article.lead, article.lead_on_page) == (TEXT[0], True)
    assert article.text == "\n\n".join(TEXT)


# Where the visible page holds too little


def test_json_ld_s_text_counts_only_where_the_page_prints_little() -> None:
    body = "\n".join(("Not printed at all: this is a longer text that only the mark-up has.", *TEXT))

    assert extract(page(head=ld(articleBody=body)), URL).origins["body"] == Origin.GENERIC
    hidden = extract(page(head=ld(articleBody=body), story="<div id=app></div>"), URL)
    assert hidden.origins["body"] == Origin.JSON_LD
    assert hidden.paragraphs[1:] == TEXT


def test_script_state_is_the_last_place_to_look() -> None:
    state = {"article": {"title": "Pier to rise again", "content": STORY, "published_at": "2024-05-02T08:00:00Z"}}
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'

    article = extract(page(head=script, story=""), URL)

    assert (article.origins["body"], article.paragraphs) == (Origin.SCRIPT, TEXT)
    assert (article.origins["published_at"], article.published_at) == (
        Origin.SCRIPT,
        datetime(2024, 5, 2, 8, tzinfo=UTC),
    )


STATE = {"title": "Pier to rise again", "content": STORY, "published_at": "2024-05-02T08:00:00Z"}


def state(**values: str) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({**STATE, **values})}</script>'


@pytest.mark.parametrize(
    ("head", "after", "day"),
    [
        pytest.param(state(), "", "2024-05-02", id="the state is of this story"),
        pytest.param(state(updated_at="2024-05-02T08:00:00Z"), "", "2024-05-02", id="the state knows its change, too"),
        pytest.param(state(title="Another story"), "", None, id="the state is of another"),
        pytest.param(
            state() + ld(headline="Pier to rise again", dateModified="2024-05-02T08:00:00Z"),
            "",
            None,
            id="JSON-LD calls it the change",
        ),
        pytest.param(state(), "<p>Updated: May 2, 2024</p>", None, id="the page calls it the change"),
    ],
)
def test_the_state_dates_a_story_that_nothing_else_does(head: str, after: str, day: str | None) -> None:
    article = extract(page(head=head, after=after), "https://example.com/pier")

    assert (article.published_at and article.published_at.date().isoformat()) == day


def test_a_text_from_the_state_has_its_headline_without_the_site_s_name() -> None:
    html = f"<title>Pier to rise again - Harbour News</title>{state()}<div id=app></div>"

    assert extract(html.encode(), URL).headline == "Pier to rise again"


@pytest.mark.parametrize(
    ("picture", "image"),
    [
        pytest.param('<img src="/u/pier.jpg" width=800>', "https://www.example.com/u/pier.jpg", id="a photo"),
        pytest.param('<amp-img src="/u/pier.jpg"></amp-img>', "https://www.example.com/u/pier.jpg", id="AMP"),
        pytest.param('<img src="/u/pier.jpg" width=64>', None, id="too small"),
        pytest.param('<img src="/img/icon-share.png">', None, id="a button"),
    ],
)
def test_a_photo_between_headline_and_text_counts_where_none_is_named(picture: str, image: str | None) -> None:
    article = extract(page(after=f"<div>{picture}</div>", story="".join(f"<p>{text * 2}</p>" for text in TEXT)), URL)

    assert next((one.url for one in article.images), None) == image


# Addresses


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        pytest.param("https://example.com/news/2024/05/pier/", "https://example.com/news/2024/05/pier", id="same site"),
        pytest.param("/news/the-pier", "https://example.com/news/the-pier", id="relative"),
        pytest.param("https://other.org/news/pier", "https://example.com/news/2024/05/pier", id="another site"),
        pytest.param("https://example.com/", "https://example.com/news/2024/05/pier", id="the front page"),
        pytest.param("javascript:void(0)", "https://example.com/news/2024/05/pier", id="no address"),
    ],
)
def test_a_declared_address_is_believed_on_its_own_site_only(declared: str, canonical: str) -> None:
    article = extract(page(head=f'<link rel="canonical" href="{declared}">'), URL)

    assert article.canonical_url.rstrip("/") == canonical


@pytest.mark.parametrize(
    ("url", "declared", "believed"),
    [
        pytest.param("https://example.kz/ru/news/pier-rises", "https://example.kz/ru/news/", False, id="its section"),
        pytest.param(
            "https://example.kz/ru/news/pier-rises", "https://example.kz/ru/", False, id="the language's home"
        ),
        pytest.param("https://example.kz/news/612345", "https://example.kz/news", False, id="the section of a number"),
        pytest.param("https://example.kz/pier-rises/2", "https://example.kz/pier-rises", True, id="its first page"),
        pytest.param("https://example.kz/pier/print", "https://example.kz/pier", True, id="what it is the print of"),
        pytest.param("https://example.kz/a/612345", "https://example.kz/news/612345", True, id="another folder"),
    ],
)
def test_a_story_is_not_declared_to_be_its_section(url: str, declared: str, believed: bool) -> None:
    article = extract(page(head=f'<link rel="canonical" href="{declared}">'), url)

    assert article.canonical_url.rstrip("/") == (declared if believed else url).rstrip("/")


@pytest.mark.parametrize(
    ("declared", "number"),
    [
        pytest.param("https://tengrinews.kz/crime/other-slug-500001/", "500001", id="its own pattern"),
        pytest.param("https://kaz.tengrinews.kz/crime/other-slug-500002/", "500000", id="another edition"),
        pytest.param("https://tengrinews.kz/crime/", "500000", id="a section"),
        pytest.param("https://example.com/crime/other-slug-500003/", "500000", id="another site"),
    ],
)
def test_with_a_source_a_declared_address_has_to_fit_the_edition(
    declared: str, number: str, tengrinews: Source
) -> None:
    html = page(head=f'<link rel="canonical" href="{declared}">')

    article = extract(html, "https://test.tengrinews.kz/crime/slug-500000/", source=tengrinews)

    assert article.site_article_id == number
    assert article.canonical_url.startswith("https://tengrinews.kz/crime/")
    assert article.declared_canonical_url == declared


def test_a_mirror_s_photos_are_the_production_host_s(tengrinews: Source) -> None:
    html = page(head=meta(og__image="/userdata/news/2024/thumb_b/photo_1.jpeg"))

    article = extract(html, "https://test.tengrinews.kz/crime/slug-500000/", source=tengrinews)

    assert [image.url for image in article.images] == ["https://tengrinews.kz/userdata/news/2024/thumb_b/photo_1.jpeg"]


def test_a_page_of_a_foreign_host_is_read_without_the_source_s_rules(tengrinews: Source) -> None:
    article = extract(page(), "https://tengrisport.kz/football/pier-1000/", source=tengrinews)

    assert (article.layout, article.headline) == (None, "Pier to rise again")


def test_translations_and_related_stories_are_links_to_others() -> None:
    head = (
        '<link rel="alternate" hreflang="en" href="/news/2024/05/pier/">'
        '<link rel="alternate" hreflang="ru-KZ" href="/ru/pier">'
        '<link rel="alternate" hreflang="x-default" href="/">'
    )
    article = extract(page(head=head, after='<div class="RelatedStories"><a href="/news/boats">Boats</a></div>'), URL)

    assert [(one.language, one.url) for one in article.translations] == [("ru", "https://www.example.com/ru/pier")]
    assert article.related_links == ("https://www.example.com/news/boats",)


# Agreement


def test_readers_that_agree_make_a_page_trustworthy() -> None:
    agreed = page(
        head=ld(headline="Pier to rise again", datePublished="2024-05-02") + meta(article__published_time="2024-05-02")
    )
    divided = page(
        head=ld(headline="Win a car", datePublished="2019-01-01") + meta(article__published_time="2024-05-02")
    )
    empty = page(story="<p>Subscribe to read.</p>")

    sure, doubtful, lost = (extract(html, URL).confidence or 0 for html in (agreed, divided, empty))

    assert sure > 0.85 > 0.75 > doubtful > lost


def test_readings_show_every_reader_best_first() -> None:
    head = ld(headline="From JSON-LD") + meta(og__title="From meta")
    shown = [(r.origin, r.value) for r in readings(Page.read(page(head=head), URL)) if r.field == "headline"]

    assert shown == [
        (Origin.JSON_LD, "From JSON-LD"),
        (Origin.META, "From meta"),
        (Origin.GENERIC, "Pier to rise again"),
    ]


# The sample of the project's first site


@pytest.mark.skipif(not SEED.is_dir(), reason="../shared is not beside the checkout")
def test_the_seed_page_gives_every_field_exactly(tengrinews: Source) -> None:
    expected = json.loads((SEED / "seed-article.expected.json").read_text("utf-8"))

    article = extract((SEED / "seed-article.html").read_bytes(), expected["url"], source=tengrinews)

    names = ("url", "canonical_url", "site_article_id", "headline", "lead", "language", "section")
    assert {name: getattr(article, name) for name in names} == {name: expected[name] for name in names}
    assert article.published_at == datetime.fromisoformat(expected["published_at"])
    assert list(article.authors) == expected["authors"]
    assert list(article.tags) == expected["tags"]
    assert list(article.paragraphs) == expected["body_paragraphs"]
    assert [{"url": image.url, "credit": image.credit} for image in article.images] == expected["images"]
    assert all(image.caption is None for image in article.images)


# Any bytes


def survived(html: bytes, source: Source | None = None, url: str = URL) -> None:
    try:
        article = extract(html, url, source=source, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    except ExtractionError as error:
        assert error.reason
    else:
        assert isinstance(article, Article)
        assert normalise_article(article) == article


@pytest.mark.parametrize(
    "html", [b"", b"\0", b"<", b"plain words", b"<html>", b"<h1></h1>", b"<p></p>", b"\xff\xfe<h1>"]
)
def test_pages_that_are_none_are_refused(html: bytes) -> None:
    if html == b"plain words":
        survived(html)
    else:
        with pytest.raises(ExtractionError):
            extract(html, URL)


@given(st.binary(max_size=500))
def test_any_bytes_give_an_article_or_a_clear_error(html: bytes) -> None:
    survived(html)


_PIECES = """
<div>|</div>|<p>|</p>|<article>|<h1>|</h1>|<table><tr><td>|<b>|</a>|<a href='/x'>|<br>|<figure>|<figcaption>|<script>
<time datetime='2024-05-02'>|<img src='/a.jpg' srcset=', ,'>|</script>|<meta itemprop='' content=''>|<template>
<noscript>|<span itemprop='author' itemscope>|<!--|<svg><title>|<script type='application/ld+json'>{"@type":"Article"}
<meta property='article:published_time' content='0000-00-00'>|<link rel=canonical href='//['>
-->|<div class='date-time'>|<script type='application/ld+json'>{"@type":"NewsArticle","author":[[]]}</script>
<link hreflang=ru href='http://'>|&amp;#0;|Слова новости о мосте. |By Anna Smith |Фото: |2 мая 2024 |\0|\ud7ff
<h2 class='content_main_desc'>|<div class='content_main'>|<div class='content_main_text'>|Читайте также: |A sentence.
"""
_TANGLES = st.lists(st.sampled_from(_PIECES.replace("\n", "|").split("|")), max_size=60).map("".join)


@settings(max_examples=150)
@given(_TANGLES)
def test_any_tangle_of_tags_is_survived(html: str) -> None:
    survived(html.encode())


@settings(max_examples=60)
@given(st.sampled_from(GOLDEN), st.data())
def test_damaged_golden_pages_are_survived(path: Path, data: st.DataObject) -> None:
    html = path.read_bytes()
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    start = data.draw(st.integers(0, len(html)))
    damaged = html[:start] + data.draw(st.binary(max_size=40)) + html[start + data.draw(st.integers(0, 400)) :]

    survived(damaged, Registry.load().get(expected["source"]), expected["url"])


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(b"<p>Words of a story. </p>" * 400_000, id="paragraphs"),
        pytest.param(b"<div>" * 9_000 + STORY.encode(), id="deep"),
        pytest.param(b"<a href=/x>link</a> " * 200_000, id="links"),
        pytest.param(b"<h1>A</h1>" * 100_000, id="headings"),
        pytest.param(b"<time>2024</time>" * 100_000, id="times"),
        pytest.param(b"<i itemprop=author>B C</i>" * 100_000, id="microdata"),
        pytest.param(b"<img src=/a.jpg>" * 100_000, id="images"),
        pytest.param(b'<img src="/a.jpg" srcset="' + b"a" * 9_000 + b' b">' * 200, id="srcset"),
        pytest.param(
            b'<script type="application/ld+json">' + b";" * 1_900_000 + b"x</script>" + STORY.encode(), id="JSON-LD"
        ),
        pytest.param(b"<div class=related><a href=/x>" * 9_000, id="related"),
        pytest.param(b"<p>" + b"x" * 5_000_000, id="one word"),
        pytest.param(b"<h1>" + b"By A B " * 500_000, id="one byline"),
    ],
)
def test_hostile_pages_end_in_bounded_time(html: bytes) -> None:
    started = time.process_time()

    survived(html)

    # Seconds of CPU on a busy machine; the slowest of these takes about 4.
    assert time.process_time() - started < 30
