"""Sixteen clients over kept connections, and what servers beside them spend while they ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from uuid import UUID

import psutil

from tests.bench.stand import timed
from tests.bench.view_matter import CUSTOMERS

CLIENTS = 16


@dataclass
class Served:
    """An interface in its own process over a database of the server `postgres` (its pid).

    `token`: what it is asked with; empty: it asks for none. `cases`: some that have a history, for mutations.
    `idle`, `postgres_idle`: the part of a core that each takes while nobody asks (sequencers and clocks look around).
    """

    port: int
    token: str
    pid: int
    url: str
    postgres: int
    cases: list[UUID]
    idle: float = 0.0
    postgres_idle: float = 0.0

    def cpu_s(self) -> float:
        """The process's own time since it began, system's included."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system

    def postgres_cpu_s(self) -> float:
        """The same of the database server, with sessions that have ended; the server is one for all contenders."""
        server = psutil.Process(self.postgres)
        return sum(_whole_s(each) for each in (server, *server.children(recursive=True)))


def _whole_s(process: psutil.Process) -> float:
    """A process's own time and that of its ended children; 0 when it has just ended: its parent has it then."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Views per second, how many seconds each took (sorted), and processor time per view in ms, what idles left out."""

    per_s: float
    took: list[float]
    cpu_ms: float
    postgres_ms: float


class Client:
    """One connection that is kept."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes = b"", headers: str = "") -> bytes:
        """The body of the answer.

        Raises:
            RuntimeError: it is not 200, or has errors.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._served.port)
        reader, writer = self._streams
        known = f"authorization: Bearer {self._served.token}\r\n" if self._served.token else ""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
            f"{known}{headers}content-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        found = await reader.readexactly(length)
        if not answer.startswith(b"http/1.1 200") or b'"errors":[{' in found:
            raise RuntimeError(f"{path}: {found[:500]!r}")
        return found

    def close(self) -> None:
        """Let the connection go; the next `post` would open another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


_turns = count()


def next_number() -> int:
    """Of the customer whom the next view shows: never the one of the view before."""
    return next(_turns) * 7919 % CUSTOMERS


async def http_rate(served: Served, path: str, made: Callable[[int], tuple[bytes, str]], seconds: float) -> Rate:
    """What `served` comes to when every client asks over and over. `made`: body and headers by a customer's number."""
    clients = [Client(served) for _ in range(CLIENTS)]

    async def view(client: Client) -> None:
        body, headers = made(next_number())
        await client.post(path, body, headers)

    try:
        calls: list[Callable[[], Awaitable[None]]] = [partial(view, client) for client in clients]
        await timed(calls, seconds / 4)
        before, postgres_before = served.cpu_s(), served.postgres_cpu_s()
        rate, took = await timed(calls, seconds)
        cpu_s, postgres_s = served.cpu_s() - before, served.postgres_cpu_s() - postgres_before
    finally:
        for client in clients:
            client.close()
    lasted_s = len(took) / rate
    spent = (cpu_s - served.idle * lasted_s, postgres_s - served.postgres_idle * lasted_s)
    return Rate(rate, took, *(each / len(took) * 1000 for each in spent))
