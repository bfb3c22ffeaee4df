"""The generic body reader on pages of our own writing: what is kept, what is dropped, and that it always ends."""

from __future__ import annotations

import time

import pytest

from crawler.extraction.body import Body, read_body
from crawler.extraction.page import Page

STORY = (
    "The harbour council agreed on Monday to rebuild the northern pier, which a storm had torn apart in late winter.",
    "Work is to begin in May and should take about two years, the head of the harbour office said after the vote.",
    "Fishermen had asked for a faster schedule, because the southern pier is too short for the larger boats.",
    "Engineers answered that the sea floor has to be measured anew before the first pillar can be set.",
    "The costs of forty million are shared by the town, the region and a fund for coastal protection.",
)
NAVIGATION = "<ul class=menu>" + "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(12)) + "</ul>"
TEASERS = "<div class='related-posts'><h3>Read also</h3>" + "".join(
    f'<div class=card><a href="/t{n}"><h4>Another story of the day, number {n}, from the region</h4></a></div>'
    for n in range(5)
)
FOOTER = "<footer><p>All rights reserved. Reprints need the written consent of the editors.</p></footer>"


def page_of(article: str, *, head: str = "", lang: str = "en", direction: str = "ltr") -> Page:
    html = (
        f"<!doctype html><html lang={lang} dir={direction}><head><title>Pier</title>{head}</head><body>"
        f"<header>{NAVIGATION}</header><main><article class=story><h1>Council rebuilds the northern pier</h1>"
        f"{article}</article></main>"
        f"<aside class=sidebar>{TEASERS}</div></aside>{FOOTER}</body></html>"
    )
    return Page.read(html.encode(), "https://example.com/news/pier")


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(article: str, **options: str) -> Body:
    return read_body(page_of(article, **options), headline="Council rebuilds the northern pier", lead=None)


def test_paragraphs_are_kept_in_page_order_and_nothing_else():
    body = read(paragraphs(*STORY))
    assert (*((body.lead,) if body.lead else ()), *body.paragraphs) == STORY


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        pytest.param("<h2>Why it takes so long</h2>", "Why it takes so long", id="sub-headline"),
        pytest.param(
            "<ul><li>Two new cranes will be bought.</li><li>The old lighthouse stays where it is.</li></ul>",
            "The old lighthouse stays where it is.",
            id="list",
        ),
        pytest.param(
            "<blockquote><p>We have waited for this pier since last winter, one of the captains said.</p></blockquote>",
            "We have waited for this pier since last winter, one of the captains said.",
            id="quote",
        ),
    ],
)
def test_what_belongs_to_the_article_is_kept(piece: str, text: str):
    assert text in read(paragraphs(*STORY[:3]) + piece + paragraphs(*STORY[3:])).text.split("\n")


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(
            '<p><a href="/other">Read also: Storm damages twelve boats in the old harbour</a></p>', id="read also"
        ),
        pytest.param(
            '<p><a href="/other">Читайте также: Шторм повредил двенадцать лодок в старой гавани</a></p>',
            id="читайте также",
        ),
        pytest.param(
            "<figure><img src=/a.jpg><figcaption>The pier in March. Photo: A. Reader</figcaption></figure>",
            id="caption",
        ),
        pytest.param(
            "<div class='share-buttons'><a href=#>Share</a> <a href=#>Tweet</a> <a href=#>Print</a></div>",
            id="share row",
        ),
        pytest.param(
            "<div class=newsletter><p>Sign up for our newsletter and never miss a story.</p></div>", id="newsletter"
        ),
    ],
)
def test_what_does_not_belong_is_dropped(piece: str):
    body = read(paragraphs(*STORY[:3]) + piece + paragraphs(*STORY[3:]))
    assert body.text == "\n".join(STORY)


def test_boxes_of_consent_managers_are_never_text():
    legal = "We and our partners store and read data on your device to measure how our pages are used. "
    box = f"<div id=onetrust-consent-sdk><p>{legal * 8}</p><p>{legal * 9}</p></div>"
    assert "partners" not in read(paragraphs(*STORY[:3]) + box + paragraphs(*STORY[3:])).text


NEXT_STORY = (
    "The library on the market square opens again after two years, with a reading room under the old roof.",
    "Its books were kept in the cellar of the town hall, where members could borrow them on two days a week.",
    "Children get a floor of their own, and the night desk takes books back until ten o'clock.",
)


def read_with_next(next_article: str) -> tuple[str, ...]:
    return read(paragraphs(*STORY) + "</article><article class=story>" + next_article).paragraphs


def test_an_article_to_read_on_below_this_one_is_another():
    read_on = paragraphs(*NEXT_STORY) + f"<article class=box><p>{NEXT_STORY[0]} Read all of it.</p></article>"
    assert read_with_next(f"<h1>Library opens under the old roof</h1>{read_on}") == STORY


