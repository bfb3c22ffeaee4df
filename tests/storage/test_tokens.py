"""Tokens: known by their hash alone, unique by name, over when they are over."""

from __future__ import annotations

from datetime import timedelta

from crawler.storage import tokens
from crawler.storage.database import Database
from crawler.storage.tables import Rights
from tests.storage.stories import NOW


def make(database: Database, name: str, **more: object) -> str:
    with database.write() as session:
        made = tokens.create(session, name, rights=Rights.READ, by="ann", now=NOW, **more)  # type: ignore[arg-type]
    assert made is not None
    return made


def test_a_token_is_found_by_what_is_shown_and_kept_as_a_hash(database: Database) -> None:
    first, second = make(database, "first"), make(database, "second")
    with database.read() as session:
        found = {token: tokens.find(session, token, now=NOW) for token in (first, second, "", "nc_wrong", first * 9)}
        assert {token: row and row.name for token, row in found.items()} == {
            first: "first",
            second: "second",
            "": None,
            "nc_wrong": None,
            first * 9: None,
        }
        assert [row.hash for row in tokens.listing(session)] == [tokens.hash_of(first), tokens.hash_of(second)]
    assert len(first.removeprefix(tokens.PREFIX)) * 6 >= 192


def test_a_name_is_used_once_for_ever(database: Database) -> None:
    make(database, "desk")
    with database.write() as session:
        tokens.revoke(session, "desk", now=NOW)
        assert tokens.create(session, "desk", rights=Rights.ACT, by="bo", now=NOW) is None
        assert [row.name for row in tokens.listing(session)] == ["desk"]


def test_what_is_revoked_or_over_counts_no_more(database: Database) -> None:
    token = make(database, "desk", expires_at=NOW + timedelta(days=1))
    with database.write() as session:
        assert tokens.find(session, token, now=NOW + timedelta(hours=23)) is not None
        assert tokens.find(session, token, now=NOW + timedelta(days=1)) is None
        assert tokens.any_counts(session, now=NOW)
        assert not tokens.any_counts(session, now=NOW + timedelta(days=2))
        assert tokens.revoke(session, "nobody", now=NOW) is None
        for later in (0, 5):
            row = tokens.revoke(session, "desk", now=NOW + timedelta(minutes=later))
            assert row is not None
            assert row.revoked_at == NOW
        assert tokens.find(session, token, now=NOW) is None
        assert not tokens.any_counts(session, now=NOW)


def test_its_use_is_noted_once_an_hour(database: Database) -> None:
    token = make(database, "desk")
    with database.write() as session:
        row = tokens.find(session, token, now=NOW)
        assert row is not None
        assert tokens.is_use_to_be_noted(row, NOW)
        tokens.note_use(session, row.id, now=NOW)
        session.refresh(row)
        assert not tokens.is_use_to_be_noted(row, NOW + timedelta(minutes=59))
        assert tokens.is_use_to_be_noted(row, NOW + timedelta(hours=1))
