"""Photos: the best address of an image, and the variants of one photo."""

from __future__ import annotations

import pytest

from crawler.articles.article import Image
from crawler.extraction.page import Page
from crawler.extraction.pictures import address_of, is_photo, largest, merge_images

BASE = "https://example.com/news/1"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        pytest.param('<img src="/a.jpg">', "https://example.com/a.jpg", id="src"),
        pytest.param('<img src="data:image/gif;base64,x" data-src="/a.jpg">', "https://example.com/a.jpg", id="lazy"),
        pytest.param('<img src="/placeholder.png" data-original="/a.jpg">', "https://example.com/a.jpg", id="stand-in"),
        pytest.param(
            '<img srcset="/a-320.jpg 320w, /a-1280.jpg 1280w" src="/a-320.jpg">',
            "https://example.com/a-1280.jpg",
            id="srcset",
        ),
        pytest.param('<img srcset="/a-1.jpg 320w,/a,b-2.jpg 1280w">', "https://example.com/a,b-2.jpg", id="commas"),
        pytest.param('<img srcset="/a.jpg 1x, /a@2x.jpg 2x">', "https://example.com/a@2x.jpg", id="density"),
        pytest.param(
            '<picture><source srcset="/thumb_m/1.jpeg.webp"><img src="/thumb_m/1.jpeg"></picture>',
            "https://example.com/thumb_m/1.jpeg",
            id="the original format of equals",
        ),
        pytest.param('<img src="/logo.svg">', None, id="drawing"),
        pytest.param("<img>", None, id="nothing"),
    ],
)
def test_the_largest_address_of_an_image_is_taken(html: str, address: str | None) -> None:
    node = Page.read(html.encode(), BASE).tree.css_first("img")

    assert node is not None and address_of(node, BASE) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.kz/u/thumb_m/photo_1.jpeg", "https://a.kz/u/thumb_b/photo_1.jpeg", id="directory"),
        pytest.param("https://a.kz/u/thumb_b/photo_1.jpeg.webp", "https://a.kz/u/thumb_b/photo_1.jpeg", id="format"),
        pytest.param("https://static.a.kz/u/photo_1.jpg.webp", "https://a.kz/u/photo_1.jpg", id="host"),
        pytest.param("https://a.kz/w/photo-300x200.jpg", "https://a.kz/w/photo.jpg", id="WordPress"),
        pytest.param("https://a.kz/photo_small.jpg", "https://a.kz/photo_large.jpg", id="name of a size"),
        pytest.param("https://a.kz/p.jpg?w=300", "https://a.kz/p.jpg?w=1200", id="query"),
        pytest.param("https://cdn.b.com/w_300/https://a.kz/p.jpg", "https://a.kz/p.jpg", id="resizer"),
    ],
)
def test_variants_are_one_photo(one: str, other: str) -> None:
    assert len(merge_images([Image(one), Image(other)])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.kz/photo_101.jpeg", "https://a.kz/photo_102.jpeg", id="numbers"),
        pytest.param("https://a.kz/news_1/thumb_b/photo.jpg", "https://a.kz/news_2/thumb_b/photo.jpg", id="folders"),
        pytest.param("https://a.kz/image?id=1", "https://a.kz/image?id=2", id="scripts"),
        pytest.param("https://a.kz/p.jpg", "https://b.kz/p.jpg", id="sites"),
    ],
)
def test_photos_are_told_apart(one: str, other: str) -> None:
    assert len(merge_images([Image(one), Image(other)])) == 2


@pytest.mark.parametrize(
    ("addresses", "best"),
    [
        pytest.param(
            ["/thumb_xts/1.jpg", "/thumb_xms/1.jpg", "/thumb_b/1.jpg", "/thumb_m/1.jpg"], "/thumb_b/1.jpg", id="names"
        ),
        pytest.param(["/p-300x200.jpg", "/p-1200x800.jpg"], "/p-1200x800.jpg", id="pixels"),
        pytest.param(["/p-1200x800.jpg", "/p.jpg"], "/p.jpg", id="the original has no size"),
        pytest.param(["/p.jpg.webp", "/p.jpg"], "/p.jpg", id="original format"),
        pytest.param(["/p.jpg?w=300", "/p.jpg?w=1200"], "/p.jpg?w=1200", id="query"),
    ],
)
def test_the_largest_is_known_by_its_name(addresses: list[str], best: str) -> None:
    assert largest([f"https://a.kz{address}" for address in addresses]) == f"https://a.kz{best}"


def test_a_merged_photo_keeps_place_caption_and_credit() -> None:
    merged = merge_images(
        [
            Image("https://a.kz/thumb_m/1.jpg", "Pier"),
            Image("https://a.kz/thumb_m/2.jpg"),
            Image("https://a.kz/thumb_b/1.jpg", "Other words", "Anna Smith"),
        ]
    )

    assert merged == (Image("https://a.kz/thumb_b/1.jpg", "Pier", "Anna Smith"), Image("https://a.kz/thumb_m/2.jpg"))


def test_variants_add_to_a_photo_and_bring_no_other() -> None:
    merged = merge_images(
        [Image("https://a.kz/thumb_m/1.jpg")], [Image("https://a.kz/2.jpg"), Image("https://a.kz/1.jpg", "Pier")]
    )

    assert merged == (Image("https://a.kz/1.jpg", "Pier"),)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.kz/drawing.SVG?1",
        "https://a.kz/img/logo.png",
        "https://a.kz/counter?x",
        "https://secure.gravatar.com/avatar/1",
        "https://a.kz/upload/no-image.jpg",
        "https://a.kz/img/og-default.png",
        "https://a.kz/img/share.png",
    ],
)
def test_logos_and_counters_are_no_photos(url: str) -> None:
    assert not is_photo(url)
