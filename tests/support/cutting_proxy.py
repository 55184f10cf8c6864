"""A way to Postgres that breaks at the worst moment: when the answer to a COMMIT is on its way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

COMMITTED = b"COMMIT\x00"


class CuttingProxy:
    """`cuts` connections are cut before the client hears that its COMMIT worked; `seen` counts the COMMITs.

    `refuse`: new connections end at once.
    """

    def __init__(self, host: str, port: int) -> None:
        self.cuts = 0
        self.refuse = False
        self.seen = 0
        self._there = (host, port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuse:
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection(*self._there)
        ways = [
            asyncio.create_task(self._carry(reader, there_writer, answers=False)),
            asyncio.create_task(self._carry(there_reader, writer, answers=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, there_writer):
            end.close()
            with suppress(OSError):
                await end.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if answers and COMMITTED in chunk:
                    self.seen += 1
                    if self.cuts > 0:
                        self.cuts -= 1
                        return
                writer.write(chunk)
                await writer.drain()


@asynccontextmanager
async def cutting_proxy(url: str) -> AsyncIterator[tuple[CuttingProxy, str]]:
    """The proxy, and the URL through it."""
    parts = urlsplit(url)
    proxy = CuttingProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = parts.netloc.rpartition("@")[0]
    try:
        yield proxy, urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{port}"))
    finally:
        server.close()
