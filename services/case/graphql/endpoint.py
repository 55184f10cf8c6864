"""GraphQL over HTTP: every answer is JSON in GraphQL's shape, whatever went wrong; streams are server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import orjson
from litestar.types import Receive, Scope, Send
from strawberry.types.execution import PreExecutionError

from services.case.graphql.access import PURPOSE_HEADER, Principal
from services.case.graphql.accessing import CLIENT_HEADER, client_of
from services.case.graphql.api import Api, NotAuthenticatedError
from services.case.graphql.context import RequestContext
from services.case.graphql.documents import follows
from services.case.graphql.gate import Admitted
from services.case.graphql.moments import Frame
from services.case.graphql.operations import BAD_REQUEST, NOT_ALLOWED, UNAVAILABLE, answered
from services.case.graphql.requests import (
    EVENTS,
    JSON,
    RESPONSE_JSON,
    Asked,
    BadRequestError,
    Incoming,
    negotiated,
    read_request,
)
from services.case.graphql.responses import COMPLETE, OK, event, event_of, respond, shaped, tell
from services.case.graphql.tags import NOT_OF_THE_LOG, has_latest, tag_of
from services.case.queries.changes import last_position

STREAMS_MAX = 2_000
PREFLIGHT_AGE_S = 600
ALLOWED_HEADERS = (
    "authorization, content-type, eender-client, eender-purpose, "
    "if-none-match, last-event-id, traceparent, x-request-id"
)
EXPOSED_HEADERS = "etag, retry-after, x-request-id"
NO_CONTENT, NOT_MODIFIED, UNAUTHORIZED = 204, 304, 401


class Endpoint:
    """Answers HTTP requests to the API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._streaming = 0
        self._origins = frozenset(origin.rstrip("/").lower() for origin in api.deps.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Incoming(scope)
        headers = self._cors(request)
        try:
            if request.method == "OPTIONS" and headers and "access-control-request-method" in request.headers:
                await respond(send, NO_CONTENT, b"", {**headers, **_PREFLIGHT})
                return
            await self._answer(request, receive, send, headers)
        except BadRequestError as bad:
            kind = _answered_as(request)
            status = OK if bad.well_formed and kind == JSON else bad.status  # plain JSON: 200 to what is well-formed
            told = {**headers, "content-type": f"{kind}; charset=utf-8", **bad.headers}
            await respond(send, status, _problem(bad.code, bad.message), told)
        except NotAuthenticatedError as refused:
            await self._refuse(send, refused, headers)

    async def _answer(self, request: Incoming, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if request.method not in {"GET", "POST"}:
            raise BadRequestError(NOT_ALLOWED, "METHOD_NOT_ALLOWED", "GET and POST only", {"allow": "GET, POST"})
        client = client_of(request.headers.get(CLIENT_HEADER), request.headers.get("user-agent"))
        principal = await self._api.authenticate(
            request.headers.get("authorization"), request.headers.get(PURPOSE_HEADER), client
        )
        kind = negotiated(request.headers.get("accept"))
        admitted = self._api.gate.admit(await read_request(request, receive), principal)
        if kind == EVENTS:
            await self._events(
                request, receive, send, context=self._api.context(principal, client), admitted=admitted, headers=headers
            )
            return
        tag = await self._tag(request, admitted, principal)
        if tag and has_latest(request.headers.get("if-none-match"), tag):
            await respond(send, NOT_MODIFIED, b"", {**headers, **_tagged(tag)})
            return
        context, mutates = self._api.context(principal, client), request.method == "POST"
        answer = await answered(self._api, context, admitted, mutates=mutates)
        status = BAD_REQUEST if answer.refused and kind == RESPONSE_JSON else OK
        tagged = _tagged(tag) if tag and not answer.failed else {}
        await respond(send, status, answer.body, {**headers, **tagged, "content-type": f"{kind}; charset=utf-8"})

    async def _tag(self, request: Incoming, admitted: Admitted, principal: Principal) -> str | None:
        """The tag of an answer to a GET, read before anything else is: what comes later only makes it too old."""
        found = admitted.priced
        if request.method != "GET" or found is None or not found.fields.isdisjoint(NOT_OF_THE_LOG):
            return None
        position = await last_position(self._api.database)
        return tag_of(admitted.asked, principal, position, self._api.deps.clock.now())

    async def _events(
        self,
        request: Incoming,
        receive: Receive,
        send: Send,
        *,
        context: RequestContext,
        admitted: Admitted,
        headers: dict[str, str],
    ) -> None:
        """A subscription as events; anything else as the one that it is."""
        asked = admitted.asked
        if follows(asked.query, asked.operation_name):
            if last := request.headers.get("last-event-id"):  # how a browser's EventSource says where it was
                asked = replace(asked, variables={**asked.variables, "after": last})
            if self._streaming >= STREAMS_MAX:
                raise BadRequestError(UNAVAILABLE, "UNAVAILABLE", "too many streams", {"retry-after": "1"})
            self._streaming += 1
            try:
                await self._stream(receive, send, context=context, asked=asked, headers=headers)
            finally:
                self._streaming -= 1
            return
        answer = await answered(self._api, context, admitted, mutates=request.method == "POST")
        if answer.refused:
            await respond(send, BAD_REQUEST, answer.body, headers)
            return
        await respond(send, OK, event(answer.body.decode(), None) + COMPLETE, {**headers, "content-type": EVENTS})

    async def _stream(
        self, receive: Receive, send: Send, *, context: RequestContext, asked: Asked, headers: dict[str, str]
    ) -> None:
        over = partial(self._api.until_no_good, context.principal)
        frames = await self._api.streams.begun(asked, context)
        if frames is not None:
            async with aclosing(frames), aclosing(_framed(frames)) as told:
                await tell(told, await anext(told), receive, send, headers=headers, over=over)
            return
        stream = await self._api.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
        )
        async with aclosing(stream):
            first = await anext(stream)
            if isinstance(first, PreExecutionError):
                await respond(send, BAD_REQUEST, orjson.dumps(shaped(first)[0]), headers)
                return
            told = (event_of(result) async for result in stream)
            await tell(told, event_of(first), receive, send, headers=headers, over=over)

    async def _refuse(self, send: Send, refused: NotAuthenticatedError, headers: dict[str, str]) -> None:
        if refused.unavailable:
            body = _problem("UNAVAILABLE", "the issuer's keys cannot be had")
            await respond(send, UNAVAILABLE, body, {**headers, "retry-after": "1"})
            return
        body = _problem("UNAUTHENTICATED", str(refused))
        await respond(send, UNAUTHORIZED, body, {**headers, "www-authenticate": "Bearer"})

    def allows_origin(self, origin: str) -> bool:
        """Whether pages of this origin may use the API."""
        return "*" in self._origins or origin.rstrip("/").lower() in self._origins

    def _cors(self, request: Incoming) -> dict[str, str]:
        origin = request.headers.get("origin")
        if origin is None or not self.allows_origin(origin):
            return {}
        return {"access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED_HEADERS}


async def _framed(frames: AsyncGenerator[Frame, None]) -> AsyncGenerator[bytes, None]:
    async for frame in frames:
        yield event(frame.text, frame.cursor)


_PREFLIGHT = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": str(PREFLIGHT_AGE_S),
}


def _answered_as(request: Incoming) -> str:
    """The media type of a refusal, which is never a stream; plain JSON for who takes nothing of ours."""
    try:
        kind = negotiated(request.headers.get("accept"))
    except BadRequestError:
        return JSON
    return JSON if kind == EVENTS else kind


def _tagged(tag: str) -> dict[str, str]:
    """Kept by the client alone, and asked about each time it is used."""
    return {"etag": tag, "cache-control": "private, no-cache"}


def _problem(code: str, message: str) -> bytes:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
