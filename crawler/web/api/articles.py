"""Articles over HTTP: search, one article, its texts, the same story elsewhere. Storage finds; this words answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.errors import UrlError
from crawler.monitoring.unknown import unknown_sources
from crawler.storage import articles, clusters, search
from crawler.storage.articles import StoredArticle
from crawler.storage.history import steps
from crawler.storage.tables import RevisionKind
from crawler.web.api.values import (
    MOST_VALUES,
    Address,
    Answer,
    AskedMoment,
    Cursor,
    Flag,
    Limit,
    Moment,
    Number,
    Question,
    SourceId,
    Text,
)

Values = Annotated[tuple[Text, ...], Field(max_length=MOST_VALUES)]
Sources = Annotated[tuple[SourceId, ...], Field(max_length=MOST_VALUES)]


# --- Questions --------------------------------------------------------------------------------------------------------
class ArticlesWanted(Question):
    """Which articles are meant: all parts must hold; of several values of one part any will do."""

    words: Annotated[
        Text | None,
        Field(description='Words in any form; "a phrase"; -without; OR. Russian, Kazakh and English are understood.'),
    ] = None
    source: Annotated[Sources, Field(description="Ids of sources.")] = ()
    edition: Annotated[Values, Field(description="Editions of sources.")] = ()
    section: Annotated[Values, Field(description="Sections, as printed.")] = ()
    author: Annotated[Values, Field(description="Authors, as printed.")] = ()
    tag: Annotated[Values, Field(description="Tags, as printed.")] = ()
    language: Annotated[Values, Field(description="ru, kk, en, ...")] = ()
    since: Annotated[AskedMoment | None, Field(description="Published (else first seen) from then on.")] = None
    until: Annotated[AskedMoment | None, Field(description="Published (else first seen) before then.")] = None
    has_revisions: Annotated[Flag | None, Field(description="Whether the text was ever replaced.")] = None
    is_gone: Annotated[Flag | None, Field(description="Whether the site took the page away.")] = None
    originals_only: Annotated[Flag, Field(description="Of each story only the article that told it first.")] = False

    def filter(self) -> search.Filter:
        """The same for storage."""
        return search.Filter(
            words=self.words or "",
            sources=self.source,
            editions=self.edition,
            sections=self.section,
            authors=self.author,
            tags=self.tag,
            languages=self.language,
            since=self.since,
            until=self.until,
            has_revisions=self.has_revisions,
            is_gone=self.is_gone,
            originals_only=self.originals_only,
        )


class ArticlesQuestion(ArticlesWanted):
    """A page of a list of articles."""

    order: Annotated[Literal["newest", "best"], Field(description="`best`: by how well the words fit.")] = "newest"
    after: Cursor | None = None
    limit: Limit = 50
    count: Annotated[Flag, Field(description="Also say how many there are; counted to 10,000.")] = False


class ArticleNumber(Question):
    """One article."""

    article_id: Annotated[Number, Field(description="Number of an article.", examples=[1])]


class ArticleAddress(Question):
    """The article that an address leads to."""

    url: Annotated[Address, Field(description="Absolute http(s) address.", examples=["https://herald.example/1"])]


# --- Answers ----------------------------------------------------------------------------------------------------------
class TextPiece(Answer):
    """A run of text that is a hit, or is none."""

    text: str
    is_hit: bool


class ArticleSummary(Answer):
    """What lists show of an article."""

    id: int
    source_id: str
    edition: str
    canonical_url: str
    headline: str | None
    lead: str | None
    language: str | None
    section: str | None
    published_at: Moment | None
    listed_at: Moment
    first_seen_at: Moment
    gone_at: Moment | None
    revision: int
    word_count: int


class FoundArticle(ArticleSummary):
    """An article of a search, with where the words stand. Plain text in pieces, never HTML."""

    headline_pieces: list[TextPiece]
    snippet: list[TextPiece]


class ArticleCount(Answer):
    """How many there are."""

    number: int
    is_exact: Annotated[bool, Field(description="False: there are more.")]


class ArticlePage(Answer):
    """A page of articles."""

    articles: list[FoundArticle]
    next: str | None
    total: ArticleCount | None
    unknown_sources: Annotated[
        dict[str, list[str]],
        Field(description="Of an empty page: ids that were asked for and are no source's, each with the nearest ids."),
    ]


class Facets(Answer):
    """The most frequent values among the newest 5,000 articles that are meant."""

    source: dict[str, int]
    section: dict[str, int]
    author: dict[str, int]
    tag: dict[str, int]
    language: dict[str, int]
    day: dict[str, int]


class Picture(Answer):
    """A photo; not stored, only its address."""

    url: str
    caption: str | None
    credit: str | None


class Relation(Answer):
    """Another address that the article points at."""

    kind: str
    url: str
    language: str | None


class KnownLink(Answer):
    """An address that leads to the article."""

    url: str
    state: str
    discovered_via: str
    via_url: str | None
    discovered_at: Moment
    run_id: int | None


class FullArticle(ArticleSummary):
    """An article with all that hangs on it; `origins` says which reader supplied a field."""

    url: str
    declared_canonical_url: str | None
    site_article_id: str | None
    body: str
    authors: list[str]
    tags: list[str]
    images: list[Picture]
    relations: list[Relation]
    links: list[KnownLink]
    published_raw: str | None
    published_origin: str | None
    published_precision: str | None
    modified_at: Moment | None
    last_seen_at: Moment
    fetched_at: Moment
    is_accessible_for_free: bool | None
    origins: dict[str, str]
    layout: str | None
    confidence: float | None
    extractor_version: str
    run_id: int | None


class ChangedPiece(Answer):
    """A run of words in a comparison."""

    kind: Literal["same", "removed", "added"]
    text: str


class TextChange(Answer):
    """From one text of an article to the next; `changes` has the changed paragraphs of each field."""

    number: int
    seen_at: Moment
    superseded_at: Moment
    kind: RevisionKind
    changed_fields: list[str]
    headline: str | None
    lead: str | None
    body: str
    changes: dict[str, list[list[ChangedPiece]]]


class History(Answer):
    """The texts an article has had, the oldest first; the current one is the article."""

    article_id: int
    revision: int
    texts: list[TextChange]


class ClusterMember(ArticleSummary):
    """An article that tells the same story."""

    similarity: Annotated[float | None, Field(description="Shingles in common, 0..1; null of the first.")]
    matched_article_id: int | None
    joined_at: Moment


class Story(Answer):
    """The articles that tell one story, the earliest published first; none where it stands nowhere else."""

    id: int | None
    original_id: int | None
    members: list[ClusterMember]


# --- Endpoints --------------------------------------------------------------------------------------------------------
def list_articles(session: Session, question: ArticlesQuestion, request: Request) -> ArticlePage:
    """Find articles by words and fields, newest or best first.

    What arrives between two pages neither shifts nor repeats an article. Without words, `best` is `newest`.
    """
    wanted = question.filter()
    after = search.Cursor.decode(question.after) if question.after else None
    page = search.search(session, wanted, order=question.order, after=after, limit=question.limit)
    total = search.count(session, wanted) if question.count else None
    found = [
        FoundArticle.model_validate(
            _columns(hit.row, ArticleSummary)
            | {
                "headline_pieces": [piece._asdict() for piece in hit.highlights.headline],
                "snippet": [piece._asdict() for piece in hit.highlights.snippet],
            }
        )
        for hit in page.hits
    ]
    return ArticlePage(
        articles=found,
        next=page.next_cursor.encode() if page.next_cursor else None,
        total=ArticleCount(number=total.number, is_exact=total.is_exact) if total else None,
        unknown_sources={
            one.id: list(one.nearest)
            for one in (unknown_sources(session, request.app.state.registry(), wanted.sources) if not found else ())
        },
    )


def count_facets(session: Session, question: ArticlesWanted, request: Request) -> Facets:
    """Say how the articles that are meant are spread over sources, sections, authors, tags, languages and days."""
    found = search.facets(session, question.filter(), zone=request.app.state.config.zone)
    return Facets.model_validate({name: dict(values) for name, values in found.items()})


def get_article(session: Session, question: ArticleNumber, request: Request) -> FullArticle:
    """Show one article: its text, its fields with the readers that supplied them, the addresses that lead to it."""
    return _full(_found(articles.get(session, question.article_id)))


def find_article(session: Session, question: ArticleAddress, request: Request) -> FullArticle:
    """Show the article that an address leads to, also one that has moved or carries tracking parameters."""
    try:
        return _full(_found(articles.find(session, question.url)))
    except UrlError as error:
        raise HTTPException(400, str(error)) from None


def get_history(session: Session, question: ArticleNumber, request: Request) -> History:
    """Show the texts an article has had, and what changed from each to the next, word by word."""
    found = _found(articles.get(session, question.article_id))
    texts = [
        TextChange.model_validate(
            _columns(step.superseded, TextChange, without={"changes"}) | {"changes": step.changes}
        )
        for step in steps(found)
    ]
    return History(article_id=found.row.id, revision=found.row.revision, texts=texts)


def get_cluster(session: Session, question: ArticleNumber, request: Request) -> Story:
    """Show where else an article's story stands."""
    _found(articles.get(session, question.article_id))
    found = clusters.cluster_of(session, question.article_id)
    if found is None:
        return Story(id=None, original_id=None, members=[])
    own = ("similarity", "matched_article_id", "joined_at")
    members = [
        ClusterMember.model_validate(
            _columns(member.article, ArticleSummary) | {name: getattr(member, name) for name in own}
        )
        for member in found.members
    ]
    return Story(id=found.id, original_id=found.original_id, members=members)


def _full(found: StoredArticle) -> FullArticle:
    parts = {"authors", "tags", "images", "relations", "links"}
    hanging = {name: list(getattr(found, name)) for name in parts}
    return FullArticle.model_validate(_columns(found.row, FullArticle, without=parts) | hanging)


def _found(article: StoredArticle | None) -> StoredArticle:
    if article is None:
        raise HTTPException(404, "There is no such article. Why: /api/v1/explain?url=...")
    return article


def _columns(row: Any, model: type[Answer], *, without: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    """The columns of a row that an answer shows."""
    return {name: getattr(row, name) for name in model.model_fields if name not in without}
