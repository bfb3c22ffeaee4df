"""Answers where nothing else did: a fault of ours becomes a line in the log and a calm answer. Mends nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.web.refusals import of_exception


class Failures:
    """Turns what was raised into an answer, if none has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if scope["type"] != "http" or has_begun:
                raise
            await of_exception(Request(scope), error)(scope, receive, send)
