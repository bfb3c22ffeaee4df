"""Style sheets, scripts and icons: served for ever under an address that holds their content's hash. Makes none."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"


@cache
def static_url(name: str) -> str:
    """The address of a static file, which changes with its content.

    Raises:
        OSError: there is no such file; the name is a mistake of a template.
    """
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=8).hexdigest()
    return f"/static/{name}?v={digest}"


class Static(StaticFiles):
    """Static files: kept for a year under an address with a hash, asked for again (ETag) under one without."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        has_hash = "v" in parse_qs(scope["query_string"].decode("latin-1"))
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if has_hash else "no-cache"
        return response
