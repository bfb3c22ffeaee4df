"""An HTML page where a feed or sitemap should be: recognises it and says what it is. Reads no links."""

from __future__ import annotations

import re

from crawler.articles.text import normalise_text

# How much of the beginning is looked at, in characters: comments of a cache may precede the page.
_HEAD = 4_096
_HTML = re.compile(r"\s*+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML page does.

    >>> is_html("<!-- cached --><!DOCTYPE html>"), is_html("<rss>")
    (True, False)
    """
    return _HTML.match(text[:_HEAD]) is not None


def html_instead(of: str, text: str) -> str:
    """Say for which reason a page is refused, with its title: a challenge to bots says there what it is.

    >>> html_instead("a feed", "<html><title>Just a moment...</title>")
    'HTML page instead of a feed: "Just a moment..."'
    """
    title = _TITLE.search(text[:100_000])
    words = normalise_text(title[1])[:80] if title else ""
    return f'HTML page instead of {of}: "{words}"' if words else f"HTML page instead of {of}"
