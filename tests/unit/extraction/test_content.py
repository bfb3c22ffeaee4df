"""Paragraphs, pictures and captions inside a box that a person has named."""

from __future__ import annotations

import pytest

from crawler.extraction.content import Picture, Text, is_credit, read_box, take_captions
from crawler.extraction.page import Page

BASE = "https://example.com/news/1"


def pieces(html: str, *, removed: str | None = None, stops: str | None = None) -> list[Text | Picture]:
    page = Page.read(f"<div id=box>{html}</div>".encode(), BASE)
    box = page.tree.css_first("#box")
    assert box is not None

    def ids(selector: str | None) -> set[int]:
        return {node.mem_id for node in page.tree.css(selector)} if selector else set()

    return read_box(box, BASE, removed=ids(removed), stops=ids(stops))


def texts(html: str, **options: str) -> list[str]:
    return [piece.text for piece in pieces(html, **options) if isinstance(piece, Text)]


@pytest.mark.parametrize(
    ("html", "paragraphs"),
    [
        pytest.param(
            "<p>One <b>two</b>\n three.</p><p>&nbsp;</p><p>Four.</p>", ["One two three.", "Four."], id="paragraphs"
        ),
        pytest.param("One.<br><br>Two.<br/> <br/>Three<br>four.", ["One.", "Two.", "Three four."], id="line breaks"),
        pytest.param("<div>One.</div><div><div>Two.</div>Three.</div>", ["One.", "Two.", "Three."], id="divs"),
        pytest.param("<h2>Head</h2><ul><li>A</li><li><p>B</p></li></ul>", ["Head", "A", "B"], id="headings and lists"),
        pytest.param("<blockquote><p>One.</p>Two.</blockquote>", ["One.", "Two."], id="quote"),
        pytest.param(
            "<table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>", ["A 1", "B 2"], id="table rows"
        ),
        pytest.param(
            "<p>One<script>x</script><style>y</style></p><noscript>z</noscript><form>f</form>", ["One"], id="no text"
        ),
        pytest.param('<p hidden>x</p><p style="display: none">y</p><p>One</p>', ["One"], id="hidden"),
        pytest.param("Loose <i>words</i>", ["Loose words"], id="no block at all"),
        pytest.param(
            '<blockquote class="twitter-tweet"><p>The words.</p>— Anna (@anna) <a href="/x">May 2</a></blockquote>'
            "<p>On.</p>",
            ["The words.", "On."],
            id="a post's words, not who posted",
        ),
        pytest.param(
            '<blockquote class="instagram-media"><div><a href="/x">View this post on Instagram</a></div>'
            "<p><a>A post shared by Anna (@anna)</a></p></blockquote><p>On.</p>",
            ["On."],
            id="a post without words",
        ),
    ],
)
def test_paragraphs_are_read_in_order(html: str, paragraphs: list[str]) -> None:
    assert texts(html) == paragraphs


def test_removed_boxes_are_left_out_and_the_box_ends_at_a_stop() -> None:
    html = "<p>One.</p><aside><p>Ad.</p></aside><div><p>Two.</p><div class=end></div><p>Late.</p></div><p>Later.</p>"

    assert texts(html, removed="aside", stops=".end") == ["One.", "Two."]


def test_the_walk_ends_with_the_box() -> None:
    page = Page.read(b"<div id=box><p>In.</p></div><p>Out.</p>", BASE)
    box = page.tree.css_first("#box")

    assert box is not None
    assert [piece.text for piece in read_box(box, BASE) if isinstance(piece, Text)] == ["In."]


def test_deep_nesting_needs_no_stack() -> None:
    assert texts("<section>" * 5_000 + "<p>Deep.</p>" + "</section>" * 5_000) == ["Deep."]


@pytest.mark.parametrize(
    ("html", "captions"),
    [
        pytest.param(
            "<figure><img src=a.jpg><figcaption>Pier. Photo: Anna</figcaption></figure>",
            ["Pier. Photo: Anna"],
            id="figcaption",
        ),
        pytest.param("<figure><figcaption>Pier</figcaption><img src=a.jpg></figure>", ["Pier"], id="caption first"),
        pytest.param("<p><img src=a.jpg><br><em>Фото: МИД</em></p>", ["Фото: МИД"], id="emphasised in one paragraph"),
        pytest.param("<p><img src=a.jpg> Фото: МИД</p>", ["Фото: МИД"], id="labelled in one paragraph"),
        pytest.param("<p><img src=a.jpg></p><p>Фото: МИД</p>", ["Фото: МИД"], id="credit in the next paragraph"),
        pytest.param("<p><img src=a.jpg></p><p>Сурет: Нұрлан Есімов</p>", ["Сурет: Нұрлан Есімов"], id="Kazakh"),
        pytest.param("<p><img src=a.jpg>The council met on Monday.</p>", [], id="text of the story"),
        pytest.param("<p><img src=a.jpg></p><p>The council met on Monday.</p>", [], id="the next paragraph"),
    ],
)
def test_captions_go_to_their_picture(html: str, captions: list[str]) -> None:
    _, pictures, stray = take_captions(pieces(f"<p>Before.</p>{html}"))

    assert [picture.captions for picture in pictures] == [captions]
    assert stray is None


def test_text_beside_a_picture_stays_text() -> None:
    found, _, _ = take_captions(pieces("<p><img src=a.jpg>The council met on Monday.</p>"))

    assert [text.text for text in found] == ["The council met on Monday."]


def test_each_picture_keeps_its_own_credit() -> None:
    html = "<p><img src=a.jpg></p><p>Фото: А</p><p>Text.</p><p><img src=b.jpg></p><p>Фото: Б</p><p>Фото: В</p>"

    found, pictures, _ = take_captions(pieces(html))

    assert [picture.image().credit for picture in pictures] == ["А", "Б"]
    assert [text.text for text in found] == ["Text."]


def test_a_credit_without_a_picture_speaks_of_one_outside() -> None:
    assert take_captions(pieces("<p>Фото: МИД</p><p>Text.</p>"))[2] == "Фото: МИД"


def test_a_picture_s_title_speaks_only_where_nothing_is_printed() -> None:
    assert Picture("u", "Фото: А", []).image().credit == "А"
    assert Picture("u", "Фото: А", ["Фото: Б"]).image().credit == "Б"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Фото: МИД Казахстана", True, id="credit"),
        pytest.param("© Anna Smith", True, id="sign"),
        pytest.param("Фото дня показали в музее.", False, id="a sentence with the word"),
        pytest.param("На фото: министр в зале.", False, id="what is seen"),
        pytest.param("Встреча в столице. Фото: МИД", False, id="caption and credit"),
    ],
)
def test_a_credit_is_nothing_but_a_credit(text: str, expected: bool) -> None:
    assert is_credit(text) is expected
