"""The webhook side over plain ASGI, with a store in memory behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from infra.clock import SystemIds
from services.channels.domain.door import Door
from services.channels.domain.hub_lease import HubWord
from services.channels.http.webhooks import Webhooks
from services.channels.ports import Clock, HubLeases, Ids, RawStore
from services.channels.settings import ChannelsSettings
from tests.unit.channels.in_memory import MemoryRawStore, SetClock

CHUNK_BYTES = 64 * 1024


class NoHubs:
    """Nobody asked any hub for anything."""

    async def heard(self, account_id: UUID, word: HubWord) -> bool:
        del account_id, word
        return False


class FrontDoor:
    def __init__(self, client: httpx.AsyncClient, store: MemoryRawStore) -> None:
        self.client = client
        self.store = store

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str], *, chunked: bool = False
    ) -> httpx.Response:
        """`chunked`: the length is not announced."""
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        return await self.client.post(path, content=_chunks(body) if chunked else body, headers=encoded)


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]


@asynccontextmanager
async def front_door(
    doors: Mapping[str, Door],
    settings: ChannelsSettings,
    store: RawStore | None = None,
    *,
    hubs: HubLeases | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> AsyncIterator[FrontDoor]:
    kept = MemoryRawStore()
    webhooks = Webhooks(
        doors=doors,
        settings=settings,
        store=store or kept,
        hubs=hubs or NoHubs(),
        clock=clock or SetClock(),
        ids=ids or SystemIds(),
    )

    @asgi("/channels", is_mount=True, copy_scope=False)
    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await webhooks(scope, receive, send)  # type: ignore[arg-type]  # litestar's message types are typed dicts

    app = Litestar([mounted], openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # likewise
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield FrontDoor(client, kept)