def test_a_second_part_of_the_same_article_is_no_other():
    kept = read_with_next("<h2>What the town says</h2>" + paragraphs(*NEXT_STORY))
    assert kept == (*STORY, "What the town says", *NEXT_STORY)
    assert set(NEXT_STORY) <= {*read_with_next("<h1>Council rebuilds the northern pier</h1>" + paragraphs(*NEXT_STORY))}


def test_articles_with_headings_beside_a_headline_that_stands_in_none_are_parts():
    parts = "".join(f"<article><h1>Part {n}</h1>{paragraphs(*STORY)}</article>" for n in (1,))
    html = f"<html><body><h1>Council rebuilds the northern pier</h1>{parts}</body></html>"
    body = read_body(Page.read(html.encode(), "https://example.com/a"), headline="Council rebuilds the northern pier")
    assert set(STORY) <= {*body.paragraphs, body.lead}


def test_a_lead_set_apart_is_the_lead_and_no_paragraph():
    lead = "After two years of quarrel the harbour gets its pier back, and the town pays less than it had feared."
    head = f'<meta property="og:description" content="{lead}">'
    body = read(f'<div class="article__lead">{lead}</div><div class=text>{paragraphs(*STORY)}</div>', head=head)
    assert body.lead == lead
    assert body.paragraphs == STORY


def test_two_line_breaks_part_paragraphs():
    body = read(f"<div class=text>{'<br><br>'.join(STORY)}</div>")
    assert body.text == "\n".join(STORY)


def test_images_of_the_article_come_with_their_captions():
    figure = "<figure><img src=/pier.jpg><figcaption>The northern pier after the storm</figcaption></figure>"
    body = read(paragraphs(*STORY[:3]) + figure + paragraphs(*STORY[3:]))
    assert [(image.src, image.caption) for image in body.images] == [("/pier.jpg", "The northern pier after the storm")]


@pytest.mark.parametrize(
    ("lang", "direction", "story"),
    [
        pytest.param(
            "ar",
            "rtl",
            (
                "وافق مجلس الميناء يوم الاثنين على إعادة بناء الرصيف الشمالي الذي دمرته عاصفة في أواخر الشتاء الماضي.",
                "ومن المقرر أن تبدأ الأعمال في شهر مايو وأن تستمر نحو عامين، كما قال رئيس مكتب الميناء بعد التصويت.",
                "وكان الصيادون قد طالبوا بجدول زمني أسرع لأن الرصيف الجنوبي قصير جدا بالنسبة للقوارب الكبيرة.",
                "وأجاب المهندسون بأنه لا بد من قياس قاع البحر من جديد قبل وضع العمود الأول في مكانه.",
            ),
            id="right to left",
        ),
        pytest.param(
            "ja",
            "ltr",
            (
                "港湾評議会は月曜日、冬の終わりの嵐で壊れた北の桟橋を再建することを決めた。工事は五月に始まる予定だ。",
                "港湾事務所の所長は採決の後、工事にはおよそ二年かかる見込みだと記者団に語った。費用は町と県が分担する。",
                "漁師たちは、南の桟橋が大きな船には短すぎるため、もっと早い日程を求めていた。議会はこれを退けた。",
                "技術者は、最初の柱を立てる前に海底をもう一度測らなければならないと答えた。測量は来月に行われる。",
            ),
            id="without spaces",
        ),
    ],
)
def test_scripts_of_any_kind(lang: str, direction: str, story: tuple[str, ...]):
    assert read(paragraphs(*story), lang=lang, direction=direction).text == "\n".join(story)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<html></html>", id="no body"),
        pytest.param("<html><frameset><frame src=a></frameset></html>", id="frames"),
        pytest.param("<body><script>var text = 'no text';</script></body>", id="scripts only"),
        pytest.param("<body>\u200b \u00a0 <br><br><br></body>", id="blank"),
    ],
)
def test_pages_without_text_give_an_empty_body(html: str):
    body = read_body(Page.read(html.encode(), ""))
    assert body.text.strip("\u200b\u00a0 ") == ""
    assert body.confidence < 0.2


def test_a_page_with_little_text_is_not_empty():
    body = read_body(Page.read(b"<body><div><p>The pier is open again, the harbour office said.</p></div></body>", ""))
    assert body.paragraphs == ("The pier is open again, the harbour office said.",)


def test_confidence_is_lower_where_less_text_speaks():
    assert read(paragraphs(*STORY)).confidence > read(paragraphs(STORY[0])).confidence


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 9_000 + "deep" + "</div>" * 9_000, id="9,000 deep"),
        pytest.param("<p>word</p>" * 60_000, id="60,000 paragraphs"),
        pytest.param("<a href=x>w</a> " * 60_000, id="60,000 links"),
        pytest.param("<p>" + "word " * 400_000, id="one paragraph of 2 MB"),
        pytest.param("<table>" + "<tr>" + "<td>1</td>" * 50_000, id="50,000 cells"),
        pytest.param("text<br><br>" * 60_000, id="60,000 line breaks"),
    ],
)
def test_hostile_pages_end(html: str):
    started = time.process_time()
    read_body(Page.read(html.encode(), ""))
    assert time.process_time() - started < 10  # seconds; they take one or two
