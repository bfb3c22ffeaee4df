"""`crawler serve`: the web interface in the foreground. Crawls nothing."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from crawler.cli.output import console
from crawler.config import load_config
from crawler.storage.database import Database
from crawler.storage.schema import ensure_readable

Host = Annotated[str | None, typer.Option(help="Address to listen on; default CRAWLER_WEB_HOST, else 127.0.0.1.")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65_535, help="Port; default CRAWLER_WEB_PORT, else 8710. 0: any that is free.")
]


def serve(host: Host = None, port: Port = None) -> None:
    """Serve the pages and the HTTP API until Ctrl-C. For this machine alone unless --host says otherwise."""
    # Other commands start without a web server's libraries.
    from crawler.web import serving
    from crawler.web.app import create_app

    config = load_config()
    host = host or config.web_host
    with Database(config.url) as database:
        ensure_readable(database)
        serving.ensure_guarded(database, host)
        app = create_app(config, database, loopback=serving.is_loopback(host), host=host)
        opened = serving.listen(host, config.web_port if port is None else port)
        console(stderr=True).print(f"Serving {serving.address_of(opened)} (stop with Ctrl-C)", soft_wrap=True)
        logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
        serving.serve(app, config, opened)
