"""Log lines: JSON on stderr, tied to the trace, holding only the keys that `infra.attributes` names.

An event is a fixed sentence; everything else goes in keys. Exceptions are told by class and place, never by message:
messages quote what people wrote. Lines of libraries come at WARNING and above, their arguments left out likewise.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import PurePath
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from infra import attributes
from infra.telemetry import current_trace_ids

VALUE_LENGTH_MAX = 200
LIBRARY_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "nats", "asyncpg", "litestar", "httpx", "asyncio")

EventDict = MutableMapping[str, Any]


class _ToStderr(logging.Handler):
    """Writes to stderr as it is at that moment. A line that fails is counted by a fixed one, never shown raw."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001  (whatever fails, logging must not stop the work)
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  (the library's signature)
        with suppress(OSError, ValueError):
            sys.stderr.write('{"event": "a log line could not be written", "level": "error"}\n')


def configure_logs(service: str, level: int = logging.INFO) -> None:
    """Send every log line of this process through here. `level`: of our own lines; libraries' are WARNING and above."""
    structlog.configure(
        processors=[*_processors(service), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = _ToStderr()
    handler.setFormatter(_formatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("eender").setLevel(level)
    for name in LIBRARY_LOGGERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)


def log(name: str) -> FilteringBoundLogger:
    """The logger of one module: `log("relay").warning("the transport is behind", origin=origin, position=7)`."""
    logger: FilteringBoundLogger = structlog.get_logger(f"eender.{name}")
    return logger


def in_words(_logger: Any, _method: str, event: EventDict) -> str:
    """A line for whoever typed a command: the sentence, and what it is about."""
    said = event.pop("event")
    about = ", ".join(f"{key} {value}" for key, value in event.items())
    return f"eender: {said} ({about})" if about else f"eender: {said}"


def _processors(service: str) -> list[Processor]:
    def add_service(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        add_trace,
        tell_exceptions_by_class,
    ]


def _formatter(service: str) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[without_arguments, *_processors(service)],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            keep_named_keys,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        use_get_message=False,
        pass_foreign_args=False,
        keep_exc_info=False,
    )


def add_trace(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Add the ids of the current span, where there is one."""
    ids = current_trace_ids()
    if ids is not None:
        event["trace_id"], event["span_id"] = ids
    return event


_OF_A_FACT = {"stream_id": "stream_id", "stream_version": "version", "topic": "topic"}
"""Keys of a line, by what errors call it."""


def tell_exceptions_by_class(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by `error_class` and `error_at` (file, line and function of the innermost frame).

    An error that is about a stored fact (`UnknownTopic`, say) is told with `stream_id`, `stream_version` and `topic`.
    """
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error_class"] = type(error).__qualname__
        event["error_at"] = _place(error.__traceback__)
        for key, name in _OF_A_FACT.items():
            if hasattr(error, "stream_id") and hasattr(error, name):
                event[key] = getattr(error, name)
    return event


def _place(traceback: TracebackType | None) -> str | None:
    if traceback is None:
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    return f"{'/'.join(PurePath(code.co_filename).parts[-2:])}:{traceback.tb_lineno} {code.co_name}"


def without_arguments(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Keep the first line of a library's message template: its arguments may be anybody's data."""
    lines = str(event.get("event", "")).splitlines()
    event["event"] = lines[0] if lines else ""
    return event


def keep_named_keys(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop every key that `attributes.LOG_KEYS` does not name; shorten what is longer than a code or a place is."""
    return {key: _short(value) for key, value in event.items() if key in attributes.LOG_KEYS}


def _short(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:VALUE_LENGTH_MAX]


# Until a service configures its own: a command's answer is on stdout, where no line of ours may get in between.
structlog.configure(
    processors=[keep_named_keys, in_words],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    cache_logger_on_first_use=False,
)
