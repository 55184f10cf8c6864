"""Clients of the API that listen: over graphql-transport-ws, and to server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from tests.integration.graphql_stand import Desk

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")


class Client:
    """A client of graphql-transport-ws."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                if message["type"] != "ping":
                    return message

    async def subscribe(self, query: str, **variables: Any) -> None:
        await self.say(id="1", type="subscribe", payload={"query": query, "variables": variables})

    async def item(self) -> dict[str, Any]:
        message = await self.hear()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        item: dict[str, Any] = next(iter(message["payload"]["data"].values()))
        return item

    async def change(self) -> dict[str, Any]:
        """The next item that is no heartbeat."""
        while True:
            item = await self.item()
            if item["__typename"] != "Heartbeat":
                return item


@asynccontextmanager
async def connected(desk: Desk, token: str | None = "AGENT:anna", **said: str) -> AsyncIterator[Client]:
    url = desk.url.replace("http", "ws", 1) + "/graphql"
    async with websockets.connect(url, subprotocols=[PROTOCOL]) as socket:
        client = Client(socket)
        authorization = {} if token is None else {"authorization": f"Bearer {token}"}
        await client.say(type="connection_init", payload={**authorization, **said})
        if token is not None:
            assert (await client.hear())["type"] == "connection_ack"
        yield client


async def closed_with(socket: websockets.ClientConnection) -> int:
    async with asyncio.timeout(30):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


async def events(desk: Desk, body: dict[str, Any], **headers: str) -> AsyncGenerator[dict[str, Any], None]:
    """Events of one stream: `id`, and the one root field of `data`."""
    asked = {"authorization": "Bearer AGENT:anna", "accept": "text/event-stream", **headers}
    async with desk.http.stream("POST", f"{desk.url}/graphql", json=body, headers=asked) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        async for line in response.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event.get("event") == "next":
                data = next(iter(json.loads(event["data"])["data"].values()))
                yield {"id": event.get("id"), "data": data}
                event = {}
