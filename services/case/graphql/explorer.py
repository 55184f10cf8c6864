"""GraphiQL on `/graphiql`: a page to try documents on, from this origin alone."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

FILES = Path(__file__).parent / "graphiql_files"
EXAMPLES = "examples.json"
PAGE = "page.html"
KINDS = {
    PAGE: "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "graphiql.min.css": "text/css",
    "graphiql.min.js": "text/javascript",
    "react.production.min.js": "text/javascript",
    "react-dom.production.min.js": "text/javascript",
    "LICENSES.txt": "text/plain",
    EXAMPLES: "application/json",
}
"""What is served, by name, and as what; nothing else is. Litestar says the charset of text by itself."""

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "public, no-cache",
}
NOT_FOUND, NOT_MODIFIED = 404, 304


def explorer_routes() -> list[HTTPRouteHandler]:
    """The page and its parts. No data without a token: the page asks the API like every other client."""

    @get("/graphiql")
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The page itself."""
        return _answer(request, PAGE)

    @get("/graphiql/{name:str}")
    async def part(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """One of its parts."""
        return _answer(request, name)

    return [page, part]


def _answer(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    if name not in KINDS:
        return Response(b"", status_code=NOT_FOUND, media_type=MediaType.TEXT)
    content, tag = _file(name)
    headers = {**HEADERS, "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=NOT_MODIFIED, headers=headers, media_type=KINDS[name])
    return Response(content, headers=headers, media_type=KINDS[name])


@cache
def _file(name: str) -> tuple[bytes, str]:
    """A part and its tag."""
    content = orjson.dumps(examples()) if name == EXAMPLES else (FILES / name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def examples() -> list[dict[str, str]]:
    """The documents to begin with: a name, the document, and its variables as JSON.

    In the file each stands under a comment: its name, then perhaps its variables.
    """
    made = []
    for block in (FILES / "examples.graphql").read_text(encoding="utf-8").split("\n# ")[1:]:
        head, _, text = block.partition("\n")
        name, _, variables = head.partition(" ¦ ")
        made.append({"name": name, "query": text.strip() + "\n", "variables": variables or "{}"})
    return made
