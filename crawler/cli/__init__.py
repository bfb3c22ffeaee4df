"""What a person types: one module per noun. Asks and prints; decides nothing.

Exit codes: 0 done; 1 done, but a run failed or a check found something; 2 wrong usage, setting or source file;
3 the database cannot be used; 4 no such article, run or source; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import gc
import sys

from crawler.errors import ConfigError, CrawlerError, DatabaseError, QueryError, SourceError, UrlError

EXIT_FAILED, EXIT_USAGE, EXIT_DATABASE, EXIT_NOT_FOUND, EXIT_INTERRUPTED = 1, 2, 3, 4, 130


def main() -> None:
    """The console script `crawler`."""
    # What is imported is never thrown away, so looking through it for garbage is a tenth of every start.
    gc.disable()
    try:
        from crawler.cli.application import app

        gc.freeze()
        gc.enable()
        app()
    except (ConfigError, QueryError, SourceError, UrlError) as error:
        _fail(error, EXIT_USAGE)
    except DatabaseError as error:
        _fail(error, EXIT_DATABASE)
    except CrawlerError as error:
        _fail(error, EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def _fail(error: CrawlerError, code: int) -> None:
    print(f"Error: {error}", file=sys.stderr)  # noqa: T201
    sys.exit(code)
