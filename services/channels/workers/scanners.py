"""Who looks into files for us: a clamd over TCP, or whoever answers over HTTP. Both get bytes and nothing else.

Only a plain yes counts as clean: silence, an error or an answer that is not understood leaves a file where it is.
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from contracts.object_store import Scanner as ScannerConfiguration

SCAN_SECONDS_MAX = 120.0
CONNECT_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 4096
PIECE_BYTES = 64 * 1024
OK = 200
_LENGTH_BYTES = 4


class ScannerAway(Exception):  # noqa: N818  (it passes)
    """It gave no answer that says yes or no. Holds a word of ours, never its answer."""


class Scanner(Protocol):
    """Looks into files."""

    async def is_clean(self, data: bytes) -> bool:
        """Whether nothing was found.

        Raises:
            ScannerAway: it did not say.
        """
        ...


class Verdict(msgspec.Struct):
    """What a scanner answers over HTTP."""

    clean: bool


class Clamd:
    """A ClamAV daemon, by its INSTREAM command."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def is_clean(self, data: bytes) -> bool:
        """Whether it says OK; FOUND is a no, everything else is no answer."""
        try:
            async with asyncio.timeout(SCAN_SECONDS_MAX):
                said = await self._said(data)
        except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise ScannerAway(type(error).__name__) from None
        if said == b"stream: OK":
            return True
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            return False
        raise ScannerAway("not understood")

    async def _said(self, data: bytes) -> bytes:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=ANSWER_BYTES_MAX)
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE_BYTES):
                piece = data[start : start + PIECE_BYTES]
                writer.write(len(piece).to_bytes(_LENGTH_BYTES, "big") + piece)
                await writer.drain()
            writer.write(bytes(_LENGTH_BYTES))
            await writer.drain()
            return (await reader.read(ANSWER_BYTES_MAX)).rstrip(b"\0\n")
        finally:
            writer.close()


class HttpScanner:
    """A service that takes a file by POST and answers 200 with `{"clean": true}` or `{"clean": false}`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def is_clean(self, data: bytes) -> bool:
        """What it answers."""
        timeout = httpx.Timeout(SCAN_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as client:
                answer = await client.post(self._url, content=data, headers=headers)
            if answer.status_code != OK or len(answer.content) > ANSWER_BYTES_MAX:
                raise ScannerAway("no answer")
            return msgspec.json.decode(answer.content, type=Verdict).clean
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise ScannerAway(type(error).__name__) from None


def scanner_of(configuration: ScannerConfiguration) -> Scanner:
    """The one that the configuration names; its URL was checked there."""
    parts = urlsplit(configuration.url)
    if parts.scheme == "clamd":
        return Clamd(parts.hostname or "", parts.port or 0)
    return HttpScanner(configuration.url)
