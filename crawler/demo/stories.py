"""The texts of the Steppe Courier, read from pages/*.toml. What the site says; how it looks stands in rendering.py."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

LANGUAGES = ("ru", "kk", "en")
ZONE = ZoneInfo("Asia/Almaty")

Dress = Literal["json-ld", "microdata", "meta", "printed"]
"""Where a page states its fields besides the visible text; `printed` states them nowhere else."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of a story; the bytes are drawn when asked for."""

    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Story:
    """One article of one edition, as it stands on one day of the demo."""

    key: str
    """The same in all languages: translations of one story share it."""
    id: int
    slug: str
    section: str
    headline: str
    lead: str
    body: tuple[str, ...]
    author: str
    tags: tuple[str, ...]
    photos: tuple[Photo, ...]
    published_at: datetime
    """Aware, UTC, whole minutes: the printed date and the machine-readable one must agree."""
    modified_at: datetime
    dress: Dress
    charset: str = "utf-8"

    @property
    def path(self) -> str:
        return f"/{self.section}/{self.slug}-{self.id}/"


@dataclass(frozen=True, slots=True)
class Voice:
    """How one edition speaks: its name, its labels, its months."""

    language: str
    name: str
    motto: str
    promo: str
    related: str
    read_on: str
    photo: str
    share: str
    older: str
    today: str
    yesterday: str
    months: tuple[str, ...]
    sections: dict[str, str]

    def printed_date(self, moment: datetime) -> str:
        """`7 ноября 2026, 10:15`, in the time of the town."""
        local = moment.astimezone(ZONE)
        return f"{local.day} {self.months[local.month - 1]} {local.year}, {local:%H:%M}"

    def relative_date(self, moment: datetime, *, now: datetime) -> str:
        """`Вчера, 10:15` for today and yesterday, else the full date."""
        local = moment.astimezone(ZONE)
        words = {0: self.today, 1: self.yesterday}
        word = words.get((now.astimezone(ZONE).date() - local.date()).days)
        return f"{word}, {local:%H:%M}" if word else self.printed_date(moment)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All that one edition can publish; what stands on the site depends on the day."""

    voice: Voice
    first_day: tuple[Story, ...]
    second_day: tuple[Story, ...]
    """One story more than on the first day, and perhaps one of them edited. Newest first, as `first_day`."""


def load_newsroom(language: str, *, started_at: datetime, advanced_at: datetime | None = None) -> Newsroom:
    """Read one edition's texts and date them back from the moment at which the site starts.

    Args:
        started_at: aware; stories of the first day are up to forty hours older, so all lie in a crawl's horizon.
        advanced_at: aware; when the second day begins. None: the moment of the start.
    """
    text = files("crawler.demo").joinpath("pages", f"{language}.toml").read_text(encoding="utf-8")
    page: dict[str, Any] = tomllib.loads(text)
    stories = page.pop("stories")
    page["months"] = tuple(page["months"])
    start = started_at.astimezone(UTC).replace(second=0, microsecond=0)
    turned = (advanced_at or started_at).astimezone(UTC)
    turn = turned.replace(second=0, microsecond=0)
    first = [_story(story, start) for story in stories if story.get("day", 1) == 1]
    edits = {story["id"]: story["edited"] for story in stories if "edited" in story}
    second = [_edited(story, edits[story.id], turned) if story.id in edits else story for story in first]
    second += [_story(story, turn) for story in stories if story.get("day", 1) == 2]
    return Newsroom(Voice(language=language, **page), _newest_first(first), _newest_first(second))


def _story(raw: dict[str, Any], moment: datetime) -> Story:
    published_at = moment - timedelta(hours=raw["hours_ago"])
    return Story(
        key=raw["key"],
        id=raw["id"],
        slug=raw["slug"],
        section=raw["section"],
        headline=raw["headline"],
        lead=raw["lead"],
        body=tuple(raw["body"].strip().split("\n\n")),
        author=raw["author"],
        tags=tuple(raw["tags"]),
        photos=tuple(Photo(**photo) for photo in raw["images"]),
        published_at=published_at,
        modified_at=published_at,
        dress=raw["dress"],
        charset=raw.get("charset", "utf-8"),
    )


def _edited(story: Story, edit: dict[str, Any], moment: datetime) -> Story:
    body = "\n\n".join(story.body)
    for before, after in edit["replace"]:
        body = body.replace(before, after)
    # In whole seconds, and not before the edit: crawlers compare it with the moment of their last visit.
    modified_at = moment.replace(microsecond=0) + timedelta(seconds=1)
    return replace(story, headline=edit["headline"], body=tuple(body.split("\n\n")), modified_at=modified_at)


def _newest_first(stories: list[Story]) -> tuple[Story, ...]:
    return tuple(sorted(stories, key=lambda story: story.published_at, reverse=True))
