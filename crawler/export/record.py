"""What of an article is exported, and in which form: the fields, and their values for JSON and for tables."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from crawler.articles.iso import iso_utc
from crawler.storage.whole import WholeArticle

FIELDS = (
    *("id", "source_id", "edition", "language", "section", "headline", "lead", "body", "url", "authors", "tags"),
    *("published_at", "published_precision", "modified_at", "first_seen_at", "last_seen_at", "gone_at"),
    *("word_count", "is_accessible_for_free", "revision", "images", "cluster_id", "copy_of"),
)
"""In this order in tables, too. Named and meant as in the view `v_articles`, but for `images`, which are all there."""

# How a cell of a table begins that a spreadsheet would take for a formula, and compute: at worst a crawled headline
# that sends the table elsewhere.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SEPARATOR = "; "


def record(article: WholeArticle) -> dict[str, Any]:
    """An article's fields as Python values; moments aware, UTC."""
    row, parts = article.row, article.parts
    taken = {name: getattr(row, name) for name in FIELDS if hasattr(row, name)}
    precision = row.published_precision
    values = taken | {
        "url": row.canonical_url,
        "authors": list(parts.authors),
        "tags": list(parts.tags),
        "images": [{"url": one.url, "caption": one.caption, "credit": one.credit} for one in parts.images],
        "published_precision": precision and precision.value,
        "cluster_id": article.cluster_id,
        "copy_of": article.original_id if article.original_id != row.id else None,
    }
    return {name: values[name] for name in FIELDS}


def json_value(value: Any) -> Any:
    """A value of a record as JSON has it: moments in ISO 8601, UTC."""
    if isinstance(value, datetime):
        return iso_utc(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def cell(value: Any, zone: tzinfo) -> str | int | None:
    """A value of a record as one cell of a table, harmless to spreadsheets.

    Moments are `2026-11-24 13:05:00` in `zone`, as spreadsheets read them; lists are joined by `; `, images by their
    addresses. Text that begins like a formula gets an apostrophe before it.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        value = SEPARATOR.join(one["url"] if isinstance(one, dict) else one for one in value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    assert value is None or isinstance(value, (str, int))
    return value
