"""Asks a service whether it can work: its `/readyz`."""

from __future__ import annotations

import asyncio

import msgspec

from infra.embedded.ports import HOST
from infra.settings import BEING_FILLED

ANSWER_BYTES_MAX = 16_384
ANSWER_WAIT_S_MAX = 5.0


class _Answer(msgspec.Struct):
    reasons: list[str] = []


async def why_not_ready(port: int) -> str | None:
    """None when the service on that port is ready, else what it answered, or that it does not answer yet."""
    try:
        async with asyncio.timeout(ANSWER_WAIT_S_MAX):
            head, body = await _get(port)
    except (OSError, TimeoutError):
        return "does not answer yet"
    status = head.split(b" ", 2)[1:2]
    if status == [b"200"] or _only_being_filled(body):
        return None
    return body.decode(errors="replace").strip()[:500] or "not ready"


def _only_being_filled(body: bytes) -> bool:
    """Whether all that lacks is what we are about to fill in ourselves."""
    try:
        return msgspec.json.decode(body, type=_Answer).reasons == [BEING_FILLED]
    except msgspec.DecodeError:
        return False


async def _get(port: int) -> tuple[bytes, bytes]:
    """The head and the body of the answer to `GET /readyz`."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET /readyz HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        answer = bytearray()
        while len(answer) < ANSWER_BYTES_MAX and (part := await reader.read(ANSWER_BYTES_MAX)):
            answer += part
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    return head, body
