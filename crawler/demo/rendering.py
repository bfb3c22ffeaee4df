"""Stories -> the bytes that a news site serves: pages, feed, sitemaps, pictures. Serves nothing itself."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from crawler.demo.stories import Photo, Story, Voice

PICTURE_WIDTHS = (480, 1200)  # pixels; two variants of each photo, as sites have them


@dataclass(frozen=True, slots=True)
class Place:
    """Where an edition stands: its address, and the same stories in the other languages."""

    base: str
    """`http://127.0.0.1:4711`, without a slash at the end."""
    translations: Mapping[str, Mapping[str, str]]
    """Story key -> language -> absolute address, the edition itself included."""


def article_page(
    story: Story, voice: Voice, place: Place, *, now: datetime, read_on: Story, path: str | None = None
) -> bytes:
    """One article in full: the story in the middle of all that a news page puts around it.

    Args:
        now: aware; when the page is asked for (some dates are printed relative to it).
        read_on: another story, to which a line inside the text and a box below it lead.
        path: where it stands, if not at the story's own address.
    """
    url = place.base + (path or story.path)
    home, section = escape(voice.name), escape(voice.sections[story.section])
    micro = story.dress == "microdata"
    body = [f"<p>{escape(paragraph)}</p>" for paragraph in story.body]
    link = f'<a href="{read_on.path}">{escape(read_on.headline)}</a>'
    body.insert(2, f'<p class="story__read-on">{escape(voice.read_on).replace("{headline}", link)}</p>')
    printed = voice.printed_date(story.published_at)
    if story.dress == "printed":
        printed = voice.relative_date(story.published_at, now=now)
    lines = [
        f'<nav class="crumbs"><a href="/">{home}</a> / <a href="/{story.section}/">{section}</a></nav>',
        f'<article class="story"{_if(micro, " itemscope itemtype=https://schema.org/NewsArticle")}>',
        f'<h1 class="story__title"{_if(micro, " itemprop=headline")}>{escape(story.headline)}</h1>',
        _meta_row(story, printed, micro=micro),
        f'<p class="story__lead"{_if(micro, " itemprop=description")}>{escape(story.lead)}</p>',
        *(_figure(story, n, photo, voice) for n, photo in enumerate(story.photos, 1)),
        f'<div class="story__text"{_if(micro, " itemprop=articleBody")}>',
        *body,
        f'<p class="story__promo">{escape(voice.promo)}</p>',
        "</div>",
        f'<ul class="story__tags">{"".join(f"<li><a>{escape(tag)}</a></li>" for tag in story.tags)}</ul>',
        f'<div class="story__share">{escape(voice.share)}: <a href="/share/?id={story.id}">link</a></div>',
        f'<aside class="story__related"><h3>{escape(voice.related)}</h3>{link}</aside>',
        "</article>",
    ]
    return _page(story.headline, _head(story, voice, place, url), lines, voice, charset=story.charset)


def amp_page(story: Story, voice: Voice, place: Place) -> bytes:
    """The same story in the plain form for telephones; its canonical address is the article's."""
    lines = [
        '<article class="story">',
        f'<h1 class="story__title">{escape(story.headline)}</h1>',
        f'<p class="story__lead">{escape(story.lead)}</p>',
        '<div class="story__text">',
        *(f"<p>{escape(paragraph)}</p>" for paragraph in story.body),
        "</div></article>",
    ]
    url = place.base + story.path
    head = [
        f'<link rel="canonical" href="{url}">',
        f'<script type="application/ld+json">{_json_ld(story, voice, place, url)}</script>',
    ]
    return _page(story.headline, head, lines, voice)


def listing_page(
    title: str, stories: Sequence[Story], voice: Voice, *, next_page: str | None = None, more: Sequence[str] = ()
) -> bytes:
    """One page of a list, newest first.

    Args:
        next_page: address of the next page; None on the last one.
        more: further addresses that the page links to.
    """
    lines = [f"<h1>{escape(title)}</h1>", '<ol class="list">']
    for story in stories:
        lines.append(
            f'<li class="list__item"><a href="{story.path}">{escape(story.headline)}</a>'
            f'<time class="list__date" datetime="{story.published_at.isoformat()}">'
            f"{escape(voice.printed_date(story.published_at))}</time><p>{escape(story.lead)}</p></li>"
        )
    lines += [f'<li class="list__item"><a href="{escape(path)}">{escape(path)}</a></li>' for path in more]
    lines.append("</ol>")
    if next_page:
        lines.append(f'<a class="list__older" rel="next" href="{next_page}">{escape(voice.older)}</a>')
    return _page(title, [], lines, voice)


def rss(stories: Sequence[Story], voice: Voice, place: Place, *, more: Sequence[tuple[str, datetime]] = ()) -> bytes:
    """An RSS 2.0 feed; `more` are further addresses, each with its date."""
    items = [
        f"<item><title>{escape(s.headline)}</title><link>{place.base}{s.path}?utm_source=rss</link>"
        f"<guid isPermaLink='true'>{place.base}{s.path}</guid><pubDate>{format_datetime(s.published_at)}</pubDate>"
        f"<atom:updated>{s.modified_at.isoformat()}</atom:updated><description>{escape(s.lead)}</description></item>"
        for s in stories
    ]
    items += [
        f"<item><title>{escape(path)}</title><link>{place.base}{escape(path)}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for path, at in more
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(voice.name)}</title><link>{place.base}/</link><description>{escape(voice.motto)}</description>"
        f"<language>{voice.language}</language>{''.join(items)}</channel></rss>\n"
    ).encode()


