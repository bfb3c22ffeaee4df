"""A log that is followed: records come as they are written, and the end when the run has ended. On both databases."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.storage import logs, runs
from crawler.storage.database import Database
from crawler.storage.liveness import ProcessIdentity
from crawler.storage.logs import Record
from crawler.storage.runs import Attempt, Ending
from tests.api.serving import Client, serving


class Stream:
    """Events of one answer, read as they come."""

    def __init__(self, url: str, path: str, **headers: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        self._connection.request("GET", path, headers=headers)
        self.answer = self._connection.getresponse()

    def event(self) -> dict[str, Any] | None:
        """The next event as its fields, its data read; None when the stream has ended. What is no event is left out."""
        fields: dict[str, Any] = {}
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if line == "\n" and "event" in fields:
                return fields | {"data": json.loads(fields["data"])}
            fields[name] = value
        return None

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def attempt(database: Database) -> Attempt:
    """A run that goes on."""
    with database.write() as session:
        process = ProcessIdentity("machine", 1, datetime.now(UTC))
        begun = runs.begin(session, "steppe_telegraph", process=process, now=datetime.now(UTC))
    assert begun is not None
    return begun


@pytest.fixture
def client(database_url: str, sources: Path) -> Iterator[Client]:
    with serving(database_url, sources) as address:
        yield Client(address)


def say(database: Database, attempt: Attempt, *messages: str, level: int = 20) -> None:
    with database.write() as session:
        records = [Record(datetime.now(UTC), level, "crawler", message) for message in messages]
        logs.write_records(session, attempt, records)


def end(database: Database, attempt: Attempt) -> None:
    with database.write() as session:
        runs.finish(session, attempt, Ending("succeeded"), now=datetime.now(UTC))


def test_what_is_written_later_comes_and_so_does_the_end(database: Database, client: Client, attempt: Attempt) -> None:
    say(database, attempt, "first")
    stream = Stream(client.url, f"/api/v1/runs/{attempt.run_id}/logs/follow")
    assert stream.answer.getheader("content-type", "").startswith("text/event-stream")
    first = stream.event()
    assert first is not None
    assert (first["event"], first["data"]["message"]) == ("record", "first")
    say(database, attempt, "second\nin two lines", "third")
    told = [stream.event(), stream.event()]
    assert [event and event["data"]["message"] for event in told] == ["second\nin two lines", "third"]
    end(database, attempt)
    last = stream.event()
    assert last is not None
    assert (last["event"], last["data"]["outcome"]) == ("end", "succeeded")
    assert stream.event() is None
    stream.close()


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    database: Database, client: Client, attempt: Attempt
) -> None:
    say(database, attempt, "one", "two", "three", level=30)
    say(database, attempt, "quiet", level=10)
    end(database, attempt)
    stream = Stream(client.url, f"/api/v1/runs/{attempt.run_id}/logs/follow?level=INFO")
    first = stream.event()
    stream.close()
    assert first is not None
    again = Stream(
        client.url, f"/api/v1/runs/{attempt.run_id}/logs/follow?level=INFO", **{"Last-Event-ID": first["id"]}
    )
    rest = [again.event() for _ in range(3)]
    assert [event and event["data"].get("message") for event in rest] == ["two", "three", None]
    again.close()


def test_a_run_that_is_not_there_is_not_followed(client: Client) -> None:
    reply = client.get("/api/v1/runs/999999/logs/follow")
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")


def test_only_so_many_follow_at_once(
    database: Database, client: Client, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.web.api.follow.MOST", 1)
    say(database, attempt, "first")
    stream = Stream(client.url, f"/api/v1/runs/{attempt.run_id}/logs/follow")
    assert stream.event() is not None
    assert client.get(f"/api/v1/runs/{attempt.run_id}/logs/follow").status == 429
    end(database, attempt)
    assert stream.event() is not None
    stream.close()


def test_a_server_that_stops_ends_what_is_followed(
    database: Database, database_url: str, sources: Path, attempt: Attempt
) -> None:
    say(database, attempt, "first")
    with serving(database_url, sources) as address:
        stream = Stream(address, f"/api/v1/runs/{attempt.run_id}/logs/follow")
        assert stream.event() is not None
    assert stream.event() is None
    stream.close()
