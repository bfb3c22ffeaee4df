"""`crawler article`: look at one article, erase what must go; how articles look. Lists are article_lists.py's part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy.orm import Session

from crawler.cli import EXIT_NOT_FOUND, EXIT_USAGE
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, table, when, yielding_table
from crawler.config import Config, load_config
from crawler.errors import QueryError, UrlError
from crawler.storage import articles, clusters
from crawler.storage.articles import StoredArticle
from crawler.storage.clusters import Cluster
from crawler.storage.database import Database
from crawler.storage.schema import ensure_ready
from crawler.storage.tables import ArticleRow, LinkRow
from crawler.storage.translations import translations_of

app = typer.Typer(help="Articles: what is stored.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(metavar="ARTICLE", help="Number or address of an article.")]

# Fields of `articles` that are printed of one article, in this order, each with the reader that supplied it.
FIELDS = (
    "headline", "published_at", "modified_at", "authors", "section", "tags", "language", "is_accessible_for_free",
    "canonical_url",
)  # fmt: skip


@app.command()
def show(article: Reference, as_json: Json = False) -> None:
    """Show one article. Its fields with the readers that supplied them, text, images, relations, earlier texts."""
    config = load_config()
    with reading(config) as session:
        found = find_or_exit(session, article)
        cluster = clusters.cluster_of(session, found.row.id)
        translated = translations_of(session, found.row.id)
    if as_json:
        its_story = {"cluster": cluster_dict(cluster), "translations": [*map(translation_dict, translated)]}
        print_json(full_dict(found) | its_story)
        return
    _print_article(found, console(), config)
    if translated:
        console().print("\n[bold]Translations[/]")
        print_translations(translated, console(), config)
    if cluster is not None:
        console().print("\n[bold]The same story[/]")
        print_cluster(cluster, found.row, console(), config)


@app.command()
def erase(
    article: Reference,
    reason: Annotated[str, typer.Option(help="Why; kept with the tombstone.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase an article for good (law, consent). A tombstone remains, so that it is never stored again."""
    config = load_config()
    with Database(config.url) as database:
        ensure_ready(database)
        with database.read() as session:
            row = find_or_exit(session, article).row
        question = f"Erase article {row.id} ({row.canonical_url}) with all its texts for good?"
        if not yes and not typer.confirm(question):
            raise typer.Exit(EXIT_USAGE)
        erasing = partial(articles.erase, article_id=row.id, reason=reason, now=datetime.now(UTC))
        stone = database.transact(erasing)
    if as_json:
        print_json({"erased": row.id, "canonical_url": row.canonical_url, "reason": reason})
    else:
        console().print(f"Erased: article {row.id}. Its address is not stored again." if stone else "It was gone.")


def find_or_exit(session: Session, reference: str) -> StoredArticle:
    """The article that is meant, by number or address; says so and ends the command where there is none.

    Raises:
        QueryError: it is neither.
    """
    try:
        article = articles.find(session, reference)
    except UrlError:
        raise QueryError(
            f"{reference[:200]!r} is neither the number of an article nor an address (https://...)", query=reference
        ) from None
    if article is None:
        look = f"Why: crawler explain {reference}" if "://" in reference else "See: crawler article list"
        console(stderr=True).print(f"There is no article {reference}. {look}", markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_NOT_FOUND)
    return article


# --- How articles look ------------------------------------------------------------------------------------------------
def print_list(found: Any, config: Config) -> None:
    """A table of articles."""
    rows = [
        (row.id, when(row.published_at or row.first_seen_at, config), row.source_id, row.language, row.headline)
        for row in found
    ]
    if not rows:
        console().print("No articles.")
        return
    out, columns = console(), ("article", "published", "source", "lang", "headline")
    out.print(
        yielding_table(out, *columns, rows=rows, right=("article",), first_to_go=("lang", "source"), cut=("headline",))
    )


