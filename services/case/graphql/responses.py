"""Answers as they go out: one JSON body, or a stream of server-sent events (graphql-sse, distinct connections)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from litestar.types import Receive, Send
from strawberry.types.execution import ExecutionResult

from services.case.graphql.requests import EVENTS, JSON

OK = 200
HEADERS_KEPT_MAX = 64
COMPLETE = b"event: complete\ndata: \n\n"
"""The end of a stream."""


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


def event_of(result: Any) -> bytes:
    """One result as a server-sent event."""
    body, _ = shaped(result)
    return event(orjson.dumps(body).decode(), cursor_in(result.data))


def event(text: str, cursor: str | None) -> bytes:
    """One result, as JSON, as a server-sent event: a browser says its id when it comes back."""
    head = "" if cursor is None else f"id: {cursor}\n"
    return f"{head}event: next\ndata: {text}\n\n".encode()


def cursor_in(data: dict[str, Any] | None) -> str | None:
    """The cursor of an item, if it says one."""
    return next((value["cursor"] for value in (data or {}).values() if _has_cursor(value)), None)


def _has_cursor(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("cursor"), str)


async def tell(
    stream: AsyncIterator[bytes],
    first: bytes,
    receive: Receive,
    send: Send,
    *,
    headers: Mapping[str, str],
    over: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Send events until the stream ends, the client leaves or `over` returns: the token is good no longer."""
    start = _raw({**headers, "content-type": EVENTS, "x-accel-buffering": "no"}, None)
    await send({"type": "http.response.start", "status": OK, "headers": start})
    await _send_event(send, first)
    telling = asyncio.create_task(_events(stream, send))
    leaving, ending = asyncio.create_task(_until_gone(receive)), asyncio.create_task(over())
    try:
        await asyncio.wait({telling, leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        is_over = ending.done() and not telling.done() and not leaving.done()
    finally:
        for task in (telling, leaving, ending):
            task.cancel()
        await asyncio.gather(telling, leaving, ending, return_exceptions=True)
    if is_over:
        await _send_event(send, _OVER)
        await _complete(send)


async def _events(stream: AsyncIterator[bytes], send: Send) -> None:
    async for each in stream:
        await _send_event(send, each)
    await _complete(send)


async def _complete(send: Send) -> None:
    await send({"type": "http.response.body", "body": COMPLETE, "more_body": False})


_OVER = event('{"errors":[{"message":"the token is good no longer","extensions":{"code":"UNAUTHENTICATED"}}]}', None)
"""The last item of a stream whose token ended: an end without it is one that the client need not mend."""


async def _send_event(send: Send, made: bytes) -> None:
    await send({"type": "http.response.body", "body": made, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
