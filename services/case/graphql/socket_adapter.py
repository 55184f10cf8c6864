"""Messages of an accepted websocket, as the library takes and gives them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

import orjson
from litestar.types import Receive, Send
from strawberry.http.async_base_view import AsyncWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected

from services.case.graphql.requests import BODY_BYTES_MAX

TOO_LARGE = 1009


class SocketAdapter(AsyncWebSocketAdapter):
    """The library's view of an accepted ASGI websocket. Sends are one at a time; a closed one stays closed."""

    def __init__(self, view: Any, receive: Receive, send: Send) -> None:
        super().__init__(view)
        self._receive = receive
        self._send = send
        self._closed = False

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Each message of the client."""
        while True:
            message: Any = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._closed = True
                return
            if message["type"] != "websocket.receive":
                continue
            text = message.get("text")
            if text is None:
                raise NonTextMessageReceived
            if len(text) > BODY_BYTES_MAX or len(text.encode()) > BODY_BYTES_MAX:
                await self.close(TOO_LARGE, f"at most {BODY_BYTES_MAX} bytes")
                return
            try:
                yield orjson.loads(text)
            except json.JSONDecodeError:
                if not ignore_parsing_errors:
                    raise NonJsonMessageReceived from None

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        await self.send_text(orjson.dumps(message).decode())

    async def send_text(self, text: str) -> None:
        """Send one message that is JSON already."""
        if self._closed:
            raise WebSocketDisconnected
        try:
            await self._send({"type": "websocket.send", "text": text, "bytes": None})
        except (OSError, RuntimeError):
            self._closed = True
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """Close, once."""
        if self._closed:
            return
        self._closed = True
        with suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
