"""A run's log as it grows, as server-sent events: what an EventSource or curl -N reads until the run ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from crawler.errors import DatabaseError
from crawler.storage import logs
from crawler.storage.database import Database
from crawler.storage.tables import RunRow, RunState
from crawler.web.api.cursors import number_of
from crawler.web.api.logs import FollowQuestion, LogRecord, filters, record
from crawler.web.api.runs import RunSummary, existing

# How often the database is asked for more. Seconds; a crawl writes its records every second or so.
LOOK_EVERY = 0.5
# A stream on which nothing happens says so, else proxies end it. Seconds.
SIGN_OF_LIFE_EVERY = 15.0
# Records of one look; the next look follows at once while there are more.
AT_ONCE = 500
# Streams at once: each is a connection and two small questions a second.
MOST = 50


async def follow_run_logs(question: FollowQuestion, request: Request) -> Response:
    """Follow the log of a run: an event `record` for each record, and `end` with the run when it has ended.

    The id of an event is the number of its record: who reconnects with `Last-Event-ID` misses none.
    """
    known = request.headers.get("last-event-id") or question.after
    after_id = number_of(known) if known else 0
    database: Database = request.app.state.database
    await run_in_threadpool(_is_there, database, question.run_id)
    if request.app.state.followers >= MOST:
        raise HTTPException(429, f"{MOST} logs are being followed already.", {"Retry-After": "10"})
    request.state.deadline.reschedule(None)
    headers = {"X-Accel-Buffering": "no"}  # nginx would hold events back
    return StreamingResponse(_counted(request, _events(request, question, after_id)), 200, headers, "text/event-stream")


async def _counted(request: Request, events: AsyncIterator[str]) -> AsyncIterator[str]:
    request.app.state.followers += 1
    try:
        async for event in events:
            yield event
    finally:
        request.app.state.followers -= 1


async def _events(request: Request, question: FollowQuestion, after_id: int) -> AsyncIterator[str]:
    database: Database = request.app.state.database
    yield "retry: 2000\n\n"
    said_at = monotonic()
    while not request.app.state.is_stopping():
        try:
            run, records = await run_in_threadpool(_look, database, question, after_id)
        except DatabaseError:
            return  # the reader comes back, and knows where it was
        for one in records:
            yield f"id: {one.id}\nevent: record\ndata: {one.model_dump_json()}\n\n"
        if records:
            after_id, said_at = records[-1].id, monotonic()
        if len(records) == AT_ONCE:
            continue
        if run is None or run.state is RunState.FINISHED:
            data = RunSummary.model_validate(run).model_dump_json() if run is not None else "null"
            yield f"event: end\ndata: {data}\n\n"
            return
        if monotonic() - said_at >= SIGN_OF_LIFE_EVERY:
            yield ": still here\n\n"
            said_at = monotonic()
        await asyncio.sleep(LOOK_EVERY)


def _look(database: Database, question: FollowQuestion, after_id: int) -> tuple[RunRow | None, list[LogRecord]]:
    with database.read() as session:
        # First the run, then its records: what it says last is there once it has ended.
        run = session.get(RunRow, question.run_id)
        rows = logs.records_of(session, question.run_id, **filters(question), after_id=after_id, limit=AT_ONCE)
        return run, [record(row) for row in rows]


def _is_there(database: Database, run_id: int) -> None:
    with database.read() as session:
        existing(session, run_id)
