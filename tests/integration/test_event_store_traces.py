"""What operators see of an append: a span for it and one for each statement by name, and no personal data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.stored import Row, RowRefused
from infra import attributes, metrics, telemetry
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    made = InMemorySpanExporter()
    telemetry.configure("test", exporter=made)
    yield made
    telemetry.configure("test")


async def test_an_append_and_its_statements_are_spans_of_the_command(
    exporter: InMemorySpanExporter, own: OwnRecord
) -> None:
    notebook_id = await own.begin()
    appended = metrics.facts_appended.labels(topic="notebook.noted.v1")._value.get()
    exporter.clear()
    with telemetry.span(attributes.COMMAND) as command:
        await own.note(notebook_id, "Anna de Vries", "Anna de Vries")
        traceparent = telemetry.current_traceparent()
        bad = (Row("change_line", ("Anna", 5)),)
        with pytest.raises(RowRefused):
            await own.note(notebook_id, "other", rows=bad)
        await asyncio.sleep(0)
    spans = exporter.get_finished_spans()
    appends = [span for span in spans if span.name == attributes.STORE_APPEND]
    assert [dict(span.attributes or {})["eender.facts"] for span in appends] == [1, 1]
    statements = {
        str(dict(span.attributes or {})["db.query.summary"]) for span in spans if span.name == "sql.statement"
    }
    assert statements >= {"stream_page", "store", "begin", "append_each", "rollback"}
    assert {span.context.trace_id for span in spans if span.context} == {command.get_span_context().trace_id}
    assert "Anna" not in "".join(span.to_json() for span in spans)
    assert metrics.facts_appended.labels(topic="notebook.noted.v1")._value.get() == appended + 1
    await own.sequence()
    assert traceparent is not None
    stored = (await own.log.read(1, 1))[0].traceparent
    assert stored is not None
    assert stored[:35] == traceparent[:35]
