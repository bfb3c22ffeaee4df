"""Photos: which address of an `<img>` is the best, and which addresses are variants of one photo. Fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from crawler.articles.article import Image
from crawler.articles.urls import join_url

# Attributes under which pages that load images late keep the address, best first.
_SOURCES = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src", "data-orig-file", "data-url",
    "data-image", "src",
)  # fmt: skip
_SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
# Between the candidates of a srcset: a comma before a blank, or behind a size. Addresses may hold commas, too.
_NEXT_CANDIDATE = re.compile(r",\s+|(?<=\d[wx]),")
_SIZE = re.compile(r"([\d.]{1,9})[wx]")
# Characters of a srcset that are read; a dozen candidates have 2,000.
_LONGEST_SET = 10_000
# In addresses, in lower case, of stand-ins that lazy loading shows first, and of images that are no photos.
_NO_PHOTO = (
    "placeholder", "/blank.", "spacer", "/pixel.", "lazyload", "lazy-load", "lazy_load", "/1x1", "transparent.",
    "loader.gif", ".svg?", "/emoji/", "counter", "/logo-", "/logo_", "/logo.", "/logo/", "-logo.", "_logo.",
    "no-image", "no_image", "noimage", "no-photo", "no_photo", "nophoto", "og-default", "og_default", "default-og",
    "default_og", "default-image", "default_image", "default-share", "/share.png", "/share.jpg", "/social.png",
    "gravatar.com", "/avatar/", "/avatars/", "doubleclick", "/ad/", "/ads/",
)  # fmt: skip

# Names of sizes by which variants of one photo differ: a directory or the end of a name. The number orders them.
_SIZE_NAMES = {
    "original": 9, "orig": 9, "full": 8, "source": 8, "big": 7, "b": 7, "large": 7, "l": 7, "xl": 8, "medium": 5,
    "middle": 5, "m": 5, "normal": 5, "small": 3, "s": 3, "xms": 2, "xs": 2, "xts": 1, "thumb": 1, "thumbnail": 1,
    "preview": 2, "mini": 1, "tiny": 1,
}  # fmt: skip
_SIZE_DIRECTORY = re.compile(
    rf"/(?:(?:thumbs?|size|img|image|photo)[_-])?({'|'.join(_SIZE_NAMES)})(?=/)", re.IGNORECASE
)
_SIZE_ENDING = re.compile(
    rf"(?:[-_@](?:(\d{{2,4}})x(\d{{2,4}}|auto)|(\d{{3,4}})(?:w|px)?|([23])x|scaled|({'|'.join(_SIZE_NAMES)})))+$",
    re.IGNORECASE,
)
_SIZE_PART = re.compile(
    r"/(?:(?:w|width|h|height|s|c|q|fit|crop|resize|rs|f|format|quality)[-_=:,]?)?\d{2,4}(?:[x,_:-]\d{2,4})?(?=/)"
)
_EXTENSION = re.compile(r"((?:\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?))+)$", re.IGNORECASE)
_QUERY_WIDTH = re.compile(r"(?:^|[&;])(?:w|width|imwidth|resize|size)=(\d{2,4})", re.IGNORECASE)
# A directory of the file's own in a resizing service's address: the rest is the photo's real address.
_EMBEDDED = re.compile(r".*(https?(?::|%3a)(?:/|%2f){1,2})(?=[^/]+\.[a-z]{2,})", re.IGNORECASE)


def address_of(node: LexborNode, base: str) -> str | None:
    """The largest address that an `<img>` names, absolute; None for stand-ins and drawings.

    Looks at the `<source>` elements of an enclosing `<picture>`, too.
    """
    attributes = node.attributes
    candidates = list(_candidates(attributes))
    parent = node.parent
    if parent is not None and parent.tag == "picture":
        for source in parent.css("source"):
            candidates += _candidates(source.attributes)
    addresses = [address for candidate in candidates if (address := join_url(base, candidate))]
    addresses = list(filter(is_photo, addresses))
    return largest(addresses) if len(addresses) > 1 else next(iter(addresses), None)


def _candidates(attributes: Mapping[str, str | None]) -> Iterator[str]:
    """The largest candidate of the sets, then what the other attributes name."""
    sized: list[tuple[float, str]] = []
    for name in _SOURCE_SETS:
        for candidate in _NEXT_CANDIDATE.split((attributes.get(name) or "")[:_LONGEST_SET]):
            address, _, rest = candidate.strip().partition(" ")
            if address:
                size = _SIZE.match(rest.strip())
                sized.append((_number(size[1]) if size else 1.0, address.rstrip(",")))
    if sized:
        yield max(sized, key=lambda pair: pair[0])[1]
    for name in _SOURCES:
        value = attributes.get(name)
        if value and not value.startswith("data:"):
            yield value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def is_photo(url: str) -> bool:
    """Whether an address may be that of a photo: no logo, counter or stand-in, as far as its words tell."""
    lower = url.lower()
    return not (lower.startswith("data:") or lower.endswith(".svg") or any(map(lower.__contains__, _NO_PHOTO)))


def largest(addresses: Iterable[str]) -> str:
    """The largest of several addresses of one photo, as far as they tell; else the first."""
    return max(addresses, key=lambda address: _form(address)[1])


def merge_images(images: Iterable[Image], variants: Iterable[Image] = ()) -> tuple[Image, ...]:
    """One image for each photo, in the order of the first mention: largest address, first caption and credit.

    `variants` add what they know of these photos; other photos among them are left out.

    >>> merge_images([Image("https://a.kz/thumb_m/1.jpeg.webp", "Meeting"), Image("https://a.kz/thumb_b/1.jpeg")])
    (Image(url='https://a.kz/thumb_b/1.jpeg', caption='Meeting', credit=None),)
    """
    merged: dict[str, Image] = {}
    for image in images:
        photo = _form(image.url)[0]
        merged[photo] = _merged(merged[photo], image) if photo in merged else image
    for image in variants:
        photo = _form(image.url)[0]
        if photo in merged:
            merged[photo] = _merged(merged[photo], image)
    return tuple(merged.values())


def _merged(one: Image, other: Image) -> Image:
    return Image(largest((one.url, other.url)), one.caption or other.caption, one.credit or other.credit)


@lru_cache(maxsize=1024)
def _form(url: str) -> tuple[str, tuple[int, int, int]]:
    """What all variants of a photo have in common, and how large this one is (size, original format, no resizer)."""
    direct = 1
    embedded = _EMBEDDED.match(url, 8)
    if embedded:
        url, direct = unquote(url[embedded.start(1) :]), 0
    host, _, rest = url.partition("://")[2].partition("/")
    address, _, query = rest.partition("?")
    path = "/" + unquote(address)
    extension = _EXTENSION.search(path, path.rfind("/") + 1)
    endings = extension[1].lower().split(".")[1:] if extension else []
    stem = path[: extension.start()] if extension else path
    size = 0
    directory = _SIZE_DIRECTORY.search(stem)
    if directory:
        size = _SIZE_NAMES[directory[1].lower()] * 100
        stem = _SIZE_DIRECTORY.sub("", stem)
    name = stem.rfind("/") + 1
    ending = _SIZE_ENDING.search(stem, name)
    if ending and ending.start() > name:
        width = ending[1] or ending[3]
        size = int(width) if width else _SIZE_NAMES.get((ending[5] or "m").lower(), 5) * 100
        # A number alone may tell photos apart: photo_101, photo_102.
        if not ending[3]:
            stem = stem[: ending.start()]
    elif not directory:
        # No size in the name: the original, larger than any named variant of it.
        size = 10_000
    stem = _SIZE_PART.sub("", stem)
    width_asked = _QUERY_WIDTH.search(query) if query else None
    if width_asked:
        size = min(size, int(width_asked[1]))
    site = ".".join(host.lower().partition(":")[0].split(".")[-2:])
    key = site + stem + ("" if extension else "?" + query if not width_asked and not embedded else "")
    return key, (size, int(len(endings) == 1 and endings[0] not in ("webp", "avif")), direct)
