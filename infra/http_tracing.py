"""The ASGI layer that gives every HTTP request its span and its duration, by route template, never by URL."""

from __future__ import annotations

import time
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from infra import attributes, metrics
from infra.telemetry import TRACEPARENT, context_from, named_attributes, span

QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
SERVER_ERROR = 500


class HttpTracing:
    """Wraps a whole ASGI application: `HttpTracing(app)`. Websockets and lifespan pass through untouched.

    A valid `traceparent` of the caller is continued. Neither headers, nor query, nor the path itself is recorded: the
    route's template is, once the application has found it.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in QUIET_PATHS:
            await self._app(scope, receive, send)
            return
        status = SERVER_ERROR

        async def watched_send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        with span(attributes.HTTP_REQUEST, parent=context_from(_traceparent(scope)), kind=SpanKind.SERVER) as current:
            try:
                await self._app(scope, receive, watched_send)
            finally:
                _record(current, scope, status, time.perf_counter() - started)


def _record(current: Span, scope: Any, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    route = scope.get("path_template") or UNMATCHED
    current.update_name(f"{method} {route}")
    current.set_attributes(named_attributes(http_method=method, http_route=route, http_status=status))
    if status >= SERVER_ERROR:
        current.set_status(Status(StatusCode.ERROR))
    metrics.http_duration.labels(method, route, f"{status // 100}xx").observe(seconds)


def _traceparent(scope: Any) -> str | None:
    for name, value in scope["headers"]:
        if name == TRACEPARENT.encode():
            text: str = value.decode("latin-1")
            return text
    return None