def sitemap_index(children: Sequence[tuple[str, datetime]], place: Place) -> bytes:
    """A sitemap of sitemaps: address and last change of each."""
    rows = "".join(
        f"<sitemap><loc>{place.base}{path}</loc><lastmod>{at.isoformat()}</lastmod></sitemap>" for path, at in children
    )
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>')


def news_sitemap(
    stories: Sequence[Story], voice: Voice, place: Place, *, more: Sequence[tuple[str, datetime]] = ()
) -> bytes:
    """A Google news sitemap with publication dates; `more` are further addresses, each with its date."""
    rows = [_sitemap_row(place.base + s.path, s.modified_at, s.published_at, s.headline, voice) for s in stories] + [
        _sitemap_row(place.base + escape(path), at, at, path, voice) for path, at in more
    ]
    return _xml(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{"".join(rows)}</urlset>'
    )


def plain_sitemap(paths: Sequence[str], place: Place) -> bytes:
    """A sitemap of pages that are no news."""
    rows = "".join(f"<url><loc>{place.base}{path}</loc></url>" for path in paths)
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>')


def picture(seed: int) -> bytes:
    """A small PNG of two colours (steppe below, sky above), the same for the same seed."""
    width, height = 12, 8
    sky = bytes((90 + seed * 7 % 100, 150 + seed * 5 % 60, 220))
    steppe = bytes((190, 150 + seed * 11 % 60, 80))
    rows = b"".join(b"\0" + (sky if y < height * 0.6 else steppe) * width for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def picture_path(story: Story, number: int, width: int) -> str:
    """Where one variant of a story's photo stands; photos count from 1."""
    return f"/media/{story.id}-{number}-{width}.png"


def _if(wanted: bool, text: str) -> str:
    return text if wanted else ""


def _meta_row(story: Story, printed: str, *, micro: bool) -> str:
    when, author = escape(printed), escape(story.author)
    if micro:
        person = '<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        return (
            f'<div class="story__meta"><time itemprop="datePublished" datetime="{story.published_at.isoformat()}">'
            f'{when}</time> {person}<span itemprop="name">{author}</span></span></div>'
        )
    name = "story__when" if story.dress == "printed" else "story__date"
    return f'<div class="story__meta"><span class="{name}">{when}</span> <span class="story__by">{author}</span></div>'


def _figure(story: Story, number: int, photo: Photo, voice: Voice) -> str:
    variants = {width: picture_path(story, number, width) for width in PICTURE_WIDTHS}
    srcset = ", ".join(f"{path} {width}w" for width, path in variants.items())
    credit = voice.photo.format(credit=photo.credit)
    return (
        f'<figure class="story__photo"><img src="{variants[PICTURE_WIDTHS[0]]}" srcset="{srcset}" '
        f'alt="{escape(photo.caption)}">'
        f"<figcaption>{escape(photo.caption)}. {escape(credit)}</figcaption></figure>"
    )


def _head(story: Story, voice: Voice, place: Place, url: str) -> list[str]:
    head = [
        f'<link rel="canonical" href="{url}">',
        f'<link rel="amphtml" href="{place.base}/amp{story.path}">',
        f'<meta property="og:title" content="{escape(story.headline)}">',
        f'<meta property="og:type" content="article"><meta property="og:url" content="{url}">',
        f'<meta property="og:locale" content="{voice.language}">',
    ]
    head += [
        f'<link rel="alternate" hreflang="{language}" href="{address}">'
        for language, address in place.translations.get(story.key, {}).items()
    ]
    if story.dress == "json-ld":
        head.append(f'<script type="application/ld+json">{_json_ld(story, voice, place, url)}</script>')
    if story.dress == "meta":
        head += [
            f'<meta property="article:published_time" content="{story.published_at.isoformat()}">',
            f'<meta property="article:section" content="{escape(voice.sections[story.section])}">',
            f'<meta name="author" content="{escape(story.author)}">',
        ]
    return head


def _json_ld(story: Story, voice: Voice, place: Place, url: str) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": story.headline,
        "description": story.lead,
        "inLanguage": voice.language,
        "datePublished": story.published_at.isoformat(),
        "articleSection": voice.sections[story.section],
        "author": [{"@type": "Person", "name": story.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": voice.name},
        "image": [
            place.base + picture_path(story, number, PICTURE_WIDTHS[-1]) for number, _ in enumerate(story.photos, 1)
        ],
        "isAccessibleForFree": True,
    }
    if story.modified_at != story.published_at:
        data["dateModified"] = story.modified_at.isoformat()
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _page(title: str, head: Sequence[str], lines: Sequence[str], voice: Voice, *, charset: str = "utf-8") -> bytes:
    newline = "\n"
    return (
        f'<!doctype html>\n<html lang="{voice.language}">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{escape(title)} | {escape(voice.name)}</title>\n{newline.join(head)}\n</head>\n<body>\n"
        f'<header><a href="/">{escape(voice.name)}</a><p>{escape(voice.motto)}</p></header>\n<main>\n'
        f"{newline.join(lines)}\n</main>\n<footer>© {escape(voice.name)}</footer>\n</body>\n</html>\n"
    ).encode(charset)


def _sitemap_row(url: str, modified_at: datetime, published_at: datetime, title: str, voice: Voice) -> str:
    return (
        f"<url><loc>{url}</loc><lastmod>{modified_at.isoformat()}</lastmod><news:news><news:publication><news:name>"
        f"{escape(voice.name)}</news:name><news:language>{voice.language}</news:language></news:publication>"
        f"<news:publication_date>{published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(title)}</news:title></news:news></url>"
    )


def _xml(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'.encode()
