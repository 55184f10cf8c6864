"""The chat's door: who may open a socket, and from where. What is said over it is the talk's business."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from contracts.vocabulary import Channel
from infra import metrics
from services.channels.domain.chat_pace import Places
from services.channels.domain.raw import account_id_of
from services.channels.http.answers import Receive, Send
from services.channels.http.chat_talk import ChatTalk
from services.channels.http.chat_visitor import ChatParts
from services.channels.settings import AccountSettings

Scope = MutableMapping[str, Any]


class ChatSockets:
    """The ASGI application of the websockets behind `/channels`."""

    def __init__(self, parts: ChatParts) -> None:
        self._parts = parts
        self._places = Places(parts.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket, from its handshake to its end. One that may not be opened is answered with a 403."""
        await receive()
        account = self._account(scope["path"])
        if account is None or _origin(scope) not in account.allowed_origins:
            await self._refuse(send, "not-found" if account is None else "origin")
            return
        account_id, address = account_id_of(account.channel, account.account), _address(scope)
        if not self._places.take(account_id, address):
            await self._refuse(send, "too-many")
            return
        try:
            await send({"type": "websocket.accept"})
            await ChatTalk(account, self._parts, receive, send).run()
        finally:
            self._places.give_back(account_id, address)

    def _account(self, path: str) -> AccountSettings | None:
        """The account that the path below `/channels` names, or None."""
        parts = path.strip("/").split("/")
        if len(parts) != 2 or Channel.from_path(parts[0]) is not Channel.CHAT:  # noqa: PLR2004  (channel and account)
            return None
        return self._parts.settings.accounts.get(account_id_of(Channel.CHAT, parts[1]))

    async def _refuse(self, send: Send, result: str) -> None:
        metrics.webhooks.labels(Channel.CHAT.path, result).inc()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})


def _origin(scope: Scope) -> str:
    """Whose page opens it, as its browser says."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    return values[0] if len(values) == 1 else ""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
