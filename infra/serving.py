"""One service as a process: its environment is read, its application is served, until it is told to stop."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

from contracts.configuration import ConfigurationError
from infra import telemetry
from infra.logs import configure_logs
from infra.settings import ServiceSettings, SettingsError

STOP_SECONDS_MAX = 5
NOT_STARTED = 3
WS_BYTES_MAX = 16 * 1024 * 1024
GARBAGE_OBJECTS = 20_000
"""So many more objects than are gone, and the garbage collector looks at them. A batch of contacts makes Python's own
700 many times over, and to look through those that are still in hand was a tenth of what a contact costs."""


def serve(service: str, make_app: Callable[[], Any], *, ws_bytes_max: int = WS_BYTES_MAX) -> int:
    """Serve the ASGI application that `make_app` puts together.

    1: environment or configuration cannot be used; 3: it did not start.

    `ws_bytes_max`: of one message of a websocket; more is never held.
    """
    configure_logs(service)
    try:
        settings = ServiceSettings.from_environment(os.environ)
        app = make_app()
    except (SettingsError, ConfigurationError) as error:
        sys.stderr.write(f"{service}: {error}\n")
        return 1
    telemetry.configure(service, otlp_endpoint=settings.otlp_endpoint, trace_file=settings.trace_file)
    server = serving(app, host=settings.host, port=settings.port, ws_max_size=ws_bytes_max)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        telemetry.shutdown()
    return 0 if server.started else NOT_STARTED


def serving(app: Any, **settings: Any) -> uvicorn.Server:
    """A server for an application that is put together. `settings`: uvicorn's."""
    collect_rarely()
    configuration = uvicorn.Config(
        app,
        loop="uvloop",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
        **settings,
    )
    return uvicorn.Server(configuration)


def collect_rarely() -> None:
    """For a process that is put together: nothing of it is garbage any more, and much of what it makes soon is."""
    gc.set_threshold(GARBAGE_OBJECTS, 20, 50)
    gc.freeze()
