"""What pages have in common: a session with the time, values from addresses and forms. Shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse

from crawler.monitoring.unknown import unknown_sources
from crawler.sources.registry import Registry
from crawler.storage.columns import LARGEST_KEY
from crawler.storage.database import now
from crawler.web.rendering import address

Word = TypeVar("Word", bound=StrEnum)


@contextmanager
def asking(request: Request) -> Iterator[tuple[Session, datetime]]:
    """A session that reads, and the database's time."""
    with request.app.state.database.read() as session:
        yield session, now(session)


def registry_of(request: Request) -> Registry:
    """The sources as their files are now."""
    registry: Registry = request.app.state.registry()
    return registry


def no_such_sources(
    request: Request, session: Session, ids: Collection[str], link: Callable[[str, str], str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Those of some ids that are no source's, each with the nearest ids and, by `link(wrong, right)`, their pages."""
    found = unknown_sources(session, registry_of(request), ids)
    return [(one.id, [(name, link(one.id, name)) for name in one.nearest]) for one in found]


def asked(request: Request, name: str) -> str | None:
    """A value of the address without spaces around it; None when it is empty.

    Raises:
        HTTPException: 400, a NUL stands in it.
    """
    text = request.query_params.get(name, "").strip()
    _refuse_nul(text)
    return text or None


def asked_number(request: Request, name: str) -> int:
    """A whole number of the address; 0 when it is none."""
    return min(_number(asked(request, name) or "") or 0, LARGEST_KEY)


def asked_word(request: Request, name: str, words: Iterable[Word]) -> Word | None:
    """One of these words; None when the address says another, or none."""
    text = asked(request, name)
    return next((word for word in words if word == text), None)


def number_in_path(request: Request, name: str) -> int:
    """A number of the path.

    Raises:
        HTTPException: 404, it is none, or larger than any number of ours.
    """
    number = _number(request.path_params[name])
    if number is None or number > LARGEST_KEY:
        raise HTTPException(404)
    return number


def _number(text: str) -> int | None:
    """What digits say; None for other texts, and for more digits than LARGEST_KEY has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a submitted form, without spaces around them; empty ones are left out.

    Raises:
        HTTPException: 400, it is no form, or a NUL stands in it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind != "application/x-www-form-urlencoded":
        raise HTTPException(400, "This is no form.")
    try:
        fields = parse_qsl(body.decode("ascii"), max_num_fields=20, errors="strict")
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read.") from error
    _refuse_nul(*(value for _, value in fields))
    return {name: value.strip() for name, value in fields if value.strip()}


def back_to(path: str, **values: object) -> RedirectResponse:
    """Answer a form with the page that shows what came of it: reloading that page sends nothing again."""
    return RedirectResponse(address(path, values), status_code=303)


def _refuse_nul(*texts: str) -> None:
    """No stored text has a NUL, and PostgreSQL refuses to be asked for one."""
    if any("\0" in text for text in texts):
        raise HTTPException(400, "There is a sign in it that no text has.")
