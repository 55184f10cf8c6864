"""The ASGI layer that gives every HTTP request its span and its duration, by route template, never by URL."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from infra import attributes, metrics
from infra.clock import SystemIds
from infra.telemetry import TRACEPARENT, context_from, named_attributes, span

QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
REQUEST_ID = b"x-request-id"
_NAMELESS = re.compile(r"[0-9a-fA-F-]{16,64}|[0-9A-HJKMNP-TV-Z]{26}")
_IDS = SystemIds()
SERVER_ERROR = 500
DURATIONS_KEPT_MAX = 256


class HttpTracing:
    """Wraps a whole ASGI application: `HttpTracing(app)`. Websockets and lifespan pass through untouched.

    A valid `traceparent` of the caller is continued. Neither headers, nor query, nor the path itself is recorded: the
    route's template is, once the application has found it. Every answer says the request's id: the caller's own where
    it is one that names nobody (a UUID, a ULID, hexadecimal), else a new one.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in QUIET_PATHS:
            await self._app(scope, receive, send)
            return
        status, request_id = SERVER_ERROR, _request_id(scope)

        async def watched_send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, request_id.encode())]
            await send(message)

        started = time.perf_counter()
        with span(attributes.HTTP_REQUEST, parent=context_from(_traceparent(scope)), kind=SpanKind.SERVER) as current:
            try:
                await self._app(scope, receive, watched_send)
            finally:
                if current.is_recording():
                    current.set_attributes(named_attributes(request_id=request_id))
                _record(current, scope, status, time.perf_counter() - started)


def _record(current: Span, scope: Any, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    route = scope.get("path_template") or UNMATCHED
    if current.is_recording():
        current.update_name(f"{method} {route}")
        current.set_attributes(named_attributes(http_method=method, http_route=route, http_status=status))
    if status >= SERVER_ERROR:
        current.set_status(Status(StatusCode.ERROR))
    _duration_of(method, route, status // 100).observe(seconds)


@lru_cache(maxsize=DURATIONS_KEPT_MAX)
def _duration_of(method: str, route: str, hundreds: int) -> Any:
    """The histogram of such answers: to find it takes longer than to put a value into it."""
    return metrics.http_duration.labels(method, route, f"{hundreds}xx")


def _traceparent(scope: Any) -> str | None:
    return _header(scope, TRACEPARENT.encode())


def _request_id(scope: Any) -> str:
    said = _header(scope, REQUEST_ID)
    return said if said is not None and _NAMELESS.fullmatch(said) else str(_IDS.new())


def _header(scope: Any, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            text: str = value.decode("latin-1")
            return text
    return None
