"""Whose address is this, and what is it in production? Compares with declarations; fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crawler.articles.urls import canonicalise_url, join_url
from crawler.errors import UrlError
from crawler.sources.source import Edition, Source

# Years in which an address can name the day of an article: there were no news sites before.
_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Address:
    """One address on a host of a source."""

    url: str
    """To fetch: on the production host, with the scheme of the source's home, repaired, without a fragment."""
    canonical_url: str
    """The form of `url` under which an article is stored: canonical, on the host as the edition declares it."""
    edition: Edition
    is_article: bool
    """Whether the path fits the edition's article pattern."""
    article_id: str | None
    """The site's own id from the pattern's group `id`; None without one."""
    day: date | None
    """The day of publication from the groups `year`, `month` and `day`; None without them."""


def locate(url: str, source: Source) -> Address | None:
    """Say which edition of `source` an absolute address belongs to, and its production form.

    Mirrors, a missing or added `www.` and the other of http and https lead to the production host. Editions that share
    a host are told apart by their article patterns, in the order of the file; where none fits, the first one has it.
    None when the host is no host of the source: a sister site, an advertisement.

    >>> from crawler.sources.registry import Registry
    >>> address = locate("http://test.tengrinews.kz/crime/a-b-412345/#comm", Registry.load().get("tengrinews"))
    >>> address.url, address.edition.id, address.article_id
    ('https://tengrinews.kz/crime/a-b-412345/', 'ru', '412345')

    Raises:
        UrlError: `url` is not absolute http(s).
    """
    absolute = join_url(url, url)
    if absolute is None:
        raise UrlError(url, "not an absolute http(s) address: write it with https:// at its beginning")
    canonical = canonicalise_url(absolute)
    host, path = _host_and_path(canonical)
    editions = [edition for edition in source.editions if host in edition.hosts]
    if not editions:
        return None
    matches = ((edition, edition.article_match(path)) for edition in editions)
    edition, match = next(((edition, match) for edition, match in matches if match), (editions[0], None))
    scheme = source.home.partition("://")[0]
    production = f"{scheme}://{edition.host}{_host_and_path(absolute)[1]}"
    said = match.groupdict() if match else {}
    if production != absolute:
        canonical = canonicalise_url(production)
    if edition.host.startswith("www."):  # a story stands under the host that its site prints
        canonical = canonical.replace(f"://{edition.host.removeprefix('www.')}/", f"://{edition.host}/", 1)
    return Address(
        url=production,
        canonical_url=canonical,
        edition=edition,
        is_article=match is not None,
        article_id=said.get("id"),
        day=_day(said),
    )


def _day(said: Mapping[str, str | None]) -> date | None:
    try:
        day = date(*(int(said.get(name) or "") for name in ("year", "month", "day")))
    except (ValueError, OverflowError):  # not all three are there, or they are no day
        return None
    return day if day.year in _YEARS else None


def _host_and_path(absolute: str) -> tuple[str, str]:
    """Host with its port, and path with its query, of an address that has been repaired and so has both."""
    host, _, path = absolute.partition("://")[2].partition("/")
    return host, f"/{path}"
