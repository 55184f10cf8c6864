"""Reading a request's body within limits, raw: signatures are made over these very bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from services.channels.http.answers import Receive

DRAIN_BYTES_MAX = 32 * 1024 * 1024
READ_SECONDS_MAX = 30.0


class ClientGone(Exception):  # noqa: N818  (nobody is left to answer)
    """The sender hung up in the middle."""


class BodyTooLarge(Exception):  # noqa: N818  (an answer to the sender)
    """More than allowed came. `drained`: all of it was taken off the wire, so the answer can be read."""

    def __init__(self, *, drained: bool) -> None:
        super().__init__()
        self.drained = drained


class BodyTooSlow(Exception):  # noqa: N818  (an answer to the sender)
    """It did not come within READ_SECONDS_MAX."""


async def read_body(receive: Receive, headers: Mapping[str, str], *, bytes_max: int) -> bytes:
    """The whole body. One that is too large is drained (up to DRAIN_BYTES_MAX) without being kept.

    Raises:
        BodyTooLarge: by its own account, or as it came.
        BodyTooSlow: see there.
        ClientGone: see there.
    """
    announced = _announced(headers)
    if announced is not None and announced > bytes_max:
        raise BodyTooLarge(drained=await drain(receive, headers))
    try:
        async with asyncio.timeout(READ_SECONDS_MAX):
            return await _read(receive, bytes_max)
    except TimeoutError:
        raise BodyTooSlow from None


async def drain(receive: Receive, headers: Mapping[str, str], *, read: int = 0) -> bool:
    """Take the rest of the body off the wire; False where it is too much, too slow, or only announced so far."""
    if "expect" in headers:
        # The sender waits for a word before it sends: the answer is that word.
        return False
    try:
        async with asyncio.timeout(READ_SECONDS_MAX):
            while read <= DRAIN_BYTES_MAX:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                read += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return True
    except TimeoutError:
        return False
    return False


async def _read(receive: Receive, bytes_max: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > bytes_max:
            raise BodyTooLarge(drained=not more or await drain(receive, {}, read=len(body)))
        if not more:
            return bytes(body)


def _announced(headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None
