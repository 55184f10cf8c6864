"""One trace over processes, carrying only what is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from infra import attributes, telemetry
from infra.telemetry import AttributeRefused, annotate, context_from, current_traceparent, span


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    monkeypatch.delenv("EENDER_TRACE_FILE", raising=False)
    exporter = InMemorySpanExporter()
    telemetry.configure("case", exporter=exporter)
    yield exporter
    telemetry.shutdown()


def only(finished: InMemorySpanExporter) -> Any:
    (one,) = finished.get_finished_spans()
    return one


def test_a_span_carries_what_is_named_under_its_full_key(finished: InMemorySpanExporter) -> None:
    with span(attributes.REACTION, origin="channels", position=7, repeated=False, reason=None):
        annotate(attempt=2)
    assert only(finished).name == "reaction"
    assert dict(only(finished).attributes) == {
        "eender.origin": "channels",
        "eender.position": 7,
        "eender.repeated": False,
        "eender.attempt": 2,
    }
    assert only(finished).resource.attributes["service.name"] == "case"


@pytest.mark.parametrize("keyword", ["customer_name", "text", "url", "email", "handle", "eender.origin"])
def test_a_span_refuses_what_is_not_named(finished: InMemorySpanExporter, keyword: str) -> None:
    anything: dict[str, Any] = {keyword: "Jannie"}
    with pytest.raises(AttributeRefused), span(attributes.COMMAND, **anything):
        pass
    with span(attributes.COMMAND), pytest.raises(AttributeRefused):
        annotate(**anything)
    assert dict(only(finished).attributes) == {}


def test_a_span_refuses_a_name_that_is_not_named() -> None:
    with pytest.raises(AttributeRefused), span("case 1001 of Jannie"):
        pass


def test_a_span_refuses_a_value_with_something_inside() -> None:
    body: Any = {"text": "hello"}
    with pytest.raises(AttributeRefused), span(attributes.COMMAND, result=body):
        pass


def test_a_long_value_is_cut(finished: InMemorySpanExporter) -> None:
    with span(attributes.COMMAND, result="x" * 1_000):
        pass
    assert len(only(finished).attributes["eender.result"]) == telemetry.ATTRIBUTE_LENGTH_MAX


def test_an_error_is_noted_by_its_class_and_never_by_its_message(finished: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Jannie"), span(attributes.COMMAND):
        raise ValueError("Jannie wrote something odd")
    failed = only(finished)
    assert failed.attributes["error.type"] == "ValueError"
    assert failed.events == ()
    assert failed.status.description is None
    assert not failed.status.is_ok
    assert "Jannie" not in failed.to_json()


def test_a_trace_goes_on_where_the_envelope_takes_it(finished: InMemorySpanExporter) -> None:
    with span(attributes.WEBHOOK_INTAKE):
        carried = current_traceparent()
    with span(attributes.REACTION, parent=context_from(carried)):
        pass
    spans: Any = finished.get_finished_spans()
    intake, reaction = spans
    assert reaction.context.trace_id == intake.context.trace_id
    assert reaction.parent.span_id == intake.context.span_id


@pytest.mark.parametrize("broken", [None, "", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_broken_traceparent_begins_a_new_trace(finished: InMemorySpanExporter, broken: str | None) -> None:
    with span(attributes.REACTION, parent=context_from(broken)):
        pass
    assert only(finished).parent is None
    assert only(finished).context.trace_id != 0


def test_there_is_a_real_traceparent_even_where_nobody_collects() -> None:
    telemetry.configure("case")
    assert current_traceparent() is None
    assert telemetry.current_trace_ids() is None
    with span(attributes.COMMAND):
        carried = current_traceparent()
        assert carried is not None
        version, trace_id, span_id, _ = carried.split("-")
        assert telemetry.current_trace_ids() == (trace_id, span_id)
    assert version == "00"
    assert int(trace_id, 16)


def test_a_trace_file_holds_a_line_per_span(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    for service in ("channels", "case"):
        telemetry.configure(service, trace_file=str(path))
        with span(attributes.COMMAND, command="resolve_case"), span(attributes.STORE_APPEND):
            pass
    telemetry.shutdown()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["service"], line["name"]) for line in lines] == [
        ("channels", "store.append"),
        ("channels", "command"),
        ("case", "store.append"),
        ("case", "command"),
    ]
    assert lines[0]["parent_id"] == lines[1]["span_id"]
    assert lines[0]["trace_id"] == lines[1]["trace_id"] != lines[2]["trace_id"]
    assert lines[1]["attributes"] == {"eender.command": "resolve_case"}


def test_a_trace_file_is_named_by_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EENDER_TRACE_FILE", str(tmp_path / "spans.jsonl"))
    telemetry.configure("case")
    with span(attributes.COMMAND):
        pass
    telemetry.shutdown()
    assert len((tmp_path / "spans.jsonl").read_text().splitlines()) == 1


def test_a_collector_that_is_not_there_stops_nobody() -> None:
    telemetry.configure("case", otlp_endpoint="http://127.0.0.1:9")
    with span(attributes.COMMAND):
        assert current_traceparent()


@pytest.mark.parametrize(
    "endpoint", ["http://c.example:4318", "http://c.example:4318/", "http://c.example:4318/v1/traces"]
)
def test_a_collector_is_named_by_its_base_or_in_full(endpoint: str) -> None:
    assert telemetry._traces_url(endpoint) == "http://c.example:4318/v1/traces"


def test_a_collector_gets_the_spans_by_http() -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=server.handle_request)
    thread.start()
    telemetry.configure("case", otlp_endpoint=f"http://127.0.0.1:{server.server_port}")
    with span(attributes.COMMAND, command="resolve_case"):
        pass
    telemetry.shutdown()
    thread.join(timeout=5)
    server.server_close()
    ((path, body),) = received
    assert path == "/v1/traces"
    assert b"resolve_case" in body
