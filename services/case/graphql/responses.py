"""Answers as they go out: one JSON body, or a stream of server-sent events (graphql-sse, distinct connections)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from litestar.types import Receive, Send
from strawberry.types.execution import ExecutionResult

from services.case.graphql.requests import EVENTS, JSON

OK = 200
HEADERS_KEPT_MAX = 64


async def respond(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a whole answer: JSON unless `headers` say otherwise."""
    await send({"type": "http.response.start", "status": status, "headers": _raw(headers, len(body))})
    await send({"type": "http.response.body", "body": body, "more_body": False})


_USUAL = {
    "content-type": f"{JSON}; charset=utf-8",
    "cache-control": "private, no-store",
    "vary": "authorization, accept, origin",
    "x-content-type-options": "nosniff",
}


def _raw(headers: Mapping[str, str], length: int | None) -> Sequence[tuple[bytes, bytes]]:
    made = list(_encoded(frozenset(headers.items())))
    if length is not None:
        made.append((b"content-length", str(length).encode()))
    return made


@lru_cache(maxsize=HEADERS_KEPT_MAX)
def _encoded(headers: frozenset[tuple[str, str]]) -> Sequence[tuple[bytes, bytes]]:
    """Headers as bytes; nearly all answers have the same."""
    return [(name.encode(), value.encode()) for name, value in {**_USUAL, **dict(headers)}.items()]


def shaped(result: ExecutionResult) -> tuple[dict[str, Any], bool]:
    """An answer as it goes out, and whether the request itself was refused (then it has no `data`)."""
    errors = result.errors or []
    refused = result.data is None and bool(errors) and all(error.path is None for error in errors)
    body: dict[str, Any] = {} if refused else {"data": result.data}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    if extensions := result.extensions:
        body["extensions"] = extensions
    return body, refused


async def tell(
    stream: AsyncIterator[Any],
    first: Any,
    receive: Receive,
    send: Send,
    *,
    headers: Mapping[str, str],
    left_s: float,
) -> None:
    """Send results as events until the stream ends, the client leaves or `left_s` have passed."""
    telling = asyncio.create_task(_events(stream, first, send, headers, left_s))
    leaving = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (telling, leaving):
            task.cancel()
        await asyncio.gather(telling, leaving, return_exceptions=True)


async def _events(
    stream: AsyncIterator[Any], first: Any, send: Send, headers: Mapping[str, str], left_s: float
) -> None:
    start = _raw({**headers, "content-type": EVENTS, "x-accel-buffering": "no"}, None)
    await send({"type": "http.response.start", "status": OK, "headers": start})
    await _event(send, first)
    ended_by_token = asyncio.timeout(max(left_s, 0))
    try:
        async with ended_by_token:
            async for result in stream:
                await _event(send, result)
    except TimeoutError:
        if not ended_by_token.expired():
            raise
    await send({"type": "http.response.body", "body": b"event: complete\ndata: \n\n", "more_body": False})


async def _event(send: Send, result: ExecutionResult) -> None:
    body, _ = shaped(result)
    cursor = next((value["cursor"] for value in (result.data or {}).values() if _has_cursor(value)), None)
    head = b"" if cursor is None else f"id: {cursor}\n".encode()
    event = head + b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
    await send({"type": "http.response.body", "body": event, "more_body": True})


def _has_cursor(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("cursor"), str)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
