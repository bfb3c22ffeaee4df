"""What a spider hands to the pipeline: a page that was read, or a link that ended without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.articles.article import Article
from crawler.duplicates.sketch import Fingerprint
from crawler.storage.tables import LinkState


@dataclass(slots=True)
class PageRead:
    """An article as read from a page; the pipeline fills in what it needs to know it again."""

    link_id: int | None
    """The link that led to it. None when nobody discovered it (an archive)."""
    url: str
    """The address that answered, after redirects."""
    article: Article
    edition: str = ""
    """Id of the edition on whose host it is stored."""
    site_key: str | None = None
    """Host and the site's own id; None unless that id alone names an article there."""
    content_hash: bytes = b""
    """16 bytes over headline, lead and body."""
    fingerprint: Fingerprint | None = None
    """The marks of its text by which near-duplicates are found."""
    kind: Literal["article", "revisit"] = "article"
    """Why it was fetched: as a new link, or to look at a known article again."""


@dataclass(frozen=True, slots=True)
class LinkEnded:
    """A link whose fetch brought no article."""

    link_id: int
    url: str
    state: LinkState
    """PENDING: it waits; FAILED: asked for again, some times; REJECTED and GONE: ends, which the ledger may doubt."""
    reason: str
    """`word: sentence`."""
    retry_at: datetime | None = None
    """Aware; not before this moment. None: by the usual pauses."""
