"""Every exception of ours, drawn as a tree.

CrawlerError
├── ConfigError       a setting or an option is wrong             (.setting)
├── SourceError       a source file is wrong; stops start-up      (.problems: file, field, value, remedy)
├── UrlError          an address is no absolute http(s) URL       (.url); also a ValueError
├── DateError         a printed date cannot be read               (.text); also a ValueError
├── DiscoveryError    a feed, sitemap or listing cannot be read   (.url, .kind); the next method is tried
├── ExtractionError   one page could not be read; the run goes on (.url, .missing)
├── DatabaseError     the database cannot be used as it is        (.remedy)
├── QueryError        a question about articles has no meaning    (.query, .remedy)
└── RunError          a run could not be started or was lost      (.run_id)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CrawlerError(Exception):
    """Root of the tree: catching it catches all that we raise on purpose."""


class ConfigError(CrawlerError):
    """A setting or an option is wrong."""

    def __init__(self, message: str, *, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """One thing wrong with one source file."""

    file: str
    field: str
    """Dotted path in the file, such as `editions[0].timezone`; empty when the whole file is meant."""
    value: str
    """What stands there, shortened for print; empty when nothing does."""
    remedy: str
    """What is wrong and what to write instead, one sentence."""

    def __str__(self) -> str:
        where = f"{self.file}: {self.field}" if self.field else self.file
        return f"{where} = {self.value}: {self.remedy}" if self.value else f"{where}: {self.remedy}"


class SourceError(CrawlerError):
    """One or more source files are wrong. Carries all problems, not only the first."""

    def __init__(self, problems: Sequence[SourceProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class UrlError(CrawlerError, ValueError):
    """An address is no absolute http(s) URL."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url[:200]!r}: {reason}")
        self.url = url


class DateError(CrawlerError, ValueError):
    """A printed date cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a date that can be read: {text[:200]!r}")
        self.text = text


class DiscoveryError(CrawlerError):
    """A feed, sitemap or listing cannot be read; the next way of discovery takes over."""

    def __init__(self, url: str, kind: str, reason: str) -> None:
        super().__init__(f"{kind} {url}: {reason}")
        self.url = url
        self.kind = kind
        self.reason = reason


class ExtractionError(CrawlerError):
    """One page could not be read as an article; the run goes on."""

    def __init__(self, url: str, reason: str, *, missing: Sequence[str] = ()) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.missing = tuple(missing)


class DatabaseError(CrawlerError):
    """The database cannot be used as it is; `is_away`: it cannot be had just now, as while a server restarts."""

    def __init__(self, message: str, *, remedy: str = "", is_away: bool = False) -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.remedy = remedy
        self.is_away = is_away


class QueryError(CrawlerError):
    """A question about articles has no meaning as it stands: a quotation mark left open, only words to leave out."""

    def __init__(self, message: str, *, query: str = "", remedy: str = "") -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.query = query
        self.remedy = remedy


class RunError(CrawlerError):
    """A run could not be started or was lost."""

    def __init__(self, message: str, *, run_id: int | None = None) -> None:
        super().__init__(message)
        self.run_id = run_id
