"""One event told to many who follow the same case over websockets."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
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
EVENTS = 15
AT_ONCE = 20
WAIT_S_MAX = 60.0
SETTLE_S = 0.3
"""After an event, until what it left behind in the background is done."""
OPERATION = "CaseEvents"


@dataclass(frozen=True, slots=True)
class Spread:
    """Medians of several events, in ms. `first_to_last`: frames. `to_last`: from the mutation's being sent.

    `cpu`: of the server per event, the mutation and the background included, what it takes while idle not.
    """

    first_to_last: float
    to_last: float
    cpu: float


class Listening(ClientConnection):
    """Takes the time of a change as it leaves the socket; parsing 500 frames would be measured otherwise."""

    at = 0.0
    arrived: asyncio.Event | None = None

    def data_received(self, data: bytes) -> None:
        """One frame, or several."""
        if b"CaseChanged" not in data:
            super().data_received(data)
        elif self.arrived is not None and not self.arrived.is_set():
            self.at = time.monotonic()
            self.arrived.set()


async def spread(
    port: int,
    token: str,
    case_id: UUID,
    happen: Callable[[], Awaitable[None]],
    *,
    cpu_s: Callable[[], float],
    idle: float,
) -> Spread:
    """What some events cost. `cpu_s`: the server's so far. `idle`: the part of a core that it takes by itself."""
    async with AsyncExitStack() as stack:
        sockets: list[Listening] = []
        for _ in range(0, SUBSCRIBERS, AT_ONCE):
            opened = await asyncio.gather(*(_opened(port, token, case_id) for _ in range(AT_ONCE)))
            for each in opened:
                stack.push_async_callback(each.close)
            sockets += opened
        await asyncio.sleep(SETTLE_S)
        spreads, lasts = [], []
        began, before = time.monotonic(), cpu_s()
        for _ in range(EVENTS):
            arrived = [_awaiting(each) for each in sockets]
            started = time.monotonic()
            await happen()
            async with asyncio.timeout(WAIT_S_MAX):
                for one in arrived:
                    await one.wait()
            times = [each.at for each in sockets]
            spreads.append((max(times) - min(times)) * 1000)
            lasts.append((max(times) - started) * 1000)
            await asyncio.sleep(SETTLE_S)
        spent_s = cpu_s() - before - idle * (time.monotonic() - began)
        middle = EVENTS // 2
        return Spread(sorted(spreads)[middle], sorted(lasts)[middle], spent_s * 1000 / EVENTS)


def _awaiting(socket: Listening) -> asyncio.Event:
    socket.arrived = asyncio.Event()
    return socket.arrived


async def _opened(port: int, token: str, case_id: UUID) -> Listening:
    socket: Any = await connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        max_queue=64,
        create_connection=Listening,
    )
    await _say(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
    await socket.recv()
    asked = {"query": operation_text(OPERATION), "variables": {"caseId": encode(IdType.CASE, case_id)}}
    await _say(socket, {"id": "1", "type": "subscribe", "payload": asked})
    await socket.recv()  # the heartbeat that says that it follows from here
    heard: Listening = socket
    return heard


async def _say(socket: ClientConnection, message: Any) -> None:
    await socket.send(msgspec.json.encode(message).decode())
