"""GraphQL over websockets: graphql-transport-ws, with our authentication, pings, and an end with the token."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from litestar.datastructures import Headers
from litestar.types import Receive, Scope, Send
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    CompleteMessage,
    ConnectionInitMessage,
    Message,
    PongMessage,
    SubscribeMessage,
)

from infra.logs import log
from services.case.graphql.access import Principal
from services.case.graphql.answering import INTERNAL, CodedError
from services.case.graphql.api import Api
from services.case.graphql.context import RequestContext
from services.case.graphql.documents import follows
from services.case.graphql.endpoint import Endpoint
from services.case.graphql.gate import Admitted
from services.case.graphql.moments import Frame
from services.case.graphql.operations import Answer, answered
from services.case.graphql.requests import Asked, BadRequestError, asked_of
from services.case.graphql.socket_adapter import SocketAdapter
from services.case.graphql.socket_session import Session, SessionView

INIT_WAIT = timedelta(seconds=5)
PING_S = 20.0
PONGS_MISSED_MAX = 2
OPERATIONS_MAX = 100
SOCKETS_MAX = 2_000
SOCKETS_OF_ONE_MAX = 1_000
FORBIDDEN, WRONG_PROTOCOL, TOO_MANY, GONE_QUIET = 4403, 4406, 1013, 4408


class Handler(BaseGraphQLTransportWSHandler[Any, None]):
    """The protocol: a fresh context per operation, pings, errors that leave the socket open, an end with the token."""

    def __init__(
        self, api: Api, session: Session, adapter: SocketAdapter, view: SessionView, of_each: Counter[str]
    ) -> None:
        super().__init__(
            view=cast("Any", view),
            websocket=adapter,
            context=session,
            root_value=None,
            schema=api.schema,
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=OPERATIONS_MAX,
        )
        self._api = api
        self._session = session
        self._adapter = adapter
        self._of_each = of_each
        self._counted: str | None = None
        self._admitted: dict[str, Admitted] = {}
        self._unanswered = 0

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Begin, and end at once where the principal has too many sockets already."""
        await super().handle_connection_init(message)
        principal = self._session.principal
        if principal is None or self._counted is not None:
            return
        self._counted = principal.subject
        self._of_each[self._counted] += 1
        if self._of_each[self._counted] > SOCKETS_OF_ONE_MAX:
            await self.websocket.close(TOO_MANY, "too many sockets of one principal")

    def leave(self) -> None:
        """The socket is one of its principal's no longer."""
        if self._counted is not None:
            self._of_each[self._counted] -= 1
            if not self._of_each[self._counted]:
                del self._of_each[self._counted]

    async def handle_pong(self, message: PongMessage) -> None:
        """The client is still there."""
        del message
        self._unanswered = 0

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Refuse what is no request, or may not be executed, before the library takes it."""
        try:
            asked = asked_of(message["payload"])
        except BadRequestError as bad:
            await self.handle_invalid_message(bad.message)
            return
        if self._session.principal is not None:
            try:
                admitted = self._admit(asked, self._session.principal)
            except BadRequestError as bad:
                await self.send_message(cast("Message", _refusal(message["id"], bad)))
                return
            self._admitted[message["id"]] = admitted
            message["payload"]["query"] = admitted.asked.query
        await super().handle_subscribe(message)

    def _admit(self, asked: Asked, principal: Principal) -> Admitted:
        if len(self.operations) >= OPERATIONS_MAX:
            raise BadRequestError(
                TOO_MANY, "RATE_LIMITED", f"at most {OPERATIONS_MAX} operations at once", well_formed=True
            )
        return self._api.gate.admit(asked, principal)

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Run one operation with a context of its own."""
        principal, admitted = self._session.principal, self._admitted.pop(operation.id, None)
        if principal is None or admitted is None:
            return
        context = self._api.context(principal, self._session.client)
        try:
            if follows(operation.query, operation.operation_name):
                await self._follow(operation, context, admitted.asked)
            else:
                await self._send_answer(operation, await answered(self._api, context, admitted, mutates=True))
            await operation.send_operation_message(CompleteMessage(id=operation.id, type="complete"))
        except BadRequestError as bad:
            with suppress(WebSocketDisconnected):
                await operation.send_operation_message(cast("Message", _refusal(operation.id, bad)))
        except WebSocketDisconnected:
            self.operations.pop(operation.id, None)
        except Exception as error:  # noqa: BLE001  (whatever it is, the client waits for an answer)
            log("case.graphql").error("socket operation failed", exc_info=error)
            with suppress(WebSocketDisconnected):
                await operation.send_initial_errors([CodedError("internal error", extensions={"code": INTERNAL})])

    async def _follow(self, operation: Operation[Any, None], context: RequestContext, asked: Asked) -> None:
        frames = await self._api.streams.begun(asked, context)
        if frames is not None:
            await self._send_frames(operation, frames)
        else:
            await self._send_executed(operation, context)

    async def _send_answer(self, operation: Operation[Any, None], answer: Answer) -> None:
        """The one answer to a query or a mutation; errors where the request itself was refused."""
        if answer.refused:
            told = {"id": operation.id, "type": "error", "payload": orjson.loads(answer.body)["errors"]}
            await operation.send_operation_message(cast("Message", told))
        else:
            await self._adapter.send_text(f"{_head(operation)}{answer.body.decode()}}}")

    async def _send_frames(self, operation: Operation[Any, None], frames: AsyncGenerator[Frame, None]) -> None:
        """What was made for several goes out behind the operation's own head."""
        head = _head(operation)
        async with aclosing(frames):
            async for frame in frames:
                await self._adapter.send_text(f"{head}{frame.text}}}")

    async def _send_executed(self, operation: Operation[Any, None], context: RequestContext) -> None:
        stream = await self.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
        )
        async with aclosing(stream):
            await self._send_result_stream(operation, stream)

    async def watch(self) -> None:
        """Ping, and close when nobody answers, the token ends or its agent has left."""
        await self._session.begun.wait()
        while True:
            await asyncio.sleep(max(min(PING_S, self._session.left_s()), 0))
            if not await self._session.is_good():
                await self.websocket.close(FORBIDDEN, "the token is good no longer")
                return
            if self._unanswered >= PONGS_MISSED_MAX:
                await self.websocket.close(GONE_QUIET, "no pong")
                return
            self._unanswered += 1
            with suppress(WebSocketDisconnected):
                await self.send_message(cast("Message", {"type": "ping"}))

    @staticmethod
    def _get_pre_execution_close_reason(error: Any) -> str | None:
        """None: a mistake in one document is told as its error and spares the other operations of the socket."""
        del error
        return None


