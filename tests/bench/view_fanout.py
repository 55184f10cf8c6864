"""One event told to many who follow the same case over websockets."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.case.graphql.ids import IdType, encode
from tests.support.documents import operation_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SUBSCRIBERS = 500
EVENTS = 5
AT_ONCE = 20
WAIT_S_MAX = 60.0
OPERATION = "CaseEvents"


async def spread_ms(port: int, token: str, case_id: UUID, happen: Callable[[], Awaitable[None]]) -> float:
    """From the first subscriber's frame of an event to the last one's; the median of several events."""
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        for _ in range(0, SUBSCRIBERS, AT_ONCE):
            opened = await asyncio.gather(*(_opened(port, token, case_id) for _ in range(AT_ONCE)))
            for each in opened:
                stack.push_async_callback(each.close)
            sockets += opened
        spreads = []
        for _ in range(EVENTS):
            arriving = [asyncio.create_task(_told(each)) for each in sockets]
            await happen()
            async with asyncio.timeout(WAIT_S_MAX):
                times = await asyncio.gather(*arriving)
            spreads.append((max(times) - min(times)) * 1000)
        return sorted(spreads)[len(spreads) // 2]


async def _opened(port: int, token: str, case_id: UUID) -> ClientConnection:
    socket = await connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        max_queue=64,
    )
    await _say(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
    await socket.recv()
    asked = {"query": operation_text(OPERATION), "variables": {"caseId": encode(IdType.CASE, case_id)}}
    await _say(socket, {"id": "1", "type": "subscribe", "payload": asked})
    await socket.recv()  # the heartbeat that says that it follows from here
    return socket


async def _say(socket: ClientConnection, message: Any) -> None:
    await socket.send(msgspec.json.encode(message).decode())


async def _told(socket: ClientConnection) -> float:
    """When the next change arrived."""
    while True:
        frame = await socket.recv()
        if "CaseChanged" in str(frame):
            return time.monotonic()
        if '"ping"' in str(frame):
            await _say(socket, {"type": "pong"})
