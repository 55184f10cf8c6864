"""Following a subscription over graphql-transport-ws, as a screen does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from tests.support.documents import operation_text
from tests.support.shop import Shop


@asynccontextmanager
async def subscribed(
    shop: Shop, token: str, operation: str, variables: dict[str, Any], *, document: str | None = None
) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """The items of one subscription of the clients' documents, or of `document`, over graphql-transport-ws."""
    items: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=1000)
    url = f"ws://127.0.0.1:{shop.port}/graphql"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": document or operation_text(operation), "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))

        async def pump() -> None:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                if message["type"] == "next":
                    await items.put(next(iter(message["payload"]["data"].values())))

        pumping = asyncio.create_task(pump())
        try:
            yield items
        finally:
            pumping.cancel()


async def next_changes(items: asyncio.Queue[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while len(changes) < count:
            item = await items.get()
            if item["__typename"] == "CaseChanged":
                changes.append(item)
    return changes
