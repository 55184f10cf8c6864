"""What the outside is told: a status, a code, a sentence; never what was expected of a signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

RETRY_AFTER_SECONDS = 1


class Answer(msgspec.Struct, frozen=True):
    """One answer. `result`: what it is counted as. `close`: the rest of the body stays unread."""

    status: int
    result: str
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}
    close: bool = False


def accepted(status: int, *, new: bool) -> Answer:
    """On disk; it will appear exactly once."""
    return Answer(status, "accepted" if new else "repeated", b'{"status":"accepted"}')


def plain(text: str) -> Answer:
    """The answer to a handshake."""
    return Answer(200, "handshake", text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")


def refused(status: int, code: str, detail: str, *, field: str | None = None, close: bool = False) -> Answer:
    """An error. `code` for machines, `detail` for developers, `field` where one is at fault."""
    said = {"error": code, **({"field": field} if field is not None else {}), "detail": detail}
    headers = {}
    if status == 405:  # noqa: PLR2004  (method not allowed)
        headers["allow"] = "GET, POST"
    if status == 503:  # noqa: PLR2004  (service unavailable)
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    return Answer(status, code, msgspec.json.encode(said), headers=headers, close=close)


async def give(send: Send, answer: Answer) -> None:
    """Send an answer over ASGI."""
    headers = {
        "content-type": answer.content_type,
        "content-length": str(len(answer.body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **answer.headers,
        **({"connection": "close"} if answer.close else {}),
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
