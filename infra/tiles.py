"""The log for witnesses outside: its latest checkpoint, its key and its tiles (C2SP tlog-tiles), open and read-only.

Nothing here says anything about anybody: hashes over ciphertext, and how many facts there are.
"""

from __future__ import annotations

import re
from typing import Protocol

from litestar import HttpMethod, Response, Router, route
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from infra.checkpointer import Checkpointer
from infra.log_tree import TILE_BITS, TILE_HASHES, TILE_LEVEL_MAX, read_tile, tile_bytes
from infra.postgres import Pool

TEXT = "text/plain"
"""Litestar says the charset by itself."""
BYTES = "application/octet-stream"
_PLACE = re.compile(r"/((?!x000/)(?:x[0-9]{3}/){0,5})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_FOR_EVER = CacheControlHeader(public=True, immutable=True, max_age=31_536_000)
_ALWAYS_NEW = CacheControlHeader(no_cache=True)
_READS = [HttpMethod.GET, HttpMethod.HEAD]


class Published(Protocol):
    """What is read at each request; a started `infra.runtime.Runtime` has it."""

    pool: Pool
    checkpointer: Checkpointer


def log_router(source: Published) -> Router:
    """The routes `/log/checkpoint`, `/log/key` and `/log/tile/…`."""

    @route("/checkpoint", http_method=_READS, include_in_schema=False, media_type=TEXT, cache_control=_ALWAYS_NEW)
    async def checkpoint() -> str:
        """The latest signed note; 404 while nothing was signed."""
        latest = await source.checkpointer.latest()
        if latest is None:
            raise NotFoundException("nothing was signed yet")
        return latest.note

    @route("/key", http_method=_READS, include_in_schema=False, media_type=TEXT, cache_control=_ALWAYS_NEW)
    async def key() -> str:
        """The verifier key, as the signed-note format writes it."""
        return (await source.checkpointer.key()).text() + "\n"

    @route("/tile/{level:int}/{place:path}", http_method=_READS, include_in_schema=False, cache_control=_FOR_EVER)
    async def tile(level: FromPath[int], place: FromPath[str]) -> Response[bytes]:
        """A tile, whole or its first hashes (`….p/<how many>`), as far as the latest checkpoint covers it."""
        index, width = _place(place)
        latest = await source.checkpointer.latest()
        known = 0 if latest is None or not 0 <= level <= TILE_LEVEL_MAX else latest.size >> (TILE_BITS * level)
        if index * TILE_HASHES + width > known:
            raise NotFoundException("no such tile yet")
        return Response(tile_bytes(await read_tile(source.pool, level, index, width)), media_type=BYTES)

    return Router(path="/log", route_handlers=[checkpoint, key, tile])


def _place(place: str) -> tuple[int, int]:
    """Index and width of the tile at `x001/x234/067` or `067.p/12`.

    Raises:
        NotFoundException: no tile is ever there.
    """
    found = _PLACE.fullmatch(place if place.startswith("/") else f"/{place}")
    width = int(found[3] or TILE_HASHES) if found else TILE_HASHES
    if found is None or (found[3] and width >= TILE_HASHES):
        raise NotFoundException("no such tile")
    return int(re.sub(r"\D", "", found[1]) + found[2]), width
