"""Everything behind `/channels`: payloads that are posted, sockets of our own chat, and the chat's page part."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from services.channels.domain.door import Door
from services.channels.http.answers import Receive, Send
from services.channels.http.chat_sockets import ChatSockets
from services.channels.http.chat_visitor import ChatParts
from services.channels.http.webhooks import Webhooks
from services.channels.http.widget import Widget, is_widget
from services.channels.ports import HubLeases

Scope = MutableMapping[str, Any]


class FrontDoor:
    """The ASGI application."""

    def __init__(self, doors: Mapping[str, Door], parts: ChatParts, hubs: HubLeases) -> None:
        self._sockets = ChatSockets(parts)
        self._widget = Widget(parts.settings)
        self._webhooks = Webhooks(
            doors=doors, settings=parts.settings, store=parts.store, hubs=hubs, clock=parts.clock, ids=parts.ids
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead one caller to the right door."""
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        elif is_widget(scope["path"]):
            await self._widget(scope, send)
        else:
            await self._webhooks(scope, receive, send)