def _head(operation: Operation[Any, None]) -> str:
    """What stands before an item of the operation."""
    return f'{{"id":{orjson.dumps(operation.id).decode()},"type":"next","payload":'


def _refusal(operation_id: str, bad: BadRequestError) -> dict[str, Any]:
    """The end of an operation that is not, or no longer, executed."""
    problem = {"message": bad.message, "extensions": {"code": bad.code}}
    return {"id": operation_id, "type": "error", "payload": [problem]}


class SocketEndpoint:
    """Answers websockets of the API."""

    def __init__(self, api: Api, endpoint: Endpoint) -> None:
        self._api = api
        self._endpoint = endpoint
        self._open = 0
        self._of_each: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection from its handshake to its end."""
        asked: Any = scope
        await receive()  # websocket.connect
        if not self._may_connect(Headers(asked["headers"])):
            await send({"type": "websocket.close", "code": FORBIDDEN, "reason": "origin"})
            return
        known = GRAPHQL_TRANSPORT_WS_PROTOCOL in asked["subprotocols"]
        protocol = GRAPHQL_TRANSPORT_WS_PROTOCOL if known else None
        await send({"type": "websocket.accept", "subprotocol": protocol, "headers": []})
        if not known or self._open >= SOCKETS_MAX:
            code, reason = (TOO_MANY, "too many sockets") if known else (WRONG_PROTOCOL, "Subprotocol not acceptable")
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return
        await self._serve(receive, send, Headers(asked["headers"]).get("user-agent"))

    async def _serve(self, receive: Receive, send: Send, user_agent: str | None) -> None:
        session = Session(self._api, user_agent)
        view = SessionView(session)
        handler = Handler(self._api, session, SocketAdapter(cast("Any", view), receive, send), view, self._of_each)
        watching = asyncio.create_task(handler.watch())
        self._open += 1
        try:
            await handler.handle()
        finally:
            self._open -= 1
            handler.leave()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def _may_connect(self, headers: Headers) -> bool:
        """Browsers name the page's origin; others need not. Our own pages and the configured ones may."""
        origin = headers.get("origin")
        if origin is None or self._endpoint.allows_origin(origin):
            return True
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
