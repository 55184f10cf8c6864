"""What the outside is told: a status, a code, a sentence; never what was expected of a signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

from services.channels.domain.channel_spec import ChannelSpec
from services.channels.domain.handshake import HandshakeAnswer

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


def accepted(spec: ChannelSpec, *, new: bool) -> Answer:
    """On disk; it will appear exactly once."""
    result = "accepted" if new else "repeated"
    return Answer(spec.answer_status, result, spec.answer_body.encode(), content_type=spec.answer_type)


def shaken(answer: HandshakeAnswer) -> Answer:
    """The answer to a handshake."""
    return Answer(200, "handshake", answer.body, content_type=answer.content_type, headers=answer.headers)


def not_allowed(methods: str, *, close: bool) -> Answer:
    """The method is not one of these."""
    answer = refused(405, "method-not-allowed", "payloads come by POST", close=close)
    return msgspec.structs.replace(answer, headers={"allow": methods})


def refused(status: int, code: str, detail: str, *, field: str | None = None, close: bool = False) -> Answer:
    """An error. `code` for machines, `detail` for developers, `field` where one is at fault."""
    said = {"error": code, **({"field": field} if field is not None else {}), "detail": detail}
    headers = {}
    if status == 503:  # noqa: PLR2004  (service unavailable)
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    return Answer(status, code, msgspec.json.encode(said), headers=headers, close=close)


async def give(send: Send, answer: Answer, *, headers_only: bool = False) -> None:
    """Send an answer over ASGI. `headers_only`: as HEAD wants it."""
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
    await send({"type": "http.response.body", "body": b"" if headers_only else answer.body})
