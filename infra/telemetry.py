"""Traces: one from a customer's webhook to the agent's screen, over all services, without a word about either person.

Spans carry the attributes that `infra.attributes` names and no others; an exception is its class. Every process gives
out real trace ids even where nobody collects them, so that the `traceparent` in an envelope always ties facts together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Token
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from infra import attributes
from infra.settings import TRACE_FILE
from infra.trace_file import TraceFileExporter

ATTRIBUTE_LENGTH_MAX = 128
SPANS_QUEUED_MAX = 4096
EXPORT_TIMEOUT_MS_MAX = 3_000
TRACEPARENT = "traceparent"
TRACES_PATH = "/v1/traces"

AttributeValue = str | int | float | bool

_propagator = TraceContextTextMapPropagator()
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class AttributeRefused(ValueError):  # noqa: N818  (a rule of the house, not a fault of the world)
    """A span was to carry a name or an attribute that `infra.attributes` does not name."""


class _Tracing:
    """The provider of this process, replaced by each `configure`. Until then one without exporter."""

    def __init__(self) -> None:
        self.use(TracerProvider(shutdown_on_exit=False))

    def use(self, provider: TracerProvider, *, watched: bool = False) -> None:
        """`watched`: somebody collects the spans."""
        self.provider = provider
        self.watched = watched
        self.tracer = provider.get_tracer("eender")


_tracing = _Tracing()


def configure(
    service: str,
    otlp_endpoint: str | None = None,
    exporter: SpanExporter | None = None,
    trace_file: str | None = None,
) -> None:
    """Send this process's finished spans where they are wanted: to a collector, a file of JSON lines, a given exporter.

    `otlp_endpoint`: base URL of an OTLP/HTTP collector. `trace_file`: falls back on EENDER_TRACE_FILE. With none of
    them spans are made and forgotten.
    """
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service}),
        span_limits=SpanLimits(max_span_attribute_length=ATTRIBUTE_LENGTH_MAX),
        shutdown_on_exit=False,
    )
    processors = list(_processors(otlp_endpoint, exporter, trace_file or os.environ.get(TRACE_FILE)))
    for processor in processors:
        provider.add_span_processor(processor)
    _tracing.provider.shutdown()
    _tracing.use(provider, watched=bool(processors))


def _processors(
    otlp_endpoint: str | None, exporter: SpanExporter | None, trace_file: str | None
) -> Iterator[SpanProcessor]:
    if otlp_endpoint:
        yield BatchSpanProcessor(
            OTLPSpanExporter(_traces_url(otlp_endpoint), timeout=EXPORT_TIMEOUT_MS_MAX / 1000),
            max_queue_size=SPANS_QUEUED_MAX,
            export_timeout_millis=EXPORT_TIMEOUT_MS_MAX,
        )
    if exporter is not None:
        yield SimpleSpanProcessor(exporter)
    if trace_file:
        yield SimpleSpanProcessor(TraceFileExporter(trace_file))


def _traces_url(endpoint: str) -> str:
    base = endpoint.rstrip("/")
    return base if base.endswith(TRACES_PATH) else base + TRACES_PATH


def shutdown() -> None:
    """Hand over what is still queued and stop. Blocks for at most the export's time limit."""
    _tracing.provider.shutdown()
    _tracing.use(TracerProvider(shutdown_on_exit=False))


def span(
    name: str,
    /,
    *,
    parent: Context | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    **values: AttributeValue | None,
) -> AbstractContextManager[Span]:
    """Give a block its span.

    As in `with span(attributes.REACTION, origin="channels", position=7):`. Keywords are those of
    `attributes.SPAN_ATTRIBUTES`; None is left out. `parent`: from `context_from`; without it the span that is current
    now. An exception that passes through is noted as its class and goes on.

    Raises:
        AttributeRefused: the name or a keyword is not in `infra.attributes`.
    """
    if name not in attributes.SPAN_NAMES:
        raise AttributeRefused(f"no span is called {name!r}")
    named = named_attributes(**values)
    return _watched(name, parent, kind, named) if _tracing.watched else _Unwatched(parent)