def _print_article(article: StoredArticle, out: Console, config: Config) -> None:
    row, origins = article.row, article.row.origins
    values: dict[str, Any] = {name: getattr(row, name, None) for name in FIELDS}
    values |= {"authors": ", ".join(article.authors), "tags": ", ".join(article.tags)}
    printed = f"  as printed: {row.published_raw}" if row.published_raw else ""
    values["published_at"] = f"{when(row.published_at, config)}{printed}" if row.published_at else None
    values["modified_at"] = when(row.modified_at, config)
    rows = [(name, value, origins.get(name)) for name, value in values.items() if value not in (None, "")]
    out.print(f"[bold]Article {row.id}[/] of {row.source_id}/{row.edition}, text {row.revision}")
    out.print(table("field", "value", "read from", rows=rows))
    for paragraph in filter(None, (row.lead, *row.body.split("\n\n"))):
        out.print()
        out.print(paragraph, markup=False, style="bold" if paragraph == row.lead else None)
    out.print()
    for image in article.images:
        told = " · ".join(filter(None, (image.caption, image.credit and f"© {image.credit}")))
        out.print(f"image: {image.url}{f' ({told})' if told else ''}", markup=False, soft_wrap=True)
    for relation in article.relations:
        language = f" ({relation.language})" if relation.language else ""
        out.print(f"{relation.kind}: {relation.url}{language}", markup=False, soft_wrap=True)
    for revision in article.revisions:
        changed = ", ".join(revision.changed_fields)
        moment = when(revision.superseded_at, config)
        out.print(
            f"text {revision.number} until {moment} ({revision.kind}: {changed}): {revision.headline}", markup=False
        )
    seen = f"first seen {when(row.first_seen_at, config)}, last seen {when(row.last_seen_at, config)}"
    gone = f", gone since {when(row.gone_at, config)}" if row.gone_at else ""
    out.print(f"{seen}{gone}, {row.word_count} words, layout {row.layout or 'none (generic)'}", markup=False)


def print_cluster(found: Cluster, row: ArticleRow, out: Console, config: Config) -> None:
    """A table of the articles of a cluster."""
    rows = [
        (
            f"{'>' if member.article.id == row.id else ''}{member.article.id}",
            when(member.article.published_at or member.article.first_seen_at, config),
            member.article.source_id,
            "original" if member.article.id == found.original_id else _likeness(member.similarity),
            member.article.headline,
        )
        for member in found.members
    ]
    columns, go = ("article", "published", "source", "likeness", "headline"), ("published",)
    out.print(yielding_table(out, *columns, rows=rows, right=("article",), first_to_go=go, cut=("headline",)))


def _likeness(similarity: float | None) -> str:
    """In whole percent; of one that was there first, and turned out a copy, it was never measured."""
    return "" if similarity is None else f"{similarity:.0%}"


def cluster_dict(found: Cluster | None) -> dict[str, Any] | None:
    """A cluster as a JSON object."""
    if found is None:
        return None
    members = [
        article_dict(member.article)
        | {"similarity": member.similarity, "matched_article_id": member.matched_article_id}
        | {"joined_at": member.joined_at}
        for member in found.members
    ]
    return {"id": found.id, "original_id": found.original_id, "members": members}


def print_translations(found: Sequence[ArticleRow], out: Console, config: Config) -> None:
    """A table of the translations of an article."""
    rows = [
        (row.id, when(row.published_at or row.first_seen_at, config), row.source_id, row.language, row.headline)
        for row in found
    ]
    columns, go = ("article", "published", "source", "lang", "headline"), ("source",)
    out.print(yielding_table(out, *columns, rows=rows, right=("article",), first_to_go=go, cut=("headline",)))


def translation_dict(row: ArticleRow) -> dict[str, Any]:
    """A translation as a JSON object: where it stands, not what it says."""
    names = ("id", "source_id", "edition", "language", "canonical_url", "headline", "published_at")
    return {name: getattr(row, name) for name in names}


def article_dict(row: ArticleRow) -> dict[str, Any]:
    """An article's own columns as a JSON object."""
    hidden = {"url_hash", "site_key"}
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in hidden}


def full_dict(article: StoredArticle) -> dict[str, Any]:
    """An article with all that hangs on it as a JSON object."""

    def columns(row: Any) -> dict[str, Any]:
        names = (column.key for column in row.__table__.columns)
        return {name: getattr(row, name) for name in names if name not in {"url_hash", "article_id"}}

    return article_dict(article.row) | {
        "authors": article.authors,
        "tags": article.tags,
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit} for i in article.images],
        "relations": [columns(relation) for relation in article.relations],
        "revisions": [columns(revision) for revision in article.revisions],
        "links": [_link_dict(link) for link in article.links],
    }


def _link_dict(link: LinkRow) -> dict[str, Any]:
    names = ("url", "state", "discovered_via", "via_url", "discovered_at", "run_id")
    return {name: getattr(link, name) for name in names}
