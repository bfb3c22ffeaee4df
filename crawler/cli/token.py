"""`crawler token`: who may use the web interface from elsewhere."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import typer

from crawler.cli import EXIT_NOT_FOUND, EXIT_USAGE
from crawler.cli.opening import reading
from crawler.cli.output import Json, console, print_json, table, when
from crawler.cli.user import user_name
from crawler.config import load_config
from crawler.errors import ConfigError
from crawler.scheduling.requests import read_until
from crawler.storage import tokens
from crawler.storage.database import Database, now
from crawler.storage.schema import ensure_ready
from crawler.storage.tables import Rights, TokenRow

app = typer.Typer(help="Tokens for the web interface.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Who or what uses it: a person, a program.")]


@app.command()
def create(
    name: Name,
    may_act: Annotated[
        bool, typer.Option("--may-act", help="It may also run now, pause, resume, cancel; otherwise it only reads.")
    ] = False,
    expires: Annotated[
        str | None, typer.Option(help="When it ends by itself: a duration such as 90d, or a date. Default: never.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a token and print it, once: it is kept as a hash. While there is one, loopback needs one as well."""
    config = load_config()
    if not re.fullmatch(r"[\w.@-]{1,60}", name):
        raise ConfigError(f"name {name[:60]!r}: write up to 60 letters, digits, and . _ - @", setting="name")
    with Database(config.url) as database:
        ensure_ready(database)
        with database.write() as session:
            moment = now(session)
            expires_at = _end(expires, moment)
            rights = Rights.ACT if may_act else Rights.READ
            token = tokens.create(session, name, rights=rights, by=user_name(), now=moment, expires_at=expires_at)
    if token is None:
        console(stderr=True).print(f"There was a token {name} before. Choose another name: it says who had access.")
        raise typer.Exit(EXIT_USAGE)
    if as_json:
        print_json({"name": name, "token": token, "rights": rights, "expires_at": expires_at})
        return
    console().print(token, soft_wrap=True)
    ends = f", until {when(expires_at, config)}" if expires_at else ""
    console(stderr=True).print(f"{name} may {'act' if may_act else 'read'}{ends}. It is not shown again: keep it now.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the tokens, also those that were taken back. What each may do, when it was last used."""
    config = load_config()
    with reading(config) as session:
        found, moment = tokens.listing(session), now(session)
    if as_json:
        names = ("name", "rights", "created_at", "created_by", "expires_at", "last_used_at", "revoked_at")
        print_json([{name: getattr(row, name) for name in names} for row in found])
        return
    rows = [
        (row.name, row.rights, when(row.created_at, config), when(row.last_used_at, config), _standing(row, moment))
        for row in found
    ]
    if not rows:
        console().print("No tokens: only this machine can use the web interface. Make one: crawler token create NAME")
        return
    console().print(table("token", "may", "made", "last used", "", rows=rows))


@app.command()
def revoke(name: Name, as_json: Json = False) -> None:
    """Take a token back, at once and for good."""
    with Database(load_config().url) as database:
        ensure_ready(database)
        with database.write() as session:
            row = tokens.revoke(session, name, now=now(session))
    if row is None:
        console(stderr=True).print(f"There is no token {name}. See: crawler token list", markup=False)
        raise typer.Exit(EXIT_NOT_FOUND)
    if as_json:
        print_json({"name": name, "revoked_at": row.revoked_at})
    else:
        console().print(f"{name} is revoked.")


def _end(expires: str | None, moment: datetime) -> datetime | None:
    if expires is None:
        return None
    end = read_until(expires, load_config().zone, name="expires")
    if end <= moment:
        raise ConfigError(f"expires {expires!r} is over already", setting="expires")
    return end


def _standing(row: TokenRow, moment: datetime) -> str:
    config = load_config()
    if row.revoked_at is not None:
        return f"revoked {when(row.revoked_at, config)}"
    if row.expires_at is not None:
        return f"{'ended' if row.expires_at <= moment else 'until'} {when(row.expires_at, config)}"
    return ""
