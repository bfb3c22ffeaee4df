"""What changed from each text of an article to the next. Compares what is loaded; asks the database nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.duplicates.changes import Piece, diff
from crawler.storage.articles import StoredArticle
from crawler.storage.tables import ArticleRow, RevisionRow

# The texts that are compared, in the order of a page.
COMPARED = ("headline", "lead", "body")


@dataclass(frozen=True, slots=True)
class Step:
    """From one text of an article to the next."""

    superseded: RevisionRow
    changes: Mapping[str, Sequence[Sequence[Piece]]]
    """Field -> its changed paragraphs; only fields that have any."""


def steps(article: StoredArticle) -> Iterator[Step]:
    """The steps from the first text of an article to the current one, in order."""
    texts: list[RevisionRow | ArticleRow] = [*article.revisions, article.row]
    for before, after in zip(article.revisions, texts[1:], strict=True):
        changes = {name: diff(getattr(before, name), getattr(after, name)) for name in COMPARED}
        yield Step(before, {name: paragraphs for name, paragraphs in changes.items() if paragraphs})