@contextmanager
def _watched(name: str, parent: Context | None, kind: SpanKind, named: dict[str, Any]) -> Iterator[Span]:
    with _tracing.tracer.start_as_current_span(
        name, context=parent, kind=kind, attributes=named, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            note_error(current, error)
            raise


class _Unwatched:
    """A span that nobody will see: only its ids are real, as `traceparent` hands them on.

    Within another one without a parent of its own it is that one: its ids serve for what is inside it as well.
    """

    __slots__ = ("_parent", "_token")

    def __init__(self, parent: Context | None) -> None:
        self._parent = parent
        self._token: Token[Context] | None = None

    def __enter__(self) -> Span:
        parent = self._parent
        known = trace.get_current_span(parent)
        above = known.get_span_context()
        if parent is None and above.is_valid:
            return known
        ids = _tracing.provider.id_generator
        made = SpanContext(
            trace_id=above.trace_id if above.is_valid else ids.generate_trace_id(),
            span_id=ids.generate_span_id(),
            is_remote=False,
            trace_flags=above.trace_flags if above.is_valid else _SAMPLED,
            trace_state=above.trace_state,
        )
        current = NonRecordingSpan(made)
        self._token = attach(trace.set_span_in_context(current, parent))
        return current

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            detach(self._token)


def is_watched() -> bool:
    """Whether somebody collects the spans. Where not, one that no `traceparent` is taken from need not be made."""
    return _tracing.watched


def span_that_was(
    name: str, /, *, seconds: float, error: BaseException | None, **values: AttributeValue | None
) -> None:
    """A span that has just ended after `seconds`, under the current one; none where no span is current or collected.

    Raises:
        AttributeRefused: as in `span`.
    """
    # Whether it is collected, not whether it goes on: what asyncpg tells of a statement comes a turn later.
    if not (_tracing.watched and trace.get_current_span().get_span_context().trace_flags.sampled):
        return
    ended = time.time_ns()
    past = _tracing.tracer.start_span(
        name, attributes=named_attributes(**values), start_time=ended - int(seconds * 1e9)
    )
    if error is not None:
        note_error(past, error)
    past.end(ended)


def named_attributes(**values: AttributeValue | None) -> dict[str, Any]:
    """The attributes under their full keys.

    Raises:
        AttributeRefused: a keyword is not in `attributes.SPAN_ATTRIBUTES`, or its value is no plain one.
    """
    named: dict[str, Any] = {}
    for keyword, value in values.items():
        key = attributes.SPAN_ATTRIBUTES.get(keyword)
        if key is None:
            raise AttributeRefused(f"spans carry no {keyword!r}")
        if value is None:
            continue
        if not isinstance(value, str | int | float | bool):
            raise AttributeRefused(f"{keyword!r} must be a plain value")
        named[key] = str(value) if isinstance(value, str) else value
    return named


def annotate(**values: AttributeValue | None) -> None:
    """Add allowed attributes to the current span.

    Raises:
        AttributeRefused: as in `span`.
    """
    trace.get_current_span().set_attributes(named_attributes(**values))


def note_error(current: Span, error: BaseException) -> None:
    """Mark a span as failed by the error's class, never its message: messages quote what people wrote."""
    current.set_status(Status(StatusCode.ERROR))
    current.set_attributes(named_attributes(error_class=type(error).__qualname__))


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, or None outside any."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    # By hand what the propagator writes, among more: it is asked for with each command.
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def context_from(traceparent: str | None) -> Context:
    """The context that a `traceparent` names, as a `parent`; an empty one, that begins a trace, where it names none."""
    return _propagator.extract({TRACEPARENT: traceparent} if traceparent else {}, context=Context())


def current_trace_ids() -> tuple[str, str] | None:
    """The current span's trace id and span id in hexadecimal, or None outside any."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)
