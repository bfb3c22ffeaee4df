"""`crawler up`: scheduler and runner of this machine in the foreground, with a live view for people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from crawler.cli.db import keep
from crawler.cli.output import Json, console, duration, table, when, yielding_table
from crawler.config import Config, load_config
from crawler.errors import CrawlerError, DatabaseError
from crawler.sources.registry import Registry
from crawler.storage import run_lists, schedules
from crawler.storage.database import Database
from crawler.storage.outcome import GOOD_OUTCOMES
from crawler.storage.schema import ensure_ready
from crawler.storage.tables import RunRow, RunState

if TYPE_CHECKING:
    from crawler.scheduling.service import Service

logger = logging.getLogger(__name__)

# How often the live view asks the database. Seconds.
ASK_EVERY = 1.0
NEXT, LAST = 6, 8
"""Lines of the live view for what comes and for what was."""


def up(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Ids; none means all.")] = None,
    web: Annotated[
        bool | None,
        typer.Option(
            "--web/--no-web", help="Serve the web interface, too; default CRAWLER_WEB, else yes.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Crawl every source when its schedule says so.

    A scheduler and a runner for this machine, until Ctrl-C. Source files that change are read again. The first Ctrl-C
    lets runs end cleanly, the second ends them at once.
    """
    # Other commands start without a scheduler's libraries.
    from crawler.scheduling.service import Service

    config = load_config()
    registry = Registry.load(config.source_folders)
    only = [registry.get(source_id).id for source_id in sources or []]
    err = console(stderr=True)
    if not config.contact:
        err.print("CRAWLER_CONTACT is not set: sites cannot tell whom to write to. Set a mail address or page.")
    with Database(config.url) as database:
        ensure_ready(database)
        _log_to(err, config, as_json)
        service = Service(database, config, keep=keep(config), only=only)
        with _web(config) if (config.web if web is None else web) else nullcontext():
            if not err.is_terminal or as_json:
                service.run(lambda: None)
            else:
                with Live(console=err, refresh_per_second=4) as live:
                    view = _View(database, service, config, live)
                    service.run(view.show)
                    view.update()
    service.begin_anew()


@contextmanager
def _web(config: Config) -> Iterator[None]:
    """The web interface in a thread; where it cannot be served, crawls go on without it."""
    from crawler.web import serving
    from crawler.web.app import create_app

    host = config.web_host
    # Connections of its own: whoever looks must not keep the scheduler waiting.
    with ExitStack() as stack:
        try:
            database = stack.enter_context(Database(config.url))
            serving.ensure_guarded(database, host)
            opened = serving.listen(host, config.web_port)
        except CrawlerError as error:
            logger.warning("Without web interface: %s", error)
        else:
            app = create_app(config, database, loopback=serving.is_loopback(host), host=host)
            stack.enter_context(serving.Background(app, config, opened))
            logger.info("Serving %s", serving.address_of(opened))
        yield


# --- Plain lines ------------------------------------------------------------------------------------------------------
class _Lines(logging.Handler):
    """Log records as lines: for people with the time, for programs as JSON. Above the live view where there is one."""

    def __init__(self, out: Console, config: Config, *, as_json: bool) -> None:
        super().__init__(logging.INFO)
        self._out = out
        self._config = config
        self._as_json = as_json

    def emit(self, record: logging.LogRecord) -> None:
        at = datetime.fromtimestamp(record.created, UTC)
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + logging.Formatter().formatException(record.exc_info)
        if self._as_json:
            line = json.dumps(
                {"at": at.isoformat(), "level": record.levelname, "logger": record.name, "message": message},
                ensure_ascii=False,
            )
        else:
            line = f"{when(at, self._config, seconds=True)} {record.levelname:<7} {message}"
        self._out.print(line, markup=False, highlight=False, soft_wrap=True)


def _log_to(out: Console, config: Config, as_json: bool) -> None:
    root = logging.getLogger()
    root.addHandler(_Lines(out, config, as_json=as_json))
    root.setLevel(logging.INFO)


# --- The live view ----------------------------------------------------------------------------------------------------
class _View:
    """What runs, what is next and what was, asked of the database: also what other machines do is there."""

    def __init__(self, database: Database, service: Service, config: Config, live: Live) -> None:
        self._database = database
        self._service = service
        self._config = config
        self._live = live
        self._asked_at = -ASK_EVERY

    def show(self) -> None:
        """Update it when it is time to."""
        if monotonic() - self._asked_at >= ASK_EVERY:
            self.update()

    def update(self) -> None:
        self._asked_at = monotonic()
        try:
            with self._database.read() as session:
                self._live.update(self._picture(session))
        except DatabaseError as error:
            self._live.update(Text(str(error), style="red"))

    def _picture(self, session: Session) -> Group:
        declarations, trouble = self._service.declarations, self._service.trouble
        running = run_lists.page(session, state=RunState.RUNNING, limit=self._config.concurrent_runs * 4)
        ended = run_lists.page(session, state=RunState.FINISHED, limit=LAST)
        rows = [row for row in schedules.listing(session) if declarations.is_ours(row.source_id)]
        fires = sorted((row.next_fire_at, row.source_id) for row in rows if row.next_fire_at is not None)
        here, most = len(self._service.runner.running), self._config.concurrent_runs
        head = f"schedules: {len(rows)}, runs here: {here} of {most}"
        parts: list[Table | Text] = [Text(f"{head}. {trouble}", "red") if trouble else Text(head, "dim")]
        if running:
            parts.append(_running(running, self._live.console))
        if fires:
            coming = [(when(at, self._config, seconds=True), source_id) for at, source_id in fires[:NEXT]]
            parts.append(table("next", "source", rows=coming, title="\nNext"))
        if ended:
            parts.append(_ended(ended, self._config, self._live.console))
        return Group(*parts)


_COUNTS = ("discovered", "fetched", "new", "revised", "errors")


def _running(found: Sequence[RunRow], out: Console) -> Table:
    moment = datetime.now(UTC)
    rows = [
        (
            run.id,
            run.source_id,
            duration(moment - run.started_at if run.started_at else None),
            *(getattr(run, name) for name in _COUNTS),
        )
        for run in found
    ]
    go = ("revised", "discovered")
    columns = ("run", "source", "time", *_COUNTS)
    return yielding_table(out, *columns, title="\nAt work", rows=rows, right=_COUNTS, first_to_go=go)


def _ended(found: Sequence[RunRow], config: Config, out: Console) -> Table:
    rows = [
        (
            run.id,
            when(run.finished_at, config),
            run.source_id,
            Text(run.outcome or "", style="" if run.outcome in GOOD_OUTCOMES else "red"),
            run.new,
            run.reason,
        )
        for run in found
    ]
    columns = ("run", "ended", "source", "outcome", "new", "why")
    # The picture is drawn again and again: a reason of many lines would push the rest out of the window.
    return yielding_table(
        out, *columns, title="\nLast", rows=rows, right=("new",), first_to_go=("ended", "run"), cut=("why",)
    )
